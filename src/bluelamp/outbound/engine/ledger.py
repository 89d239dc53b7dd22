"""The ledger of a delivery: claim a chunk, state the intent, record the outcome.

All of it runs on one direct connection in autocommit, which also holds the
advisory locks: when the process dies, PostgreSQL drops the connection, the
locks are free the same moment, and whoever takes over finds every position
that may have been on the wire between ``acked`` and ``intent``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

import psycopg

from bluelamp.channels.contract import Outcome
from bluelamp.outbound.errors import OutboundError
from bluelamp.outbound.values import MessageState

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


class Row(NamedTuple):
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
        # in binary, five thousand ids are read in 0.1 ms instead of 0.3
        row = await (await connection.execute(_TAKE, [found[0]], binary=True)).fetchone()
        if row is not None:
            return Chunk(*row)
        await release(connection, found[0])


async def release(connection: Connection, chunk_id: int) -> None:
    """Give a chunk's lock back."""
    await connection.execute("SELECT pg_advisory_unlock(%s, %s::int)", [LOCK_SPACE, chunk_id])


@dataclass(frozen=True, slots=True)
class Recording:
    """What every line of one message's ledger shares."""

    message: int
    month: date


@dataclass(frozen=True, slots=True)
class Landed:
    """A window that has come back: its chunk is settled up to position ``stop``."""

    chunk: Chunk
    stop: int
    entry: Entry


@dataclass(frozen=True, slots=True)
class Ahead:
    """A window that is to leave: positions up to ``stop`` may be on the wire from now on."""

    chunk: Chunk
    stop: int


async def commit(
    connection: Connection, message: Recording, landed: Landed | None, ahead: Ahead | None
) -> bool:
    """Record what landed and state what leaves, in one transaction; say whether it may leave.

    It may not where the message is stopped by now: then what landed is recorded
    and no intent stated.

    :raises TakenOverError: a chunk is not ours any more; nothing is recorded.
    """
    moves = _moves(landed, ahead)
    entry = landed.entry if landed else Entry()
    if entry.retries or entry.refusals:
        async with connection.transaction():
            sending = await _move(connection, message, moves, entry.rows)
            await _write_failures(connection, message, entry)
    else:  # one statement is a transaction of its own: one round trip for a whole window
        sending = await _move(connection, message, moves, entry.rows)
    for move in moves:
        move.chunk.acked, move.chunk.intent = move.acked, move.intent if sending else move.floor
    return sending


@dataclass(slots=True)
class _Move:
    """Where a chunk's marks go."""

    chunk: Chunk
    acked: int
    intent: int

    @property
    def floor(self) -> int:
        """The intent of a chunk that starts nothing more."""
        return max(self.acked, self.chunk.intent)

    @property
    def state(self) -> str:
        """The chunk's state afterwards."""
        return "done" if self.acked >= len(self.chunk.points) else "queued"


def _moves(landed: Landed | None, ahead: Ahead | None) -> list[_Move]:
    """Return one move a chunk: both windows may be of the same."""
    moves: dict[int, _Move] = {}
    if landed is not None:
        chunk, acked = landed.chunk, landed.stop
        moves[chunk.id] = _Move(chunk, acked, max(acked, chunk.intent))
    if ahead is not None and ahead.stop > ahead.chunk.intent:
        chunk = ahead.chunk
        moves.setdefault(chunk.id, _Move(chunk, chunk.acked, 0)).intent = ahead.stop
    return list(moves.values())


# All or nothing: the ledger's lines and the marks are written only if every chunk is still ours.
# INSERT from arrays is a third cheaper for the server than COPY at this many lines (2.3 µs a
# line against 3.3), and it needs no transaction of several statements around it.
_MOVE = """
WITH message AS (
    SELECT state = %(sending)s AS sending FROM outbound_message WHERE id = %(message)s
), move AS (
    SELECT * FROM unnest(%(chunks)s::bigint[], %(epochs)s::int[], %(acked)s::int[],
                         %(intents)s::int[], %(floors)s::int[], %(states)s::text[])
           AS move (chunk, epoch, acked, intent, floor, state)
), ours AS (
    SELECT chunk.id FROM outbound_deliverychunk chunk
      JOIN move ON move.chunk = chunk.id AND move.epoch = chunk.epoch
       FOR UPDATE OF chunk
), allowed AS (
    SELECT (SELECT count(*) FROM ours) = (SELECT count(*) FROM move) AS allowed
), moved AS (
    UPDATE outbound_deliverychunk chunk
       SET acked = move.acked, state = move.state,
           intent = CASE WHEN message.sending THEN move.intent ELSE move.floor END
      FROM move, message, allowed WHERE chunk.id = move.chunk AND allowed
), written AS (
    INSERT INTO outbound_delivery (month, message_id, contact_point_id, status, code, at)
    SELECT %(month)s, %(message)s, point, status, code, now()
      FROM unnest(%(points)s::bigint[], %(statuses)s::smallint[], %(codes)s::smallint[])
           AS line (point, status, code), allowed WHERE allowed
)
SELECT allowed, coalesce((SELECT sending FROM message), false) FROM allowed
"""


async def _move(
    connection: Connection, message: Recording, moves: list[_Move], rows: list[Row]
) -> bool:
    """Move the marks and write the lines; say whether the message is still being sent."""
    values = {
        "sending": MessageState.SENDING.value,
        "message": message.message,
        "month": message.month,
        "chunks": array(move.chunk.id for move in moves),
        "epochs": array(move.chunk.epoch for move in moves),
        "acked": array(move.acked for move in moves),
        "intents": array(move.intent for move in moves),
        "floors": array(move.floor for move in moves),
        "states": array(move.state for move in moves),
        "points": array(row.contact_point for row in rows),
        "statuses": array(int(row.status) for row in rows),
        "codes": array(row.code for row in rows),
    }
    found = await (await connection.execute(_MOVE, values)).fetchone()
    ours, sending = found or (False, False)
    if not ours:
        numbers = ", ".join(str(move.chunk.number) for move in moves)
        raise TakenOverError(f"Of the chunks {numbers} one was taken over by another worker.")
    return bool(sending)


def array(values: Iterable[object]) -> str:
    """Write numbers as PostgreSQL reads an array: psycopg takes four times as long for a list."""
    return "{" + ",".join(map(str, values)) + "}"


async def _write_failures(connection: Connection, message: Recording, entry: Entry) -> None:
    async with connection.cursor() as cursor:
        if entry.retries:
            await cursor.executemany(_RETRY, [_retry(message, retry) for retry in entry.retries])
        if entry.refusals:
            await cursor.executemany(_REFUSED, [_refused(message, one) for one in entry.refusals])


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
