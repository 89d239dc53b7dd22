"""Who may, who is on, from values alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from bluelamp.org.errors import RotaPatternError
from bluelamp.org.values import ROLE_ACTS, Acts, Role

LONDON = ZoneInfo("Europe/London")
UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class HeldGrant:
    """A grant as the decision sees it: a role over everything under a path."""

    role: Role
    path: str
    """Materialised path of the unit, ``/1/5/``: a prefix of all paths below."""
    starts: datetime
    expires: datetime | None


def is_live(grant: HeldGrant, *, now: datetime) -> bool:
    """Say whether a grant counts at ``now``; the moment of expiry is outside."""
    return grant.starts <= now and (grant.expires is None or now < grant.expires)


def paths_for(act: Acts, grants: Iterable[HeldGrant], *, now: datetime) -> tuple[str, ...]:
    """Return the paths under which ``act`` is allowed, none implied by another."""
    held = {
        grant.path for grant in grants if act in ROLE_ACTS[grant.role] and is_live(grant, now=now)
    }
    return tuple(
        sorted(
            path
            for path in held
            if not any(path != other and path.startswith(other) for other in held)
        )
    )


def covers(paths: Iterable[str], path: str) -> bool:
    """Say whether a thing at ``path`` lies under one of the granted ``paths``."""
    return any(path.startswith(granted) for granted in paths)


def may_grant(
    granter: int, receiver: int, *, within: Iterable[str], path: str, receiver_path: str
) -> str:
    """Say why a grant must not be given, or nothing where it may.

    :param within: the paths under which the granter may give grants.
    :param path: the unit over which the role would hold.
    :param receiver_path: the unit of the officer who would hold it.
    """
    allowed = tuple(within)
    if granter == receiver:
        return "own"
    if not covers(allowed, path):
        return "unit"
    return "" if covers(allowed, receiver_path) else "officer"


# --- shifts ---


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of duty, both ends in UTC; the end is outside."""

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


Span = tuple[int, int]
"""Minutes from the start of a pattern to a shift's start and end."""
_DAY = 24 * 60


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
    _refuse_overlap(sorted(spans), len(pattern) * 7 * _DAY)
    return sorted(spans)


def _spans(day: int, pairs: Any) -> Iterator[Span]:
    where = f"Week {day // 7 + 1}, day {day % 7 + 1}"
    for pair in pairs:
        try:
            first, last = (time.fromisoformat(text) for text in pair)
        except (TypeError, ValueError):
            raise RotaPatternError(f"{where}: {pair!r} is not a pair of times.") from None
        starts = day * _DAY + first.hour * 60 + first.minute
        ends = day * _DAY + last.hour * 60 + last.minute
        yield starts, ends + (_DAY if ends <= starts else 0)


def _refuse_overlap(spans: Sequence[Span], length: int) -> None:
    again = [(starts + length, ends + length) for starts, ends in spans[:1]]
    for (_, ends), (starts, _) in pairwise([*spans, *again]):
        if starts < ends:
            day = starts % length // _DAY
            raise RotaPatternError(f"Week {day // 7 + 1}, day {day % 7 + 1}: two shifts overlap.")


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
            if starts // _DAY == place:
                stretches.append(_stretch(day, starts % _DAY, ends - starts, zone))
    return [stretch for stretch in stretches if stretch.ends > stretch.starts]


def _stretch(day: date, minute: int, minutes: int, zone: ZoneInfo) -> Stretch:
    wall = datetime.combine(day, time()) + timedelta(minutes=minute)
    end = wall + timedelta(minutes=minutes)
    return Stretch(instant(wall.date(), wall.time(), zone), instant(end.date(), end.time(), zone))


def first_overlap(stretches: Iterable[Stretch]) -> tuple[Stretch, Stretch] | None:
    """Return the first two stretches that overlap; touching ones do not."""
    ordered = sorted(stretches, key=lambda stretch: (stretch.starts, stretch.ends))
    return next(((a, b) for a, b in pairwise(ordered) if b.starts < a.ends), None)
