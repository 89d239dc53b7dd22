"""The small language in which terms are written.

===================  ====================================================
``knife``            the word, whole
``stab*``            every word that begins so
``help me``          a phrase
``he|she has``       one word or another at that place
``knife … outside``  at most four other words between; ``…2`` at most two
``stroke, seizure``  one expression or another
``{person} has``     one of the words that the list names ``{person}``
``@news*``           the same in the parts of an @name
``🆘``               an emoji
===================  ====================================================
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from bluelamp.language.errors import PatternError
from bluelamp.language.rules.normal import Kind, tokens
from bluelamp.language.values import Term

GAP = 4
"""How many words ``…`` lets stand between."""

_GROUP = re.compile(r"\{([^{}]+)\}")
_GAP = re.compile(r"\s*(?:…|\.\.\.)(\d{0,2})\s*")


@dataclass(frozen=True, slots=True)
class Choice:
    """What may stand at one place: whole words, or beginnings of words."""

    words: frozenset[str]
    stems: tuple[str, ...] = ()

    def matches(self, text: str) -> bool:
        """Say whether a token's text may stand here."""
        return text in self.words or (bool(self.stems) and text.startswith(self.stems))

    def literals(self) -> Iterator[tuple[str, bool]]:
        """Yield what is searched for, and whether it is only a beginning."""
        for found in self.words:
            yield found, False
        for stem in self.stems:
            yield stem, True


@dataclass(frozen=True)
class Pattern:
    """A term as places in a row, and how many words may stand before each.

    :param gaps: as long as ``places``; the first is 0.
    """

    places: tuple[Choice, ...]
    gaps: tuple[int, ...]

    @cached_property
    def lead(self) -> tuple[int, int]:
        """Return how many tokens at least and at most lie before the anchor, from the first on."""
        return self.anchor, self.anchor + sum(self.gaps[: self.anchor + 1])

    @cached_property
    def anchor(self) -> int:
        """Return the place that is best searched for: the one whose shortest word is longest."""
        lengths = [min(len(found) for found, _ in place.literals()) for place in self.places]
        return lengths.index(max(lengths))

    @cached_property
    def solid(self) -> bool:
        """Say whether its words stand side by side."""
        return not any(self.gaps)

    def match_at(self, texts: Sequence[str], start: int) -> tuple[int, ...] | None:
        """Return the first way to read the pattern from ``start`` on, as places of tokens."""
        if start >= len(texts) or not self.places[0].matches(texts[start]):
            return None
        return self._side_by_side(texts, start) if self.solid else self._rest(texts, (start,))

    def _side_by_side(self, texts: Sequence[str], start: int) -> tuple[int, ...] | None:
        """Return the places from ``start`` on, where a word may stand already."""
        size = len(self.places)
        if start + size > len(texts):
            return None
        for place in range(1, size):
            if not self.places[place].matches(texts[start + place]):
                return None
        return tuple(range(start, start + size))

    def _rest(self, texts: Sequence[str], so_far: tuple[int, ...]) -> tuple[int, ...] | None:
        place = len(so_far)
        if place == len(self.places):
            return so_far
        first = so_far[-1] + 1
        for index in range(first, min(first + self.gaps[place] + 1, len(texts))):
            if self.places[place].matches(texts[index]):
                found = self._rest(texts, (*so_far, index))
                if found:
                    return found
        return None


def parse(text: str) -> Pattern:
    """Read one expression.

    :raises PatternError: it holds no words, or a place is empty or too short to begin a word.
    """
    places: list[Choice] = []
    gaps: list[int] = []
    pieces = _GAP.split(text.strip())
    if not text.strip() or not pieces[0] or not pieces[-1]:
        raise PatternError(f"“{text}” has no words at one end")
    for number, piece in enumerate(pieces[::2]):
        for first, written in enumerate(piece.split()):
            choices = _choices(written, text)
            places += choices
            gaps += [0] * len(choices)
            if first == 0 and number > 0:
                gaps[-len(choices)] = int(pieces[number * 2 - 1] or GAP)
    return Pattern(tuple(places), tuple(gaps))


def _choices(written: str, text: str) -> list[Choice]:
    """Return the place that a written word stands for.

    Only a single word may be one of several; written alone it may fall apart
    into more (``911-555``), one place each.
    """
    options = written.split("|")
    words: set[str] = set()
    stems: set[str] = set()
    for option in options:
        stem = option.endswith("*")
        found = _comparable(option.removesuffix("*"))
        if not found or (len(found) > 1 and len(options) > 1):
            raise PatternError(f"“{option}” in “{text}” is not one word")
        if len(found) > 1:
            tail = Choice(frozenset(), (found[-1],)) if stem else Choice(frozenset({found[-1]}))
            return [*(Choice(frozenset({one})) for one in found[:-1]), tail]
        if stem and len(found[0].removeprefix("@")) < 2:
            raise PatternError(f"“{option}” in “{text}” is too short to begin words")
        (stems if stem else words).add(found[0])
    return [Choice(frozenset(words), tuple(sorted(stems)))]


def _comparable(written: str) -> list[str]:
    """Return the words of a term in the form that texts are brought into."""
    return [token.text for token in tokens(written) if token.kind is not Kind.LINK and token.text]


def choices(text: str) -> tuple[Pattern, ...]:
    """Read expressions between commas; of no text none.

    :raises PatternError: one of them cannot be read.
    """
    return tuple(parse(piece) for piece in text.split(",") if piece.strip())


def expressions(text: str) -> tuple[Pattern, ...]:
    """Read a term: one expression, or several between commas.

    :raises PatternError: there is none, or one cannot be read.
    """
    found = choices(text)
    if not found:
        raise PatternError(f"“{text}” holds no words")
    return found


def groups(terms: Iterable[Term]) -> dict[str, str]:
    """Return the words that a list names, by name.

    :raises PatternError: a line names nothing, or no words.
    """
    named = {}
    for term in terms:
        if term.is_group:
            name, _, words = term.text.partition("=")
            expressions(words)
            named[name.strip().strip("{}").strip()] = words.strip()
    return named


def spelt_out(text: str, named: Mapping[str, str]) -> str:
    """Return a text with its ``{names}`` replaced by the words they stand for.

    :raises PatternError: a name is not known.
    """
    try:
        return _GROUP.sub(lambda found: named[found[1].strip()], text)
    except KeyError as error:
        raise PatternError(f"no words are named “{{{error.args[0]}}}”") from None


@dataclass(frozen=True, slots=True)
class Phrases:
    """Expressions of which one must be met; those of a single word are looked for at once."""

    single: Choice
    longer: tuple[Pattern, ...]

    def __bool__(self) -> bool:
        return bool(self.single.words or self.single.stems or self.longer)

    def among(self, texts: Sequence[str]) -> bool:
        """Say whether one of them lies within these texts of tokens."""
        if not self.single.words.isdisjoint(texts):
            return True
        if self.single.stems and any(text.startswith(self.single.stems) for text in texts):
            return True
        return any(
            pattern.match_at(texts, index) is not None
            for pattern in self.longer
            for index in range(len(texts))
        )


def phrases(text: str) -> Phrases:
    """Read expressions between commas; of no text none.

    :raises PatternError: one of them cannot be read.
    """
    found = choices(text)
    single = [one.places[0] for one in found if len(one.places) == 1]
    return Phrases(
        Choice(
            frozenset().union(*(one.words for one in single)),
            tuple(sorted({stem for one in single for stem in one.stems})),
        ),
        tuple(one for one in found if len(one.places) > 1),
    )
