from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connection

from bluelamp.kit import live
from bluelamp.site import events


def scope(query: str, origin: str = "http://localhost:8000") -> dict[str, Any]:
    return {
        "type": "http", "method": "GET", "path": "/events", "query_string": query.encode(),
        "headers": [(b"origin", origin.encode())],
    }  # fmt: skip


class Browser:
    """A reader that can go away."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.gone = asyncio.Event()

    async def receive(self) -> dict[str, Any]:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        self.sent.append(dict(message))

    @property
    def text(self) -> str:
        return b"".join(m.get("body", b"") for m in self.sent).decode()

    async def reads(self, words: str) -> None:
        for _ in range(500):
            if words in self.text:
                return
            await asyncio.sleep(0.02)
        pytest.fail(f"never read {words!r} in {self.text!r}")


@contextlib.asynccontextmanager
async def listening() -> Any:
    events.hub.start()
    try:
        yield
    finally:
        await events.hub.stop()


def publish_and_close(topic: str, facts: dict[str, int]) -> None:
    live.publish(topic, facts)
    connection.close()  # it belongs to the thread that published


async def test_a_forged_token_hears_nothing() -> None:
    browser = Browser()
    await events.application(scope("token=message:1"), browser.receive, browser.send)
    assert browser.sent[0]["status"] == 403


@pytest.mark.django_db(transaction=True)
async def test_a_page_hears_its_topic_and_no_other_and_is_ended_by_shutdown() -> None:
    browser = Browser()
    async with listening():
        request = scope(f"token={live.token('message:1')}")
        stream = asyncio.create_task(events.application(request, browser.receive, browser.send))
        publish = sync_to_async(publish_and_close)
        for _ in range(200):  # until LISTEN has begun
            await publish("message:2", {"sent": 99})
            await publish("message:1", {"sent": 5})
            if "event: message:1" in browser.text:
                break
            await asyncio.sleep(0.02)
        await browser.reads('data: {"sent":5}')
        assert "99" not in browser.text
    await asyncio.wait_for(stream, 5)
    assert browser.sent[-1] == {"type": "http.response.body", "body": b"", "more_body": False}


async def test_a_slow_reader_is_dropped_and_the_rest_go_on() -> None:
    hub = events.Hub()
    with hub.hearing(["a"]) as slow, hub.hearing(["a"]) as quick:
        for number in range(events.BACKLOG + 1):
            hub._pass_on(f'{{"topic": "a", "facts": {{"n": {number}}}}}')
            quick.get_nowait()
        rest = [slow.get_nowait() for _ in range(slow.qsize())]
    assert rest[-1] is None


async def test_a_reader_who_left_is_forgotten() -> None:
    browser = Browser()
    stream = asyncio.create_task(
        events.application(scope(f"token={live.token('x')}"), browser.receive, browser.send)
    )
    await browser.reads("retry")
    browser.gone.set()
    await asyncio.wait_for(stream, 5)
    assert not events.hub._readers


@pytest.mark.parametrize(
    ("origin", "allowed"), [("http://localhost:8000", True), ("https://elsewhere.test", False)]
)
async def test_only_our_pages_may_read(origin: str, allowed: bool) -> None:
    headers = dict(events._headers(scope("", origin)))
    assert (b"access-control-allow-origin" in headers) is allowed
