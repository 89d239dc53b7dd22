"""Years of a desk's arrivals, made up in many ways, with the truth known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from scipy.stats import nbinom

from bluelamp.evaluation.arrivals import Counted, Slot
from bluelamp.evaluation.profile import Floats

START = date(2025, 1, 6)
HOLIDAYS = frozenset(
    date.fromisoformat(day)
    for day in (
        "2025-04-18", "2025-04-21", "2025-05-05", "2025-05-26", "2025-08-25", "2025-12-25",
        "2025-12-26", "2026-01-01", "2026-04-03", "2026-04-06", "2026-05-04", "2026-05-25",
        "2026-08-31", "2026-12-25", "2026-12-28",
    )
)  # fmt: skip
_ACROSS_DAY = 0.35 + np.sin((np.arange(24) - 9) / 24 * 2 * np.pi) ** 2 * np.where(
    np.arange(24) < 6, 0.1, 1.0
)
_ACROSS_WEEK = np.array([1.0, 0.95, 0.95, 1.0, 1.15, 1.25, 0.9])

Level = Callable[[Floats, np.random.Generator], Floats]


@dataclass(frozen=True)
class Regime:
    """How a year is made: a level over days, how it scatters, what holidays do."""

    hourly: float = 12.0
    level: Level = lambda days, _: np.ones_like(days)
    by_hour: float = 0.0
    """Relative variance of an hour's mean."""
    by_day: float = 0.0
    """Relative variance that a day's hours share: not to be known the day before."""
    linear: float = 1.0
    """Variance over mean, where it grows in step with the mean."""
    holiday: float = 1.0
    late_weekends: float = 0.8
    """How much more of a weekend's arrivals comes at night."""


def _wandering(days: Floats, rng: np.random.Generator) -> Floats:
    return np.exp(np.cumsum(rng.normal(0, 0.02, days.size)))


def _shifting(days: Floats, _: np.random.Generator) -> Floats:
    return np.select([days < 120, days < 260], [1.0, 0.65], 1.1)


REGIMES = {
    "poisson": Regime(),
    "quiet": Regime(hourly=0.8),
    "over-dispersed": Regime(by_hour=0.15),
    "busy days": Regime(by_hour=0.05, by_day=0.03),
    "variance in step": Regime(linear=2.5),
    "trend": Regime(level=lambda days, _: np.exp(0.5 * days / 365), by_hour=0.03),
    "season": Regime(level=lambda days, _: 1 + 0.3 * np.sin(2 * np.pi * days / 365), by_hour=0.03),
    "holidays": Regime(holiday=1.7, by_hour=0.03),
    "shifts": Regime(level=_shifting, by_hour=0.03),
    "wandering": Regime(level=_wandering, by_hour=0.03),
    "large": Regime(hourly=150, by_hour=0.02, by_day=0.005, level=_wandering),
}


@dataclass(frozen=True)
class Year:
    """Hours in order, what came, and the least and the most that one who knew would state."""

    rows: list[Counted]
    low: Floats
    high: Floats


def simulate(regime: Regime, seed: int, days: int = 365) -> Year:
    """Draw so many days."""
    rng = np.random.default_rng(seed)
    slots = [
        Slot(day, hour, day in HOLIDAYS)
        for day in (START + timedelta(n) for n in range(days))
        for hour in range(24)
    ]
    mean = regime.hourly * _means(regime, slots, rng, days)
    shared = np.repeat(_gamma(rng, regime.by_day, np.ones(days)), 24)
    spread = regime.by_hour + (regime.linear - 1) / mean
    count = rng.poisson(mean * shared * _gamma(rng, spread, np.ones(len(slots))))
    rows = [Counted(slot, number) for slot, number in zip(slots, count.tolist(), strict=True)]
    low, high = _known(mean, spread + regime.by_day)
    return Year(rows, low, high)


def _means(regime: Regime, slots: list[Slot], rng: np.random.Generator, days: int) -> Floats:
    weekday = np.array([slot.day.weekday() for slot in slots])
    hour = np.array([slot.hour for slot in slots])
    holiday = np.array([slot.holiday for slot in slots])
    late = (weekday >= 4) & ((hour >= 22) | (hour < 4))
    shape = _ACROSS_DAY[hour] * _ACROSS_WEEK[weekday] * np.where(late, 1 + regime.late_weekends, 1)
    level = np.repeat(regime.level(np.arange(days, dtype=np.float64), rng), 24)
    return shape / shape.mean() * level * np.where(holiday, regime.holiday, 1.0)


def _gamma(rng: np.random.Generator, variance: Floats | float, one: Floats) -> Floats:
    """Draw factors of mean one."""
    spread = np.maximum(variance * one, 1e-9)
    return np.where(spread > 1e-8, rng.gamma(1 / spread, spread), one)


def _known(mean: Floats, spread: Floats) -> tuple[Floats, Floats]:
    """Return the interval of one who knows each hour's mean, but not what falls."""
    shape = 1 / np.maximum(spread, 1e-6)
    low, high = (nbinom.ppf(share, shape, shape / (shape + mean)) for share in (0.05, 0.95))
    return low, high
