"""When it is open: working time between moments, and when so much of it has passed.

Hours are kept on the wall and counted in real time.  A span opens and closes at
the moments at which the force's clock shows its ends (:func:`~.walls.instant`), as
shifts do: 01:30 to 03:00 is one hour on the Sunday in March on which 01:30 is
skipped, and two and a half on the one in October on which it is shown twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from bluelamp.org.errors import NeverOpenError
from bluelamp.org.rules.shifts import DAY, Span, parse_day, parse_pattern
from bluelamp.org.rules.walls import LONDON, Stretch, stretch

ZERO = timedelta(0)
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Hours:
    """A week of opening hours and the days on which they do not hold.

    An exceptional day is open as it says itself and not otherwise, from midnight to
    midnight: a span begun the evening before ends when it begins.
    """

    week: tuple[tuple[Span, ...], ...]
    """For each day from Monday its spans, in minutes from its midnight; an end may be
    beyond the next midnight."""
    exceptions: tuple[tuple[date, tuple[Span, ...]], ...] = ()
    """Exceptional days with their spans; none means closed."""
    zone: ZoneInfo = LONDON

    @classmethod
    def read(
        cls, week: Any, exceptions: Mapping[date, Any] | None = None, zone: ZoneInfo = LONDON
    ) -> Hours:
        """Read seven days, and exceptional days, of ``["HH:MM", "HH:MM"]`` pairs.

        An end at or before its start is on the next day: ``["00:00", "00:00"]`` is a whole day.

        :raises RotaPatternError: naming the day of what cannot be read or overlaps.
        """
        spans = parse_pattern([week])
        days = tuple(tuple(_of_day(day, spans)) for day in range(7))
        special = {day: parse_day(pairs) for day, pairs in (exceptions or {}).items()}
        return cls(days, tuple(sorted(special.items())), zone)

    # --- questions ---

    def open_between(self, start: datetime, end: datetime) -> timedelta:
        """Return the working time from ``start`` to ``end``; none where the end is not later."""
        if self._never_closes:
            return max(_utc(end) - _utc(start), ZERO)
        total = ZERO
        for span in self.opening(start):
            if span.starts >= end:
                break
            total += min(span.ends, end) - span.starts
        return total

    def after(self, start: datetime, working: timedelta) -> datetime:
        """Return the earliest moment by which so much working time has passed since ``start``.

        That is a closing rather than the opening that follows, and ``start`` itself where
        ``working`` is nothing.

        :raises NeverOpenError: so much will never pass.
        :raises ValueError: ``working`` is negative.
        """
        if working < ZERO:
            raise ValueError("Working time cannot be negative.")
        if not working or self._never_closes:
            return _utc(start) + working
        left = working
        for span in self.opening(start):
            if (length := span.ends - span.starts) >= left:
                return span.starts + left
            left -= length
        raise NeverOpenError(f"These hours hold no {working} more of working time.")

    def is_open(self, at: datetime) -> bool:
        """Say whether it is open at a moment; that of closing is outside."""
        return self.next_opening(at) == at

    def next_opening(self, at: datetime) -> datetime | None:
        """Return the first moment from ``at`` on, itself included, at which it is open."""
        return next((span.starts for span in self.opening(at)), None)

    def opening(self, since: datetime) -> Iterator[Stretch]:
        """Yield what is open from ``since`` on, in order, without end unless the week is closed.

        No stretch overlaps another; those that touch, as whole days do, stay apart.
        """
        last = _utc(since)
        for day in self._days(last.astimezone(self.zone).date() - _ONE_DAY):
            for span in self._stretches(day):
                if span.ends > last:
                    yield Stretch(max(span.starts, last), span.ends)
                    last = span.ends

    # --- days ---

    @cached_property
    def _never_closes(self) -> bool:
        """Elapsed time needs no looking at days."""
        return not self.exceptions and all(day == ((0, DAY),) for day in self.week)

    @cached_property
    def _exceptional(self) -> dict[date, tuple[Span, ...]]:
        return dict(self.exceptions)

    def _days(self, first: date) -> Iterable[date]:
        """Return the days from ``first`` on which something may open."""
        if any(self.week):
            return (first + timedelta(n) for n in range((date.max - first).days - 1))
        return sorted(day for day in self._exceptional if day >= first)

    def _stretches(self, day: date) -> Iterator[Stretch]:
        """Yield what opens on a day, cut where the next day is exceptional."""
        spans = self._exceptional.get(day, self.week[day.weekday()])
        latest = DAY if day + _ONE_DAY in self._exceptional else 2 * DAY
        for starts, ends in spans:
            yield stretch(day, starts, min(ends, latest) - starts, self.zone)


ROUND_THE_CLOCK = Hours((((0, DAY),),) * 7)
"""Every hour of every day: working time is elapsed time."""


def _of_day(day: int, spans: Iterable[Span]) -> Iterator[Span]:
    return (
        (starts - day * DAY, ends - day * DAY) for starts, ends in spans if starts // DAY == day
    )


def _utc(at: datetime) -> datetime:
    """Return a moment in UTC.

    :raises ValueError: it says no offset, so that nobody knows which moment it is.
    """
    if at.tzinfo is None:
        raise ValueError("A moment needs its offset from UTC.")
    return at.astimezone(UTC)
