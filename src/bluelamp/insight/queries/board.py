"""The control room's figures, and the cases behind each of them.

A figure and the list that it opens to are made by the same filter.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet
from django.db.models.functions import TruncHour

from bluelamp.cases.models import Case, CaseItem, Link, Milestone, RoutingRule
from bluelamp.cases.queries.desk import crew_of
from bluelamp.cases.queries.queue import OPEN, OURS
from bluelamp.cases.rules.routing import OnDuty
from bluelamp.cases.values import CaseState, Joined, LinkState, MilestoneState
from bluelamp.insight.rules.hours import HOUR
from bluelamp.kit import clock
from bluelamp.notices.models import Page
from bluelamp.org import permit
from bluelamp.org.models import Officer, Shift, Skill, Unit
from bluelamp.org.queries import on_duty
from bluelamp.org.values import Acts

# Cases ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class About:
    """Which cases of the board are meant."""

    what: str = "open"
    """A name of :data:`WHAT`, or ``arrived``."""
    hour: datetime | None = None
    """Items of that hour, for ``arrived``; of the day that begins at ``since`` without."""
    since: datetime | None = None
    channel: str = ""
    severity: int | None = None
    owner: int | None = None
    skill: str = ""


def _due(state: Q) -> Exists:
    return Exists(Milestone.objects.filter(state, case=OuterRef("pk")))


_BREACHED = Q(state=MilestoneState.BREACHED)
_AT_RISK = Q(state=MilestoneState.RUNNING, warned_at__isnull=False)

WHAT: dict[str, Q] = {
    "open": OPEN,
    "ours": OPEN & OURS,
    "unread": Q(state=CaseState.NEW),
    "nobody": OPEN & OURS & Q(owner=None),
    "off_shift": OPEN & Q(owner__isnull=False),
    "risk": OPEN & Q(_due(_AT_RISK)) & ~Q(_due(_BREACHED)),
    "breached": OPEN & Q(_due(_BREACHED)),
}
"""What a figure counts.  A case that is overdue is no longer at risk."""


def _counted(what: str) -> Q:
    """Return what a figure counts; of ``off_shift``, without what those at work have now."""
    found = WHAT.get(what, OPEN)
    if what != "off_shift":
        return found
    there = Shift.objects.filter(on_duty(clock.now()), officer=OuterRef("owner"))
    return found & ~Q(Exists(there))


def cases(officer: Officer, about: About) -> QuerySet[Case]:
    """Return the cases behind a figure, most urgent first, then who waits longest."""
    found = Case.objects.filter(permit.scope(officer, Acts.BOARD_READ))
    if about.what == "arrived":
        found = found.filter(pk__in=_arrived(officer, about).values("case"))
    else:
        found = found.filter(_counted(about.what))
        if about.severity is not None:
            found = found.filter(severity=about.severity)
        if about.channel:
            found = found.filter(pk__in=_by_channel(about.channel))
    if about.owner is not None:
        found = found.filter(owner=about.owner)
    if about.skill:
        found = found.filter(routed__rule__in=_rules_asking(officer, about.skill))
    return found.order_by("-severity", "heard_at", "pk")


def _by_channel(channel: str) -> QuerySet[CaseItem, int]:
    said = CaseItem.objects.filter(item__channel=channel, why=Joined.OPENED)
    return said.values_list("case", flat=True)


@dataclass(frozen=True, slots=True)
class Figures:
    """How it stands now."""

    ours: int
    """Cases in which it is our turn."""
    unread: int
    nobody: int
    off_shift: int
    """Open, and whoever has them is not at work: they went home, or are not there yet."""
    risk: int
    breached: int
    oldest: Case | None
    """In which it is our turn, and whose citizen waits longest."""
    pages: int
    arrived: int
    """Items today, without what only passes on."""


def figures(officer: Officer, *, since: datetime) -> Figures:
    """Return the board's figures; ``since``: when today began."""
    mine = Case.objects.filter(permit.scope(officer, Acts.BOARD_READ)).order_by()
    names = ("ours", "unread", "nobody", "off_shift", "risk", "breached")
    counts = mine.filter(OPEN).aggregate(
        **{name: Count("pk", filter=_counted(name)) for name in names}
    )
    oldest = mine.filter(WHAT["ours"]).order_by("heard_at", "pk").first()
    today = About("arrived", since=since)
    return Figures(
        **counts, oldest=oldest, pages=pages(officer).count(),
        arrived=_arrived(officer, today).count(),
    )  # fmt: skip


def by(officer: Officer, field: str) -> dict[str | int, int]:
    """Count open cases in which it is our turn by one of their fields."""
    mine = cases(officer, About("ours")).order_by()
    return dict(mine.values_list(field).annotate(n=Count("pk")))


