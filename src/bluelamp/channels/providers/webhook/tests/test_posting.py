"""Answers and notices reach the other system signed, once, or it is said why not."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from bluelamp.channels.contract import (
    ChannelError,
    Content,
    Envelope,
    OutcomeKind,
    Utterance,
    Visibility,
)
from bluelamp.channels.providers.webhook import signing
from bluelamp.channels.providers.webhook.adapter import WebhookAdapter

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
SECRET = "known to both systems only"
ADAPTER = WebhookAdapter(lambda: NOW)
NOTICE = Envelope(
    "duty",
    Content("Approval wanted", "Look at the console."),
    "Police",
    "a@b.test",
    "m1@b.test",
    "",
)


class Other(HTTPServer):
    """The other system: checks signatures, answers as it is told."""

    status, answer, headers = 200, b"{}", {}
    got: list[dict[str, Any]]


class Handler(BaseHTTPRequestHandler):
    server: Other

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        given = {name.lower(): value for name, value in self.headers.items()}
        signing.check(SECRET, body, given, now=NOW)
        self.server.got.append(json.loads(body))
        self.send_response(self.server.status)
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(self.server.answer)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def other() -> Iterator[Other]:
    with Other(("127.0.0.1", 0), Handler) as server:
        server.got = []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def settings(other: Other) -> dict[str, Any]:
    return {"secret": SECRET, "url": f"http://127.0.0.1:{other.server_port}/take"}


def test_a_notice_is_posted(other: Other) -> None:
    assert ADAPTER.send(NOTICE, settings(other)).kind is OutcomeKind.ACCEPTED
    [got] = other.got
    assert (got["type"], got["id"], got["to"]) == ("notice", "m1@b.test", "duty")
    assert got["text"] == "Look at the console."


def test_an_answer_is_posted_and_the_other_systems_id_kept(other: Other) -> None:
    other.answer = b'{"id": "call-1/answer-1"}'
    said = Utterance("Come in.", "key-1", answers="call-1", visibility=Visibility.PRIVATE)
    assert ADAPTER.post(said, settings(other)).external_id == "call-1/answer-1"
    assert (other.got[0]["answers"], other.got[0]["id"]) == ("call-1", "key-1")
    other.answer = b"taken"
    assert ADAPTER.post(said, settings(other)).external_id == "key-1"


@pytest.mark.parametrize(
    ("status", "permanent"), [(401, True), (422, True), (429, False), (503, False), (302, True)]
)
def test_what_is_not_taken_is_said(other: Other, status: int, permanent: bool) -> None:
    other.status, other.headers = status, {"Retry-After": "30", "Location": "http://127.0.0.1:1/"}
    with pytest.raises(ChannelError) as caught:
        ADAPTER.post(Utterance("Come in.", "key-1"), settings(other))
    assert caught.value.permanent is permanent
    assert caught.value.retry_after == (None if permanent else timedelta(seconds=30))
    assert len(other.got) == 1, "and no redirect is followed"


def test_one_that_refuses_a_notice_refuses_that_notice_alone(other: Other) -> None:
    other.status = 422
    outcome = ADAPTER.send(NOTICE, settings(other))
    assert (outcome.kind, outcome.code) == (OutcomeKind.REFUSED, 422)


def test_health_says_how_it_stands(other: Other) -> None:
    assert ADAPTER.health(settings(other)).endswith("takes our signature.")
    assert other.got[0]["type"] == "ping"
    assert "signed" in ADAPTER.health({"secret": SECRET})
    with pytest.raises(ChannelError, match="no address"):
        ADAPTER.post(Utterance("Come in.", "key-1"), {"secret": SECRET})


@pytest.mark.parametrize(
    "url", ["http://elsewhere.test/", "ftp://here", "https://", "javascript:1"]
)
def test_words_go_in_clear_to_this_machine_alone(url: str) -> None:
    with pytest.raises(ChannelError, match="https"):
        ADAPTER.health({"secret": SECRET, "url": url})
