"""Who is on: a rota's pattern read and drawn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from bluelamp.org.errors import RotaPatternError
from bluelamp.org.rules.walls import LONDON, Stretch, stretch

Span = tuple[int, int]
"""Minutes from the start of a pattern to a shift's start and end."""
DAY = 24 * 60
"""Minutes that a clock on the wall shows in a day."""


def parse_pattern(pattern: Any) -> list[Span]:
    """Read a rota's pattern: weeks of seven days of ``["HH:MM", "HH:MM"]`` pairs.

    :raises RotaPatternError: naming week and day of what cannot be read or overlaps.
    """
    if not isinstance(pattern, list) or not pattern:
        raise RotaPatternError("A pattern is a list of one or more weeks.")
    spans: list[Span] = []
    for number, week in enumerate(pattern):
        if not isinstance(week, list) or len(week) != 7:
            raise RotaPatternError(f"Week {number + 1} does not have seven days.")
        for day, pairs in enumerate(week):
            spans += _spans(number * 7 + day, pairs)
    _refuse_overlap(sorted(spans), len(pattern) * 7 * DAY)
    return sorted(spans)


def parse_day(pairs: Any) -> tuple[Span, ...]:
    """Read one day of ``["HH:MM", "HH:MM"]`` pairs that no other day follows.

    :raises RotaPatternError: naming what cannot be read or overlaps.
    """
    if not isinstance(pairs, list):
        raise RotaPatternError(f"{pairs!r} is not a list of pairs of times.")
    spans = sorted(_spans(0, pairs))
    _refuse_overlap(spans, 7 * DAY)
    return tuple(spans)


def _spans(day: int, pairs: Any) -> Iterator[Span]:
    where = f"Week {day // 7 + 1}, day {day % 7 + 1}"
    for pair in pairs:
        try:
            first, last = (time.fromisoformat(text) for text in pair)
        except (TypeError, ValueError):
            raise RotaPatternError(f"{where}: {pair!r} is not a pair of times.") from None
        starts = day * DAY + first.hour * 60 + first.minute
        ends = day * DAY + last.hour * 60 + last.minute
        yield starts, ends + (DAY if ends <= starts else 0)


def _refuse_overlap(spans: Sequence[Span], length: int) -> None:
    again = [(starts + length, ends + length) for starts, ends in spans[:1]]
    for (_, ends), (starts, _) in pairwise([*spans, *again]):
        if starts < ends:
            day = starts % length // DAY
            raise RotaPatternError(
                f"Week {day // 7 + 1}, day {day % 7 + 1}: two stretches overlap."
            )


def draw(
    pattern: Any, anchor: date, first: date, last: date, zone: ZoneInfo = LONDON
) -> list[Stretch]:
    """Draw the shifts that begin from ``first`` to ``last`` (both included), in order.

    ``anchor`` is the Monday on which week 0 begins.  A night shift lasts as long
    as the night does: seven or nine hours where the clocks change.
    """
    spans = parse_pattern(pattern)
    days = len(pattern) * 7
    stretches = []
    for offset in range((last - first).days + 1):
        day = first + timedelta(offset)
        place = (day - anchor).days % days
        for starts, ends in spans:
            if starts // DAY == place:
                stretches.append(stretch(day, starts % DAY, ends - starts, zone))
    return [drawn for drawn in stretches if drawn.ends > drawn.starts]


def first_overlap(stretches: Iterable[Stretch]) -> tuple[Stretch, Stretch] | None:
    """Return the first two stretches that overlap; touching ones do not."""
    ordered = sorted(stretches, key=lambda one: (one.starts, one.ends))
    return next(((a, b) for a, b in pairwise(ordered) if b.starts < a.ends), None)
