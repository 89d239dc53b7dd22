"""The ledger of a delivery: claim a chunk, state the intent, record the outcome.

All of it runs on one direct connection in autocommit, which also holds the
advisory locks: when the process dies, PostgreSQL drops the connection, the
locks are free the same moment, and whoever takes over finds every position
that may have been on the wire between ``acked`` and ``intent``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import psycopg

from bluelamp.channels.contract import Outcome
from bluelamp.outbound.errors import OutboundError

Connection = psycopg.AsyncConnection[tuple[Any, ...]]

LOCK_SPACE = 0x6C616D70
"""First half of the advisory locks' key ("lamp"); the second is the chunk's id."""


class TakenOverError(OutboundError):
    """Another worker has this chunk by now: what we hold must not be recorded."""


@dataclass(slots=True)
class Chunk:
    """A claimed chunk; ``epoch`` is ours as long as nobody takes over."""

    id: int
    number: int
    points: list[int]
    attempt: int
    acked: int
    intent: int
    epoch: int


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the ledger: what became of a contact point."""

    contact_point: int
    status: int
    code: int = 0


@dataclass(frozen=True, slots=True)
class Retry:
    """A temporary failure to be tried again."""

    contact_point: int
    domain: str
    attempts: int
    due_at: datetime


@dataclass(slots=True)
class Entry:
    """What one transaction records of a window."""

    rows: list[Row] = field(default_factory=list)
    retries: list[Retry] = field(default_factory=list)
    refusals: list[Outcome] = field(default_factory=list)


_CLAIM = """
SELECT id FROM (
    SELECT id FROM outbound_deliverychunk
     WHERE message_id = %s AND state = 'queued' AND id <> ALL(%s)
     ORDER BY number OFFSET 0
) waiting WHERE pg_try_advisory_lock(%s, id::int) LIMIT 1
"""
# the lock may have been won after another worker finished the chunk: look again
_TAKE = """
UPDATE outbound_deliverychunk SET epoch = epoch + 1
 WHERE id = %s AND state = 'queued'
RETURNING id, number, points, attempt, acked, intent, epoch
"""


async def claim(connection: Connection, message: int, held: Iterable[int] = ()) -> Chunk | None:
    """Take the next queued chunk that no living worker has; ``None`` when none is left."""
    mine = list(held)  # an advisory lock may be taken twice by its owner
    while True:
        found = await (await connection.execute(_CLAIM, [message, mine, LOCK_SPACE])).fetchone()
        if found is None:
            return None
        row = await (await connection.execute(_TAKE, [found[0]])).fetchone()
        if row is not None:
            return Chunk(*row)
        await release(connection, found[0])


async def release(connection: Connection, chunk_id: int) -> None:
    """Give a chunk's lock back."""
    await connection.execute("SELECT pg_advisory_unlock(%s, %s::int)", [LOCK_SPACE, chunk_id])


async def _advance(connection: Connection, chunk: Chunk, acked: int, intent: int) -> None:
    state = "done" if acked >= len(chunk.points) else "queued"
    cursor = await connection.execute(
        "UPDATE outbound_deliverychunk SET acked = %s, intent = %s, state = %s"
        " WHERE id = %s AND epoch = %s",
        [acked, intent, state, chunk.id, chunk.epoch],
    )
    if cursor.rowcount != 1:
        raise TakenOverError(f"Chunk {chunk.number} was taken over by another worker.")
    chunk.acked, chunk.intent = acked, intent


async def intend(connection: Connection, chunk: Chunk, upto: int) -> None:
    """State that positions up to ``upto`` may be on the wire from now on."""
    await _advance(connection, chunk, chunk.acked, upto)


async def record(
    connection: Connection, message: Recording, chunk: Chunk, entry: Entry, acked: int
) -> None:
    """Record one window; to be called inside a transaction."""
    await _advance(connection, chunk, acked, max(acked, chunk.intent))
    await write(connection, message, entry)


@dataclass(frozen=True, slots=True)
class Recording:
    """What every line of one message's ledger shares."""

    message: int
    month: date


async def write(connection: Connection, message: Recording, entry: Entry) -> None:
    """Write lines, retries and refusals; to be called inside a transaction."""
    async with connection.cursor() as cursor:
        if entry.rows:
            await _copy_rows(cursor, message, entry.rows)
        if entry.retries:
            await cursor.executemany(_RETRY, [_retry(message, retry) for retry in entry.retries])
        if entry.refusals:
            await cursor.executemany(_REFUSED, [_refused(message, one) for one in entry.refusals])


_COPY = "COPY outbound_delivery (month, message_id, contact_point_id, status, code, at) FROM STDIN"


async def _copy_rows(
    cursor: psycopg.AsyncCursor[Any], message: Recording, rows: Sequence[Row]
) -> None:
    moment = (await (await cursor.execute("SELECT now()::text")).fetchone() or ("now",))[0]
    head = f"{message.month}\t{message.message}\t"
    data = "".join(
        f"{head}{row.contact_point}\t{row.status}\t{row.code}\t{moment}\n" for row in rows
    )
    async with cursor.copy(_COPY) as copy:
        await copy.write(data)


_RETRY = """
INSERT INTO outbound_deliveryretry (message_id, contact_point_id, domain, attempts, due_at)
VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (message_id, contact_point_id) DO UPDATE
   SET attempts = excluded.attempts, due_at = excluded.due_at
"""


def _retry(message: Recording, retry: Retry) -> tuple[Any, ...]:
    return (message.message, retry.contact_point, retry.domain, retry.attempts, retry.due_at)


_REFUSED = """
INSERT INTO outbound_deliveryevent
       (at, message_id, contact_point_id, kind, value, status, reason, detail, folded)
VALUES (now(), %s, %s, 'bounced', 1, %s, 'refused', %s, false)
"""


def _refused(message: Recording, outcome: Outcome) -> tuple[Any, ...]:
    return (message.message, outcome.contact_point, outcome.status[:12], outcome.detail[:300])


async def state_of(connection: Connection, message: int) -> str:
    """Return the message's state now: a stop takes hold at the next window."""
    row = await (
        await connection.execute("SELECT state FROM outbound_message WHERE id = %s", [message])
    ).fetchone()
    return str(row[0]) if row else "stopped"
