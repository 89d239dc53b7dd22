"""Briefings as they are read: who may, who has, and what stands behind their numbers now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Left

from bluelamp.cases.models import (
    Briefing,
    BriefingRead,
    Case,
    CaseItem,
    Handover,
    IncidentGroup,
)
from bluelamp.cases.queries.beat import SECTIONS
from bluelamp.cases.queries.queue import OPEN, cases
from bluelamp.cases.rules.briefing import LEAD, TOGETHER, Compared, Spot, compare, spots
from bluelamp.cases.rules.sorting import title_of
from bluelamp.cases.values import CaseState, Joined
from bluelamp.inbound.models import Item, Thread
from bluelamp.inbound.queries import items
from bluelamp.inbound.values import Severity
from bluelamp.org import permit
from bluelamp.org.models import Officer, Shift
from bluelamp.org.values import Acts
from bluelamp.outbound.models import Message
from bluelamp.places.models import Area
from bluelamp.places.queries.grounds import ground_of

_BEGINNING = 400
"""Characters of somebody's words that a title is made from."""


def briefings(officer: Officer) -> QuerySet[Briefing]:
    """Return the briefings of the officer's units, the newest first."""
    found = Briefing.objects.filter(permit.scope(officer, Acts.BRIEFING_READ))
    return found.select_related("unit", "force").defer("items").order_by("-starts", "unit__path")


# Whose it is, and who has read it -----------------------------------------------


def shift_of(briefing: Briefing) -> list[Officer]:
    """Return the officers for whose shift it was made, by name."""
    shifts = Shift.objects.filter(
        unit=briefing.unit_id, on_call=False, starts__gte=briefing.starts,
        starts__lt=briefing.starts + TOGETHER,
    )  # fmt: skip
    return list(Officer.objects.filter(is_active=True, pk__in=shifts.values("officer")))


def read_by(briefing: Briefing) -> dict[int, datetime]:
    """Return the officers who say that they have read it, and when."""
    return dict(briefing.readings.values_list("officer", "at"))


def unread(officer: Officer, *, now: datetime) -> list[Briefing]:
    """Return what was made for the officer's shift, running or about to begin, and is unread."""
    mine = Shift.objects.filter(
        officer=officer, on_call=False, unit=OuterRef("unit"), starts__gte=OuterRef("starts"),
        starts__lt=OuterRef("starts") + TOGETHER, starts__lte=now + LEAD, ends__gt=now,
    )  # fmt: skip
    seen = BriefingRead.objects.filter(briefing=OuterRef("pk"), officer=officer)
    return list(briefings(officer).filter(Exists(mine), ~Exists(seen)))


# Cases ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """A case that the officer may read, as it stands now."""

    case: Case
    title: str
    """Empty where who said it has taken it down since."""


@dataclass(frozen=True, slots=True)
class Others:
    """Cases that the officer may not read: how severe, who has them, how many."""

    severity: int
    unit: str
    count: int


@dataclass(frozen=True, slots=True)
class Section:
    """Cases under a heading of a briefing."""

    lines: Sequence[Line] = ()
    others: Sequence[Others] = ()

    @property
    def count(self) -> int:
        """How many cases there are, whoever may read them."""
        return len(self.lines) + sum(one.count for one in self.others)


_STILL = {"risks": OPEN & Q(severity__gte=Severity.PROMPT), "vulnerable": OPEN}
"""What must hold now of a case for it to stand in a section."""
_ONCE = ("risks", "cases", "vulnerable")
"""A case stands in the first of these alone."""


def sections(officer: Officer, briefing: Briefing) -> dict[str, Section]:
    """Return what holds cases, by name; those the officer may not read are only counted."""
    found: dict[str, Section] = {}
    told: set[int] = set()
    for name in (*_ONCE, *(one for one in SECTIONS if one not in _ONCE)):
        now = _now(briefing, name)
        found[name] = _section(officer, now - told if name in _ONCE else now)
        told |= now
    return found


def _now(briefing: Briefing, name: str) -> set[int]:
    given = briefing.refs.get(name, ())
    still = Case.objects.filter(_STILL.get(name, Q()), pk__in=given, force=briefing.force_id)
    return set(still.values_list("pk", flat=True))


def marks(briefing: Briefing) -> dict[str, set[int]]:
    """Return which cases were spoken in meanwhile, and which are about somebody vulnerable."""
    return {"new": set(briefing.refs.get("cases", ())), "frail": _now(briefing, "vulnerable")}


def severities(briefing: Briefing) -> dict[int, int]:
    """Count the cases in which people spoke by how severe they are now, the worst first."""
    spoken = Case.objects.filter(pk__in=_now(briefing, "cases")).order_by("-severity")
    return dict(Counter(spoken.values_list("severity", flat=True)))


def _section(officer: Officer, numbers: Iterable[int]) -> Section:
    wanted = Case.objects.filter(pk__in=list(numbers))
    mine = _as_they_stand(cases(officer).filter(pk__in=wanted.values("pk")))
    lines = [Line(one, _title(one)) for one in mine.order_by("-severity", "heard_at", "pk")]
    rest = wanted.exclude(pk__in=[one.case.pk for one in lines]).order_by()
    counted = rest.values_list("severity", "unit__name").annotate(n=Count("pk"))
    return Section(lines, [Others(*row) for row in counted.order_by("-severity", "unit__name")])


