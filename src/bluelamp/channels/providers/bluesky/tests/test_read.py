"""Payloads as the network sends them, and what they turn out to be."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.channels.contract import Attachment, Change, InboundItem, RawInbound, Said, Visibility
from bluelamp.channels.providers.bluesky import ADAPTER
from bluelamp.channels.providers.bluesky.read import spelt_out

_FIXTURES = Path(__file__).parent / "fixtures"
_NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)
_ANNA = "did:plc:anna2345anna2345anna2345"
_ROOT = "at://did:plc:police345police345police/app.bsky.feed.post/3lroot2222222"
_META = {"self": "did:plc:police345police345police", "self_handle": "police.example"}


def parsed(name: str, /, **meta: str) -> InboundItem:
    payload = (_FIXTURES / f"{name}.json").read_bytes()
    return ADAPTER.parse(RawInbound("bluesky", "x", _NOW, payload, _META | meta))


def test_an_answer_that_quotes_and_shows() -> None:
    item = parsed("reply-2026-11", reach="431")
    assert (item.sender, item.sender_name) == ("@anna.example", "Anna 🌻")
    assert item.text == (
        "two men on Mill Lane https://maps.example/brackenshire/mill-lane?zoom=17 👮🏾‍♀️ "
        "press here (https://evil.example/x)"
    )
    assert item.full_text == f"@police.example {item.text}"
    assert item.said == Said(
        f"at://{_ANNA}/app.bsky.feed.post/3lmention2222",
        at=datetime(2026, 11, 21, 2, 58, 41, 311000, UTC),
        author_id=_ANNA,
        url=f"https://bsky.app/profile/{_ANNA}/post/3lmention2222",
        answers=f"at://{_ANNA}/app.bsky.feed.post/3lparent22222",
        repeats=_ROOT,
        conversation=_ROOT,
        reach=431,
        language="en-GB",
    )
    assert item.attachments == (
        Attachment(
            "bafkreivan",
            "image/jpeg",
            url=f"https://cdn.bsky.app/img/feed_fullsize/plain/{_ANNA}/bafkreivan@jpeg",
            description="A grey van",
        ),
    )


def test_a_repost() -> None:
    item = parsed("repost-2026-11")
    assert item.said is not None
    assert item.said.external_id.endswith("/app.bsky.feed.repost/3lrepost22222")
    assert (item.said.repeats, item.said.conversation, item.text) == (_ROOT, _ROOT, "")


def test_a_card_and_a_name_that_is_not_its_bearer_s() -> None:
    item = parsed("card-2026-11")
    assert item.sender == _ANNA
    assert item.text == (
        "Have you seen this @police.example\n\nFire at the mill\nhttps://news.example/fire"
    )


def test_a_direct_message() -> None:
    item = parsed("message-2026-11", conversation="3lconvo222222", handle="anna.example", name="A")
    assert (item.sender, item.sender_name) == ("@anna.example", "A")
    assert item.text == (f"he is outside again\n\nat://{_ANNA}/app.bsky.feed.post/3lshared22222")
    assert item.said == Said(
        "3lconvo222222/3lmessage2222",
        at=datetime(2026, 11, 21, 3, 0, 1, tzinfo=UTC),
        visibility=Visibility.PRIVATE,
        author_id=_ANNA,
        url="https://bsky.app/messages/3lconvo222222",
        answers="3lconvo222222/3lbefore22222",
        conversation="3lconvo222222",
    )


def test_a_post_looked_at_again_and_one_that_is_gone() -> None:
    again = parsed("reply-2026-11", again="yes").said
    assert again is not None
    assert again.change is Change.EDITED
    assert parsed("gone", gone=_ROOT).said == Said(_ROOT, at=_NOW, change=Change.DELETED)


def _link(start: int, end: int, uri: str) -> dict[str, Any]:
    feature = {"$type": "app.bsky.richtext.facet#link", "uri": uri}
    return {"index": {"byteStart": start, "byteEnd": end}, "features": [feature]}


@pytest.mark.parametrize(
    ("text", "start", "end", "uri", "shown"),
    [
        ("x.com", 0, 5, "https://www.x.com/", "x.com"),
        ("x.com/lo…", 0, 11, "https://x.com/long", "https://x.com/long"),
        (
            "bank.example...",
            0,
            15,
            "https://evil.example",
            "bank.example... (https://evil.example)",
        ),
        ("é here", 3, 7, "https://x.com/a", "é here (https://x.com/a)"),
        ("é here", 1, 7, "https://x.com/a", "é here"),
        ("here", 2, 2, "https://x.com/a", "here"),
        ("here", 0, 5, "https://x.com/a", "here"),
    ],
)
def test_links_are_spelt_out(text: str, start: int, end: int, uri: str, shown: str) -> None:
    assert spelt_out(text, [_link(start, end, uri)]) == shown


places = st.integers(-5, 60)


@given(st.text(max_size=20), st.lists(st.tuples(places, places), max_size=4))
def test_whatever_facets_say_no_word_is_lost(text: str, ranges: list[tuple[int, int]]) -> None:
    facets = [_link(start, end, "https://x.com/a") for start, end in ranges]
    left = iter(spelt_out(text, facets))
    assert all(letter in left for letter in text)
