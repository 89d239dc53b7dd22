"""Opening hours as one says them: Monday to Friday 8am to 8pm, Saturday 9am to 5pm."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_WHOLE = (("00:00", "00:00"),)


def in_words(week: Sequence[Sequence[Sequence[str]]]) -> str:
    """Return a week's hours in words; empty where it is never open.

    :param week: seven days from Monday of ``("HH:MM", "HH:MM")`` pairs.
    """
    days = [tuple((first, last) for first, last in day) for day in week]
    if all(day == _WHOLE for day in days):
        return "at any time"
    runs = [(list(run), hours) for hours, run in groupby(range(len(days)), key=lambda n: days[n])]
    return ", ".join(f"{_named(run)} {_hours(hours)}" for run, hours in runs if hours)


def _named(run: list[int]) -> str:
    first, last = DAYS[run[0]], DAYS[run[-1]]
    return first if first == last else f"{first} {'and' if len(run) == 2 else 'to'} {last}"


def _hours(pairs: tuple[tuple[str, str], ...]) -> str:
    if pairs == _WHOLE:
        return "all day"
    return " and ".join(f"{_clock(first)} to {_clock(last)}" for first, last in pairs)


def _clock(text: str) -> str:
    hour, minute = (int(part) for part in text.split(":"))
    if minute == 0 and hour in (0, 12):
        return "midnight" if hour == 0 else "noon"
    minutes = f":{minute:02}" if minute else ""
    return f"{hour % 12 or 12}{minutes}{'am' if hour < 12 else 'pm'}"
