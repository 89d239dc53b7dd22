"""Which stretch of time a briefing tells of, what is unusual in it, and where it may show it.

A briefing ends a set time before its shift begins, whenever it is made, and begins where
the one before it ended: so a unit's briefings tile time, and what is made late tells the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import h3.api.basic_str as h3

from bluelamp.org.rules.walls import LONDON, instant

# Time ---------------------------------------------------------------------------

LEAD = timedelta(minutes=15)
"""A briefing ends so long before its shift begins: time to read it on the way in."""
SETTLE = timedelta(minutes=5)
"""So much later it is made: what was said at the last moment has then been routed."""
TOGETHER = timedelta(hours=1)
"""Who comes in within so long of the first is told the same."""
FIRST = timedelta(hours=24)
"""So far back a unit's first briefing reaches."""
_WEEK = timedelta(days=7)
_SHIFTED = timedelta(hours=1)
"""What the clocks change by."""


@dataclass(frozen=True, slots=True)
class Window:
    """From ``since`` up to before ``until``, in UTC."""

    since: datetime
    until: datetime

    @property
    def length(self) -> timedelta:
        """How much time passes in it."""
        return self.until - self.since


def made_from(starts: datetime) -> datetime:
    """Return when the briefing of a shift is made at the earliest."""
    return starts - LEAD + SETTLE


def heads(starts: Iterable[datetime]) -> list[datetime]:
    """Return the first beginning of each group of shifts that are told together, in order."""
    found: list[datetime] = []
    for one in sorted(set(starts)):
        if not found or one - found[-1] >= TOGETHER:
            found.append(one)
    return found


def window(starts: datetime, last: datetime | None) -> Window | None:
    """Return what the briefing of a shift tells of; ``None`` where all of it was told.

    :param last: where the unit's last briefing ended.
    """
    until = starts - LEAD
    since = until - FIRST if last is None else last
    return Window(since, until) if since < until else None


def like(window: Window, count: int) -> list[Window]:
    """Return as long stretches that ended so many weeks before at the same time of day.

    The newest first.  None overlaps another or ``window``: one that is longer than a week
    is compared with every second, and so on.
    """
    step = -(-(window.length + _SHIFTED) // _WEEK)  # a week in March is an hour short
    local = window.until.astimezone(LONDON)
    days = (local.date() - n * step * _WEEK for n in range(1, count + 1))
    ends = (instant(day, local.time()) for day in days)
    return [Window(end - window.length, end) for end in ends]


# What is unusual ------------------------------------------------------------------

WEEKS = 8
"""So many like stretches of time say what is usual."""
ENOUGH = 4
"""With fewer nobody knows what is usual."""
LEVEL = 0.05
"""How often a briefing calls something unusual on a day like any other."""
LEAST = 3
"""Fewer are never called unusual."""
_UNEVEN = 0.1
"""Relative variance of the mean from day to day that is taken for granted."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A count beside what is usual."""

    count: int
    mean: float
    """Usual in as long."""
    most: int
    """Nineteen times in twenty there are no more."""
    chance: float
    """How likely so many, or more, are on a day like any other."""
    unusual: bool


def compare(count: int, past: Sequence[int], *, themes: int = 1) -> Compared | None:
    """Say whether a count is unusually high; ``None`` where too little is known.

    Counts of like stretches are held to be Poisson with a mean that itself varies (gamma),
    so that the next is negative binomial (Gelman et al., "Bayesian Data Analysis", 3rd ed.,
    sections 2.6 and 2.7; prior of Jeffreys).  Its spread is what the past shows beyond the
    Poisson's, never less than ``_UNEVEN``, and the doubt about a mean from few counts.

    :param past: counts in stretches of the same length.
    :param themes: how many counts are looked at together; each then has its share of
        ``LEVEL`` (Bonferroni).
    """
    from scipy.special import betainc  # 40 MB and half a second: not for who only imports us
    from scipy.stats import nbinom

    if len(past) < ENOUGH:
        return None
    mean = (sum(past) + 0.5) / len(past)
    uneven = max(_UNEVEN, _excess(past, mean)) * (1 + 1 / len(past))  # today's, and the mean's
    shape = 1 / (1 / (sum(past) + 0.5) + uneven)
    chance = float(betainc(count, shape, mean / (shape + mean))) if count else 1.0
    most = int(nbinom.ppf(0.95, shape, shape / (shape + mean)))
    return Compared(count, mean, most, chance, count >= LEAST and chance < LEVEL / max(1, themes))


def _excess(past: Sequence[int], mean: float) -> float:
    """Return the relative variance beyond the Poisson's."""
    variance = sum((one - mean) ** 2 for one in past) / (len(past) - 1)
    return (variance - mean) / mean**2


# Where ----------------------------------------------------------------------------

_FINE, _COARSE = 8, 7
"""Resolutions of H3: cells of 0.7 and of 5 square kilometres."""
_FEW = 3
"""Fewer than so many in a fine cell are shown in the coarse one."""


@dataclass(frozen=True, slots=True)
class Spot:
    """The middle of a cell, and how many things lie somewhere in the cell."""

    longitude: float
    latitude: float
    count: int


def spots(points: Iterable[tuple[float, float]]) -> list[Spot]:
    """Gather points (longitude, latitude) so that none can be read off a map or a print.

    The fullest cells come first.
    """
    fine = Counter(h3.latlng_to_cell(latitude, longitude, _FINE) for longitude, latitude in points)
    cells: Counter[str] = Counter()
    for cell, count in fine.items():
        cells[cell if count >= _FEW else h3.cell_to_parent(cell, _COARSE)] += count
    found = ((h3.cell_to_latlng(cell), count) for cell, count in cells.items())
    shown = [Spot(round(lon, 5), round(lat, 5), count) for (lat, lon), count in found]
    return sorted(shown, key=lambda one: (-one.count, one.longitude, one.latitude))
