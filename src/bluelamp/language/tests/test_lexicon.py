from __future__ import annotations

from bluelamp.language.rules.lexicon import Lexicon, prepare
from bluelamp.language.rules.merging import merged
from bluelamp.language.rules.normal import tokens
from bluelamp.language.rules.traits import traits
from bluelamp.language.values import Term


def test_a_line_counts_once_and_marks_every_place() -> None:
    (mark,) = Lexicon([Term("fire", "hazard", 2.0)]).marks(prepare("Fire! fire"))
    assert (mark.points, mark.words, mark.spans) == (2.0, "Fire", ((0, 4), (6, 10)))


def test_traits_count_as_lines_of_their_own() -> None:
    found = Lexicon([Term("[link]", "whole text", 0.5)]).marks(prepare("https://example.test"))
    assert [(mark.words, mark.points, mark.spans) for mark in found] == [("link", 0.5, ())]


def test_words_of_another_language_count_only_in_it() -> None:
    lines = [Term("due", "amounts", language="it"), Term("fire", "hazard", language="en")]
    strict = Lexicon(lines, by_language=True)
    english = "The fire was due to a fault in the wiring of the house"
    italian = "Sono due i morti e molti i feriti dopo il terremoto di questa notte"
    assert [mark.words for mark in strict.marks(prepare(english))] == ["fire"]
    assert [mark.words for mark in strict.marks(prepare(italian))] == ["due"]
    assert len(Lexicon(lines).marks(prepare(english))) == 2


def has(text: str) -> frozenset[str]:
    return traits(text, tokens(text))


def test_traits() -> None:
    assert {"reshare", "link", "cut off"} <= has("RT @a: much water… https://example.test/x")
    assert {"reply", "question", "short"} <= has("@force when?")
    assert {"measure", "money", "number"} <= has("£300 for 20 km")
    assert {"road number"} <= has("crash on the M62 near J 27")
    assert {"telephone"} <= has("call 01632 960 983")
    assert {"time of day"} <= has("since 7.30pm")
    assert "headline" in has("Seven Hundred Homes Without Power After Storm")
    assert "shouting" in has("GET OUT NOW please RUN")
    assert "smiley" in has("so there 😀")
    assert has("she walked home by the river") == {"short"}


def test_edited_lines_stand_in_the_place_of_shipped_ones() -> None:
    shipped = [Term("knife", "weapon", 2.0), Term("gun", "weapon"), Term("{a} = b", "words")]
    shared = [Term("knife", "weapon", 3.0), Term("{a} = c", "words")]
    own = [Term("gun", "weapon", active=False), Term("axe", "weapon")]
    found = merged(shipped, shared, own)
    assert [(term.text, term.weight) for term in found] == [
        ("knife", 3.0),
        ("{a} = c", 1.0),
        ("axe", 1.0),
    ]
