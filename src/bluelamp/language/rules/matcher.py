"""Many terms over one text in one pass.

Each term has an *anchor*, the place whose words are rarest to meet by chance (the
longest).  A text's words are looked up one by one among the anchors, and only
where one is met the whole term is read around it.  That keeps 5,000 terms about
as fast as fifty.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bluelamp.language.rules.normal import Token, tokens
from bluelamp.language.rules.pattern import (
    Pattern,
    Phrases,
    expressions,
    groups,
    phrases,
    spelt_out,
)
from bluelamp.language.values import Term

_DENIES = 3
"""How far before a term ``unless_before`` is looked for, in words."""
_HEAD = 2
"""Letters by which beginnings of words are looked up; ``pattern`` lets none be shorter."""


class Hit(NamedTuple):
    """A term found.

    :param line: the term's place in its list.
    :param spans: places in the text as it was, in order; one for each run of words.
    :param first: the token it begins with.
    :param last: the token it ends with.
    """

    line: int
    term: Term
    spans: tuple[tuple[int, int], ...]
    first: int
    last: int


class Reading(NamedTuple):
    """A text read by a list: its tokens and the hits, by where they begin."""

    text: str
    tokens: tuple[Token, ...]
    hits: tuple[Hit, ...]

    def words(self, hit: Hit) -> str:
        """Return a hit's words as they were written."""
        if len(hit.spans) == 1:
            start, end = hit.spans[0]
            return self.text[start:end]
        return " … ".join(self.text[start:end] for start, end in hit.spans)


@dataclass(frozen=True, slots=True)
class _Compiled:
    line: int
    term: Term
    pattern: Pattern
    needs: Phrases
    unless: Phrases
    unless_before: Phrases
    free: bool
    """Whether it counts wherever it stands."""


class _Use(NamedTuple):
    """A term that an anchor stands in, and how far before the anchor it may begin."""

    number: int
    least: int
    most: int


class Matcher:
    """A word list made ready; immutable, to be kept and shared.

    Terms that are not active, and those that stand for traits or name words, are
    passed over.

    :raises PatternError: a term cannot be read.
    """

    def __init__(self, terms: Iterable[Term]) -> None:
        lines = [term for term in terms if term.active]
        named = groups(lines)
        self._terms = [
            compiled
            for line, term in enumerate(lines)
            if not (term.is_trait or term.is_group)
            for compiled in _compile(line, term, named)
        ]
        self._words: defaultdict[str, list[_Use]] = defaultdict(list)
        self._stems: defaultdict[str, list[tuple[str, _Use]]] = defaultdict(list)
        for number, compiled in enumerate(self._terms):
            self._learn(_Use(number, *compiled.pattern.lead), compiled.pattern)

    def _learn(self, use: _Use, pattern: Pattern) -> None:
        for literal, stem in pattern.places[pattern.anchor].literals():
            if stem:
                self._stems[literal[:_HEAD]].append((literal, use))
            else:
                self._words[literal].append(use)

    def read(self, text: str) -> Reading:
        """Find every term in a text."""
        found = tokens(text)
        return self.read_tokens(text, found, texts_of(found))

    def read_tokens(self, text: str, found: tuple[Token, ...], texts: tuple[str, ...]) -> Reading:
        """Find every term in a text whose tokens are known, as where several lists read it.

        :param texts: what :func:`texts_of` makes of ``found``.
        """
        hits = [
            _hit(compiled, found, places)
            for compiled, places in self._matches(texts)
            if compiled.free or _in_context(compiled, found, texts, places)
        ]
        hits.sort(key=_order)
        return Reading(text, found, tuple(hits))

    def _matches(self, texts: tuple[str, ...]) -> Iterator[tuple[_Compiled, tuple[int, ...]]]:
        for number, starts in self._candidates(texts).items():
            compiled = self._terms[number]
            for start in starts:
                places = compiled.pattern.match_at(texts, start)
                if places is not None:
                    yield compiled, places

    def _candidates(self, texts: tuple[str, ...]) -> dict[int, dict[int, None]]:
        """Return for each term whose anchor was met the tokens from which it may begin."""
        words, stems = self._words, self._stems
        candidates: dict[int, dict[int, None]] = {}
        for index, text in enumerate(texts):
            if text in words:
                for use in words[text]:
                    _may_begin(candidates, use, index)
            if text[:_HEAD] in stems:
                for stem, use in stems[text[:_HEAD]]:
                    if text.startswith(stem):
                        _may_begin(candidates, use, index)
        return candidates


def texts_of(found: Iterable[Token]) -> tuple[str, ...]:
    """Return the comparable forms of tokens; links have none and match nothing."""
    return tuple([token.text for token in found])


def _may_begin(candidates: dict[int, dict[int, None]], use: _Use, index: int) -> None:
    number, least, most = use
    if index >= least:
        begins = candidates.setdefault(number, {})
        for start in range(max(index - most, 0), index - least + 1):
            begins[start] = None


def _compile(line: int, term: Term, named: Mapping[str, str]) -> Iterator[_Compiled]:
    """Yield a term once for each of its expressions."""
    needs, unless, unless_before = (
        phrases(spelt_out(words, named)) for words in (term.needs, term.unless, term.unless_before)
    )
    for pattern in expressions(spelt_out(term.text, named)):
        free = not (needs or unless or unless_before)
        yield _Compiled(line, term, pattern, needs, unless, unless_before, free)


def _order(hit: Hit) -> tuple[int, int, str, int]:
    return hit.first, hit.last, hit.term.text, hit.line


def _hit(compiled: _Compiled, found: Sequence[Token], places: Sequence[int]) -> Hit:
    first, last = found[places[0]], found[places[-1]]
    if places[-1] - places[0] + 1 == len(places):  # one run of words, as most are
        return Hit(compiled.line, compiled.term, ((first.start, last.end),), places[0], places[-1])
    spans: list[tuple[int, int]] = []
    previous = -2
    for place in places:
        start, end = found[place].start, found[place].end
        if place == previous + 1:
            start = spans.pop()[0]
        spans.append((start, end))
        previous = place
    return Hit(compiled.line, compiled.term, tuple(spans), places[0], places[-1])


def _in_context(
    compiled: _Compiled, found: Sequence[Token], texts: Sequence[str], places: Sequence[int]
) -> bool:
    first, last = places[0], places[-1] + 1
    near = compiled.term.near or len(texts)
    around = texts[max(first - near, 0) : last + near]
    if compiled.needs and not compiled.needs.among(around):
        return False
    if compiled.unless and compiled.unless.among(around):
        return False
    return not (compiled.unless_before and _denied(compiled, found, texts, first))


def _denied(compiled: _Compiled, found: Sequence[Token], texts: Sequence[str], first: int) -> bool:
    """Say whether a denial stands shortly before, in the same clause."""
    clause = found[first].clause
    start = first
    while start > max(first - _DENIES, 0) and found[start - 1].clause == clause:
        start -= 1
    return compiled.unless_before.among(texts[start:first])
