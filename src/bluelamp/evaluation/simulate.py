"""A shift's requests as they might come, the same for the same seed.

Requests of a kind come as a Poisson process whose rate changes from hour to hour.  Given
how many come, their times are independent draws from the rate (Lewis and Shedler,
"Simulation of nonhomogeneous Poisson processes by thinning", Naval Research Logistics
26(3), 1979), so that a shift can be drawn with exactly so many.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bluelamp.evaluation.profile import Floats

HOUR = 3600.0

BUSY_NIGHT = {"emergency": 400, "less serious": 1000}
"""One shift of a borough's sergeant and 90 officers, before any digital channel."""
LATE_SHIFT = (0.8, 0.9, 1.0, 1.1, 1.2, 1.2, 1.0, 0.8)
"""Rates in proportion, for eight hours from the afternoon on."""


@dataclass(frozen=True, slots=True, order=True)
class Arrival:
    """One request."""

    seconds: float
    """Since the shift began."""
    kind: str


def shift(
    totals: Mapping[str, int] = BUSY_NIGHT, rates: Sequence[float] = LATE_SHIFT, *, seed: int
) -> list[Arrival]:
    """Return a shift's requests in the order they come.

    :param totals: how many of each kind, exactly.
    :param rates: for each hour of the shift, in proportion to one another.
    :raises ValueError: where a rate or a number is negative, or all rates are nought.
    """
    if not rates or min(rates) < 0 or sum(rates) <= 0 or min(totals.values(), default=0) < 0:
        raise ValueError("totals and rates: must not be negative, and some rate above nought")
    rng = np.random.default_rng(seed)
    drawn = [
        Arrival(seconds, kind)
        for kind, total in totals.items()
        for seconds in _times(rng.random(total), rates).tolist()
    ]
    return sorted(drawn)


def _times(shares: Floats, rates: Sequence[float]) -> Floats:
    """Return when each share of the whole shift's requests has come."""
    hours = np.flatnonzero(rates)
    come = np.cumsum(np.asarray(rates, dtype=np.float64)[hours])
    place = np.minimum(np.searchsorted(come, shares * come[-1], side="right"), len(hours) - 1)
    into = 1 - (come[place] - shares * come[-1]) / np.asarray(rates, dtype=np.float64)[hours[place]]
    times: Floats = (hours[place] + into) * HOUR
    return times
