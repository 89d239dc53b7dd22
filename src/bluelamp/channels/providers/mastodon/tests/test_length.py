"""What a post counts: boundary cases by hand, and what must hold for every text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.channels.contract import Utterance, Visibility
from bluelamp.channels.counting import graphemes
from bluelamp.channels.providers.mastodon import ADAPTER
from bluelamp.channels.providers.mastodon.length import countable, mentions

SETTINGS = {"instance": "https://social.example", "access_token": "x"}
LINK = "https://www.brackenshire.police.uk/news/2026/11/appeal-for-witnesses"


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("Lock your shed.", 15),
        ("🏴󠁧󠁢󠁥󠁮󠁧󠁿", 1),  # England: seven code points
        ("🇬🇧🇺🇦", 2),
        ("👨‍👩‍👧‍👦", 1),
        ("👮🏾‍♀️", 1),
        ("e\u0301", 1),
        ("Z\u0351\u036b\u0343algo", 5),
        ("\r\n", 1),
        (LINK, 23),
        (f"See {LINK}.", 28),
        (f"({LINK})", 25),
        ("http://t.co", 23),
        ("https://en.wikipedia.org/wiki/Bow_Street_(London)", 23),
        ("(https://en.wikipedia.org/wiki/Bow_Street_(London))", 25),
        ("https://example.com/a_(b_(c))!", 24),
        ("https://example.com/a(b", 25),
        ("https://example.com/a()", 25),
        ("https://example.com:8080/x?y=1&z=%20#top", 23),
        ("https://example.com?", 24),
        ("https://example.com/?q=a.", 24),
        ("https://example.com, https://example.org", 48),
        ("https://bücher.example.com/straße", 23),
        ("https://xn--bcher-kva.com", 23),
        ("https://shed.test/x", 19),  # no such top-level domain: no link
        ("https://localhost/x", 19),
        ("xhttps://example.com", 20),
        ("www.example.com/a/long/path", 27),  # no protocol, no link
        ("@anna", 5),
        ("@anna@social.example", 5),
        ("@anna.b@social.example.", 8),
        ("mail anna@social.example", 24),
        ("https://social.example.com/@anna@other.example", 23),
        ("@anna@social.example@again", 26),
        ("/@anna@social.example", 21),
    ],
)
def test_a_text_counts(text: str, length: int) -> None:
    assert countable(text) == length


def test_a_link_ends_where_the_known_domain_ends() -> None:
    assert countable("https://example.com.test/path") == 23 + len(".test/path")
    assert countable("https://example.com-test") == len("https://example.com-test")


def test_mentions_are_found_outside_links_and_mail_addresses() -> None:
    text = "@anna and @ben@far.example, https://x.com/@carl, dora@far.example"
    assert mentions(text) == ["@anna", "@ben@far.example"]


words = st.text(st.characters(codec="utf-8"), max_size=40)
plain = words.filter(lambda text: "@" not in text and "://" not in text)
lively = st.lists(
    st.one_of(
        words,
        st.sampled_from(
            [
                LINK,
                "@anna@far.example",
                "🇬🇧",
                "👨‍👩‍👧",
                "e\u0301",
                "https://x.com/(",
                ")",
                "?",
                "@",
                "\u200d",
            ]
        ),
    ),
    max_size=8,
).map("".join)


@given(plain, plain)
def test_a_longer_text_never_counts_less(text: str, more: str) -> None:
    longer = text + more
    if "://" not in longer:
        assert countable(text) <= countable(longer)


@given(lively, lively)
def test_another_word_never_counts_less(text: str, more: str) -> None:
    assert countable(text) <= countable(f"{text} {more}")


@given(plain)
def test_without_links_and_mentions_graphemes_are_counted(text: str) -> None:
    assert countable(text) == graphemes(text) <= len(text)


@given(lively)
def test_a_link_of_any_length_counts_the_same(path: str) -> None:
    kept = "".join(letter for letter in path if letter.isascii() and letter.isalnum())
    assert countable(f"Go to https://example.com/{kept} now.") == len("Go to  now.") + 23


def test_the_limit_is_the_last_that_fits() -> None:
    def problem(text: str, **more: object) -> str:
        return ADAPTER.fit(Utterance(text, "k"), SETTINGS | more).problem

    assert problem("é" * 500) == ""
    assert problem("🏴󠁧󠁢󠁥󠁮󠁧󠁿" * 500) == ""
    assert "1 characters too long" in problem("a" * 501)
    assert problem("a" * 501, max_characters=5000) == ""
    assert problem(f"{'a' * 476} {LINK}") == ""
    assert problem(f"{'a' * 477} {LINK}") != ""
    assert problem(" \n") == "There is nothing to post."


def test_an_answer_keeps_room_for_a_name() -> None:
    fit = ADAPTER.fit(Utterance("a" * 468, "k", answers="1"), SETTINGS)
    assert (fit.fits, fit.length) == (True, 500)
    assert not ADAPTER.fit(Utterance("a" * 469, "k", answers="1"), SETTINGS).fits


def test_a_private_message_has_one_reader() -> None:
    def problem(text: str, to: str) -> str:
        one = Utterance(text, "k", to=to, visibility=Visibility.PRIVATE)
        return ADAPTER.fit(one, SETTINGS).problem

    assert problem("Come to the desk.", "7") == ""
    assert problem("Write to desk@police.example", "7") == ""
    assert "@ben@far.example would read" in problem("Ask @ben@far.example", "7")
    assert "somebody to read it" in problem("Hello", "")
