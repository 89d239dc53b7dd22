"""Greet: ring for an emergency, and give the one automatic answer that is safe.

In the transaction that routes an item: neither can be forgotten, and each is
keyed, so that repeating changes nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.urls import reverse

from bluelamp.cases.models import Case, CaseAct
from bluelamp.cases.queries.citizen import last_showing
from bluelamp.cases.queries.way import Way, way_of
from bluelamp.cases.rules.greeting import closed_words, emergency_words, look_words
from bluelamp.cases.values import Origin, SendBy
from bluelamp.channels import acts
from bluelamp.channels.models import Act
from bluelamp.channels.values import ActKind
from bluelamp.inbound.models import Item
from bluelamp.inbound.values import PASSED_ON, Severity
from bluelamp.kit.errors import BluelampError
from bluelamp.notices.paging import page
from bluelamp.org.models import Calendar
from bluelamp.org.queries import hours_of
from bluelamp.outbound.content import base_url

STANDING = "standing approval: automatic answer"
QUIET = timedelta(hours=24)
"""One automatic answer to a correspondent in so long (RFC 3834 section 2)."""
FRESH = timedelta(hours=24)
"""What was said longer ago, and comes in only now, rings nobody out of bed by itself."""
_SPACE = uuid.UUID("6f0f4a34-5b0c-4a3e-9c39-0f6a6f3f6a11")


def greet(heard: Iterable[tuple[Case, Item]], *, now: datetime) -> None:
    """Ring and answer for what has just come into cases."""
    doors = _Doors(now)
    for case, item in heard:
        if item.kind != "human":
            continue
        if item.severity >= Severity.EMERGENCY:
            _alarm(case, item, now)
        elif item.visibility == "private" and case.shown_to_citizen:
            opens = doors.next_opening(case)
            if opens is not None:
                words = closed_words(case.force.settings, opens)
                _answer(case, item, words, now, more=_look(case, item))


def _alarm(case: Case, item: Item, now: datetime) -> None:
    """Ring a person; tell the sender what to do, unless they did not speak to us.

    One cry that hundreds share rings once: who only passes it on rings nobody.
    """
    shared = item.visibility == "public" and item.part in PASSED_ON
    if now - (item.said_at or item.received_at) <= FRESH and not shared:
        _ring(case, item, now)
    if not item.listened:
        _answer(case, item, emergency_words(case.force.settings), now)


def _ring(case: Case, item: Item, now: datetime) -> None:
    page(
        case.unit, about=f"item:{item.pk}", words="Words of an emergency have come in.",
        path=f"/console/cases/{case.reference}/", now=now,
    )  # fmt: skip


def _look(case: Case, item: Item) -> str:
    """Return how they can look at it: only who brought it, and where no other can."""
    point = case.contact_point
    if point is None or point.channel not in set(SendBy) or item.contact_point_id != point.pk:
        return ""
    page = f"{base_url(case.force)}{reverse('cases_public:ask')}"
    return look_words(case.force.settings, case.reference, page)


def _declined(case: Case) -> bool:
    """Say whether they told us that it is not safe to contact them this way."""
    if case.shown_to_citizen:
        return False
    last = last_showing(case)
    return last is not None and last.origin == Origin.CITIZEN


def _answer(case: Case, item: Item, words: str, now: datetime, *, more: str = "") -> None:
    """Answer by itself who said this; ``more`` where it fits."""
    way = way_of(case, item)
    if way is None or _declined(case):
        return
    said = next((text for text in (words + more, words) if _fits(way, text)), "")
    if not said or _answered_lately(way, now):
        return
    words = said
    act = acts.want(
        way.account, ActKind.REPLY, way.saying(words, automatic=True), by=STANDING, now=now,
        key=uuid.uuid5(_SPACE, f"{case.pk} {words}"),
    )  # fmt: skip
    CaseAct.objects.get_or_create(act=act, defaults={"force_id": case.force_id, "case": case})


def _fits(way: Way, words: str) -> bool:
    """Say whether words fit; an account that cannot say so must not hold up who is routed."""
    try:
        return way.fit(words).fits
    except BluelampError:
        return False


def _answered_lately(way: Way, now: datetime) -> bool:
    """Say whether this correspondent had an automatic answer lately; in public, this thread."""
    lately = Act.objects.filter(account=way.account, by=STANDING, made_at__gte=now - QUIET)
    if way.public:
        return lately.filter(utterance__answers=way.blank.answers).exists()
    return lately.filter(lane=way.blank.to[:320]).exists()


class _Doors:
    """When units read next; each calendar is read once a batch."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._opens: dict[tuple[int, int], datetime | None] = {}

    def next_opening(self, case: Case) -> datetime | None:
        """Return when the case's unit reads next; ``None``: it reads now, or nothing says when."""
        key = case.force_id, case.unit_id
        if key not in self._opens:
            self._opens[key] = self._look(*key)
        return self._opens[key]

    def _look(self, force: int, unit: int) -> datetime | None:
        own = Calendar.objects.filter(force=force, unit=unit).first()
        calendar = own or Calendar.objects.filter(force=force, unit=None).order_by("pk").first()
        hours = hours_of(calendar) if calendar else None
        if hours is None or hours.is_open(self._now):
            return None
        return hours.next_opening(self._now)
