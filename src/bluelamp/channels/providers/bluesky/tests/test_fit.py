"""What fits, and under which name a post is made."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.channels.contract import ChannelError, Media, Utterance, Visibility
from bluelamp.channels.counting import graphemes
from bluelamp.channels.providers.bluesky import ADAPTER
from bluelamp.channels.providers.bluesky.names import Uri, record_key

SETTINGS = {"handle": "police.example", "app_password": "hunter2"}
PRIVATE = {"visibility": Visibility.PRIVATE, "to": "did:plc:anna"}


def problem(text: str, **more: Any) -> str:
    return ADAPTER.fit(Utterance(text, "k", **more), SETTINGS).problem


def test_the_limit_is_the_last_that_fits() -> None:
    assert problem("é" * 300) == ""
    assert "1 characters too long" in problem("é" * 301)
    assert problem("🏴󠁧󠁢󠁥󠁮󠁧󠁿" * 107) == ""  # 28 bytes each: 2,996
    assert "combined characters" in problem("🏴󠁧󠁢󠁥󠁮󠁧󠁿" * 108)
    assert problem("a" * 1_000, **PRIVATE) == ""
    assert "too long" in problem("a" * 1_001, **PRIVATE)


def test_what_cannot_be_said_is_told_beforehand() -> None:
    picture = Media(b"x", "image/png", "A door")
    assert problem("", media=(picture,)) == ""
    assert problem(" ") == "There is nothing to post."
    assert "4 pictures" in problem("x", media=(picture,) * 5)
    assert "no pictures" in problem("x", media=(picture,), **PRIVATE)
    assert "somebody to read" in problem("x", visibility=Visibility.PRIVATE)
    assert "must be private too" in problem("x", answers="talk/m1")
    assert problem("x", answers="at://did:plc:anna/app.bsky.feed.post/3l") == ""


@given(st.text(), st.text())
def test_a_longer_text_never_counts_less(text: str, more: str) -> None:
    assert graphemes(text) <= graphemes(text + more) <= len(text + more)


@given(st.text())
def test_a_record_key_has_the_form_of_a_time_long_past(key: str) -> None:
    made = record_key(key)
    assert re.fullmatch(r"[234567a-j][234567a-z]{12}", made)
    number = 0
    for letter in made:
        number = number * 32 + "234567abcdefghijklmnopqrstuvwxyz".index(letter)
    assert 2020 <= datetime.fromtimestamp((number >> 10) / 1_000_000, UTC).year <= 2024
    assert record_key(key) == made


def test_another_key_is_another_record() -> None:
    assert len({record_key(str(number)) for number in range(10_000)}) == 10_000


def test_an_address_is_read_as_it_is_written() -> None:
    uri = "at://did:plc:anna/app.bsky.feed.post/3l2"
    assert str(Uri.read(uri)) == uri
    with pytest.raises(ValueError):
        Uri.read("at://did:plc:anna")


@pytest.mark.parametrize(
    "wrong",
    [
        {"handle": "@police.example"},
        {"handle": "police"},
        {"service": "http://bsky.social"},
        {"service": "https://bsky.social/xrpc"},
        {"chat": "https://chat.example"},
    ],
)
def test_wrong_settings_are_refused_without_showing_them(wrong: dict[str, str]) -> None:
    with pytest.raises(ChannelError) as caught:
        ADAPTER.health(SETTINGS | wrong)
    assert caught.value.permanent
    assert "hunter2" not in str(caught.value)
