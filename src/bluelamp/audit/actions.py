"""How the rest of the house writes to the record: ``acting``, ``read``, ``erase``."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction

from bluelamp.audit import rules
from bluelamp.audit.errors import NoActorError
from bluelamp.audit.values import Actor, Operation
from bluelamp.kit.keys import keyring

_current: ContextVar[int | None] = ContextVar("current_act", default=None)


def _begin(actor: Actor, act: str, reason: str) -> int:
    key = keyring().newest("actors")
    nonce = secrets.token_bytes(16)
    fields = [nonce.hex(), actor.kind.value, actor.id, actor.label, actor.source, act]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT audit_begin(%s, %s, %s, %s, %s, %s, %s, %s::smallint, %s, %s)",
            [
                actor.force, actor.kind.value, actor.id, actor.label, actor.source, act,
                nonce, key.id, rules.mark(key.secret, fields), reason,
            ],
        )  # fmt: skip
        (made,) = cursor.fetchone()
    return int(made)


def _resume(act_id: int | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('bluelamp.act', %s, true)", [str(act_id) if act_id else ""]
        )


@contextmanager
def acting(actor: Actor, act: str, *, reason: str = "") -> Iterator[int]:
    """Open a transaction in which ``actor`` answers for every write; yield the act's id.

    ``act`` is the name of the permission or stage (``outbound.approve``),
    ``reason`` the officer's own words where the act asks for them.  Acts nest:
    the inner one answers for its own writes, then the outer one again.  If the
    block raises, act and writes vanish together.
    """
    outer = _current.get()
    with transaction.atomic():
        made = _begin(actor, act, reason)
        token = _current.set(made)
        try:
            yield made
        finally:
            _current.reset(token)
        _resume(outer)


def _write(op: Operation, table: str, rows: Iterable[object], content: dict[str, Any]) -> None:
    act = _current.get()
    if act is None:
        raise NoActorError("Personal data can be read or erased only inside an act.")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_entry (act_id, op, table_name, row_id, content)"
            " SELECT %s, %s, %s, unnest(%s::text[]), %s",
            [act, op.value, table, [str(row) for row in rows], json.dumps(content)],
        )


def read(actor: Actor, act: str, table: str, rows: Iterable[object], *, reason: str = "") -> None:
    """Record that ``actor`` was shown these rows of ``table``."""
    with acting(actor, act, reason=reason):
        _write(Operation.READ, table, rows, {})


def read_many(actor: Actor, act: str, table: str, *, count: int, criteria: dict[str, Any]) -> None:
    """Record a reading too large to name each row (an export): its criteria and size."""
    with acting(actor, act):
        _write(Operation.READ, table, ["*"], {"count": count, "criteria": criteria})


def erase(table: str, rows: Iterable[object]) -> int:
    """Erase what older entries say of these rows; return how many entries were emptied.

    To be called inside ``acting``.  Who, when, act, table and row number stay,
    and so does the digest, so that every seal still holds; each erasure is
    itself an entry.
    """
    names = [str(row) for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE audit_entry SET salt = NULL, content = NULL"
            " WHERE table_name = %s AND row_id = ANY(%s) AND content IS NOT NULL RETURNING id",
            [table, names],
        )
        emptied = [row[0] for row in cursor.fetchall()]
    _write(Operation.ERASE, "audit_entry", emptied, {})
    return len(emptied)


def erase_reasons(acts: Iterable[int]) -> int:
    """Erase the officers' words of these acts; return how many were emptied.

    To be called inside ``acting``, like :func:`erase`.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE audit_act SET salt = NULL, reason = NULL"
            " WHERE id = ANY(%s) AND reason IS NOT NULL RETURNING id",
            [list(acts)],
        )
        emptied = [row[0] for row in cursor.fetchall()]
    _write(Operation.ERASE, "audit_act", emptied, {})
    return len(emptied)


MONTHS_AHEAD = 3


def keep_partitions(day: date) -> int:
    """Make the partitions of this month and the next; return how many were missing."""
    months = [day.replace(day=1)]
    for _ in range(MONTHS_AHEAD):
        months.append((months[-1] + timedelta(days=32)).replace(day=1))
    made = 0
    for month in months:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT audit_partition(%s)", [month])
            made += bool(cursor.fetchone()[0])
    return made
