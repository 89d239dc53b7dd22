from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.language.rules.matcher import Matcher
from bluelamp.language.values import Term

WORDS = ("ab", "abc", "ba", "cab", "b", "abab", "bab")

Place = tuple[int, tuple[tuple[str, bool], ...]]
"""How many words may stand before, and what may stand here: a word, and whether it is a stem."""

choice = st.tuples(st.sampled_from([w for w in WORDS if len(w) > 1]), st.booleans())
place = st.tuples(
    st.integers(min_value=0, max_value=2), st.lists(choice, min_size=1, max_size=3).map(tuple)
)
pattern = st.lists(place, min_size=1, max_size=3).map(
    lambda places: ((0, places[0][1]), *places[1:])
)


def write(places: tuple[Place, ...]) -> str:
    text = ""
    for gap, options in places:
        text += f" …{gap} " if text and gap else " "
        text += "|".join(word + "*" * stem for word, stem in options)
    return text.strip()


def fits(options: tuple[tuple[str, bool], ...], token: str) -> bool:
    return any(token.startswith(word) if stem else token == word for word, stem in options)


def ways(places: tuple[Place, ...], words: list[str], at: int) -> Iterator[tuple[int, ...]]:
    """Every way to read the places from a word on, nearest first."""
    if at >= len(words) or not fits(places[0][1], words[at]):
        return
    if len(places) == 1:
        yield (at,)
        return
    for step in range(places[1][0] + 1):
        for rest in ways(places[1:], words, at + 1 + step):
            yield (at, *rest)


@given(
    st.lists(pattern, min_size=1, max_size=8),
    st.lists(st.sampled_from((*WORDS, "x", "abcd")), max_size=14),
)
def test_it_finds_what_trying_everything_finds(
    patterns: list[tuple[Place, ...]], words: list[str]
) -> None:
    found = Matcher(Term(write(places), "t") for places in patterns).read(" ".join(words))
    expected = set()
    for number, places in enumerate(patterns):
        for start in range(len(words)):
            way = next(ways(places, words, start), None)
            if way:
                expected.add((number, way[0], way[-1]))
    assert {(hit.line, hit.first, hit.last) for hit in found.hits} == expected


def words(text: str, *terms: Term) -> list[str]:
    reading = Matcher(terms).read(text)
    return [reading.words(hit) for hit in reading.hits]


def test_words_are_marked_as_they_were_written() -> None:
    found = words("He’s outside with a KN1FE &amp; more", Term("hes … knife", "weapon"))
    assert found == ["He’s … KN1FE"]


def test_a_word_within_a_word_is_none() -> None:
    assert words("penknife knifepoint", Term("knife", "weapon")) == []


def test_words_in_a_link_do_not_count() -> None:
    assert words("https://example.test/knife knife", Term("knife", "weapon")) == ["knife"]


def test_needs_looks_so_far_and_no_farther() -> None:
    term = Term("stuck", "trapped", needs="water, roof", near=2)
    assert words("stuck on the roof", term) == []
    assert words("stuck on roof", term) == ["stuck"]
    assert words("water all round, stuck", term) == []


def test_near_nought_is_anywhere() -> None:
    term = Term("stuck", "trapped", unless="traffic", near=0)
    assert words("stuck for an hour or more on the road in all this traffic", term) == []


def test_a_denial_counts_only_before_and_in_its_clause() -> None:
    term = Term("hurt", "medical", unless_before="not, no one")
    assert words("I am not hurt", term) == []
    assert words("no one is hurt", term) == []
    assert words("hurt, not badly", term) == ["hurt"]
    assert words("No! I do not. Hurt", term) == ["Hurt"]
    assert words("not him but I am hurt", term) == ["hurt"]
    assert words("not a single one of them hurt", term) == ["hurt"]


def test_context_words_within_the_term_do_not_hide_it() -> None:
    assert words("no water", Term("no water", "utilities", needs="water")) == ["no water"]


def test_terms_that_are_off_or_stand_for_traits_are_passed_over() -> None:
    terms = (Term("knife", "weapon", active=False), Term("[link]", "whole text"))
    assert words("knife https://example.test", *terms) == []


def test_groups_serve_terms_and_their_context() -> None:
    terms = (
        Term("{weapon} = knife|gun", "words"),
        Term("{weapon}", "weapon", unless="toy {weapon}"),
    )
    assert words("a gun, a toy gun", *terms) == []
    assert words("a gun", *terms) == ["gun"]


def test_no_terms_find_nothing() -> None:
    assert words("anything at all") == []


@pytest.mark.parametrize("text", ["", " ", "...", "\u0000", "#", "@ #"])
def test_texts_without_words_are_read(text: str) -> None:
    assert words(text, Term("knife", "weapon")) == []


@given(st.text(max_size=60))
def test_spans_lie_within_any_text(text: str) -> None:
    reading = Matcher([Term("a|e|i|o|the", "x"), Term("th*", "y")]).read(text)
    for hit in reading.hits:
        for start, end in hit.spans:
            assert 0 <= start <= end <= len(text)
