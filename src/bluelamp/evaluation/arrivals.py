"""How many requests each coming hour brings, and between which two numbers.

The mean is a level times the shape of the week (see ``profile``).  The level is a
Poisson-Gamma filter that forgets at a constant rate (Harvey and Fernandes, "Time series
models for count or qualitative observations", JBES 7(4), 1989); the rate is the one that
would have foretold this desk's own past best.  What comes of an hour is negative binomial
(a Poisson count whose mean is itself uncertain): its spread over the Poisson's is read off
past errors, as many days ahead as is asked for, so that over-dispersion, trend, season and
shifts of level all widen it by what they did.  Last, the tails are set where that share of
past counts lay outside that should (conformal prediction: Vovk, Gammerman and Shafer,
"Algorithmic Learning in a Random World", 2005; over time: Gibbs and Candès, 2021).

scipy is loaded by the functions that need it: it takes half a second and 60 MB, and every
process imports this module.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from bluelamp.evaluation.profile import HOLIDAY, HOURS, Counts, Floats, Ints, Profile, fit

_FORGETTING = (0.01, 0.02, 0.04, 0.08, 0.15, 0.3)
"""Share of its memory that the level loses each day: remembering from 100 days to three."""
_HUNCH = 0.5
"""The guess counts as this many requests: it yields to the first real ones."""
_PRIOR_SPREAD = (0.2, 0.01)
"""Relative variance, and its growth a day, held until there is a past to read it off."""
_PRIOR_DAYS = 10
"""As many days of past weigh as much as that."""
_DISTANCES = 8
"""So many numbers of days ahead, evenly up to the farthest, are tried on the past."""
_LEAST_SPREAD = 1e-6
"""Relative variance at which a negative binomial count is a Poisson one."""

_WIDEST_TAIL = 0.3
"""Where most counts are nought or one, whole numbers leave out less than a tail says."""


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """A local hour: who asks turns UTC into it; a day of a clock change has 23 or 25."""

    day: date
    hour: int
    """0 to 23; one comes twice when clocks go back."""
    holiday: bool = False
    """A bank holiday."""

    def __post_init__(self) -> None:
        if not 0 <= self.hour < HOURS:
            raise ValueError("hour: 0 to 23")


@dataclass(frozen=True, slots=True)
class Counted:
    """What came in an hour.  An hour that nobody counted is left out, not nought."""

    slot: Slot
    count: int


@dataclass(frozen=True, slots=True)
class Expected:
    """What an hour will bring: on average, and at least and at most but for the level's rest."""

    slot: Slot
    mean: float
    low: int
    high: int


def forecast(
    history: Sequence[Counted], ahead: Sequence[Slot], *, level: float = 0.9, guess: float = 1.0
) -> list[Expected]:
    """Return what each slot ahead will bring, with an interval for its count.

    A short past gives wide intervals, none at all the widest.  Where counts are so low that
    no interval of whole numbers covers just the level, it covers more.

    :param history: in any order; gaps are no harm.
    :param ahead: none before the last day counted.
    :param level: the share of hours whose count is to lie inside.
    :param guess: requests an hour before any was counted.
    :raises ValueError: where a slot ahead is past, a count negative, or level or guess are off.
    """
    _check(history, level, guess)
    if not ahead:
        return []
    days = _days_ahead(history, ahead)
    mean, spread, tail = (
        _Past.of(history, guess).foresee(ahead, days, level)
        if history
        else _unknown(days, level, guess)
    )
    low, high = _between(mean, spread, tail)
    rows = zip(ahead, mean.tolist(), low.tolist(), high.tolist(), strict=True)
    return [Expected(slot, value, least, most) for slot, value, least, most in rows]


