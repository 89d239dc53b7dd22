"""How well promises were kept in a period, and the cases behind each figure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TypeVar

from django.db.models import Model, OuterRef, Q, QuerySet, Subquery

from bluelamp.cases.models import Case, CaseItem, Judged, Milestone
from bluelamp.cases.values import Joined, MilestoneState
from bluelamp.insight.rules.attainment import Came, Promise
from bluelamp.insight.rules.hours import ZONE, day_of, midnight
from bluelamp.org import permit
from bluelamp.org.models import Officer, Unit
from bluelamp.org.values import Acts

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Period:
    """So many local days, the last of them included, up to a moment in it."""

    days: int
    last: date
    until: datetime

    @classmethod
    def up_to(cls, now: datetime, days: int) -> Period:
        """Return the last so many days, today up to now."""
        return cls(days, day_of(now), now)

    @property
    def since(self) -> datetime:
        """The first day's midnight."""
        return midnight(self.last - timedelta(days=self.days - 1))

    def before(self) -> Period:
        """Return as many days before it, to the same time of the day on the wall."""
        day = self.last - timedelta(days=self.days)
        until = self.until.astimezone(ZONE) - timedelta(days=self.days)
        return replace(self, last=day, until=until)


@dataclass(frozen=True, slots=True)
class About:
    """Which promises a figure counts; what is left out asks nothing."""

    came: Came | None = None
    kind: str = ""
    severity: int | None = None
    unit: Unit | None = None
    channel: str | None = None


def promises(officer: Officer, period: Period) -> list[Promise]:
    """Return the promises that ended in a period or fell due in it and are overdue still."""
    return [*_ended(officer, period), *_overdue(officer, period)]


def _ended(officer: Officer, period: Period) -> Iterator[Promise]:
    columns = ("kind", "severity", "unit__path", "channel", "late", "used")
    for *facts, late, used in _judged(officer, period).values_list(*columns):
        yield _promise(facts, Came.LATE if late else Came.KEPT, used)


def _overdue(officer: Officer, period: Period) -> Iterator[Promise]:
    columns = ("kind", "case__severity", "case__unit__path", "channel")
    for facts in _waiting(officer, period).values_list(*columns):
        yield _promise(list(facts), Came.OVERDUE, None)


def _promise(facts: list[str | int | None], came: Came, used: timedelta | None) -> Promise:
    kind, severity, unit, channel = facts
    return Promise(str(kind), int(severity or 0), str(unit), str(channel or ""), came, used)


def _judged(officer: Officer, period: Period) -> QuerySet[Judged]:
    mine = Judged.objects.filter(permit.scope(officer, Acts.BOARD_READ))
    within = mine.filter(at__gte=period.since, at__lt=period.until)
    return within.annotate(channel=_channel()).order_by("pk")


def _waiting(officer: Officer, period: Period) -> QuerySet[Milestone]:
    mine = Milestone.objects.filter(permit.scope(officer, Acts.BOARD_READ, unit="case__unit"))
    overdue = mine.filter(
        state=MilestoneState.BREACHED, due_at__gte=period.since, due_at__lt=period.until
    )
    return overdue.annotate(channel=_channel()).order_by("pk")


def _channel() -> Subquery:
    opened = CaseItem.objects.filter(case=OuterRef("case"), why=Joined.OPENED)
    return Subquery(opened.values("item__channel")[:1])


def units(officer: Officer) -> list[Unit]:
    """Return the units whose promises the officer may see, in the order of the tree."""
    paths = permit.paths(officer, Acts.BOARD_READ)
    mine = Unit.objects.filter(force=officer.force_id).order_by("path")
    return [one for one in mine if any(one.path.startswith(path) for path in paths)]


def cases(officer: Officer, period: Period, about: About) -> QuerySet[Case]:
    """Return the cases behind a figure, most urgent first, then who waits longest."""
    behind = Q(pk__in=[])
    if about.came is not Came.OVERDUE:
        behind |= Q(pk__in=_of_ended(officer, period, about).values("case"))
    if about.came in {Came.OVERDUE, None}:
        rows = _narrowed(_waiting(officer, period), about, "case__")
        behind |= Q(pk__in=rows.values("case"))
    found = Case.objects.filter(permit.scope(officer, Acts.BOARD_READ)).filter(behind)
    return found.order_by("-severity", "heard_at", "pk")


def _of_ended(officer: Officer, period: Period, about: About) -> QuerySet[Judged]:
    rows = _narrowed(_judged(officer, period), about, "")
    return rows if about.came is None else rows.filter(late=about.came is Came.LATE)


def _narrowed(rows: QuerySet[M], about: About, to_case: str) -> QuerySet[M]:
    """Keep what a figure counts.

    :param to_case: how a row's severity and unit are reached: its own, or its case's.
    """
    asked: dict[str, object] = {}
    if about.kind:
        asked["kind"] = about.kind
    if about.severity is not None:
        asked[f"{to_case}severity"] = about.severity
    if about.unit is not None:
        asked[f"{to_case}unit__path__startswith"] = about.unit.path
    if about.channel is not None:
        asked["channel"] = about.channel
    return rows.filter(**asked)
