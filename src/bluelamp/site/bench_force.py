"""The force that benches send for: members without ground, messages through the gate."""

from __future__ import annotations

from typing import Any

from django.db import connection

from bluelamp.audit.actions import acting
from bluelamp.audit.values import SYSTEM
from bluelamp.channels.actions import add
from bluelamp.kit import clock
from bluelamp.members.importing.bulk import bulk_create_members
from bluelamp.members.labels import consent_words
from bluelamp.members.models import Topic
from bluelamp.members.standing import keep_wording
from bluelamp.members.values import Audience, NewMember, Purpose
from bluelamp.org.models import Force, Grant, Officer, Unit
from bluelamp.org.values import Role, UnitKind
from bluelamp.outbound import approve, check, compose, content, queries
from bluelamp.outbound.fanout import fan_out
from bluelamp.outbound.models import Delivery, Message
from bluelamp.outbound.values import Draft, Kind, Urgency

BODY = (
    "Three sheds were broken into around Chapel Lane between Friday evening and Sunday morning."
    " Bicycles and garden tools were taken.\n\nMark your tools and bicycles, lock the shed with a"
    " closed-shackle padlock and keep a light on. If you saw anyone carrying tools or pushing two"
    " bicycles, reply to this message or call 101."
)


class BenchForce:
    """A force with so many members, whole or a part of whom are sent to."""

    def __init__(self, recipients: int, dkim: str, *, slug: str = "bench") -> None:
        self.dkim, self._slug = dkim, slug
        self._share: int | None = None
        self._sent = 0
        self._make(recipients)

    def _make(self, recipients: int) -> None:
        now = clock.now()
        with acting(SYSTEM, "bench.make"):
            self.force = Force.objects.create(slug=self._slug, name="Bench Police", short_name="B")
            root = Unit.objects.create(
                force=self.force, code="HQ", name="HQ", kind=UnitKind.FORCE, path=""
            )
            root.path = f"/{root.pk}/"
            root.save()
            self.author, self.approver = (self._officer(root, number, now) for number in ("1", "2"))
            self.few = Topic.objects.create(force=self.force, slug="few", name="Few", bit=0)
            words = keep_wording(
                self.force, Purpose.ALERTS, consent_words(self.force.name, Purpose.ALERTS)
            )
            _record_nothing_here()
            people = (_person(n) for n in range(recipients))
            bulk_create_members(self.force, people, wording=words, now=now)
        with connection.cursor() as cursor:
            for table in _FILLED:
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
            cursor.execute("VACUUM ANALYZE")

    def _officer(self, unit: Unit, number: str, now: Any) -> Officer:
        officer = Officer.objects.create(
            force=self.force, unit=unit, number=number, name=number,
            email=f"officer{number}@{self._slug}.example.test",
        )  # fmt: skip
        Grant.objects.create(
            force=self.force, officer=officer, role=Role.APPROVER, unit=unit, starts=now
        )
        return officer

    def smaller(self, recipients: int) -> BenchForce:
        """Return the same force, sending to about so many of its members."""
        other = object.__new__(BenchForce)
        other.__dict__ = {**self.__dict__, "_share": recipients}
        return other

    def bodies(self) -> tuple[str, str]:
        """Return the mail's HTML and text with slots, as frozen."""
        frozen = content.freeze(Message.objects.latest("pk"), areas=[])
        return frozen["html"], frozen["text"]

    def message_bytes(self, port: int) -> int:
        """Return about how long one mail is on the wire; smtp-source sends as much."""
        html, text = (
            len(part) for part in content.freeze(self._message(port), areas=[]).values()
            if isinstance(part, str) and len(part) > 200
        )  # fmt: skip
        return html + text + 900

    def _account(self, port: int, **more: Any) -> Any:
        values: dict[str, Any] = {
            "host": "127.0.0.1", "port": port, "security": "none", "sender_name": "Bench Police",
            "sender_address": "alerts@bench.example.test", **more,
        }  # fmt: skip
        if self.dkim != "none":
            values |= _dkim_key(self.dkim)
        self._sent += 1
        name = f"Bench {port} {self._sent} {self._share}"
        return add(
            self.force, provider="email", name=name, values=values, actor=SYSTEM, now=clock.now()
        )

    def _message(self, port: int) -> Message:
        topics = (self.few.pk,) if self._share is not None else ()
        draft = Draft(
            kind=Kind.CRIME, title="Shed break-ins around Chapel Lane", body=BODY,
            urgency=Urgency.URGENT, audience=Audience(topics=topics).model_dump(mode="json"),
        )  # fmt: skip
        if not self.force.accounts.exists():
            self._account(port)
        return compose.create(draft, by=self.author, now=clock.now())

    def approved_message(self, port: int, **account: Any) -> int:
        """Take a message through the gate; return its id."""
        with acting(SYSTEM, "bench.account"):
            self.force.accounts.update(active=False)
        self._account(port, **account)
        now = clock.now()
        message = check.submit(self._message(port), by=self.author, now=now)
        digest = queries.digest_of(message)
        return approve.approve(message, digest=digest, by=self.approver, now=now).pk

    def fan_out(self, message: int) -> None:
        """Write the audience."""
        fan_out(message, now=clock.now())

    def recorded(self, message: int) -> int:
        """Return how many deliveries are recorded as accepted."""
        return Delivery.objects.filter(message_id=message, status=1).count()


_FILLED = ("members_contact", "members_contactpoint", "members_member", "members_consent")


def _record_nothing_here() -> None:
    """Fill the tables without triggers: a bench of sending is not one of the record."""
    with connection.cursor() as cursor:
        for table in _FILLED:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")


def _person(number: int) -> NewMember:
    few = 1 if number % 5 == 0 else 0
    return NewMember(
        address=f"member{number}@example.test", postcode="BK1 1AA", longitude=1.5, latitude=53.5,
        cell=617700169958293503, topics=few,
    )  # fmt: skip


def _dkim_key(kind: str) -> dict[str, str]:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

    key = (
        rsa.generate_private_key(public_exponent=65537, key_size=2048)
        if kind == "rsa"
        else ed25519.Ed25519PrivateKey.generate()
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
    return {
        "dkim_domain": "bench.example.test", f"dkim_{kind}_selector": "b", f"dkim_{kind}_key": pem,
    }  # fmt: skip
