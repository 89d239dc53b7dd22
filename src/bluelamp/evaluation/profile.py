"""The shape of a week: how much of the level falls on each weekday and hour.

Cells are Poisson-Gamma estimates drawn towards the product of their margins, margins
towards one (Robbins' and Efron's empirical Bayes: Efron and Hastie, "Computer Age
Statistical Inference", 2016, chapter 6).  How strongly cells are drawn is chosen by how
well each count is foretold by all the others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SUNDAY, HOLIDAY, KINDS, HOURS = 6, 7, 8, 24
"""Kinds of day: the weekdays from Monday, 0, and bank holidays, which resemble Sundays."""

_DAYS_ALIKE = 10.0
"""Weekdays are taken to differ by a third or so until counts say otherwise: variance 1/10."""
_HOURS_ALIKE = 2.0
"""Hours by two thirds: variance 1/2."""
_CELLS_ALIKE = (16.0, 64.0, 4.0, 256.0)
"""The first is held where counts cannot tell: cells differ by a quarter from their margins."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts in hours, with what was to be expected of an hour of average shape."""

    kind: Ints
    hour: Ints
    count: Floats
    level: Floats


@dataclass(frozen=True, slots=True)
class Profile:
    """Factors to the level, by kind of day and hour."""

    cells: Floats
    doubt: Floats
    """Relative variance of each factor."""
    others: Floats
    """For each count, its factor as all other counts give it."""


def fit(counts: Counts) -> Profile:
    """Return the shape in which each count is best foretold by all others."""
    fits = [_fit(counts, alike) for alike in _CELLS_ALIKE]
    return min(fits, key=lambda profile: _deviance(counts, profile.others))


def _fit(counts: Counts, alike: float) -> Profile:
    seen, expected = _table(counts, counts.count), _table(counts, counts.level)
    days, hours = _margins(seen, expected)
    margin = np.outer(days, hours)
    cells = (alike + seen) / (alike / margin + expected)
    # a holiday's hours are drawn to a Sunday's
    margin[HOLIDAY] = days[HOLIDAY] * cells[SUNDAY] / days[SUNDAY]
    cells[HOLIDAY] = (alike + seen[HOLIDAY]) / (alike / margin[HOLIDAY] + expected[HOLIDAY])
    own = counts.kind, counts.hour
    others = (alike + seen[own] - counts.count) / (
        alike / margin[own] + np.maximum(expected[own] - counts.level, 0)
    )
    return Profile(cells, _doubt(seen, expected, margin, alike), others)


def _table(counts: Counts, values: Floats) -> Floats:
    place = counts.kind * HOURS + counts.hour
    table: Floats = np.bincount(place, values, minlength=KINDS * HOURS).astype(np.float64)
    return table.reshape(KINDS, HOURS)


def _margins(seen: Floats, expected: Floats) -> tuple[Floats, Floats]:
    *_, last = _rounds(seen, expected)
    return last


def _rounds(seen: Floats, expected: Floats) -> Iterator[tuple[Floats, Floats]]:
    """Fit days and hours in turn; a handful of rounds settles them."""
    days = np.ones(KINDS)
    for _ in range(5):
        hours = (_HOURS_ALIKE + seen.sum(0)) / (_HOURS_ALIKE + days @ expected)
        found, due = _DAYS_ALIKE + seen.sum(1), expected @ hours
        days = found / (_DAYS_ALIKE + due)
        days[HOLIDAY] = found[HOLIDAY] / (_DAYS_ALIKE / days[SUNDAY] + due[HOLIDAY])
        yield days, hours


def _doubt(seen: Floats, expected: Floats, margin: Floats, alike: float) -> Floats:
    """Return what is left to learn: of the cell, and of its margins as far as it leans on them."""
    leaning = alike / margin / (alike / margin + expected)
    of_days = 1 / (_DAYS_ALIKE + seen.sum(1, keepdims=True))
    of_hours = 1 / (_HOURS_ALIKE + seen.sum(0, keepdims=True))
    doubt: Floats = 1 / (alike + seen) + leaning**2 * (of_days + of_hours)
    return doubt


def _deviance(counts: Counts, factors: Floats) -> float:
    mean = counts.level * factors
    return float(np.sum(mean - counts.count * np.log(mean)))
