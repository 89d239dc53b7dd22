"""Calendars' weeks and their exceptional days, one row a span."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, time
from functools import partial
from pathlib import Path
from typing import Any

from bluelamp.org.errors import RotaPatternError
from bluelamp.org.importing.table import File, Line, Plan
from bluelamp.org.models import Calendar, Closure, Force, Unit
from bluelamp.org.rules.shifts import parse_day, parse_pattern

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Pairs = list[list[str]]


def weekdays(text: str) -> range:
    """Read ``Mon`` or ``Mon-Fri`` as days from Monday.

    :raises ValueError: it is neither.
    """
    first, _, last = (part.strip().lower()[:3] for part in text.partition("-"))
    days = range(WEEKDAYS.index(first), WEEKDAYS.index(last or first) + 1)
    if not days:
        raise ValueError(text)
    return days


def clock(text: str) -> str:
    """Read a time of day as a calendar keeps it, ``HH:MM``.

    :raises ValueError: it is none.
    """
    return time.fromisoformat(text).isoformat("minutes")


def _checked(line: Line, column: str, check: Callable[[], object]) -> None:
    try:
        check()
    except RotaPatternError as error:
        line.wrong(column, str(error).rstrip("."))


# --- weeks ---


@dataclass
class _Week:
    """A calendar as its rows draw it."""

    line: Line
    """Its first row."""
    unit: Unit | None
    days: list[Pairs] = field(default_factory=lambda: [[] for _ in WEEKDAYS])


def plan_calendars(force: Force, path: Path) -> Plan:
    """Plan weeks from ``calendar,weekday,opens,closes[,unit]``, one row a span.

    A calendar that the file names has the file's week and no other; the rest stay as they are.
    """
    file = File(path, ("calendar", "weekday", "opens", "closes"), ("unit",))
    units = {unit.code: unit for unit in force.units.all()}
    there = {calendar.name: calendar for calendar in force.calendars.all()}
    drawn: dict[str, _Week] = {}
    for line in file.rows():
        _draw(line, units, drawn)
    plan = Plan()
    for name, week in drawn.items():
        _checked(week.line, "opens", partial(parse_pattern, [week.days]))
        _plan_week(plan, week, there.get(name) or Calendar(force=force, name=name))
    file.refuse()
    return plan


def _draw(line: Line, units: dict[str, Unit], drawn: dict[str, _Week]) -> None:
    name = line.text("calendar", 80)
    unit = line.known("unit", units) if line.get("unit") else None
    week = drawn.setdefault(name, _Week(line, unit))
    if week.unit != unit:
        line.wrong("unit", f"is not that of row {week.line.row}")
    days = line.read("weekday", weekdays)
    opens, closes = line.read("opens", clock), line.read("closes", clock)
    if days is None or opens is None or closes is None:
        return
    for day in days:
        week.days[day].append([opens, closes])


def _plan_week(plan: Plan, week: _Week, calendar: Calendar) -> None:
    days = [sorted(pairs) for pairs in week.days]
    if calendar.pk and (calendar.week, calendar.unit) == (days, week.unit):
        plan.same += 1
        return
    calendar.week, calendar.unit = days, week.unit
    change = "change" if calendar.pk else "add"
    plan.add(week.line.row, change, calendar.name, calendar.save, week=days)


# --- exceptional days ---


def plan_closures(force: Force, path: Path) -> Plan:
    """Plan exceptional days from ``calendar,day,reason[,opens,closes]``, one row a span.

    A day without a span is closed.  None is taken away.
    """
    file = File(path, ("calendar", "day", "reason"), ("opens", "closes"))
    calendars = {calendar.name: calendar for calendar in force.calendars.all()}
    drawn: dict[tuple[str, date], tuple[Line, Pairs]] = {}
    for line in file.rows():
        line.text("reason", 120)
        day = line.read("day", date.fromisoformat)
        if line.known("calendar", calendars) is not None and day is not None:
            key = (line.cells["calendar"], day)
            drawn.setdefault(key, (line, []))[1].extend(_pair(line))
    plan = Plan()
    for (name, day), (line, pairs) in drawn.items():
        _checked(line, "opens", partial(parse_day, pairs))
        _plan_closure(plan, line, calendars[name], day, sorted(pairs))
    file.refuse()
    return plan


def _pair(line: Line) -> Pairs:
    if not line.get("opens") and not line.get("closes"):
        return []
    columns: list[Any] = [line.read(column, clock) for column in ("opens", "closes")]
    return [columns] if None not in columns else []


def _plan_closure(plan: Plan, line: Line, calendar: Calendar, day: date, pairs: Pairs) -> None:
    found = Closure.objects.filter(calendar=calendar, day=day).first()
    closure = found or Closure(force_id=calendar.force_id, calendar=calendar, day=day)
    new = {"opens": pairs, "reason": line.cells["reason"]}
    if found and new == {name: getattr(found, name) for name in new}:
        plan.same += 1
        return
    for name, value in new.items():
        setattr(closure, name, value)
    key = f"{calendar.name} {day}"
    plan.add(line.row, "change" if found else "add", key, closure.save, **new)