def _as_they_stand(found: QuerySet[Case]) -> QuerySet[Case]:
    """Add the words that opened each case, as they are now."""
    opening = CaseItem.objects.filter(case=OuterRef("pk"), why=Joined.OPENED).order_by("pk")
    gone = opening.filter(item__deleted_at__isnull=False, item__held=False)
    return found.annotate(
        opened=Exists(opening),
        gone=Exists(gone),
        said_as=Subquery(opening.values("item__subject")[:1]),
        said=Subquery(opening.values(words=Left("item__text", _BEGINNING))[:1]),
    )


def _title(case: Case) -> str:
    facts = case.__dict__
    if facts["gone"]:
        return ""
    return title_of(facts["said_as"], facts["said"]) if facts["opened"] else case.title


# Everything else --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Spread:
    """What was passed on, how often meanwhile, and how far it has come."""

    thread: Thread
    words: str
    """Its beginning; empty where it was taken down."""
    case: Case | None
    count: int


def spread(officer: Officer, rows: Sequence[Sequence[int]]) -> list[Spread]:
    """Return what the officer may read of what was passed on, most often first."""
    counts = {pk: count for pk, count in rows}  # noqa: C416 - JSON's pairs are lists
    mine = Q(first__in=items(officer).values("pk")) | Q(cases__in=cases(officer).values("pk"))
    found = Thread.objects.filter(mine, pk__in=list(counts), force=officer.force_id).distinct()
    rows_ = [_spread(officer, one, counts[one.pk]) for one in found.select_related("first")]
    return sorted(rows_, key=lambda one: (-one.count, one.thread.pk))


def _spread(officer: Officer, thread: Thread, count: int) -> Spread:
    first = thread.first
    gone = first.deleted_at is not None and not first.held
    words = "" if gone else title_of(first.subject, first.text[:_BEGINNING])
    return Spread(thread, words, cases(officer).filter(thread=thread).first(), count)


def answers_to(officer: Officer, rows: Sequence[Sequence[int | str]]) -> list[tuple[Message, int]]:
    """Return the unit's own alerts with how many answered them meanwhile."""
    counts = {int(pk): int(count) for pk, count in rows}
    mine = permit.scope(officer, Acts.MESSAGE_READ)
    found = Message.objects.filter(mine, pk__in=list(counts))
    return sorted(((one, counts[one.pk]) for one in found), key=lambda row: (-row[1], row[0].pk))


def incidents(officer: Officer, numbers: Iterable[int]) -> list[IncidentGroup]:
    """Return the incidents that the officer may read, each with ``open_cases``."""
    still = Q(cases__in=cases(officer).exclude(state=CaseState.CLOSED).values("pk"))
    found = IncidentGroup.objects.filter(
        permit.scope(officer, Acts.CASE_READ), pk__in=list(numbers)
    )
    return list(found.annotate(open_cases=Count("cases", filter=still)).order_by("-opened_at"))


def waiting_handovers(officer: Officer, numbers: Iterable[int]) -> list[Handover]:
    """Return handovers that still wait for somebody to accept, each with ``left``."""
    mine = permit.scope(officer, Acts.CASE_WORK) | Q(by=officer) | Q(to=officer)
    found = Handover.objects.filter(
        mine, force=officer.force_id, pk__in=list(numbers), done_at=None
    )
    left = Count("cases", filter=Q(cases__settled_at=None))
    return list(found.select_related("by", "to").annotate(left=left).filter(left__gt=0))


def compared(briefing: Briefing) -> list[tuple[str, Compared | None, int]]:
    """Return each theme with how many spoke of it and what is usual; the unusual first."""
    rows = [(name, int(count), list(past)) for name, count, past in briefing.themes]
    found = [(name, compare(count, past, themes=len(rows)), count) for name, count, past in rows]
    return sorted(found, key=lambda row: (not (row[1] and row[1].unusual), -row[2], row[0]))


# Where ------------------------------------------------------------------------------


def points(briefing: Briefing) -> list[tuple[float, float]]:
    """Return where people spoke of; homes are none of it, nor is what was taken down."""
    said = Item.objects.filter(pk__in=briefing.items, deleted_at=None)
    rows = said.values_list(
        "in_case__case__longitude", "in_case__case__latitude", "longitude", "latitude"
    )
    placed = ((row[:2] if None not in row[:2] else row[2:]) for row in rows)
    return [(lon, lat) for lon, lat in placed if lon is not None and lat is not None]


def where(briefing: Briefing) -> tuple[list[Spot], list[tuple[str, int]], int]:
    """Return spots for a map, how many in each area, and how many have no place here."""
    found = points(briefing)
    lons, lats = np.array(found, dtype=float).reshape(-1, 2).T
    counts: Counter[str] = Counter()
    inside = 0
    for area in areas_of(briefing):
        here = ground_of(briefing.force, [area.pk]).contains(lons, lats)
        counts[area.name] = int(here.sum())
        inside += counts[area.name]
    shown = [(name, count) for name, count in counts.most_common() if count]
    return spots(found), shown, max(0, len(briefing.items) - inside)


def areas_of(briefing: Briefing) -> list[Area]:
    """Return the smallest pieces of the unit's ground: of one kind, so that none overlap."""
    mine = Area.objects.filter(
        force=briefing.force_id, unit__path__startswith=briefing.unit.path, retired_at=None
    ).defer("boundary")
    kinds = Counter(area.kind for area in mine)
    commonest = kinds.most_common(1)[0][0] if kinds else ""
    return [area for area in mine if area.kind == commonest]
