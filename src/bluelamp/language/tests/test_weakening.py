"""Weakening: what may find less is told, what cannot is not."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bluelamp.language.rules.lexicon import Lexicon, prepare
from bluelamp.language.rules.merging import key_of, put, without
from bluelamp.language.rules.weakening import weakened
from bluelamp.language.values import Term

WORDS = ("knife", "blood", "help", "film")
terms = st.builds(
    Term, st.sampled_from(WORDS), st.just("weapon"),
    weight=st.sampled_from([-2.0, 1.0, 6.0]), needs=st.sampled_from(["", "now"]),
    active=st.booleans(),
)  # fmt: skip
lists = st.lists(terms, max_size=4, unique_by=key_of).map(tuple)
texts = st.lists(st.sampled_from([*WORDS, "now", "dog"]), max_size=6).map(" ".join)


def points(lines: tuple[Term, ...], text: str) -> float:
    return sum(mark.points for mark in Lexicon(lines).marks(prepare(text)))


@given(before=lists, after=lists, text=texts)
def test_what_is_not_weakened_finds_no_less_in_any_text(
    before: tuple[Term, ...], after: tuple[Term, ...], text: str
) -> None:
    if not weakened(before, after):
        assert points(after, text) >= points(before, text)


@given(lines=lists)
def test_the_same_lines_are_not_weaker(lines: tuple[Term, ...]) -> None:
    assert weakened(lines, lines) == ()
    assert weakened(lines, tuple(reversed(lines))) == ()


@given(lines=lists, term=terms)
def test_a_line_put_in_comes_out_again(lines: tuple[Term, ...], term: Term) -> None:
    more = put(lines, term)
    assert term in more
    assert len({key_of(one) for one in more}) == len(more)
    assert without(more, key_of(term)) == without(lines, key_of(term))


def test_each_way_to_find_less_is_told() -> None:
    knife = Term("knife", "weapon", weight=6)
    for weaker in (
        replace(knife, active=False), replace(knife, weight=5), replace(knife, unless="kitchen"),
        replace(knife, needs="has"), replace(knife, unless_before="no"),
    ):  # fmt: skip
        assert weakened([knife], [weaker]) == (knife,)
    assert weakened([knife], []) == (knife,)
    told = Term("in the film", "told of", weight=-3)
    assert weakened([knife], [knife, told]) == (told,)
    assert weakened([knife, told], [knife]) == ()
    assert weakened([knife], [knife, Term("blood", "medical", weight=2)]) == ()
    gun = Term("{gun} = rifle|pistol", "words")
    assert weakened([gun], [replace(gun, text="{gun} = rifle")]) == (gun,)
