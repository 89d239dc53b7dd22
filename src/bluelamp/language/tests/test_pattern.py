from __future__ import annotations

import pytest

from bluelamp.language.errors import PatternError
from bluelamp.language.rules.pattern import GAP, Pattern, expressions, groups, parse, spelt_out
from bluelamp.language.values import Term


def matches(pattern: Pattern, text: str) -> bool:
    words = text.split()
    return any(pattern.match_at(words, start) for start in range(len(words)))


@pytest.mark.parametrize(
    ("written", "matching", "not_matching"),
    [
        ("knife", "a knife here", "penknife knifes"),
        ("stab*", "was stabbed", "unstable"),
        ("help me", "please help me now", "help him or me"),
        ("he|she has", "she has it", "they has"),
        ("knife … outside", "knife and one two three outside", "knife a b c d e outside"),
        ("knife …1 outside", "knife is outside", "knife is right outside"),
        ("knife ... outside", "knife outside", "outside knife"),
        ("He’s", "hes here", "he is"),
    ],
)
def test_the_language_of_terms(written: str, matching: str, not_matching: str) -> None:
    assert matches(parse(written), matching)
    assert not matches(parse(written), not_matching)


def test_a_later_word_is_tried_where_the_nearest_leads_nowhere() -> None:
    assert parse("a … b c").match_at(["a", "b", "x", "b", "c"], 0) == (0, 3, 4)


def test_commas_part_expressions() -> None:
    stroke, seizure = expressions("heart attack, seizure")
    assert matches(stroke, "a heart attack")
    assert matches(seizure, "seizure")


@pytest.mark.parametrize(
    "written", ["", "…", "… knife", "knife …", "!?", "a*", "|", "he| has", "x,!", "https://a.test"]
)
def test_what_cannot_be_read_is_refused(written: str) -> None:
    with pytest.raises(PatternError):
        expressions(written)


def test_groups_stand_for_their_words() -> None:
    named = groups([Term("{weapon} = knife|gun", "words"), Term("knife", "weapon")])
    assert spelt_out("a {weapon} here", named) == "a knife|gun here"


def test_an_unknown_group_is_refused() -> None:
    with pytest.raises(PatternError, match="weapn"):
        spelt_out("{weapn}", {"weapon": "knife"})


def test_how_far_before_its_anchor_a_pattern_begins() -> None:
    assert parse("knife … outside").lead == (1, 1 + GAP)
    assert parse("some …2 words here").lead == (1, 3)
    assert parse("outside my door").lead == (0, 0)
