"""Live events for open pages: server-sent events by a small raw ASGI app.

``GET /events?token=…&token=…`` hears the topics that its sealed tokens name.
One LISTEN serves the process; a heartbeat every 15 seconds finds the dead;
shutting down ends every stream, so that browsers reconnect elsewhere.
A reader too slow to take its events is dropped and reconnects: what it shows
comes from the database, not from the stream.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
from collections import defaultdict
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs

import django
import psycopg

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bluelamp.site.settings")
django.setup()

from bluelamp.kit import direct, live  # noqa: E402  (Django must be set up first)
from bluelamp.kit.config import config  # noqa: E402

log = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 15.0
BACKLOG = 100
"""Events a slow reader may fall behind before it is dropped."""
MAX_TOPICS = 20

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Reader = asyncio.Queue[bytes | None]


class Hub:
    """Who hears which topic; fed by one LISTEN."""

    def __init__(self) -> None:
        self._readers: dict[str, set[Reader]] = defaultdict(set)
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to listen, and go on through lost connections."""
        self._task = asyncio.create_task(self._listen())

    async def stop(self) -> None:
        """End every stream and the listening."""
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        for readers in list(self._readers.values()):
            for reader in list(readers):
                _end(reader)

    @contextlib.contextmanager
    def hearing(self, topics: list[str]) -> Any:
        """Give a queue of the topics' events for as long as the block lasts."""
        reader: Reader = asyncio.Queue(BACKLOG)
        for topic in topics:
            self._readers[topic].add(reader)
        try:
            yield reader
        finally:
            for topic in topics:
                self._readers[topic].discard(reader)
                if not self._readers[topic]:
                    del self._readers[topic]

    async def _listen(self) -> None:
        while True:
            try:
                async with await direct.connect_async(name="bluelamp events") as connection:
                    await connection.execute(f"LISTEN {live.CHANNEL}")
                    async for notice in connection.notifies():
                        self._pass_on(notice.payload)
            except psycopg.Error as error:
                log.warning(
                    "live events lost the database (%s); trying again", type(error).__name__
                )
            await asyncio.sleep(1)

    def _pass_on(self, payload: str) -> None:
        event = json.loads(payload)
        data = json.dumps(event["facts"], separators=(",", ":"))
        chunk = f"event: {event['topic']}\ndata: {data}\n\n".encode()
        for reader in list(self._readers.get(event["topic"], ())):
            try:
                reader.put_nowait(chunk)
            except asyncio.QueueFull:
                _end(reader)


def _end(reader: Reader) -> None:
    while reader.full():
        reader.get_nowait()
    reader.put_nowait(None)


hub = Hub()


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer the ASGI server."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["type"] == "http" and scope["path"] == "/events" and scope["method"] == "GET":
        await _stream(scope, receive, send)
    elif scope["type"] == "http":
        await _short(send, 404)


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            hub.start()
            await send({"type": "lifespan.startup.complete"})
        else:
            await hub.stop()
            await send({"type": "lifespan.shutdown.complete"})
            return


async def _short(send: Send, status: int) -> None:
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def _topics(scope: Scope) -> list[str]:
    tokens = parse_qs(scope["query_string"].decode("latin-1")).get("token", [])[:MAX_TOPICS]
    return [topic for token in tokens if (topic := live.topic_of(token))]


async def _stream(scope: Scope, receive: Receive, send: Send) -> None:
    topics = _topics(scope)
    if not topics:
        await _short(send, 403)
        return
    await send({"type": "http.response.start", "status": 200, "headers": _headers(scope)})
    with hub.hearing(topics) as reader:
        gone = asyncio.create_task(_until_gone(receive, reader))
        try:
            await _write(reader, send)
        finally:
            gone.cancel()


def _headers(scope: Scope) -> list[tuple[bytes, bytes]]:
    headers = [
        (b"content-type", b"text/event-stream"),
        (b"cache-control", b"no-store"),
        (b"x-accel-buffering", b"no"),
    ]
    origin = dict(scope["headers"]).get(b"origin", b"")
    if origin and _is_ours(origin.decode("latin-1")):
        headers += [(b"access-control-allow-origin", origin), (b"vary", b"origin")]
    return headers


def _is_ours(origin: str) -> bool:
    """The token is the key; the origin only keeps other sites' scripts from trying."""
    host = origin.partition("://")[2].rsplit(":", 1)[0]
    return origin == config().public_url or host in config().hosts.split(",")


async def _until_gone(receive: Receive, reader: Reader) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    _end(reader)


async def _write(reader: Reader, send: Send) -> None:
    await _body(send, b"retry: 3000\n\n")
    while True:
        try:
            chunk = await asyncio.wait_for(reader.get(), HEARTBEAT_SECONDS)
        except TimeoutError:
            chunk = b": still here\n\n"
        if chunk is None:
            await send({"type": "http.response.body", "body": b"", "more_body": False})
            return
        await _body(send, chunk)


async def _body(send: Send, body: bytes) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": True})
