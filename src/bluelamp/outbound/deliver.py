"""Deliver: a worker takes a message's chunks, one after the other, and sends them.

Several workers may deliver the same message: each takes other chunks.  Losing
or repeating the call changes nothing.
"""

from __future__ import annotations

import asyncio
import gc
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import close_old_connections, connection

from bluelamp.audit.actions import acting
from bluelamp.audit.values import SYSTEM
from bluelamp.kit import clock, direct, live
from bluelamp.members.actions import suppress_points
from bluelamp.members.values import SuppressionReason
from bluelamp.outbound import queries
from bluelamp.outbound.engine import opening
from bluelamp.outbound.engine.ledger import Connection, Recording
from bluelamp.outbound.engine.opening import Job
from bluelamp.outbound.engine.pump import Pump
from bluelamp.outbound.models import DeliveryChunk, DeliveryRetry, Message
from bluelamp.outbound.values import WINDOW, ChunkState, DeliveryStatus, MessageState

PROGRESS_SECONDS = 0.5
"""How often the open pages hear of progress, at most."""
PROGRESS_SHARE = 0.02
"""Of a worker's time, at most, goes into counting it: 20 ms for 100,000 people, 200 for a
million.  Two workers take 4 % of one of the database's cores with it.
"""
YOUNG_OBJECTS = 100_000
"""New objects between two looks of the cycle collector: some megabytes."""


def deliver(message_id: int, *, window: int = WINDOW) -> None:
    """Send what is queued of one message, then close it if all is settled.

    :raises bluelamp.channels.contract.ChannelError: the provider cannot be reached.
    :raises bluelamp.outbound.engine.pump.RelayDownError: it was lost on the way.
    """
    job = opening.job_of(message_id)
    if job is not None:
        with _rare_collections(), asyncio.Runner(loop_factory=_loop) as runner:
            runner.run(_deliver(job, window))
        suppress_refused(message_id)
        finish(message_id)


def suppress_refused(message_id: int) -> int:
    """Write nothing more to addresses that the relay said do not exist; return how many.

    Only RFC 3463's 5.1.x (bad destination) says so; other refusals are about us
    or about today.
    """
    with connection.cursor() as cursor:
        cursor.execute(_DEAD, [message_id])
        points = [row[0] for row in cursor.fetchall()]
    if points:
        suppress_points(points, SuppressionReason.HARD_BOUNCE, by=SYSTEM, now=clock.now())
    return len(points)


_DEAD = """
SELECT DISTINCT e.contact_point_id
  FROM outbound_deliveryevent e JOIN members_contactpoint p ON p.id = e.contact_point_id
 WHERE e.message_id = %s AND e.kind = 'bounced' AND e.reason = 'refused'
   AND e.status LIKE '5.1.%%'
   AND NOT EXISTS (SELECT FROM members_suppression s
                    WHERE s.force_id = p.force_id AND s.channel = p.channel AND s.key = p.key
                      AND s.lifted_at IS NULL)
"""


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Let the cycle collector look seldom, and never at what was there before.

    A window makes thousands of small objects without cycles; looking through
    them and through all of Django again and again took an eighth of the time.
    """
    usual = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()


def _loop() -> asyncio.AbstractEventLoop:
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()


async def _deliver(job: Job, window: int) -> None:
    async with await direct.connect_async(name="bluelamp deliver") as database:
        sessions = await job.open()
        try:
            pump = Pump(
                database, sessions, job.addresser(), job.recording, job.terms(),
                window=window, progress=_Teller(job.recording),
            )  # fmt: skip
            await pump.run()
        finally:
            await sessions.close()


class _Teller:
    """Tells open pages what became of a message so far, sparing of the database's time."""

    def __init__(self, recording: Recording) -> None:
        self._recording, self._next = recording, 0.0

    async def __call__(self, database: Connection) -> None:
        began = time.monotonic()
        if began < self._next:
            return
        told = {"topic": f"message:{self._recording.message}", "facts": await self._facts(database)}
        await database.execute("SELECT pg_notify(%s, %s)", [live.CHANNEL, json.dumps(told)])
        took = time.monotonic() - began
        self._next = began + max(PROGRESS_SECONDS, took / PROGRESS_SHARE)

    async def _facts(self, database: Connection) -> dict[str, int]:
        """Return some of :func:`queries.live_facts`, counted on the engine's own connection."""
        message, month = self._recording.message, self._recording.month
        settled = await database.execute(_SETTLED, [month, message])
        facts = {
            queries.status_name(DeliveryStatus(status)): people
            for status, people in await settled.fetchall()
        }
        waiting = await (await database.execute(_WAITING, [message])).fetchone()
        return {**facts, "done": sum(facts.values()), "waiting": waiting[0] if waiting else 0}


_SETTLED = """
SELECT status, count(*) FROM outbound_delivery
 WHERE month = %s AND message_id = %s GROUP BY status
"""
_WAITING = "SELECT count(*) FROM outbound_deliveryretry WHERE message_id = %s"


def finish(message_id: int) -> bool:
    """Close a message when nothing of it is queued or waiting to be tried again.

    A stopped message keeps its state; what it did not send is marked.
    """
    try:
        with acting(SYSTEM, "outbound.deliver"):
            message = Message.objects.select_for_update().get(pk=message_id)
            queued = DeliveryChunk.objects.filter(message=message, state=ChunkState.QUEUED)
            if message.state in {MessageState.STOPPED, MessageState.RECALLED}:
                queued.update(state=ChunkState.STOPPED)
                DeliveryRetry.objects.filter(message=message).delete()
                return False
            if message.state != MessageState.SENDING or queued.exists():
                return False
            done = not DeliveryRetry.objects.filter(message=message).exists()
            if done:
                message.state, message.finished_at = MessageState.SENT, clock.now()
                message.save(update_fields=["state", "finished_at"])
            live.publish(f"message:{message.pk}", queries.live_facts(message.pk))
            return done
    finally:
        close_old_connections()
