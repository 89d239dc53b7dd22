"""Paging: an emergency rings a person, then others, then those above, until one answers.

Every rung is a notice by text message and by mail to each phone and person on it;
from the second on, another system of the force (a pager, a duty desk) hears of it too.
A rung that reaches nobody is passed at once.  Nothing is asked of a phone but to open
a link and press a button; who the link was made for has then answered.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from bluelamp.audit.actions import acting
from bluelamp.audit.values import SYSTEM
from bluelamp.channels.contract import Capability
from bluelamp.channels.queries import active_account
from bluelamp.kit import live
from bluelamp.kit.config import config
from bluelamp.kit.queue import app, moved, nudge
from bluelamp.kit.tokens import Sealed, open_link, seal_link
from bluelamp.notices.actions import tell
from bluelamp.notices.models import Page
from bluelamp.notices.rules import is_last, next_rung
from bluelamp.notices.values import NoticeKind, Rung
from bluelamp.org.models import Officer, Unit
from bluelamp.org.queries import holders, on_call, on_shift
from bluelamp.org.values import Role


def page(unit: Unit, *, about: str, words: str, path: str, now: datetime) -> Page:
    """Ring for something in the caller's transaction; about one thing it rings once.

    :param words: what has happened, without a person's name or address.
    """
    with acting(SYSTEM, "notices.page"):
        made, _new = Page.objects.get_or_create(
            about=about,
            defaults={
                "force_id": unit.force_id, "unit": unit, "words": words[:140], "path": path,
                "next_at": now, "made_at": now,
            },
        )  # fmt: skip
        nudge(app.tasks["bluelamp.notices.jobs.ring"])
    return made


def lead_to(about: Iterable[str], *, unit: Unit, path: str) -> None:
    """Have what still rings for these things lead elsewhere, and ring that unit from now on.

    Called within ``acting``; links that were sent lead there too.
    """
    ringing = Page.objects.filter(force=unit.force_id, about__in=list(about), answered_at=None)
    ringing.exclude(unit=unit, path=path).update(unit=unit, path=path)


def ring(*, now: datetime, limit: int = 50) -> int:
    """Ring the next rung of every page that is due; return how many there were."""
    with transaction.atomic():
        due = Page.objects.filter(answered_at=None, next_at__lte=now)
        claimed = due.select_for_update(skip_locked=True, of=("self",)).select_related(
            "unit__force"
        )[:limit]
        for one in claimed:
            _ring(one, now)
        return len(claimed)


def answer(made: Page, *, by: Officer | None, now: datetime) -> None:
    """Somebody has it: the ringing ends.  The first to answer is kept.

    :param by: nobody known, where a phone answered that several people carry.
    """
    with acting(by.as_actor() if by else SYSTEM, "notices.answer"):
        Page.objects.filter(pk=made.pk, answered_at=None).update(answered_at=now, answered_by=by)
        moved("notices.answer")
    live.publish(f"pages:{made.force_id}", {"page": made.pk})


@dataclass(frozen=True, slots=True)
class _Called:
    """Somebody, or a unit's phone, that a rung rings."""

    officer: int
    email: str
    phone: str


def _ring(one: Page, now: datetime) -> None:
    told = 0
    while not told:
        rung, after = next_rung(one.step)
        told = sum(_call(one, called, now) for called in _called(one.unit, rung, now))
        told += _tell_system(one, now)
        one.step += 1
        if is_last(one.step - 1):
            break
    one.next_at = now + after
    with acting(SYSTEM, "notices.page"):
        one.save(update_fields=["step", "next_at"])


def _called(unit: Unit, rung: Rung, now: datetime) -> Iterable[_Called]:
    """Return whom a rung rings: each once."""
    if rung is Rung.ON_CALL:
        people = on_call(unit, now) or on_shift(unit, now)
        yield _Called(people[0].pk if people else 0, unit.email, unit.phone)
    elif rung is Rung.ON_SHIFT:
        people = on_shift(unit, now)
    else:
        roles = (Role.SUPERVISOR, Role.COMMANDER)
        people = [one for role in roles for one in holders(unit.force, role, now=now)]
    for pk in dict.fromkeys(one.pk for one in people):
        officer = next(one for one in people if one.pk == pk)
        yield _Called(officer.pk, officer.email, officer.phone)


def _call(one: Page, called: _Called, now: datetime) -> int:
    """Ring a phone and a mailbox, as far as there are any; return how many were."""
    ways = (("sms", called.phone, ""), ("email", called.email, one.words))
    text = _text(one, called.officer)
    rung = [
        tell(
            one.unit.force, kind=NoticeKind.PAGE, channel=channel, address=address,
            subject=subject, text=text, page=one, now=now,
        )
        for channel, address, subject in ways
        if address and active_account(one.unit.force, channel, Capability.SEND)
    ]  # fmt: skip
    return len(rung)


def _tell_system(one: Page, now: datetime) -> int:
    """Tell another system of the force, once the first call was not answered; say whether."""
    if one.step == 0 or not active_account(one.unit.force, "webhook", Capability.SEND):
        return 0
    tell(
        one.unit.force, kind=NoticeKind.PAGE, channel="webhook", address=one.unit.code,
        subject=one.words, text=_text(one, 0), page=one, now=now,
    )  # fmt: skip
    return 1


def _text(one: Page, officer: int) -> str:
    link = f"{config().public_url}/answer/{seal_link('page', one.pk, officer)}"
    return f"{one.words} {_('Open to take it:')} {link}"


def opened(token: str) -> tuple[Page, Officer | None] | None:
    """Return the page and the officer that a link was made for; ``None``: not one of ours."""
    sealed: Sealed | None = open_link("page", token)
    if sealed is None:
        return None
    found = Page.objects.filter(pk=sealed.message).select_related("unit__force").first()
    if found is None:
        return None
    officer = Officer.objects.filter(
        pk=sealed.contact_point, force=found.force_id, is_active=True
    ).first()
    return found, officer
