"""Seals the record: a signed Merkle root over all that finished transactions wrote.

Runs beside the database, with a key that the database never has.  A seal is
published to the file first and stored in the table second, both under one
lock: after a crash between the two the next sealer stores what was published.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import psycopg

from bluelamp.audit import ledger, rules
from bluelamp.audit.errors import AuditBrokenError, RestoredError
from bluelamp.audit.values import SealBody, SignedSeal
from bluelamp.kit.keys import keyring

Connection = psycopg.Connection[Any]


@dataclass(frozen=True, slots=True)
class Restored:
    """An operator's word that the database was restored from a backup."""

    lost_from: int = 0
    """The first seal whose rows the backup did not have, or 0."""


def seal(*, now: datetime, restored: Restored | None = None) -> list[SignedSeal]:
    """Seal what is not sealed yet; return the new seals (none where nothing was written).

    :raises RestoredError: the transaction counter went back and ``restored`` was not given.
    :raises AuditBrokenError: table and published copy contradict each other.
    """
    with ledger.connect() as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [ledger.LOCK])
        last = _catch_up(connection)
        bodies = _bodies(connection, last, now, restored)
        return [_publish(connection, body) for body in bodies]


def _publish(connection: Connection, body: SealBody) -> SignedSeal:
    key = keyring().newest("seals")
    sealed = rules.sign(key.secret, body, key.id)
    ledger.publish(ledger.seals_file(), sealed)
    ledger.store(connection, sealed)
    return sealed


def _catch_up(connection: Connection) -> SealBody | None:
    """Store what was published and not stored; return the newest seal."""
    in_table = ledger.last_stored(connection)
    in_file = ledger.last_published(ledger.seals_file())
    if in_table == in_file:
        return in_table.body if in_table else None
    if in_file is None or (in_table and in_table.body.id >= in_file.body.id):
        raise AuditBrokenError(
            "The seals in the database are not those that were published in"
            f" {ledger.seals_file()}. Run “bluelamp audit verify”."
        )
    return _store_published(connection, in_table.body if in_table else None)


def _store_published(connection: Connection, last: SealBody | None) -> SealBody | None:
    known = last.id if last else 0
    for _, sealed in ledger.published(ledger.seals_file()):
        if sealed is None or sealed.body.id <= known:
            continue
        key = keyring().get("seals", sealed.key_id)
        if key is None or not rules.signed_by(key.secret, sealed):
            raise AuditBrokenError(f"Published seal {sealed.body.id} is not signed by our key.")
        ledger.store(connection, sealed)
        last = sealed.body
    return last


def _bodies(
    connection: Connection, last: SealBody | None, now: datetime, restored: Restored | None
) -> Iterator[SealBody]:
    until = _finished_below(connection)
    if restored is not None and last is not None:
        yield from _after_restore(connection, last, until, now, restored)
        return
    if last is not None and until < last.to_xid:
        raise RestoredError(
            "The database's transaction counter is behind the last seal: it was restored from a"
            " backup or moved. Read docs/decisions/0003-sealed-audit.md, then run"
            " “bluelamp audit seal --restored”."
        )
    body = _body(connection, last, last, until, now)
    if body.leaves:
        yield body


def _finished_below(connection: Connection) -> int:
    """Return the transaction below which all are finished, and seen by any later query."""
    query = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
    return int(connection.execute(query).fetchall()[0][0])


def _body(
    connection: Connection,
    previous: SealBody | None,
    kept: SealBody | None,
    until: int,
    now: datetime,
    *,
    new_era: bool = False,
    lost_from: int = 0,
) -> SealBody:
    """Digest the rows that follow ``kept`` and state it as the seal after ``previous``."""
    start = kept.to_xid if kept and not new_era else 0
    after_act, after_entry = _after(kept, new_era=new_era)
    tree = rules.MerkleTree()
    through = {"audit_act": kept.through_act if kept else 0,
               "audit_entry": kept.through_entry if kept else 0}  # fmt: skip
    for table, after in (("audit_act", after_act), ("audit_entry", after_entry)):
        for row_id, leaf in _leaves(connection, table, start, until, after):
            tree.add(leaf)
            through[table] = max(through[table], row_id)
    return SealBody(
        id=previous.id + 1 if previous else 1, at=int(now.timestamp() * 1_000_000),
        from_xid=start, to_xid=until, after_act=after_act, after_entry=after_entry,
        through_act=through["audit_act"], through_entry=through["audit_entry"],
        leaves=tree.count, root=tree.root().hex(), lost_from=lost_from,
        previous=rules.seal_digest(previous) if previous else rules.FIRST_PREVIOUS,
    )  # fmt: skip


def _after(kept: SealBody | None, *, new_era: bool) -> tuple[int, int]:
    if kept is None:
        return 0, 0
    return (kept.through_act, kept.through_entry) if new_era else (kept.after_act, kept.after_entry)


def _leaves(
    connection: Connection, table: str, start: int, until: int, after: int
) -> Iterator[tuple[Any, ...]]:
    query = (
        f"SELECT id, leaf FROM {table} WHERE xid >= %s AND xid < %s AND id > %s ORDER BY xid, id"
    )
    return ledger.stream(connection, f"leaves_{table}", query, [start, until, after])


def _after_restore(
    connection: Connection, last: SealBody, until: int, now: datetime, restored: Restored
) -> Iterator[SealBody]:
    """State what a restore kept and lost, and begin a new count where the counter went back."""
    kept = _kept(last, restored)
    if kept is None or until >= kept.to_xid:
        yield _body(connection, last, kept, until, now, lost_from=restored.lost_from)
        return
    rest = _greatest_unsealed(connection, kept)
    lost_from = restored.lost_from
    if rest is not None:
        last = kept = _body(connection, last, kept, rest + 1, now, lost_from=lost_from)
        yield last
        lost_from = 0
    yield _body(connection, last, kept, until, now, new_era=True, lost_from=lost_from)


def _kept(last: SealBody, restored: Restored) -> SealBody | None:
    """Return the newest seal whose rows the backup still had."""
    if not restored.lost_from:
        return last
    for _, sealed in ledger.published(ledger.seals_file()):
        if sealed and sealed.body.id == restored.lost_from - 1:
            return sealed.body
    if restored.lost_from == 1:
        return None
    raise AuditBrokenError(f"Seal {restored.lost_from} was never published.")


def _greatest_unsealed(connection: Connection, kept: SealBody) -> int | None:
    """Return the last transaction that the backup had and no kept seal covers."""
    rows = connection.execute(
        "SELECT greatest((SELECT max(xid) FROM audit_act WHERE xid >= %(xid)s AND id > %(act)s),"
        " (SELECT max(xid) FROM audit_entry WHERE xid >= %(xid)s AND id > %(entry)s))",
        {"xid": kept.to_xid, "act": kept.after_act, "entry": kept.after_entry},
    ).fetchall()
    return cast("int | None", rows[0][0])
