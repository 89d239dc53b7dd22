from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.language.rules.normal import Kind, tokens, word


def texts(text: str) -> list[str]:
    return [token.text for token in tokens(text)]


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("Knife", "knife"),
        ("KN1FE", "knife"),
        ("He’s", "hes"),
        ("don't", "dont"),
        ("heeeelp", "help"),
        ("killlll", "kill"),
        ("noooo", "no"),
        ("Évacué", "evacue"),
        ("tŷ", "ty"),
        ("ｋｎｉｆｅ", "knife"),
        ("STRASSE", word("straße")),
        ("LS1", "ls1"),
        ("5pm", "5pm"),
        ("h1n1", "h1n1"),
    ],
)
def test_words_are_brought_into_one_form(raw: str, plain: str) -> None:
    assert word(raw) == plain


def test_entities_are_read_and_keep_their_place() -> None:
    text = "smoke &amp; fire &#39;here&#39;"
    found = tokens(text)
    assert [token.text for token in found] == ["smoke", "fire", "here"]
    assert [text[token.start : token.end] for token in found] == ["smoke", "fire", "here"]


def test_an_entity_within_a_word_does_not_part_it() -> None:
    text = "caf&eacute; don&#39;t"
    assert texts(text) == ["cafe", "dont"]
    assert [text[t.start : t.end] for t in tokens(text)] == ["caf&eacute;", "don&#39;t"]


def test_tags_and_names_are_split_where_a_letter_rises() -> None:
    found = tokens("#HighParkFire @BBCNews #yycflood")
    assert [token.text for token in found] == ["high", "park", "fire", "@bbc", "@news", "yycflood"]
    assert [token.kind for token in found] == [Kind.TAG] * 3 + [Kind.MENTION] * 2 + [Kind.TAG]


def test_a_link_has_no_words() -> None:
    assert texts("see https://example.test/knife") == ["see", ""]


def test_emoji_are_kept() -> None:
    assert texts("🆘help🔪🔪") == ["🆘", "help", "🔪", "🔪"]


def test_clauses_end_at_punctuation_and_at_but() -> None:
    no, never, hurt, but, he = (token.clause for token in tokens("No. never hurt but he"))
    assert no < never == hurt < but == he


@pytest.mark.parametrize("text", ["مدد کریں", "ਮੇਰੀ ਮਦਦ ਕਰੋ", "সাহায্য করুন", "допоможіть мені"])
def test_words_of_other_scripts_stay_whole(text: str) -> None:
    assert len(tokens(text)) == len(text.split())


@given(st.text())
def test_places_are_in_order_and_within_the_text(text: str) -> None:
    end = 0
    for token in tokens(text):
        assert end <= token.start <= token.end <= len(text)
        end = token.end


@given(st.text(alphabet="abeéüß13'’ABLkz", min_size=1, max_size=12))
def test_the_form_of_a_word_is_its_own_form(raw: str) -> None:
    assert word(word(raw)) == word(raw)
