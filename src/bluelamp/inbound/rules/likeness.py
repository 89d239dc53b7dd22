"""Which earlier text a text repeats: re-posts, quotes and near-copies.

Each text is reduced to its words (``reading``), candidates are found by
``fingerprints`` and then compared word by word (``comparing``).  What is said in
other words, or of another place, number or name, is not a repetition.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from bluelamp.inbound.rules.comparing import Verdict, Why, compare, is_cut
from bluelamp.inbound.rules.fingerprints import Prints, fingerprints
from bluelamp.inbound.rules.reading import Reading, read

CAPACITY = 200_000
"""Different texts remembered; about 2 kB each."""
VARIANTS = 4
"""Readings kept of one original."""
FEWEST = 3
"""Words from which on the same words are no accident; "thank you" is not passed on."""
FEWEST_JOINING = 8
"""Words from which on a text shows that all that repeat it are one."""
LEAST_JOINING = 0.6
"""Share of their words that it must be: what many appeals end with does not join them."""

Identity: TypeAlias = tuple[object, ...]
"""What two texts have in common that are the same word for word."""


class Kind(StrEnum):
    """What a text is to the one it repeats."""

    REPOST = "repost"  # a mark in it says that it is passed on
    QUOTE = "quote"  # passed on with words of one's own
    COPY = "copy"  # the same words again, without saying so


@dataclass(frozen=True, slots=True)
class Match:
    """What a text repeats, and why we say so."""

    key: int
    """The first text that said it; never itself a repetition."""
    kind: Kind
    score: float
    """Share of the words of the longer text that both have, from above 0 to 1."""
    why: Why
    joined: tuple[int, ...] = ()
    """Texts taken for originals until now that repeat ``key`` too, as this one shows:
    each puts other words around what it says, or has a slip of its own."""


@dataclass(slots=True)
class _Original:
    key: int
    place: int
    """How many originals came before."""
    readings: list[Reading]
    """Its own first, then those of copies that are more whole or freer of comments."""
    identities: list[Identity]
    """Those of its own readings and of all copies."""

    def prints(self) -> set[int]:
        return {one for reading in self.readings for one in fingerprints(reading.words)}


_Found: TypeAlias = tuple[Verdict, _Original]


class Likeness:
    """A memory of texts that says of each new one which of them it repeats.

    Texts are added in the order they came.  Which fall together does not depend on
    that order where they differ in marks without comment, case, accents, punctuation,
    links and entities alone.  What is beyond the capacity is forgotten, longest
    unrepeated first.  Not for several threads at once.
    """

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._count = 0
        self._originals: dict[int, _Original] = {}
        self._same: dict[Identity, int] = {}
        self._prints = Prints()

    def __len__(self) -> int:
        """Return how many different texts are remembered."""
        return len(self._originals)

    def add(self, key: int, text: str) -> Match | None:
        """Remember a text; return the earlier one that it repeats, if it repeats one.

        :param key: what the text is called in matches; the same key and text again
            are no repetition.
        """
        reading = read(text)
        identity = _identity(reading)
        if identity is None:
            return None
        known = self._same.get(identity)
        if known is not None:
            return self._repeated(self._originals[known], key, reading, Verdict(Why.SAME, 1.0))
        prints = fingerprints(reading.words)
        found = self._repeats(reading, prints)
        if not found:
            self._remember(key, reading, identity, prints)
            return None
        verdict, original, others = _first(found, reading)
        self._absorb(original, others)
        self._learn(original, reading, verdict, identity, prints)
        joined = tuple(other.key for other in others)
        return self._repeated(original, key, reading, verdict, joined)

    def know(self, key: int, text: str) -> None:
        """Remember a text of which it is known that it repeats nothing.

        A fifth of the work of :meth:`add`: for what others have compared already.
        """
        reading = read(text)
        identity = _identity(reading)
        if identity is not None and identity not in self._same:
            self._remember(key, reading, identity, fingerprints(reading.words))

    def _repeats(self, reading: Reading, prints: Sequence[int]) -> list[_Found]:
        """Return the originals that a text repeats, the most alike first."""
        found = []
        for candidate in self._prints.candidates(prints):
            original = self._originals[candidate]
            verdicts = [compare(known, reading) for known in original.readings]
            alike = [verdict for verdict in verdicts if verdict]
            if alike:
                found.append((max(alike, key=lambda verdict: verdict.score), original))
        return sorted(found, key=lambda one: (-one[0].score, one[1].place))

    def _remember(
        self, key: int, reading: Reading, identity: Identity, prints: Sequence[int]
    ) -> None:
        self._count += 1
        self._originals[key] = _Original(key, self._count, [reading], [identity])
        self._same[identity] = key
        self._prints.add(key, prints)
        if len(self._originals) > self._capacity:
            self._forget(self._originals[next(iter(self._originals))])

    def _learn(
        self,
        original: _Original,
        reading: Reading,
        verdict: Verdict,
        identity: Identity,
        prints: Sequence[int],
    ) -> None:
        """Know this variant at once when it comes again; keep what is more whole or purer."""
        original.identities.append(identity)
        self._same[identity] = original.key
        purer = verdict.why is Why.WITHIN and not verdict.added
        fuller = original.readings[0].cut and is_cut(original.readings[0], reading)
        if len(original.readings) < VARIANTS and (purer or fuller):
            original.readings.append(reading)
            self._prints.add(original.key, prints)

    def _absorb(self, original: _Original, others: Sequence[_Original]) -> None:
        for other in others:
            self._forget(other)
            original.identities += other.identities
            self._same.update(dict.fromkeys(other.identities, original.key))

    def _repeated(
        self,
        original: _Original,
        key: int,
        reading: Reading,
        verdict: Verdict,
        joined: tuple[int, ...] = (),
    ) -> Match | None:
        """Move what was repeated to the end of what is forgotten, and say who repeats it."""
        self._originals[original.key] = self._originals.pop(original.key)
        if original.key == key:
            return None
        return Match(original.key, _kind(reading, verdict), verdict.score, verdict.why, joined)

    def _forget(self, original: _Original) -> None:
        del self._originals[original.key]
        self._prints.remove(original.key, original.prints())
        for identity in original.identities:
            del self._same[identity]


def group(texts: Iterable[str]) -> list[int]:
    """Return for each text, in the order they came, the number of the first that it repeats."""
    memory, firsts = Likeness(), list[int]()
    joined: dict[int, int] = {}
    for number, text in enumerate(texts):
        match = memory.add(number, text)
        firsts.append(match.key if match else number)
        if match:
            joined.update(dict.fromkeys(match.joined, match.key))
    return [_followed(first, joined) for first in firsts]


def _followed(first: int, joined: Mapping[int, int]) -> int:
    while first in joined:
        first = joined[first]
    return first


def _first(found: Sequence[_Found], reading: Reading) -> tuple[Verdict, _Original, list[_Original]]:
    """Return what a text repeats, and what else it shows to be the same."""
    sure = [one for one in found if _is_plain(one[0])]
    if reading.cut or len(reading.words) < FEWEST_JOINING or found[0] not in sure:
        return *found[0], []
    verdict, first = min(sure, key=lambda one: one[1].place)
    return verdict, first, [original for _, original in sure if original is not first]


def _is_plain(verdict: Verdict) -> bool:
    """Say whether the known text has little that the new one has not, and no other end."""
    held = verdict.why is Why.WITHIN and not verdict.added
    return (held or verdict.why is Why.ALMOST) and verdict.score >= LEAST_JOINING


def _identity(reading: Reading) -> Identity | None:
    """Return what makes a text the same; a short one needs the same links or author too."""
    if len(reading.words) >= FEWEST:
        return reading.words
    if reading.links or reading.user:
        return (reading.words, reading.links or reading.user)
    return None


def _kind(reading: Reading, verdict: Verdict) -> Kind:
    if reading.comment or verdict.added:
        return Kind.QUOTE
    return Kind.REPOST if reading.user else Kind.COPY
