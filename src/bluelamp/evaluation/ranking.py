"""How well an order puts the things that matter first.

Every figure is its expectation over all orders of equal scores, so that it does
not depend on how a file happened to be sorted.  Of a score that is the same for
everything it is therefore the figure of random order, exactly.

Average precision is that of Buckley and Voorhees, "Evaluating evaluation measure
stability", SIGIR 2000 (no interpolation); its expectation under ties that of
McSherry and Najork, "Computing information retrieval performance measures
efficiently in the presence of tied scores", ECIR 2008.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Scores = Sequence[float] | Floats
Positives = Sequence[bool] | Bools
Statistic = Callable[[Floats, Bools], float]


def average_precision(scores: Scores, positives: Positives) -> float:
    """Return the mean, over the positives, of the precision at each one's place.

    :param scores: higher is more urgent; equal scores share their places.
    :param positives: which of them matter.
    :raises ValueError: where lengths differ, a score is not a number or nothing is positive.
    """
    tiers = _tiers(scores, positives)
    spread = np.repeat(np.arange(len(tiers.size)), tiers.size)
    size, hits = tiers.size[spread], tiers.hits[spread]
    rank = np.arange(1, len(spread) + 1)
    before = rank - 1 - (np.cumsum(tiers.size) - tiers.size)[spread]
    hits_above = (np.cumsum(tiers.hits) - tiers.hits)[spread]
    # given a positive here, each earlier place of the tier holds one of the others' share
    beside = before * (hits - 1) / np.maximum(size - 1, 1)
    precision = (hits_above + 1 + beside) / rank
    return float(np.sum(hits / size * precision) / tiers.positives)


def precision_at(scores: Scores, positives: Positives, k: int) -> float:
    """Return the share of positives among the ``k`` highest, or among all if they are fewer.

    :raises ValueError: as :func:`average_precision`, and where ``k`` is below one.
    """
    if k < 1:
        raise ValueError("k: at least one place must be looked at")
    tiers = _tiers(scores, positives)
    k = min(k, tiers.total)
    return tiers.hits_within(k) / k


def recall_at_share(scores: Scores, positives: Positives, share: float) -> float:
    """Return the share of all positives found in the highest ``share`` of places, rounded up.

    :raises ValueError: as :func:`average_precision`, and where ``share`` is not in (0, 1].
    """
    if not 0 < share <= 1:
        raise ValueError("share: must be above 0 and at most 1")
    tiers = _tiers(scores, positives)
    places = math.ceil(share * tiers.total - 1e-9)  # 0.07 * 100 is 7.000000000000001
    return tiers.hits_within(places) / tiers.positives


def bootstrap(
    statistic: Statistic,
    scores: Scores,
    positives: Positives,
    rounds: int = 1000,
    level: float = 0.95,
    seed: int = 0,
) -> tuple[float, float]:
    """Return the percentile bootstrap interval of a statistic of a ranking.

    Positives and the rest are drawn apart, so that every round has as many of each
    as there are: the share of positives, on which average precision hangs, stays put
    (Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapters 8 and 13).

    :param statistic: any function of scores and positives, as those above.
    :param level: how much of the distribution lies inside.
    :raises ValueError: as the statistic, and where rounds or level make no sense.
    """
    if rounds < 1 or not 0 < level < 1:
        raise ValueError("rounds must be at least 1, level between 0 and 1")
    values, marks = _checked(scores, positives)
    strata = [np.flatnonzero(marks), np.flatnonzero(~marks)]
    rng = np.random.default_rng(seed)
    results = np.empty(rounds)
    for turn in range(rounds):
        drawn = np.concatenate([stratum[_again(rng, len(stratum))] for stratum in strata])
        results[turn] = statistic(values[drawn], marks[drawn])
    low, high = np.quantile(results, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


@dataclass(frozen=True, slots=True)
class _Tiers:
    """Places with equal scores, highest first."""

    size: NDArray[np.int64]
    hits: NDArray[np.int64]

    @property
    def total(self) -> int:
        return int(self.size.sum())

    @property
    def positives(self) -> int:
        return int(self.hits.sum())

    def hits_within(self, places: int) -> float:
        """Return how many positives the first places are expected to hold."""
        ends = np.concatenate(([0], np.cumsum(self.size)))
        return float(np.interp(places, ends, np.concatenate(([0], np.cumsum(self.hits)))))


def _tiers(scores: Scores, positives: Positives) -> _Tiers:
    values, marks = _checked(scores, positives)
    _, tier = np.unique(-values, return_inverse=True)
    return _Tiers(
        size=np.bincount(tier).astype(np.int64),
        hits=np.bincount(tier[marks], minlength=int(tier.max()) + 1).astype(np.int64),
    )


def _checked(scores: Scores, positives: Positives) -> tuple[Floats, Bools]:
    values, marks = np.asarray(scores, dtype=np.float64), np.asarray(positives, dtype=np.bool_)
    if values.ndim != 1 or values.shape != marks.shape:
        raise ValueError("scores and positives: must be two flat sequences of one length")
    if np.isnan(values).any():
        raise ValueError("scores: one is not a number")
    if not marks.any():
        raise ValueError("positives: without any there is nothing to find")
    return values, marks


def _again(rng: np.random.Generator, count: int) -> NDArray[np.int64]:
    """Draw as many places as there are, with repeats; none of none."""
    return rng.integers(0, max(count, 1), size=count)
