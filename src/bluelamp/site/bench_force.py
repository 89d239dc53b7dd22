"""The force that benches send for: members without ground, messages through the gate."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from django.db import connection

from bluelamp.audit.actions import acting
from bluelamp.audit.values import SYSTEM
from bluelamp.channels.actions import add
from bluelamp.channels.contract import Recipient
from bluelamp.kit import clock
from bluelamp.kit.errors import BluelampError
from bluelamp.members.importing.bulk import bulk_create_members
from bluelamp.members.labels import consent_words
from bluelamp.members.models import Topic
from bluelamp.members.standing import keep_wording
from bluelamp.members.values import Audience, NewMember, Purpose
from bluelamp.org.models import Force, Grant, Officer, Unit
from bluelamp.org.values import Role, UnitKind
from bluelamp.outbound import approve, check, compose, queries
from bluelamp.outbound.engine import opening
from bluelamp.outbound.fanout import fan_out
from bluelamp.outbound.models import Delivery, Message
from bluelamp.outbound.values import Draft, Kind, Urgency

BODY = (
    "Three sheds were broken into around Chapel Lane between Friday evening and Sunday morning."
    " Bicycles and garden tools were taken.\n\nMark your tools and bicycles, lock the shed with a"
    " closed-shackle padlock and keep a light on. If you saw anyone carrying tools or pushing two"
    " bicycles, reply to this message or call 101."
)
SHORT = (
    f"<h1>Shed break-ins around Chapel Lane</h1><p>{BODY}</p>"
    '<p><a href="https://bench.example.test/r/[[link]]/5">Useful</a>'
    ' <a href="https://bench.example.test/l/[[leave]]">Leave</a></p>'
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

    def bodies(self, message: int) -> tuple[str, str]:
        """Return the mail's HTML and text with slots, as frozen."""
        frozen = Message.objects.get(pk=message).frozen
        return frozen["html"], frozen["text"]

    def wire_bytes(self, message: int) -> int:
        """Return the length of one mail of this message as a receiver gets it."""
        return asyncio.run(_wire_bytes(message))

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

    def approved_message(self, port: int, *, short: bool = False, **account: Any) -> int:
        """Take a message through the gate; return its id.

        :param short: freeze a mail of some 3 kB with the same slots in place of the
            product's own of 17, to compare with figures measured at that size.
        """
        with acting(SYSTEM, "bench.account"):
            self.force.accounts.update(active=False)
        self._account(port, **account)
        now = clock.now()
        message = check.submit(self._message(port), by=self.author, now=now)
        digest = queries.digest_of(message)
        message = approve.approve(message, digest=digest, by=self.approver, now=now)
        if short:
            with acting(SYSTEM, "bench.short"):
                message.frozen = {**message.frozen, "html": SHORT, "tracked": None}
                message.save(update_fields=["frozen"])
        return message.pk

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


class _Measure:
    """Receives one mail and keeps its length."""

    length = 0

    async def handle_DATA(  # noqa: N802 (aiosmtpd's name)
        self, _server: Any, _session: Any, envelope: Any
    ) -> str:
        self.length = len(envelope.content)
        return "250 kept"


async def _wire_bytes(message: int) -> int:
    from aiosmtpd.smtp import SMTP

    job = await asyncio.to_thread(opening.job_of, message)
    if job is None:
        raise BenchError("The bench's own message is gone.")
    measure = _Measure()
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(measure, enable_SMTPUTF8=True), "127.0.0.1"
    )
    port = server.sockets[0].getsockname()[1]
    sessions = await replace(job, settings={**job.settings, "port": port}).open()
    token = "0" * 54
    slots = tuple((b"0" * (54 if name == "mail" else 36)) for name in job.frozen["slots"])
    one = Recipient(
        1, "member1@example.test", f"{token}@mail.example.test", f"bounce-{token}@b.test", slots
    )
    await sessions.send([one], [])
    await sessions.close()
    server.close()
    return measure.length


class BenchError(BluelampError):
    """The bench cannot go on."""


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
