"""Promises kept: by kind, severity, unit and channel, against the period before."""

from __future__ import annotations

import csv
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from bluelamp.cases import labels
from bluelamp.cases.values import MilestoneKind
from bluelamp.insight.queries import attainment as found_in
from bluelamp.insight.queries.attainment import About, Period
from bluelamp.insight.rules.attainment import Came, Promise, Sum, added, below, by
from bluelamp.insight.views.shared import listed, sections
from bluelamp.kit import clock
from bluelamp.kit.asked import number
from bluelamp.kit.page import Words
from bluelamp.org.gate import officer_of, officers
from bluelamp.org.models import Officer, Unit
from bluelamp.org.values import Acts

PERIODS: dict[int, Words] = {
    1: _("Today"), 7: _("7 days"), 28: _("28 days"), 91: _("13 weeks"),
}  # fmt: skip
USUAL = 28
CAME: dict[Came, Words] = {
    Came.KEPT: _("Kept in time"), Came.LATE: _("Late"), Came.OVERDUE: _("Overdue now"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a table: promises of one kind, and the same of the period before."""

    title: Words
    now: Sum
    before: Sum
    asked: dict[str, Any]
    """What its figures ask for when they are opened."""

    @property
    def change(self) -> str:
        """How many points in a hundred more or fewer were kept than before."""
        if self.now.share is None or self.before.share is None:
            return ""
        points = round(self.now.share * 100) - round(self.before.share * 100)
        return f"{points:+d}".replace("-", "−") if points else "±0"

    @property
    def share(self) -> str:
        """The share that was kept, as it is shown."""
        return _percent(self.now.share)

    @property
    def earlier(self) -> str:
        """The share before, with how many points it has changed by since."""
        change = f" ({self.change})" if self.change else ""
        return _percent(self.before.share) + change

    @property
    def times(self) -> list[tuple[Words, str]]:
        """How long those that ended took."""
        lengths = ((_("Median"), self.now.median), (_("Nine in ten within"), self.now.ninetieth))
        return [(words, labels.span(one) if one is not None else "–") for words, one in lengths]

    @property
    def figures(self) -> list[tuple[Words, int, str]]:
        """The counts, each with what it counts and where it leads."""
        counts = (self.now.kept, self.now.late, self.now.overdue)
        return [
            (words, count, _behind(came=came.value, **self.asked))
            for (came, words), count in zip(CAME.items(), counts, strict=True)
        ]


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{round(share * 100)}%"


def _behind(**asked: Any) -> str:
    return f"{reverse('insight:attainment_cases')}?{urlencode(asked)}"


# The page -----------------------------------------------------------------------


@officers(Acts.BOARD_READ)
@require_GET
def attainment(request: HttpRequest) -> HttpResponse:
    """Show how well promises were kept in a period."""
    period = _period(request)
    tables = _tables(officer_of(request), period)
    whole = tables[0][1][-1] if tables else None
    return render(request, "insight/console/attainment.html", {
        "sections": sections("attainment"), "tables": tables, "whole": whole,
        "periods": [(days, words, days == period.days) for days, words in PERIODS.items()],
        "period": period, "before": period.before(),
        "csv_url": f"{reverse('insight:attainment_csv')}?{urlencode({'days': period.days})}",
    })  # fmt: skip


def _period(request: HttpRequest) -> Period:
    days = number(request.GET.get("days", "")) or USUAL
    return Period.up_to(clock.now(), days if days in PERIODS else USUAL)


def _tables(officer: Officer, period: Period) -> list[tuple[Words, list[Line]]]:
    """Return the tables; the first ends with all promises together.  None without any."""
    now = found_in.promises(officer, period)
    before = found_in.promises(officer, period.before())
    if not now and not before:
        return []
    table = partial(_lines, now, before, period)
    whole = Line(_("All promises"), added(now), added(before), {"days": period.days})
    kinds = {kind.value: labels.KINDS[kind] for kind in MilestoneKind}
    channels = {name: labels.channel(name) for name in sorted({one.channel for one in now})}
    severities = dict(sorted(labels.SEVERITIES.items(), reverse=True))
    return [
        (_("What was promised"), [*table("kind", kinds, lambda one: one.kind), whole]),
        (_("Severity"), table("severity", severities, lambda one: one.severity)),
        (_("Unit, with the units below it"), _of_units(officer, now, before, period)),
        (_("Channel"), table("channel", channels, lambda one: one.channel)),
    ]


def _lines(
    now: Sequence[Promise], before: Sequence[Promise], period: Period, name: str,
    titles: dict[Any, Words], key: Callable[[Promise], Hashable],
) -> list[Line]:  # fmt: skip
    sums, earlier = by(now, key), by(before, key)
    return [
        Line(title, sums.get(value, Sum()), earlier.get(value, Sum()),
             {"days": period.days, name: value})
        for value, title in titles.items()
        if value in sums or value in earlier
    ]  # fmt: skip


def _of_units(
    officer: Officer, now: Sequence[Promise], before: Sequence[Promise], period: Period
) -> list[Line]:
    mine = found_in.units(officer)
    lines = [
        Line(unit.name, below(now, unit.path), below(before, unit.path),
             {"days": period.days, "unit": unit.pk})
        for unit in mine
    ]  # fmt: skip
    return [line for line in lines if line.now.judged or line.before.judged]


# What is behind a figure ----------------------------------------------------------


@officers(Acts.BOARD_READ)
@require_GET
def cases(request: HttpRequest) -> HttpResponse:
    """Show the cases whose promises a figure counts; the reading is recorded."""
    officer, now = officer_of(request), clock.now()
    about = _about(request, officer)
    found = found_in.cases(officer, _period(request), about)
    title = CAME[about.came] if about.came else _("Promises")
    return listed(request, found, title, _narrower(request, about), now)


def _about(request: HttpRequest, officer: Officer) -> About:
    asked = request.GET
    severity, unit = number(asked.get("severity", "")), number(asked.get("unit", ""))
    came, kind = asked.get("came", ""), asked.get("kind", "")
    channel = asked.get("channel")
    return About(
        came=Came(came) if came in set(Came) else None,
        kind=kind if kind in set(MilestoneKind) else "",
        severity=severity if severity in labels.SEVERITIES else None,
        unit=Unit.objects.filter(pk=unit or 0, force=officer.force_id).first(),
        channel=None if channel is None else channel[:20],
    )  # fmt: skip


def _narrower(request: HttpRequest, about: About) -> list[str]:
    """Say what else the promises have in common."""
    words: list[object] = [PERIODS[_period(request).days]]
    words += [labels.KINDS[about.kind]] if about.kind else []
    words += [labels.SEVERITIES[about.severity]] if about.severity is not None else []
    words += [about.unit.name] if about.unit else []
    words += [labels.channel(about.channel)] if about.channel else []
    return [str(one) for one in words]


# A CSV ------------------------------------------------------------------------------


@officers(Acts.BOARD_READ)
@require_GET
def download(request: HttpRequest) -> HttpResponse:
    """Hand the tables out as one CSV; it names no case."""
    period = _period(request)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    name = f"promises-{period.since:%Y-%m-%d}-{period.last:%Y-%m-%d}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.write("\ufeff")  # so that spreadsheets read it as UTF-8
    csv.writer(answer).writerows(_rows(_tables(officer_of(request), period)))
    return answer


def _rows(tables: Iterable[tuple[Words, list[Line]]]) -> Iterator[Sequence[object]]:
    yield (
        _now("Table"), _now("Line"), *CAME.values(), _now("Share kept"), _now("Median minutes"),
        _now("Nine in ten within minutes"), _now("Share kept before"), _now("Judged before"),
    )  # fmt: skip
    for title, lines in tables:
        for line in lines:
            now, before = line.now, line.before
            yield (
                title, _plain(str(line.title)), now.kept, now.late, now.overdue,
                _share(now.share), _minutes(now.median), _minutes(now.ninetieth),
                _share(before.share), before.judged,
            )  # fmt: skip


def _plain(cell: str) -> str:
    """Keep a spreadsheet from taking a unit's name for a formula."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@") else cell


def _share(share: float | None) -> str:
    return "" if share is None else f"{share:.4f}"


def _minutes(length: timedelta | None) -> str:
    return "" if length is None else f"{length.total_seconds() / 60:.1f}"
