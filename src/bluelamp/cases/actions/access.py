"""Opening a case to its citizen: a code is asked for, sent where it is safe, and tried.

Asking writes the same row and wakes the same job for every reference.  Whether there
is such a case, whether it may be shown and where a code would go, only the worker
looks: the page and the time that it takes tell nothing.

A code that was sent lately is not sent again: it opens for each who asked for one to
the same address, from whichever browser.  So a stranger who keeps asking with somebody's
reference neither fills their mailbox nor keeps them from a code that works.

Tries are counted for each who asked and for the place that they come from, never for the
code or the case: such a count is one that strangers can use up, and then its citizen is
shut out.  A secret below 64 bits wants its tries limited (NIST SP 800-63B section 5.1.3.2), so
the code is long enough that those limits do: from one place 25 tries an hour go for a
reference, so that a thousand places together have a chance of 1 in 40,000 in an hour.
A mark of who has been in before would do as well, but would stay on a device that
others look at.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from bluelamp.audit.actions import acting
from bluelamp.audit.values import SYSTEM
from bluelamp.cases import citizen_words
from bluelamp.cases.errors import CaseRefusedError
from bluelamp.cases.models import AccessCode, Case
from bluelamp.cases.queries.citizen import Door, case_opened_by, door_of
from bluelamp.cases.rules.showing import may_look
from bluelamp.cases.values import CODE_DIGITS, SendBy
from bluelamp.channels import acts
from bluelamp.channels.models import Act
from bluelamp.channels.values import ActKind
from bluelamp.kit.keys import keyring
from bluelamp.kit.mail import render_mail
from bluelamp.kit.queue import app, nudge
from bluelamp.members.models import ContactPoint
from bluelamp.members.rules import code_is_live
from bluelamp.members.values import CODE_LIFE, RATE_WINDOW
from bluelamp.notices.actions import tell
from bluelamp.notices.values import NoticeKind
from bluelamp.org.models import Force

BATCH = 100
KEPT = timedelta(days=1)
LASTS = timedelta(minutes=5)
"""A code that is good for longer than this is not sent anew."""
SENT_AT_MOST = 12
"""Codes to an address for a case within :data:`RATE_WINDOW`: twice what may go while nobody
enters any.  For each address, or asking by all ways at once would use up what its citizen needs."""
STANDING = "standing approval: code for one's own case"


def ask(force: Force, reference: str, by: SendBy, *, now: datetime) -> AccessCode:
    """Note that somebody wants a code for this reference; the worker does the rest.

    :param reference: as ``rules.reference.read_any`` returns it.
    """
    with transaction.atomic():
        made = AccessCode.objects.create(
            force=force, reference=reference, channel=by, asked_at=now, expires_at=now + CODE_LIFE
        )
        nudge(app.tasks["bluelamp.cases.jobs.send_codes"])
    return made


# Send -------------------------------------------------------------------------------


def send(*, now: datetime) -> int:
    """Look for the cases of a batch and send each code that may be sent; return how many asked."""
    with acting(SYSTEM, "cases.send_code"):
        waiting = AccessCode.objects.filter(looked_at=None).order_by("pk")
        asked = list(
            waiting.select_for_update(skip_locked=True, of=("self",)).select_related("force")
            [:BATCH]
        )  # fmt: skip
        for one in asked:
            _answer(one, now=now)
        AccessCode.objects.filter(pk__in=[one.pk for one in asked]).update(looked_at=now)
    return len(asked)


def _answer(asked: AccessCode, *, now: datetime) -> None:
    """Send a code where there is a case, it may be looked at, and it knows such an address."""
    if asked.expires_at <= now:
        return
    case = case_opened_by(asked.force, asked.reference)
    if case is None or not _may(case, now=now):
        return
    door = door_of(case, SendBy(asked.channel))
    if door is None:
        return
    if _sent_lately(case, door.point, now=now):
        AccessCode.objects.filter(pk=asked.pk).update(case=case, point=door.point)
    elif not _often(case, door.point, now=now):
        _send_new(asked, case, door, now=now)


def _send_new(asked: AccessCode, case: Case, door: Door, *, now: datetime) -> None:
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    asked.case, asked.point, asked.digest = case, door.point, next(_digests(asked, code))
    asked.act = _tell(case, door, code, now=now)
    asked.save(update_fields=["case", "point", "digest", "act"])


def _sent_lately(case: Case, point: ContactPoint, *, now: datetime) -> bool:
    """Say whether a code went to this address that is good for a while still."""
    return AccessCode.objects.filter(_good(case.pk, point.pk, now + LASTS)).exists()


def _good(case: int | None, point: int | None, at: datetime) -> Q:
    """Return the filter for what a code was sent for that opens the case at a moment."""
    sent = Q(case=case, point=point, used_at=None, expires_at__gt=at)
    return sent & ~Q(digest=b"")


def _may(case: Case, *, now: datetime) -> bool:
    return may_look(shown=case.shown_to_citizen, closed_at=case.closed_at, now=now)


def _often(case: Case, point: ContactPoint, *, now: datetime) -> bool:
    # by when it was asked for: those of the same batch have not been looked at yet
    lately = AccessCode.objects.filter(case=case, point=point, asked_at__gt=now - RATE_WINDOW)
    return lately.exclude(digest=b"").count() >= SENT_AT_MOST


def _digests(asked: AccessCode, code: str) -> Iterator[bytes]:
    """Yield the digest of a code under each of our keys, newest first."""
    text = f"case:{asked.force_id}:{asked.pk}:{code}".encode()
    for key in keyring().all("codes"):
        yield hmac.digest(key.secret, text, hashlib.sha256)


def _tell(case: Case, door: Door, code: str, *, now: datetime) -> Act | None:
    """Say a code in words that name neither a case nor what it is about."""
    if door.way is not None:
        saying = door.way.saying(citizen_words.code_words(code), automatic=True)
        return acts.want(door.way.account, ActKind.REPLY, saying, by=STANDING, now=now)
    html, text = "", citizen_words.code_words(code)
    if door.point.channel == SendBy.EMAIL:
        html, text = render_mail("notice", citizen_words.code_facts(case.force, code))
    tell(
        case.force, kind=NoticeKind.CODE, channel=door.point.channel, address=door.point.address,
        subject=citizen_words.code_subject(), text=text, html=html, now=now,
    )  # fmt: skip
    return None


# Try --------------------------------------------------------------------------------


def enter(force: Force, asked: int, code: str, *, now: datetime) -> None:
    """Open the case that a code was sent for (:func:`opened`); each code opens once.

    :param asked: the id of what was asked for, from the visitor's own cookie.
    :raises CaseRefusedError: wrong, too old, tried too often, used, or never sent.
    """
    if not _accept(force, asked, "".join(code.split()), now=now):
        raise CaseRefusedError(citizen_words.wrong_code())


def _accept(force: Force, asked: int, code: str, *, now: datetime) -> bool:
    """Count the try and commit it, whether or not it fits."""
    with transaction.atomic():
        mine = AccessCode.objects.filter(force=force, pk=asked).select_related("case").first()
        if mine is None:
            return False
        good = _good(mine.case_id, mine.point_id, now)
        known = AccessCode.objects.filter(Q(pk=mine.pk) | good, force=force).order_by("pk")
        locked = list(known.select_for_update(of=("self",)))
        if not _may_try(next((one for one in locked if one.pk == mine.pk), None), now=now):
            return False
        sent = AccessCode.objects.filter(good, force=force)
        fitting = [one.pk for one in sent if _fits(one, code)]
        AccessCode.objects.filter(pk=mine.pk).update(attempts=F("attempts") + 1)
        if fitting:
            AccessCode.objects.filter(pk__in=[mine.pk, *fitting]).update(used_at=now)
    return bool(fitting) and mine.case is not None and _may(mine.case, now=now)


def _may_try(mine: AccessCode | None, *, now: datetime) -> bool:
    return mine is not None and code_is_live(
        expires_at=mine.expires_at, attempts=mine.attempts, used=bool(mine.used_at), now=now
    )


def _fits(sent: AccessCode, code: str) -> bool:
    return any(hmac.compare_digest(bytes(sent.digest), one) for one in _digests(sent, code))


@dataclass(frozen=True, slots=True)
class Visit:
    """A case that a code has opened."""

    case: Case
    exchange: str
    """The reference of the contact page that it was opened with; empty: the case's own."""


def opened(force: Force, asked: int, *, now: datetime) -> Visit | None:
    """Return what a visitor's code has opened, while it may be looked at."""
    used = AccessCode.objects.filter(force=force, pk=asked).exclude(used_at=None)
    one = used.select_related("case__force", "case__contact_point").first()
    if one is None or one.case is None or not _may(one.case, now=now):
        return None
    return Visit(one.case, "" if one.reference == one.case.reference else one.reference)


# Forget -----------------------------------------------------------------------------


def forget(*, now: datetime) -> int:
    """Delete what was asked for over a day ago, and empty direct messages whose code is over."""
    old = AccessCode.objects.filter(asked_at__lte=now - KEPT)
    with acting(SYSTEM, "cases.forget_codes"):
        said = Act.objects.filter(pk__in=old.exclude(act=None).values("act"))
        for act in said:
            act.utterance |= {"text": ""}
            act.save(update_fields=["utterance"])
        return old.delete()[0]
