"""A whole word list ready for use: its expressions and its traits, over a text read once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from bluelamp.language.rules.matcher import Hit, Matcher, texts_of
from bluelamp.language.rules.normal import Token, tokens
from bluelamp.language.rules.tongue import Tongue, tongue_of
from bluelamp.language.rules.traits import traits
from bluelamp.language.values import HOUSE_LANGUAGE, Term

Span = tuple[int, int]


class Prepared(NamedTuple):
    """A text made ready for any number of lists."""

    text: str
    tokens: tuple[Token, ...]
    texts: tuple[str, ...]
    """The tokens' comparable forms."""
    traits: frozenset[str]
    tongue: Tongue


class Mark(NamedTuple):
    """A line of a list that applies to a text, and where.

    :param words: as they were first written; for a trait its name.
    :param spans: every place, to be marked on the page; a trait has none.
    """

    term: Term
    words: str
    spans: tuple[Span, ...] = ()

    @property
    def points(self) -> float:
        """Return what the line counts; once, however often it applies."""
        return self.term.weight


class Lexicon:
    """The active lines of a list.

    :param by_language: whether lines of another language count only in texts of
        it ("due" is two in Italian alone).
    :raises PatternError: a line cannot be read.
    """

    def __init__(self, terms: Iterable[Term], *, by_language: bool = False) -> None:
        self._by_language = by_language
        lines = [term for term in terms if term.active]
        self._matcher = Matcher(lines)
        self._traits = [(term.text[1:-1], term) for term in lines if term.is_trait]

    def marks(self, prepared: Prepared) -> tuple[Mark, ...]:
        """Return what applies to a text, each line once, in the text's order; traits last."""
        reading = self._matcher.read_tokens(prepared.text, prepared.tokens, prepared.texts)
        hits: dict[int, list[Hit]] = {}
        for hit in reading.hits:
            if self._counts(hit.term, prepared.tongue.code):
                hits.setdefault(hit.line, []).append(hit)
        found = [
            Mark(same[0].term, reading.words(same[0]), tuple(s for hit in same for s in hit.spans))
            for same in hits.values()
        ]
        found += [Mark(term, name) for name, term in self._traits if name in prepared.traits]
        return tuple(found)

    def _counts(self, term: Term, language: str) -> bool:
        return not self._by_language or term.language in ("", HOUSE_LANGUAGE, language)


def prepare(text: str) -> Prepared:
    """Read a text once for all lists."""
    found = tokens(text)
    return Prepared(text, found, texts_of(found), traits(text, found), tongue_of(text, found))