# What arrives -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Arrived:
    """So many items in an hour, by one channel, of one severity."""

    hour: datetime
    channel: str
    severity: int
    count: int


def arrivals(officer: Officer, first: datetime, last: datetime) -> list[Arrived]:
    """Return what arrived from ``first`` up to before ``last``."""
    inside = _said(officer).filter(at__gte=first, at__lt=last)
    rows = inside.annotate(hour=TruncHour("at")).order_by("hour")
    grouped = rows.values_list("hour", "item__channel", "item__severity")
    return [Arrived(*row) for row in grouped.annotate(n=Count("pk"))]


def hourly(officer: Officer, first: datetime, last: datetime) -> dict[datetime, int]:
    """Return how many items arrived in each hour that had any."""
    inside = _said(officer).filter(at__gte=first, at__lt=last)
    rows = inside.annotate(hour=TruncHour("at")).order_by().values_list("hour")
    return dict(rows.annotate(n=Count("pk")))


def first_arrival(officer: Officer, after: datetime) -> datetime | None:
    """Return when the first item arrived after a moment."""
    found: datetime | None = _said(officer).filter(at__gte=after).aggregate(at=Min("at"))["at"]
    return found


def _said(officer: Officer) -> QuerySet[CaseItem]:
    """Return what makes work: who only passes something on waits for nothing."""
    mine = permit.scope(officer, Acts.BOARD_READ, unit="case__unit")
    return CaseItem.objects.filter(mine).exclude(why=Joined.REPEATS)


def _arrived(officer: Officer, about: About) -> QuerySet[CaseItem]:
    found = _said(officer)
    if about.hour is not None:
        found = found.filter(at__gte=about.hour, at__lt=about.hour + HOUR)
    elif about.since is not None:
        found = found.filter(at__gte=about.since)
    if about.severity is not None:
        found = found.filter(item__severity=about.severity)
    return found.filter(item__channel=about.channel) if about.channel else found


# Who is on ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Loaded:
    """Somebody on shift, and how much they have."""

    officer: Officer
    duty: OnDuty
    cases: int


def crew(officer: Officer, now: datetime) -> list[Loaded]:
    """Return who is on shift in the officer's units, the most loaded first."""
    duties = {one.officer: one for unit in _units(officer) for one in crew_of(unit, now)}
    names = Officer.objects.select_related("unit").in_bulk(list(duties))
    having = cases(officer, About("open")).filter(owner__in=list(duties)).order_by()
    held = dict(having.values_list("owner").annotate(n=Count("pk")))
    found = [Loaded(names[pk], duty, held.get(pk, 0)) for pk, duty in duties.items()]
    return sorted(found, key=lambda one: (-one.duty.load, one.officer.name))


def _units(officer: Officer) -> Iterable[Unit]:
    paths = permit.paths(officer, Acts.BOARD_READ)
    top = [one for one in paths if not any(one != up and one.startswith(up) for up in paths)]
    return Unit.objects.filter(path__in=top)


@dataclass(frozen=True, slots=True)
class Short:
    """A skill that routing asks for and nobody on shift has."""

    code: str
    name: str
    cases: int
    """Open, routed by rules that ask for it, and nobody's."""


def short_skills(officer: Officer, on: Iterable[Loaded]) -> list[Short]:
    """Return the skills that are short; those with most cases waiting first."""
    there = {code for one in on for code in one.duty.skills}
    units = permit.scope(officer, Acts.BOARD_READ)
    asking = RoutingRule.objects.filter(units, active=True).exclude(skill="")
    missing = sorted(set(asking.values_list("skill", flat=True)) - there)
    names = dict(
        Skill.objects.filter(force=officer.force_id, code__in=missing).values_list("code", "name")
    )
    found = [
        Short(code, names.get(code, code), cases(officer, About("nobody", skill=code)).count())
        for code in missing
    ]
    return sorted(found, key=lambda one: (-one.cases, one.name))


def _rules_asking(officer: Officer, skill: str) -> list[int]:
    asking = RoutingRule.objects.filter(force=officer.force_id, skill=skill)
    return list(asking.values_list("pk", flat=True))


# Pages --------------------------------------------------------------------------


def pages(officer: Officer) -> QuerySet[Page]:
    """Return what rings and nobody has answered, the oldest first."""
    mine = Page.objects.filter(permit.scope(officer, Acts.BOARD_READ), answered_at=None)
    return mine.select_related("unit").order_by("made_at", "pk")


# Other case systems ---------------------------------------------------------------


def refused(officer: Officer) -> QuerySet[Link]:
    """Return what other case systems refused for good, of the cases of the officer's board."""
    mine = permit.scope(officer, Acts.BOARD_READ, unit="case__unit")
    return Link.objects.filter(mine, state=LinkState.FAILED)
