"""Joining and signing in by code: start, verify, complete.

Nothing is stored of a person before their code is confirmed but digests that
expire, and nothing that they see tells whether an address is known here: the
mail does, and only its owner reads that.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import asdict
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _

from bluelamp.audit.actions import acting
from bluelamp.audit.values import Actor
from bluelamp.kit.keys import keyring
from bluelamp.kit.mail import render_mail
from bluelamp.members import labels, queries, rules, standing
from bluelamp.members.errors import (
    SuppressedError,
    TooOftenError,
    UnknownPostcodeError,
    WrongCodeError,
)
from bluelamp.members.models import Code, Contact, ContactPoint, Member, Topic
from bluelamp.members.values import (
    CODE_DIGITS,
    CODE_LIFE,
    CODES_A_SOURCE,
    CODES_AN_ADDRESS,
    RATE_WINDOW,
    Answers,
    Channel,
    CodePurpose,
    MemberState,
    Purpose,
    SuppressionReason,
)
from bluelamp.notices.actions import tell
from bluelamp.notices.values import NoticeKind
from bluelamp.org.models import Force
from bluelamp.places.models import Postcode
from bluelamp.places.rules import normalise_postcode

# Start ----------------------------------------------------------------------


def start(force: Force, address: str, purpose: CodePurpose, *, source: str, now: datetime) -> None:
    """Send a code, or the mail that fits who this is; what comes back is always nothing.

    :param address: as the person wrote it.
    :param source: the network address that asks.
    :raises AddressError: it is not an e-mail address.
    :raises TooOftenError: this source asked too often.
    """
    found = rules.normalise_email(address)
    key = queries.identity_key(Channel.EMAIL, found.identity)
    asked_by = _source_digest(source)
    recent = Code.objects.filter(made_at__gt=now - RATE_WINDOW)
    if recent.filter(source=asked_by).count() >= CODES_A_SOURCE:
        raise TooOftenError(_("Too many codes were asked for from here. Try again in an hour."))
    of_address = recent.filter(force=force, channel=Channel.EMAIL, key=key)
    if of_address.count() >= CODES_AN_ADDRESS:
        return
    with transaction.atomic():
        _answer(force, found.sending, key, purpose, asked_by, now)


def _answer(
    force: Force, address: str, key: bytes, purpose: CodePurpose, asked_by: bytes, now: datetime
) -> None:
    """Send what fits, and count it: a code, or a word on how things stand, or nothing."""
    held = queries.suppressed_keys(force.pk, Channel.EMAIL, [key]).get(key)
    if held != SuppressionReason.MANUAL:
        known = _is_member(force, key)
        if known == (purpose == CodePurpose.SIGN_IN):
            code = _make_code(force, key, purpose, asked_by, now)
            _send(force, NoticeKind.CODE, address, labels.code_letter(force.name, code), now=now)
            return
        write = labels.already_letter if known else labels.stranger_letter
        letter = write(force.name, queries.public_address(force))
        _send(force, NoticeKind.CODE, address, letter, now=now)
    _keep(force, key, CodePurpose.TOLD, b"", asked_by, now)


def _is_member(force: Force, key: bytes) -> bool:
    return Member.objects.filter(
        force=force, state=MemberState.JOINED,
        contact__points__channel=Channel.EMAIL, contact__points__key=key,
    ).exists()  # fmt: skip


def _send(
    force: Force, kind: NoticeKind, address: str, letter: labels.Letter, *, now: datetime
) -> None:
    facts = {
        **asdict(letter), "title": letter.subject, "force_name": force.name,
        "colour": force.colour, "contact_line": force.contact_line,
    }  # fmt: skip
    if letter.code:
        facts["title"] = _("Your code")
    html, text = render_mail("notice", facts)
    tell(force, kind=kind, address=address, subject=letter.subject, text=text, html=html, now=now)


def _source_digest(source: str) -> bytes:
    secret = keyring().newest("codes").secret
    return hmac.digest(secret, f"source:{source}".encode(), hashlib.sha256)


def _digests(force: Force, key: bytes, purpose: CodePurpose, code: str) -> list[bytes]:
    """Return the digest of a code under each of our keys, newest first."""
    text = f"{force.pk}:{purpose}:{key.hex()}:{code}".encode()
    return [hmac.digest(k.secret, text, hashlib.sha256) for k in keyring().all("codes")]


def _make_code(
    force: Force, key: bytes, purpose: CodePurpose, asked_by: bytes, now: datetime
) -> str:
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    _keep(force, key, purpose, _digests(force, key, purpose, code)[0], asked_by, now)
    return code


def _keep(
    force: Force, key: bytes, purpose: CodePurpose, digest: bytes, asked_by: bytes, now: datetime
) -> None:
    Code.objects.create(
        force=force, channel=Channel.EMAIL, key=key, purpose=purpose, digest=digest,
        made_at=now, expires_at=now + CODE_LIFE, source=asked_by,
    )  # fmt: skip


# Verify ---------------------------------------------------------------------


def verify(force: Force, address: str, code: str, purpose: CodePurpose, *, now: datetime) -> None:
    """Accept the newest code of an address once.

    :raises WrongCodeError: wrong, too old, tried too often or used.
    """
    key = queries.address_key(Channel.EMAIL, address)
    if not _accept(force, key, "".join(code.split()), purpose, now):
        raise WrongCodeError(_("That code is wrong or too old. Check it, or ask for a new one."))


def _accept(force: Force, key: bytes, code: str, purpose: CodePurpose, now: datetime) -> bool:
    """Count the try and commit it, whether or not it fits."""
    with transaction.atomic():
        kept = (
            Code.objects.select_for_update()
            .filter(force=force, channel=Channel.EMAIL, key=key, purpose=purpose)
            .order_by("-made_at", "-pk")
            .first()
        )
        if kept is None or not rules.code_is_live(
            expires_at=kept.expires_at, attempts=kept.attempts, used=bool(kept.used_at), now=now
        ):
            return False
        fits = any(
            hmac.compare_digest(bytes(kept.digest), digest)
            for digest in _digests(force, key, purpose, code)
        )
        Code.objects.filter(pk=kept.pk).update(
            attempts=F("attempts") + 1, used_at=now if fits else None
        )
    return fits


# Complete -------------------------------------------------------------------


def complete(force: Force, answers: Answers, *, by: Actor, now: datetime) -> Member:
    """Make the person a member (or one again) and welcome them; a repeat changes nothing.

    :raises UnknownPostcodeError: the postcode is not known here.
    :raises SuppressedError: the force has put the address on its list.
    """
    place = find_postcode(answers.postcode)
    found = rules.normalise_email(answers.address)
    key = queries.identity_key(Channel.EMAIL, found.identity)
    with acting(by, "members.join"):
        if SuppressionReason.MANUAL in queries.suppressed_keys(force.pk, "email", [key]).values():
            raise SuppressedError(_("We cannot send messages to this address."))
        point = _point(force, found.sending, key, answers, now)
        member, came = _member(force, point, place, answers, now)
        if came:
            _agree(point, answers, now)
            standing.refresh([point.contact_id])
            with translation.override(answers.language):
                letter = labels.welcome_letter(force.name, queries.public_address(force))
                _send(force, NoticeKind.WELCOME, point.address, letter, now=now)
    member.refresh_from_db()
    return member


def find_postcode(text: str) -> Postcode:
    """Return a postcode however it is written.

    :raises UnknownPostcodeError: it is none, or none that we have.
    """
    written = normalise_postcode(text)
    place = Postcode.objects.filter(pk=written).first() if written else None
    if place is None:
        raise UnknownPostcodeError(_("We do not know this postcode. Check it and try again."))
    return place


def _point(force: Force, address: str, key: bytes, answers: Answers, now: datetime) -> ContactPoint:
    """Return the address's contact point, confirmed now, made where there was none."""
    point = ContactPoint.objects.filter(force=force, channel=Channel.EMAIL, key=key).first()
    if point is None:
        contact = Contact.objects.create(
            force=force, name=answers.name, language=answers.language, created_at=now
        )
        return ContactPoint.objects.create(
            force=force, contact=contact, channel=Channel.EMAIL, address=address, key=key,
            verified_at=now, created_at=now,
        )  # fmt: skip
    point.address, point.verified_at = address, now
    point.save(update_fields=["address", "verified_at"])
    return point


