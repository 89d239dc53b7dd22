"""How much better than chance an order puts first what matters."""

from __future__ import annotations

from collections.abc import Sequence

from bluelamp.evaluation.ranking import (
    Bools,
    Floats,
    Positives,
    Scores,
    average_precision,
    bootstrap,
    precision_at,
    recall_at_share,
)

PLACES = 100
SHARE = 0.2
DIGITS = 4


def measure(scores: Sequence[float], positives: Sequence[bool]) -> dict[str, float]:
    """Return the figures of an order, each beside that of random order.

    :param scores: higher comes first; of equal ones no order is assumed.
    :raises ValueError: where nothing is positive, or all is.
    """
    if all(positives):
        raise ValueError("positives: where all are, every order is the best")
    chance = [0.0] * len(scores)
    low, high = bootstrap(lift, scores, positives)
    figures = {
        **_figures("", scores, positives),
        **_figures("random_", chance, positives),
        "lift": lift(scores, positives),
        "lift_low": low,
        "lift_high": high,
    }
    counts = {"n": len(scores), "positives": sum(positives)}
    return counts | {name: round(value, DIGITS) for name, value in figures.items()}


def lift(scores: Scores | Floats, positives: Positives | Bools) -> float:
    """Return the share of the way from chance to the best order: (AP - random) / (1 - random)."""
    chance = average_precision([0.0] * len(scores), positives)
    return (average_precision(scores, positives) - chance) / (1 - chance)


def _figures(prefix: str, scores: Sequence[float], positives: Sequence[bool]) -> dict[str, float]:
    return {
        f"{prefix}average_precision": average_precision(scores, positives),
        f"{prefix}precision_at_100": precision_at(scores, positives, PLACES),
        f"{prefix}recall_at_20pct": recall_at_share(scores, positives, SHARE),
    }
