"""Moments and what the clock on the wall shows: where they part, twice a year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of duty or of opening, both ends in UTC; the end is outside."""

    starts: datetime
    ends: datetime


def instant(day: date, clock: time, zone: ZoneInfo = LONDON) -> datetime:
    """Return the moment at which a clock on the wall shows ``clock`` on ``day``, in UTC.

    A time that the clock skips is the moment it skips; one that it shows twice
    is the first.  So the order of times on the wall is the order of moments.
    """
    early = datetime.combine(day, clock, zone).astimezone(UTC)
    late = datetime.combine(day, clock, zone).replace(fold=1).astimezone(UTC)
    if late >= early:  # plain, or shown twice
        return early
    return _moment_of_change(late, early, zone)


def _moment_of_change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Find the minute at which the zone's offset changes, between two moments in UTC."""
    old = before.astimezone(zone).utcoffset()
    while after - before > timedelta(minutes=1):
        middle = before + (after - before) / 2
        middle = middle.replace(second=0, microsecond=0)
        if middle.astimezone(zone).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after


@lru_cache(maxsize=8192)  # the same few weeks are asked for again and again
def stretch(day: date, minute: int, minutes: int, zone: ZoneInfo) -> Stretch:
    """Return what lies between a minute of a day and as many minutes later on the wall."""
    wall = datetime.combine(day, time()) + timedelta(minutes=minute)
    end = wall + timedelta(minutes=minutes)
    return Stretch(instant(wall.date(), wall.time(), zone), instant(end.date(), end.time(), zone))