@dataclass(frozen=True, slots=True)
class _Past:
    """What was counted, with a level for each day and the shape of the week."""

    day: Ints
    counts: Counts
    profile: Profile
    levels: Floats
    """For each day from the first on, as known at its end."""

    @classmethod
    def of(cls, history: Sequence[Counted], guess: float) -> _Past:
        first = min(row.slot.day for row in history)
        day = np.array([(row.slot.day - first).days for row in history], dtype=np.int64)
        kind, hour = _shape_of([row.slot for row in history])
        count = np.array([row.count for row in history], dtype=np.float64)
        flat = Counts(kind, hour, count, np.full(len(day), (count.sum() + _HUNCH) / len(day)))
        came, due = _daily(day, flat, fit(flat))
        rate = _best_rate(came, due, guess)
        smooth = _both_ways(came, due, rate, guess)
        counts = Counts(kind, hour, count, smooth[day])
        profile = fit(counts)
        return cls(day, counts, profile, _filtered(*_daily(day, counts, profile), rate, guess))

    def foresee(
        self, ahead: Sequence[Slot], days: Ints, level: float
    ) -> tuple[Floats, Floats, float]:
        """Return mean, relative variance and the share to leave out on either side."""
        cells = _shape_of(ahead)
        spreads, tail = self._read_off(int(days.max()), level)
        doubt = self.profile.doubt[cells] + self._level_doubt()
        return self.levels[-1] * self.profile.cells[cells], _spread(spreads, days) + doubt, tail

    def _level_doubt(self) -> float:
        return 1 / (_HUNCH + float(self.counts.count.sum()))

    def _read_off(self, farthest: int, level: float) -> tuple[Floats, float]:
        """Forecast the past as often as it allows; see how far off it was."""
        span, known = len(self.levels), len(np.unique(self.day))
        tries = np.linspace(1, min(farthest, span // 2), _DISTANCES) if span > 1 else np.empty(0)
        trials = [self._trial(int(distance)) for distance in np.unique(np.round(tries))]
        spreads = _growth(trials, known)
        edges = [trial.edges(_spread(spreads, trial.days)) for trial in trials]
        return spreads, _tail(np.concatenate([np.empty(0), *edges]), level, known)

    def _trial(self, distance: int) -> _Trial:
        settled = min(7, len(self.levels) // 3)
        hours = np.flatnonzero(self.day - distance >= settled)
        mean = self.levels[self.day[hours] - distance] * self.profile.others[hours]
        counts = self.counts
        doubt = self.profile.doubt[counts.kind[hours], counts.hour[hours]] + self._level_doubt()
        return _Trial(distance, counts.count[hours], mean, doubt)


@dataclass(frozen=True, slots=True)
class _Trial:
    """The past forecast from so many days before."""

    distance: int
    count: Floats
    mean: Floats
    doubt: Floats

    @property
    def days(self) -> Ints:
        return np.full(len(self.mean), self.distance)

    def excess(self) -> float:
        """Return the relative variance beyond the Poisson's and the shape's own doubt."""
        over = (self.count - self.mean) ** 2 - self.mean - self.doubt * self.mean**2
        return max(0.0, float(over.sum() / (self.mean**2).sum()))

    def edges(self, spread: Floats) -> Floats:
        """Return for each count the largest tail that still leaves it inside."""
        spread = spread + self.doubt
        return np.minimum(
            _at_most(self.count, self.mean, spread),
            1 - _at_most(self.count - 1, self.mean, spread),
        )


def _check(history: Sequence[Counted], level: float, guess: float) -> None:
    if not 0 < level < 1 or not guess > 0:
        raise ValueError("level: a share; guess: requests an hour, above 0")
    if any(row.count < 0 for row in history):
        raise ValueError("history: a count is negative")


def _days_ahead(history: Sequence[Counted], ahead: Sequence[Slot]) -> Ints:
    """Return for each slot how many days lie between, at least one: today is as tomorrow."""
    last = max((row.slot.day for row in history), default=min(ahead).day)
    days = np.array([(slot.day - last).days for slot in ahead], dtype=np.int64)
    if days.min() < 0:
        raise ValueError("ahead: a slot lies before the last day counted")
    return np.maximum(days, 1)


def _shape_of(slots: Sequence[Slot]) -> tuple[Ints, Ints]:
    kinds = [HOLIDAY if slot.holiday else slot.day.weekday() for slot in slots]
    return np.array(kinds, dtype=np.int64), np.array([slot.hour for slot in slots], dtype=np.int64)


def _daily(day: Ints, counts: Counts, profile: Profile) -> tuple[Floats, Floats]:
    """Return what came on each day, and what a level of one would have brought."""
    factors = profile.cells[counts.kind, counts.hour]
    came = np.bincount(day, counts.count).astype(np.float64)
    return came, np.bincount(day, factors).astype(np.float64)


def _filtered(came: Floats, due: Floats, rate: float, guess: float) -> Floats:
    """Return the level as known at the end of each day."""
    kept = _remembered(came, rate), _remembered(due, rate)
    return (_HUNCH + kept[0]) / (_HUNCH / guess + kept[1])


def _both_ways(came: Floats, due: Floats, rate: float, guess: float) -> Floats:
    """Return the level of each day as days before and after it tell."""
    seen = _remembered(came, rate) + _remembered(came[::-1], rate)[::-1] - came
    expected = _remembered(due, rate) + _remembered(due[::-1], rate)[::-1] - due
    return (_HUNCH + seen) / (_HUNCH / guess + expected)


def _remembered(values: Floats, rate: float) -> Floats:
    from scipy.signal import lfilter

    return np.asarray(lfilter([1.0], [1.0, rate - 1.0], values), dtype=np.float64)


def _best_rate(came: Floats, due: Floats, guess: float) -> float:
    """Return the rate of forgetting that would have foretold a day and a week ahead best."""

    def off(rate: float) -> float:
        levels = _filtered(came, due, rate, guess)
        steps = [step for step in (1, 7) if step < len(came)]
        return sum(
            float(np.sum((came[step:] - levels[:-step] * due[step:]) ** 2)) for step in steps
        )

    return min(_FORGETTING, key=off)


def _growth(trials: Sequence[_Trial], known: int) -> Floats:
    """Return how relative variance grows with days ahead: factors of 1, days, days squared.

    A wandering level adds with the days, a trend or a season with their square.
    """
    from scipy.optimize import nnls

    prior: Floats = np.array([*_PRIOR_SPREAD, 0.0])
    seen = [trial for trial in trials if trial.mean.size]
    if not seen:
        return prior
    days = np.array([float(trial.distance) for trial in seen])
    excess = np.array([trial.excess() for trial in seen])
    found: Floats = nnls(np.vander(days, 3, increasing=True), excess)[0]
    return (known * found + _PRIOR_DAYS * prior) / (known + _PRIOR_DAYS)


def _spread(growth: Floats, days: Ints) -> Floats:
    spread: Floats = np.vander(days.astype(np.float64), 3, increasing=True) @ growth
    return spread


def _tail(edges: Floats, level: float, known: int) -> float:
    """Return the tail that would have left as many past counts outside as it should."""
    usual = (1 - level) / 2
    if not edges.size:
        return usual
    found = min(float(np.quantile(edges, 1 - level)), _WIDEST_TAIL)
    return (known * found + _PRIOR_DAYS * usual) / (known + _PRIOR_DAYS)


def _unknown(days: Ints, level: float, guess: float) -> tuple[Floats, Floats, float]:
    spread = _spread(np.array([*_PRIOR_SPREAD, 0.0]), days) + 1 / _HUNCH
    return np.full(len(days), guess), spread, (1 - level) / 2


def _at_most(count: Floats, mean: Floats, spread: Floats) -> Floats:
    """Return the probability of at most so many: the negative binomial's, of mean and spread."""
    from scipy.special import betainc

    shape = 1 / np.maximum(spread, _LEAST_SPREAD)
    odds = shape / (shape + mean)
    share: Floats = np.where(count < 0, 0.0, betainc(shape, np.maximum(count, 0) + 1, odds))
    return share


def _between(mean: Floats, spread: Floats, tail: float) -> tuple[Ints, Ints]:
    from scipy.stats import nbinom

    shape = 1 / np.maximum(spread, _LEAST_SPREAD)
    low, high = (
        np.asarray(nbinom.ppf(share, shape, shape / (shape + mean)), dtype=np.int64)
        for share in (tail, 1 - tail)
    )
    return low, high
