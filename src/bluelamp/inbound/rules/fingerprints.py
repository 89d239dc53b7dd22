"""Finding texts that may share words, without comparing each with each.

A fingerprint is a hash of three words in a row.  *Winnowing* (Schleimer, Wilkerson
and Aiken, "Winnowing: local algorithms for document fingerprinting", SIGMOD 2003)
keeps the least of every four neighbours.  Two texts that share six words in a row
therefore share a fingerprint wherever in them the words stand: this holds for a cut
copy and for one within a comment too, as it would not for a sketch of the whole text.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from heapq import nlargest

RUN = 3
"""Words in a fingerprint."""
WINDOW = 4
"""Fingerprints of which one is kept."""
CROWD = 48
"""Texts known for one fingerprint, the newest; a phrase of so many tells none apart."""
CANDIDATES = 8
"""Texts worth comparing word by word."""


def fingerprints(words: Sequence[str]) -> list[int]:
    """Return the fingerprints kept of a text, each once, the same on every machine."""
    runs = zip(*(words[start:] for start in range(RUN)), strict=False)
    hashes = [zlib.crc32(" ".join(run).encode()) for run in runs]
    if len(hashes) <= WINDOW:
        return [min(hashes)] if hashes else []
    windows = zip(*(hashes[start:] for start in range(WINDOW)), strict=False)
    return list(dict.fromkeys(map(min, windows)))


class Prints:
    """Which texts have which fingerprints."""

    def __init__(self) -> None:
        self._texts: dict[int, list[int]] = {}

    def add(self, key: int, prints: Iterable[int]) -> None:
        """Know a text by these too; the oldest of a crowd is known by them no longer."""
        for one in prints:
            texts = self._texts.setdefault(one, [])
            if key not in texts:
                texts.append(key)
            if len(texts) > CROWD:
                del texts[0]

    def remove(self, key: int, prints: Iterable[int]) -> None:
        """Know a text by these no longer."""
        for one in prints:
            texts = self._texts.get(one, [])
            if key in texts:
                texts.remove(key)
            if not texts:
                self._texts.pop(one, None)

    def candidates(self, prints: Iterable[int]) -> list[int]:
        """Return the texts most likely to share words; those of crowds only if all are.

        A fingerprint of few texts tells more than one of many: each weighs one by
        how many texts have it.
        """
        found = [self._texts[one] for one in prints if one in self._texts]
        telling = [texts for texts in found if len(texts) < CROWD] or found
        weights: defaultdict[int, float] = defaultdict(float)
        for texts in telling:
            for key in texts:
                weights[key] += 1 / len(texts)
        return nlargest(CANDIDATES, weights, key=weights.__getitem__)
