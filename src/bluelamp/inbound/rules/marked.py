"""What the re-post marks in a set of texts say about which of them belong together.

This is the truth against which the matcher is measured where nobody has grouped
the texts by hand.  The definition:

1. A row is *marked* where it says that it passes words on: ``RT @user: words`` at
   its beginning or after a comment, also ``MT``, ``HT``, ``“@user: words”`` and
   ``@user: words``; of several marks the innermost counts.  The words after it, to
   the closing quotation mark if there is one, are what it passes on.
2. Two rows of which one at least is marked belong together where both pass on the
   same words (three or more; of fewer, with the same user named), or where one of
   them was cut, ends in an ellipsis, and the other goes on from there (after eight
   words or more).  What an unmarked row passes on is all of it: so the original
   belongs to its re-posts.  Rows that belong to one row belong together.
3. Words are compared without case, accents, punctuation, entities and links; the
   word in which a text was cut does not count.
4. Some pairs the marks do not decide, and these are not judged: two unmarked rows
   that belong to no marked row in common, and rows of which one holds all the words
   of the other (six or more) or which share nine words in a row, but with other words
   that no mark sets apart.  All other pairs are judged: beside a marked row, whatever
   does not belong to it is wrong.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from math import comb

from bluelamp.inbound.rules.marks import without_marks
from bluelamp.inbound.rules.reading import Reading, plain, read

FEWEST = 3
"""Words that are no accident when two rows have just these."""
FEWEST_CUT = 8
"""Words that must be left of a row that was cut."""
FEWEST_HELD = 6
"""Words of a row that are no accident within another."""
RUN = 9
"""Words in a row that are no accident whatever stands around them."""


@dataclass(frozen=True, slots=True)
class Truth:
    """Which rows belong together, and of which pairs that is known."""

    groups: list[int]
    """The group of each row, by the number of one of its rows."""
    akin: list[int]
    """Wider groups, within which it is not known whether rows of two groups belong together."""
    sure: list[bool]
    """Whether a pair with this row is judged, unless its rows are akin."""

    def count(self) -> int:
        """Return how many groups have two rows or more."""
        return sum(size > 1 for size in Counter(self.groups).values())


def by_marks(texts: Iterable[str]) -> Truth:
    """Return what the marks in texts say."""
    readings = [read(text) for text in texts]
    marked = [bool(reading.user) for reading in readings]
    groups = _Groups(len(readings))
    for one, other in chain(_same(readings), _continued(readings)):
        groups.join(one, other)
    akin = _Groups.like(groups)
    for one, other in chain(_held(readings), _sharing(readings)):
        akin.join(one, other)
    return Truth(groups.all(), akin.all(), marked)


def unmarked(texts: Iterable[str]) -> Iterator[str]:
    """Yield the texts as a matcher may see them that is measured against their marks."""
    return (without_marks(plain(text)) for text in texts)


def by_column(names: Iterable[str]) -> Truth:
    """Return what a column of groups says; a row without one is alone."""
    firsts: dict[str, int] = {}
    groups = [firsts.setdefault(name, row) if name else row for row, name in enumerate(names)]
    return Truth(groups, groups, [True] * len(groups))


@dataclass(frozen=True, slots=True)
class Agreement:
    """How well a grouping agrees with the truth, by pairs of rows."""

    precision: float
    """Share of the judged pairs found that are true; 1 where none was found."""
    recall: float
    """Share of the true pairs that were found; 1 where there is none."""
    unjudged: int
    """Pairs found of which the truth says nothing."""


def agreement(found: Sequence[int], truth: Truth) -> Agreement:
    """Measure a grouping by the pairs that are judged (as ``evaluation.pairs`` does by all)."""
    right = _pairs(zip(found, truth.groups, strict=True))
    akin = list(zip(found, truth.akin, strict=True))
    unsure = [row for row, sure in enumerate(truth.sure) if not sure]
    apart = _pairs(found) - _pairs(akin)
    wrong = apart - (_pairs(found[row] for row in unsure) - _pairs(akin[row] for row in unsure))
    true = _pairs(truth.groups)
    return Agreement(
        right / (right + wrong) if right + wrong else 1.0,
        right / true if true else 1.0,
        _pairs(found) - right - wrong,
    )


def _pairs(groups: Iterable[Hashable]) -> int:
    return sum(comb(size, 2) for size in Counter(groups).values())


def _same(readings: Sequence[Reading]) -> Iterator[tuple[int, int]]:
    """Yield rows with the same words, if one of these is marked."""
    rows: dict[Hashable, list[int]] = defaultdict(list)
    for row, reading in enumerate(readings):
        few = len(reading.words) < FEWEST
        rows[reading.words, (reading.user or row) if few else ""].append(row)
    for same in rows.values():
        if any(readings[row].user for row in same):
            yield from ((same[0], row) for row in same)


def _continued(readings: Sequence[Reading]) -> Iterator[tuple[int, int]]:
    """Yield rows that were cut, with those that begin with all their words, one of both marked."""
    rows = _without_repeats(readings)
    cut = _beginning((row for row in rows if readings[row].cut), readings, FEWEST_CUT)
    for other in rows:
        whole = readings[other]
        for row in cut.get(whole.words[:FEWEST_CUT], ()):
            part = readings[row]
            same = whole.words[: len(part.words)] == part.words
            if same and (part.user or whole.user):
                yield row, other


def _without_repeats(readings: Sequence[Reading]) -> list[int]:
    """Return the rows but for marked ones that say and end as another marked one does."""
    firsts: dict[Hashable, int] = {}
    for row, reading in enumerate(readings):
        firsts.setdefault((reading.words, reading.cut) if reading.user else row, row)
    return list(firsts.values())


def _held(readings: Sequence[Reading]) -> Iterator[tuple[int, int]]:
    """Yield rows with those that hold all their words in a row."""
    firsts: dict[tuple[str, ...], int] = {}
    for row, reading in enumerate(readings):
        if len(reading.words) >= FEWEST_HELD:
            yield firsts.setdefault(reading.words, row), row
    parts = _beginning(firsts.values(), readings, FEWEST_HELD)
    for words, other in firsts.items():
        for place, run in enumerate(_runs(words, FEWEST_HELD)):
            for row in parts.get(run, ()):
                part = readings[row].words
                if words[place : place + len(part)] == part:
                    yield row, other


def _sharing(readings: Sequence[Reading]) -> Iterator[tuple[int, int]]:
    """Yield rows with the first one that has nine words in a row of theirs."""
    firsts: dict[tuple[str, ...], int] = {}
    for row, reading in enumerate(readings):
        for run in _runs(reading.words, RUN):
            yield firsts.setdefault(run, row), row


def _beginning(
    rows: Iterable[int], readings: Sequence[Reading], length: int
) -> dict[tuple[str, ...], list[int]]:
    """Return rows by their first words; those with fewer are left out."""
    found: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for row in rows:
        if len(readings[row].words) >= length:
            found[readings[row].words[:length]].append(row)
    return found


def _runs(words: tuple[str, ...], length: int) -> Iterator[tuple[str, ...]]:
    return (words[place : place + length] for place in range(len(words) - length + 1))


class _Groups:
    """Rows joined to groups: a forest, halving paths as they are walked."""

    def __init__(self, count: int) -> None:
        self._parent = list(range(count))

    @classmethod
    def like(cls, other: _Groups) -> _Groups:
        """Return the same groups, to be joined further."""
        groups = cls(0)
        groups._parent = list(other._parent)
        return groups

    def all(self) -> list[int]:
        return [self._of(row) for row in range(len(self._parent))]

    def join(self, one: int, other: int) -> None:
        self._parent[self._of(other)] = self._of(one)

    def _of(self, row: int) -> int:
        parent = self._parent
        while parent[row] != row:
            parent[row] = row = parent[parent[row]]
        return row
