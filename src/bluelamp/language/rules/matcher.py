"""Many terms over one text in one pass.

One Aho-Corasick automaton looks for an *anchor* of every term (its longest
place); each find is checked at the edges of its word, then the whole term is
read around it.  That keeps 5,000 terms about as fast as fifty.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation

from bluelamp.language.rules.normal import Token, tokens
from bluelamp.language.rules.pattern import (
    Pattern,
    choices,
    expressions,
    found_in,
    groups,
    spelt_out,
)
from bluelamp.language.values import Term

_EDGE = " "
_DENIES = 3
"""How far before a term ``unless_before`` is looked for, in words."""


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


class Row(NamedTuple):
    """A text's tokens in a row, as the automata of any number of lists search them.

    :param texts: the tokens' comparable forms.
    :param joined: the same with an edge before, between and after.
    :param token_at: place in ``joined`` where a token begins -> the token; links
        have no text and match nothing.
    """

    texts: tuple[str, ...]
    joined: str
    token_at: dict[int, int]


def row(found: Iterable[Token]) -> Row:
    """Put tokens in a row."""
    texts = tuple(token.text for token in found)
    token_at = {}
    place = 1
    for index, text in enumerate(texts):
        if text:
            token_at[place] = index
        place += len(text) + 1
    return Row(texts, _EDGE.join(("", *texts, "")), token_at)


@dataclass(frozen=True, slots=True)
class Reading:
    """A text read by a list: its tokens and the hits, by where they begin."""

    text: str
    tokens: tuple[Token, ...]
    hits: tuple[Hit, ...]

    def words(self, hit: Hit) -> str:
        """Return a hit's words as they were written."""
        if len(hit.spans) == 1:
            return self.text[slice(*hit.spans[0])]
        return " … ".join(self.text[start:end] for start, end in hit.spans)


@dataclass(frozen=True, slots=True)
class _Compiled:
    line: int
    term: Term
    pattern: Pattern
    needs: tuple[Pattern, ...]
    unless: tuple[Pattern, ...]
    unless_before: tuple[Pattern, ...]


class _Use(NamedTuple):
    """A term that an anchor stands in, and how far before the anchor it may begin."""

    number: int
    stem: bool
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
        self._by_anchor: list[list[_Use]] = []
        self._automaton = self._build()

    def _build(self) -> AhoCorasick:
        uses: defaultdict[str, list[_Use]] = defaultdict(list)
        for number, compiled in enumerate(self._terms):
            pattern = compiled.pattern
            for literal, stem in pattern.places[pattern.anchor].literals():
                uses[literal].append(_Use(number, stem, *pattern.lead))
        self._by_anchor = list(uses.values())
        return AhoCorasick(list(uses), implementation=Implementation.ContiguousNFA)

    def read(self, text: str) -> Reading:
        """Find every term in a text."""
        found = tokens(text)
        return self.read_row(text, found, row(found))

    def read_row(self, text: str, found: tuple[Token, ...], in_row: Row) -> Reading:
        """Find every term in a text whose tokens are known, as where several lists read it."""
        hits = [
            _hit(self._terms[number], found, places)
            for number, places in self._matches(in_row)
            if _in_context(self._terms[number], found, places)
        ]
        hits.sort(key=_order)
        return Reading(text, found, tuple(hits))

    def _matches(self, in_row: Row) -> Iterator[tuple[int, tuple[int, ...]]]:
        for number, starts in self._candidates(in_row).items():
            pattern = self._terms[number].pattern
            for start in sorted(starts):
                places = pattern.match_at(in_row.texts, start)
                if places is not None:
                    yield number, places

    def _candidates(self, in_row: Row) -> dict[int, set[int]]:
        """Return for each term whose anchor was found the tokens from which it may begin.

        Edges are looked at here so that few are left to be read whole.
        """
        _texts, joined, token_at = in_row
        candidates: dict[int, set[int]] = {}
        for anchor, start, end in self._automaton.find_matches_as_indexes(joined, overlapping=True):
            index = token_at.get(start)
            if index is None:
                continue
            whole = joined[end] == _EDGE
            for number, stem, least, most in self._by_anchor[anchor]:
                if (whole or stem) and index >= least:
                    begins = candidates.setdefault(number, set())
                    begins.update(range(max(index - most, 0), index - least + 1))
        return candidates


def _compile(line: int, term: Term, named: Mapping[str, str]) -> Iterator[_Compiled]:
    """Yield a term once for each of its expressions."""
    needs, unless, unless_before = (
        choices(spelt_out(words, named)) for words in (term.needs, term.unless, term.unless_before)
    )
    for pattern in expressions(spelt_out(term.text, named)):
        yield _Compiled(line, term, pattern, needs, unless, unless_before)


def _order(hit: Hit) -> tuple[int, int, str]:
    return hit.first, hit.last, hit.term.text


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


def _in_context(compiled: _Compiled, found: Sequence[Token], places: Sequence[int]) -> bool:
    first, last = places[0], places[-1] + 1
    near = compiled.term.near or len(found)
    if compiled.needs and not found_in(compiled.needs, found, first - near, last + near):
        return False
    if compiled.unless and found_in(compiled.unless, found, first - near, last + near):
        return False
    return not (compiled.unless_before and _denied(compiled, found, first))


def _denied(compiled: _Compiled, found: Sequence[Token], first: int) -> bool:
    """Say whether a denial stands shortly before, in the same clause."""
    clause = found[first].clause
    start = first
    while start > max(first - _DENIES, 0) and found[start - 1].clause == clause:
        start -= 1
    return found_in(compiled.unless_before, found, start, first)
