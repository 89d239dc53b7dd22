"""How well a grouping agrees with the true one, by pairs.

A pair is two different things in one group.  Precision is the share of the pairs
found that are true, recall the share of the true pairs that were found (Manning,
Raghavan and Schütze, "Introduction to Information Retrieval", 2008, section 16.3).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from math import comb


def pairwise(found: Sequence[Hashable], truth: Sequence[Hashable]) -> tuple[float, float]:
    """Return precision and recall of the pairs of a grouping, in linear time.

    Where no pair was found, none is wrong: precision is 1.  Where there is no true
    pair, none was missed: recall is 1.

    :param found: the group each thing was put in, by any name.
    :param truth: the group each belongs in, in the same order; names need not agree.
    :raises ValueError: where lengths differ.
    """
    right = _pairs(zip(found, truth, strict=True))
    return _share(right, _pairs(found)), _share(right, _pairs(truth))


def _pairs(groups: Iterable[Hashable]) -> int:
    return sum(comb(size, 2) for size in Counter(groups).values())


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0