def _member(
    force: Force, point: ContactPoint, place: Postcode, answers: Answers, now: datetime
) -> tuple[Member, bool]:
    """Return the member, and whether they came (again) just now."""
    known = Member.objects.select_for_update().filter(contact=point.contact_id).first()
    if known is not None and known.state == MemberState.JOINED and known.reach & 2:
        return known, False
    facts = {
        "force": force, "state": MemberState.JOINED, "postcode": place.postcode,
        "longitude": place.longitude, "latitude": place.latitude, "cell": place.cell,
        "topics": answers.topics, "language": answers.language, "joined_at": now,
        "paused_until": None, "left_at": None, "leave_reason": "", "leave_words": "",
        "left_message": None, "source": answers.source,
    }  # fmt: skip
    made, _new = Member.objects.update_or_create(contact_id=point.contact_id, defaults=facts)
    return made, True


def _agree(point: ContactPoint, answers: Answers, now: datetime) -> None:
    """Keep the consents; the person's own yes takes the address off the list."""
    contact = point.contact
    standing.give_consent(
        contact, Purpose.ALERTS, words=answers.words, source=answers.source, now=now
    )
    if answers.tracking_words:
        words = answers.tracking_words
        standing.give_consent(
            contact, Purpose.TRACKING, words=words, source=answers.source, now=now
        )
    standing.lift_key(
        point.force, point.channel, bytes(point.key), now=now,
        reasons=[r for r in SuppressionReason if r is not SuppressionReason.MANUAL],
    )  # fmt: skip


def preset_mask(force: Force) -> int:
    """Return the topics that are ticked when the page opens."""
    chosen = Topic.objects.filter(force=force, preset=True)
    return rules.topic_mask(list(chosen.values_list("bit", flat=True)))
