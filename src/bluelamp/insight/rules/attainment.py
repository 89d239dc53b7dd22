"""How well promises were kept: sums over promises that ended or are overdue."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TypeVar

K = TypeVar("K")


class Came(StrEnum):
    """What came of a promise."""

    KEPT = "kept"
    LATE = "late"
    OVERDUE = "overdue"  # it has not ended: it still waits


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise that can be judged, as it was when it ended."""

    kind: str
    severity: int
    unit: str
    """The unit's path."""
    channel: str
    """By which what opened the case came."""
    came: Came
    used: timedelta | None = None
    """The working time that it took; none while it is overdue."""


@dataclass(frozen=True, slots=True)
class Sum:
    """Promises added up."""

    kept: int = 0
    late: int = 0
    overdue: int = 0
    median: timedelta | None = None
    ninetieth: timedelta | None = None
    """Nine in ten that ended took no longer."""

    @property
    def judged(self) -> int:
        """How many there are."""
        return self.kept + self.late + self.overdue

    @property
    def share(self) -> float | None:
        """The share that was kept, from 0 to 1; None where there is nothing to judge."""
        return self.kept / self.judged if self.judged else None


def added(promises: Iterable[Promise]) -> Sum:
    """Add promises up."""
    found = list(promises)
    counts = {came: sum(one.came is came for one in found) for came in Came}
    took = sorted(one.used for one in found if one.used is not None)
    return Sum(
        counts[Came.KEPT], counts[Came.LATE], counts[Came.OVERDUE],
        percentile(took, 0.5), percentile(took, 0.9),
    )  # fmt: skip


def by(promises: Iterable[Promise], key: Callable[[Promise], K]) -> Mapping[K, Sum]:
    """Add promises up by something of theirs."""
    groups: dict[K, list[Promise]] = {}
    for one in promises:
        groups.setdefault(key(one), []).append(one)
    return {name: added(group) for name, group in groups.items()}


def below(promises: Iterable[Promise], path: str) -> Sum:
    """Add up the promises of a unit and all units below it."""
    return added(one for one in promises if one.unit.startswith(path))


def percentile(ordered: Sequence[timedelta], share: float) -> timedelta | None:
    """Return the least of these, in order, that so large a share of them does not exceed.

    That is the nearest rank: a length that there was, not one between two.

    :param share: more than 0, at most 1.
    """
    if not ordered:
        return None
    return ordered[max(0, math.ceil(len(ordered) * share) - 1)]
