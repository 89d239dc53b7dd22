"""Whether one text repeats another, decided word by word.

What differs is weighed by what it would change: a comment around the same words,
a cut end, a slip of the pen change nothing; another number, name or place is
another fact, however much of the sentence is the same.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate
from typing import NamedTuple

from rapidfuzz.distance import Levenshtein

from bluelamp.inbound.rules.reading import Reading, words_of

FEWEST_CUT = 6
"""Words that must be left of a text that was cut."""
FEWEST_WITHIN = 6
"""Words of a text that is found whole within another."""
FEWEST_ALMOST = 8
"""Words that must agree where others do not."""
PLAIN_WITHIN = 12
"""From so many words on a repetition is plain without a pause before what was added."""
LONG = 30
"""Words from which on a text may differ in a few plain words."""
LEAST_WITHIN = 0.5
"""Share of the longer text; below it the shorter is a phrase used again, unless it is long."""
MOST_CHANGED = 0.08
MOST_SLIPS = 0.2

_FILLERS = frozenset(
    re.findall(
        r"\w+",
        """a an and are at be been by for from has have in is it its of on or so that the their
        there this to was were will with just very really please pls plz rt amp""",
    )
)
"""Words that change nothing by being there or not."""
_TURNING = frozenset(
    re.findall(
        r"\w+",
        """no not none never nor cannot cant dont doesnt didnt isnt arent wasnt wont without open
        opened reopened closed shut found missing lost arrested charged released convicted bailed
        dead died killed injured alive safe unsafe cancelled lifted issued extended ended resolved
        ongoing contained evacuated male female man woman boy girl north south east west northbound
        southbound eastbound westbound left right up down before after today tonight tomorrow
        yesterday monday tuesday wednesday thursday friday saturday sunday january february march
        april may june july august september october november december one two three four five six
        seven eight nine ten eleven twelve first second third more less high low severe true
        false""",
    )
)
"""Words that turn a report into another one."""
_DIGIT = re.compile(r"\d")
_NAMED = re.compile(r"(?:(?<=[^.!?:\n“\"] )|(?<=[#@]))[^\W\d_]\w*")
_PAUSE = re.compile(r"[.!?:;,](?=\s|$)|[\n“”\"«»()\[\]|#@–—]|\s-+\s")


class Why(StrEnum):
    """How a text repeats another."""

    SAME = "same"  # word for word
    CUT = "cut"  # word for word as far as one of them goes, which was cut
    WITHIN = "within"  # all of one within the other
    ALMOST = "almost"  # but for slips and words that change nothing


@dataclass(frozen=True, slots=True)
class Verdict:
    """That two texts say the same in the same words."""

    why: Why
    score: float
    """Share of the words of the longer text that both have, from above 0 to 1."""
    added: bool = False
    """Whether the second puts words of its own around those of the first."""


def compare(first: Reading, second: Reading) -> Verdict | None:
    """Return how the second repeats the first, or None if it says something else."""
    if first.words == second.words:
        return Verdict(Why.SAME, 1.0)
    shorter, longer = sorted((first, second), key=lambda text: len(text.words))
    share = len(shorter.words) / len(longer.words)
    if is_cut(shorter, longer):
        return Verdict(Why.CUT, share)
    if _is_within(shorter, longer, share):
        return Verdict(Why.WITHIN, share, added=longer is second)
    return _almost(first, second)


def is_cut(shorter: Reading, longer: Reading) -> bool:
    """Say whether the shorter is the beginning of the longer, cut with an ellipsis or without."""
    words, length = shorter.words, len(shorter.words)
    if shorter.cut:
        same = length >= FEWEST_CUT and longer.words[:length] == words
        return same and (longer.words[length:] or ("",))[0].startswith(shorter.stub)
    return (
        length >= PLAIN_WITHIN
        and words[:-1] == longer.words[: length - 1]
        and (_is_begun(words[-1], longer.words[length - 1]))
    )


def _is_begun(part: str, word: str) -> bool:
    """Say whether a word was cut; of a number that cannot be said."""
    return part != word and word.startswith(part) and not part[-1].isdigit()


def _is_within(shorter: Reading, longer: Reading, share: float) -> bool:
    """Say whether all words of the shorter stand together in the longer, with a pause after."""
    length = len(shorter.words)
    if length < FEWEST_WITHIN or (share < LEAST_WITHIN and length < LONG):
        return False
    place = _place(shorter.words, longer.words)
    return place is not None and (
        length >= PLAIN_WITHIN or shorter.cut or place + length in _pauses(longer)
    )


def _place(part: tuple[str, ...], whole: tuple[str, ...]) -> int | None:
    """Return how many words of the whole stand before the part."""
    outside = f" {' '.join(whole)} "
    found = outside.find(f" {' '.join(part)} ")
    return outside.count(" ", 0, found) if found >= 0 else None


def _pauses(text: Reading) -> set[int]:
    """Return the numbers of words after which the text pauses, its end among them."""
    return set(accumulate(len(words_of(part)) for part in _PAUSE.split(text.written)))


class _Change(NamedTuple):
    """A stretch in which two texts agree or differ."""

    agrees: bool
    gone: tuple[str, ...]
    """Words that the first has there."""
    come: tuple[str, ...]
    """Words that the second has."""


def _changes(first: Reading, second: Reading) -> list[_Change]:
    """Return what turns the first text into the second with the fewest words changed."""
    one, other = first.words, second.words
    return [
        _Change(
            step.tag == "equal",
            one[step.src_start : step.src_end],
            other[step.dest_start : step.dest_end],
        )
        for step in Levenshtein.opcodes(one, other)
    ]


def _almost(first: Reading, second: Reading) -> Verdict | None:
    """Compare texts word by word: what is left over at the ends, what differs between."""
    changes = _changes(first, second)
    kept = sum(len(change.gone) for change in changes if change.agrees)
    longest = max(len(first.words), len(second.words))
    if kept < FEWEST_ALMOST or (kept < LEAST_WITHIN * longest and kept < LONG):
        return None
    ends = _Ends.of(changes, first, second)
    if not ends.harmless(kept) or not _harmless(ends.between, first, second, kept):
        return None
    why = Why.CUT if ends.cut and not ends.between else Why.ALMOST
    return Verdict(why, kept / longest, added=ends.added)


@dataclass(frozen=True, slots=True)
class _Ends:
    """What only one of two texts has before and after all that they share."""

    before: _Change | None
    after: _Change | None
    cut: bool
    """Whether the text that ends sooner was cut."""
    between: Sequence[_Change]

    @classmethod
    def of(cls, changes: Sequence[_Change], first: Reading, second: Reading) -> _Ends:
        """Part the ends from the changes between them; an end that both have is a change."""
        before, after = _one_sided(changes[0]), _one_sided(changes[-1])
        between = [
            change
            for change in changes
            if not change.agrees and change is not before and change is not after
        ]
        cut = after is not None and (
            (second.cut and not after.come) or (first.cut and not after.gone)
        )
        return cls(before, after, cut, between)

    @property
    def added(self) -> bool:
        """Whether the second text has words of its own before or after."""
        after = self.after if not self.cut else None
        return any(end is not None and bool(end.come) for end in (self.before, after))

    def harmless(self, kept: int) -> bool:
        """Say whether the ends are a comment or a cut, not another fact."""
        return kept >= PLAIN_WITHIN or self.cut or not (self.before or self.after)


def _one_sided(change: _Change) -> _Change | None:
    return change if not change.agrees and not (change.gone and change.come) else None


def _harmless(changes: Sequence[_Change], first: Reading, second: Reading, kept: int) -> bool:
    """Say whether none of the changes makes another fact of the text, and they are few."""
    slips = plain = 0
    others: list[str] = []
    for change in changes:
        words = (*change.gone, *change.come)
        size = max(len(change.gone), len(change.come))
        if _FILLERS.issuperset(words):
            slips += size
            continue
        if any(map(_is_telling, words)):
            return False
        others += words
        if _misspelt(change):
            slips += size
        else:
            plain += size
    few = MOST_CHANGED * kept if kept >= LONG else 0
    if plain > few or slips + plain > MOST_SLIPS * kept:
        return False
    return not others or (_names(first) | _names(second)).isdisjoint(others)  # dear: looked at last


def _is_telling(word: str) -> bool:
    """Say whether a word tells one case from another: a number, a turn of events."""
    return word in _TURNING or _DIGIT.search(word) is not None


def _names(text: Reading) -> set[str]:
    """Return words with a capital where no sentence begins; none where all have one."""
    if text.written.isupper():
        return set()
    return {
        word
        for found in _NAMED.finditer(text.written)
        if found[0][0].isupper()
        for word in words_of(found[0])
    }


def _misspelt(change: _Change) -> bool:
    """Say whether words are the same but for spaces between or a letter in a long one."""
    if "".join(change.gone) == "".join(change.come):
        return True
    return len(change.gone) == len(change.come) and all(map(_slip, change.gone, change.come))


def _slip(one: str, other: str) -> bool:
    """Say whether a word is another misspelt: a letter in six; short ones are other words."""
    allowed = len(one) // 6
    return bool(allowed) and Levenshtein.distance(one, other, score_cutoff=allowed) <= allowed
