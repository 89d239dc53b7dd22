"""A unit's beat: what people said and what cases are on its ground, by number.

A thing belongs to a beat by where it is: the place an officer set for its case, else the
place in its text or its case's, else the home of a member who agreed to hear from us; or
by its unit, however it was routed.  A home only tells which team should hear of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np
from django.db.models import Exists, F, Max, Min, OuterRef, Q, QuerySet, Subquery

from bluelamp.cases.models import (
    Assessment,
    Case,
    CasePlace,
    Handover,
    IncidentGroup,
    Reply,
)
from bluelamp.cases.rules.briefing import WEEKS, Window, like
from bluelamp.cases.values import CaseState, ReplyState
from bluelamp.inbound.models import Item
from bluelamp.inbound.values import PASSED_ON, Severity, Stage
from bluelamp.members.models import Consent
from bluelamp.members.values import MemberState, Purpose
from bluelamp.org.models import Unit
from bluelamp.places.ground import Ground
from bluelamp.places.models import Area
from bluelamp.places.queries.grounds import ground_of

MOST = 200
"""So many of a kind are kept by number; beyond that only how many."""


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that somebody said, as a briefing counts it."""

    item: int
    at: datetime
    severity: int
    themes: frozenset[str]
    passed_on: bool
    thread: int | None
    message: int | None
    """The alert of ours that it answers."""
    case: int | None


class Beat:
    """A unit with the ground that it and the units below it police."""

    def __init__(self, unit: Unit) -> None:
        self.unit = unit
        self._below = unit.path
        self._areas = Area.objects.filter(
            force=unit.force_id, unit__path__startswith=unit.path, retired_at=None
        )

    @cached_property
    def ground(self) -> Ground:
        """Return the ground."""
        return ground_of(self.unit.force, list(self._areas.values_list("pk", flat=True)))

    @cached_property
    def _box(self) -> dict[str, float]:
        edges = self._areas.aggregate(
            west=Min("west"), south=Min("south"), east=Max("east"), north=Max("north")
        )
        nowhere = {"west": 1.0, "south": 1.0, "east": 0.0, "north": 0.0}
        return nowhere if edges["west"] is None else edges

    def _near(self, to: str = "") -> Q:
        """Return what lies in the box around the ground; ``contains`` decides."""
        box = self._box
        return Q(**{
            f"{to}longitude__range": (box["west"], box["east"]),
            f"{to}latitude__range": (box["south"], box["north"]),
        })  # fmt: skip

    def _on_ground(self, points: Sequence[tuple[float | None, float | None]]) -> list[bool]:
        lons, lats = (
            np.array([np.nan if point[n] is None else point[n] for point in points], dtype=float)
            for n in (0, 1)
        )
        known = np.flatnonzero(~np.isnan(lons))
        found = np.zeros(len(points), dtype=bool)
        if len(known):
            found[known] = self.ground.contains(lons[known], lats[known])
        answer: list[bool] = found.tolist()
        return answer

    # --- what people said ---

    def said(self, windows: Iterable[Window]) -> list[Said]:
        """Return what people said in these stretches of time that belongs here."""
        rows = list(self._candidates(windows))
        here = self._on_ground([_point(row) for row in rows])
        return [_said(row) for row, on in zip(rows, here, strict=True) if on or self._ours(row)]

    def _candidates(self, windows: Iterable[Window]) -> QuerySet[Item, dict[str, Any]]:
        when = Q(pk__in=[])
        for one in windows:
            when |= Q(received_at__gte=one.since, received_at__lt=one.until)
        near = self._near() | self._near("in_case__case__") | Q(in_home=True) & self._near(_HOME)
        ours = Q(in_case__case__unit__path__startswith=self._below)
        ours |= Q(message__unit__path__startswith=self._below)
        found = Item.objects.filter(when, force=self.unit.force_id, kind="human")
        found = found.filter(stage=Stage.ROUTED).annotate(in_home=_may_use_home(), set_by=_set())
        here: QuerySet[Item, dict[str, Any]] = found.filter(near | ours).values(*_FIELDS)
        return here.order_by("received_at", "pk")

    def _ours(self, row: dict[str, Any]) -> bool:
        paths = (row["in_case__case__unit__path"], row["message__unit__path"])
        return any(path is not None and path.startswith(self._below) for path in paths)

    # --- cases ---

    def cases(self, found: QuerySet[Case]) -> list[int]:
        """Return which of these cases belong here: by unit, or by place."""
        ours = Q(unit__path__startswith=self._below)
        rows = found.filter(ours | self._near(), force=self.unit.force_id)
        given = list(rows.values_list("pk", "unit__path", "longitude", "latitude"))
        here = self._on_ground([(row[2], row[3]) for row in given])
        return [
            row[0] for row, on in zip(given, here, strict=True)
            if on or row[1].startswith(self._below)
        ]  # fmt: skip


_HOME = "contact_point__contact__member__"
_FIELDS = (
    "pk", "received_at", "severity", "findings", "part", "thread_id", "message_id",
    "longitude", "latitude", "in_home", "set_by", "in_case__case_id",
    "in_case__case__longitude", "in_case__case__latitude", "in_case__case__unit__path",
    "message__unit__path", f"{_HOME}longitude", f"{_HOME}latitude",
)  # fmt: skip


def _may_use_home() -> Exists:
    """Say whether who speaks has joined and their consent to hear from us holds."""
    consent = Consent.objects.filter(
        contact=OuterRef("contact_point__contact"), purpose=Purpose.ALERTS, withdrawn_at=None,
        contact__member__state=MemberState.JOINED,
    )  # fmt: skip
    return Exists(consent)


def _set() -> Exists:
    return Exists(CasePlace.objects.filter(case=OuterRef("in_case__case")))


