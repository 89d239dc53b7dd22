"""Payloads as servers send them, and what they turn out to be."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.channels.contract import (
    Attachment,
    Change,
    InboundItem,
    InboundKind,
    RawInbound,
    Said,
    Visibility,
)
from bluelamp.channels.providers.mastodon import ADAPTER
from bluelamp.channels.providers.mastodon.markup import html_to_text

_FIXTURES = Path(__file__).parent / "fixtures"
_NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)
_META = {"self": "109", "host": "social.brackenshire.example"}


def parsed(name: str, **meta: str) -> InboundItem:
    payload = (_FIXTURES / f"{name}.json").read_bytes()
    return ADAPTER.parse(RawInbound("mastodon", "x", _NOW, payload, _META | meta))


def test_a_mention_from_elsewhere() -> None:
    item = parsed("mention-4.5", conversation="115589999999990000")
    assert (item.kind, item.sender, item.sender_name) == (
        InboundKind.HUMAN, "@anna@far.example", "Anna 🌻",
    )  # fmt: skip
    assert item.text == (
        "two men are trying car doors on Mill Lane, "
        "https://map.example/brackenshire/mill-lane?zoom=17\n\n"
        "One has a <crowbar>.\nGrey van. #brackenshire"
    )
    assert item.full_text == f"@brackenshire {item.text}"
    assert item.said == Said(
        "115590000000000001",
        at=datetime(2026, 11, 21, 2, 58, 41, 311000, UTC),
        author_id="115401",
        url="https://far.example/@anna/115590000000000001",
        answers="115589999999999000",
        conversation="115589999999990000",
        reach=431,
        language="en",
    )
    assert item.attachments == (
        Attachment(
            "8d1f.jpg",
            "image/jpeg",
            url="https://files.social.brackenshire.example/cache/media_attachments/files/115/589/"
            "original/8d1f.jpg",
            description="A grey van beside a row of parked cars",
        ),
    )


def test_a_private_mention_that_was_edited() -> None:
    item = parsed("direct-edited-4.5")
    assert item.said is not None
    assert item.said.visibility is Visibility.PRIVATE
    assert item.said.change is Change.EDITED
    assert item.said.at == datetime(2026, 11, 21, 3, 1, 0, 120000, UTC)
    assert item.said.conversation == item.said.external_id
    assert (item.sender, item.sender_name) == ("@ben@social.brackenshire.example", "")
    assert (item.subject, item.text) == (
        "not for everyone", "he is outside again, please do not ring",
    )  # fmt: skip
    assert item.said.language == ""


def test_a_boost() -> None:
    item = parsed("reblog-4.5")
    assert item.said is not None
    assert item.said.external_id == "boost-9003"
    assert item.said.repeats == item.said.conversation == "115580000000000000"
    assert (item.sender, item.text, item.said.reach) == ("@anna@far.example", "", 431)


def test_a_quote_with_a_poll() -> None:
    item = parsed("quote-4.5")
    assert item.said is not None
    assert item.said.repeats == "115580000000000000"
    assert item.text.endswith("Please share\n\n- I saw it\n- I heard it")


def test_another_software_s_mention() -> None:
    item = parsed("mention-gotosocial-0.17")
    assert item.said is not None
    assert item.said.change is Change.NEW
    assert item.text == (
        "lost dog by the old mill (https://evil.example/x)\n\n- brown\n- answers to Rex"
    )


def test_what_is_gone() -> None:
    item = parsed("gone", gone="115590000000000001")
    assert item.said == Said("115590000000000001", at=_NOW, change=Change.DELETED)


def test_without_knowing_who_we_are_nothing_is_taken_away() -> None:
    item = parsed("mention-4.5", self="1")
    assert item.text == item.full_text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("", ""),
        ("<p></p>", ""),
        ("<p>a</p><p>b<br>c</p>", "a\n\nb\nc"),
        ("<p>1 &lt; 2 &amp;&amp; 3</p>", "1 < 2 && 3"),
        ("<script>alert(1)</script><style>p{}</style><p>a</p>", "a"),
        ('<span class="invisible">hidden</span> words', "hidden words"),
        ('<a href="https://www.x.com/">x.com</a>', "x.com"),
        ('<a href="https://x.com/a">press here</a>', "press here (https://x.com/a)"),
        ('<a href="https://x.com/@anna">@anna</a>', "@anna"),
        ("<blockquote>said</blockquote>", "said"),
        ("<!-- no --><p>yes", "yes"),
        ("a\x00b", "ab"),
    ],
)
def test_html_becomes_text(source: str, text: str) -> None:
    assert html_to_text(source) == text


@given(st.text())
def test_any_html_can_be_read(source: str) -> None:
    assert "\n\n\n" not in html_to_text(source)


@given(st.lists(st.from_regex(r"[a-z]{1,8}", fullmatch=True), max_size=6))
def test_no_word_is_lost(words: list[str]) -> None:
    source = "".join(f'<p><span class="invisible">{word}</span></p>' for word in words)
    assert html_to_text(source).split() == words


def test_what_a_profile_openly_says() -> None:
    status = json.loads((_FIXTURES / "mention-4.5.json").read_bytes())
    status["status"]["account"]["fields"] = [
        {"name": "Bluesky", "verified_at": "2026-11-01T09:00:00.000+00:00",
         "value": '<a href="https://bsky.app/profile/anna.test?a=1&amp;b=2" rel="me">anna</a>'},
        {"name": "Post", "value": "anna@post.example", "verified_at": None},
        {"name": "Friend", "value": '<a href="https://ben.example">Ben</a>', "verified_at": None},
    ]  # fmt: skip
    raw = RawInbound("mastodon", "x", _NOW, json.dumps(status).encode(), _META)
    item = ADAPTER.parse(raw)
    assert item.profile.splitlines()[0] == "Brackenshire born."
    assert "Post: anna@post.example" in item.profile
    assert item.links == ("https://bsky.app/profile/anna.test?a=1&b=2",), "checked ones alone"