def _point(row: dict[str, Any]) -> tuple[float | None, float | None]:
    """Return where a thing is, the surest first."""
    case, text, home = (
        (row[f"{to}longitude"], row[f"{to}latitude"]) for to in ("in_case__case__", "", _HOME)
    )
    if row["set_by"]:
        return case
    first = next((one for one in (text, case) if None not in one), None)
    return first or (home if row["in_home"] else (None, None))


def _said(row: dict[str, Any]) -> Said:
    return Said(
        row["pk"], row["received_at"], row["severity"], themes_of(row["findings"]),
        row["part"] in PASSED_ON, row["thread_id"], row["message_id"], row["in_case__case_id"],
    )  # fmt: skip


def themes_of(findings: dict[str, Any]) -> frozenset[str]:
    """Return under which headings of the word lists an item stands."""
    lists = ("emergency", "headings", "warned_of")
    return frozenset(str(name) for kind in lists for name in findings.get(kind, ()))


# What a briefing holds ---------------------------------------------------------------

SECTIONS = ("cases", "risks", "vulnerable", "answered", "closed")
"""What holds cases; ``incidents``, ``spread``, ``alerts`` and ``handovers`` hold others."""


def themes(beat: Beat, window: Window, said: Iterable[Said]) -> list[tuple[str, int, list[int]]]:
    """Return each theme, how often it was spoken of, and how often in like times before.

    Times before anybody spoke to the force at all say nothing, and are left out.
    """
    held = Item.objects.filter(force=beat.unit.force_id)
    before = [
        one for one in like(window, WEEKS) if held.filter(received_at__lte=one.since).exists()
    ]
    now = _counted(said)
    then = [Counter[str]() for _one in before]
    for one in beat.said(before):
        for place, stretch in enumerate(before):
            if stretch.since <= one.at < stretch.until and not one.passed_on:
                then[place].update(one.themes)
    return [(name, now[name], [one[name] for one in then]) for name in sorted(now)]


def _counted(said: Iterable[Said]) -> Counter[str]:
    return Counter(name for one in said if not one.passed_on for name in one.themes)


def gather(beat: Beat, window: Window, said: Sequence[Said]) -> dict[str, Any]:
    """Return the sections of a briefing: numbers of things, and how many."""
    spoken = {one.case for one in said if one.case and not one.passed_on}
    open_ = beat.cases(Case.objects.exclude(state=CaseState.CLOSED))
    known = spoken | set(open_)
    answered, ended = _answered(beat, window), _ended(beat, window)
    return {
        "said": sum(not one.passed_on for one in said),
        "cases": _ordered(spoken),
        "risks": _ordered(open_, severity__gte=Severity.PROMPT),
        "vulnerable": _vulnerable(open_),
        "incidents": _incidents(known),
        "spread": _spread(beat, window, said),
        "alerts": Counter(str(one.message) for one in said if one.message).most_common(MOST),
        "answered": _ordered(answered), "closed": _ordered(ended),
        "handovers": _handovers(beat),
    }  # fmt: skip


def _ordered(cases: Iterable[int], **more: Any) -> list[int]:
    """Return cases most urgent first, then who waits longest."""
    found = Case.objects.filter(pk__in=list(cases), **more).order_by("-severity", "heard_at", "pk")
    return list(found.values_list("pk", flat=True)[:MOST])


def _answered(beat: Beat, window: Window) -> list[int]:
    sent = Reply.objects.filter(
        force=beat.unit.force_id, state=ReplyState.SENT,
        sent_at__gte=window.since, sent_at__lt=window.until,
    )  # fmt: skip
    return beat.cases(Case.objects.filter(pk__in=sent.values("case")))


def _ended(beat: Beat, window: Window) -> list[int]:
    during = Q(closed_at__gte=window.since, closed_at__lt=window.until)
    return beat.cases(Case.objects.filter(during, state=CaseState.CLOSED))


def _vulnerable(open_: Iterable[int]) -> list[int]:
    """Return open cases whose assessment that holds speaks of somebody vulnerable."""
    last = Assessment.objects.filter(case=OuterRef("pk")).order_by("-at", "-pk")
    held = Case.objects.filter(pk__in=list(open_)).annotate(
        last_one=Subquery(last.values("headings")[:1])
    )
    return _ordered(held.filter(last_one__has_key="vulnerability").values_list("pk", flat=True))


def _incidents(cases: Iterable[int]) -> list[int]:
    found = IncidentGroup.objects.filter(cases__in=list(cases), closed_at=None).distinct()
    return list(found.order_by("-opened_at").values_list("pk", flat=True)[:MOST])


def _spread(beat: Beat, window: Window, said: Iterable[Said]) -> list[tuple[int, int]]:
    """Return what was passed on most: the thread, and how often meanwhile."""
    began = {one.thread for one in said if one.thread} | set(_threads_here(beat, window))
    passed = Item.objects.filter(
        thread__in=began, received_at__gte=window.since, received_at__lt=window.until
    ).exclude(pk=F("thread__first"))
    counted = Counter(passed.values_list("thread", flat=True))
    return [(pk, count) for pk, count in counted.most_common(MOST) if pk is not None]


def _threads_here(beat: Beat, window: Window) -> Iterable[int]:
    """Return threads of the beat's open cases that something was added to meanwhile."""
    live = Case.objects.filter(thread__last_at__gte=window.since)
    mine = live.filter(pk__in=beat.cases(live))
    return (pk for pk in mine.values_list("thread", flat=True) if pk is not None)


def _handovers(beat: Beat) -> list[int]:
    waiting = Handover.objects.filter(
        force=beat.unit.force_id, unit__path__startswith=beat.unit.path, done_at=None
    )
    return list(waiting.order_by("at").values_list("pk", flat=True)[:MOST])
