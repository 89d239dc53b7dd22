"""Recomputes the whole record outside the database and says what is not as it was.

One pass over acts and one over entries, in the order of the seals, in the
memory of a batch.  Every digest, leaf and mark is made anew from the stored
columns; Merkle roots are held against the signed seals, the table of seals
against the copy that was published outside the database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

import psycopg

from bluelamp.audit import ledger, rules
from bluelamp.audit.values import SENTENCES, Finding, Operation, SealBody, SignedSeal
from bluelamp.kit.keys import keyring

Connection = psycopg.Connection[Any]
Tell = Callable[[Finding], None]


@dataclass
class Report:
    """What a verification counted and found."""

    acts: int = 0
    entries: int = 0
    seals: int = 0
    unsealed: int = 0
    erased: int = 0
    broken: int = 0
    notes: list[str] = field(default_factory=list)

    @property
    def intact(self) -> bool:
        """Whether the record is as it was written."""
        return self.broken == 0


class _Row(NamedTuple):
    """A row of either table, as far as the seals care."""

    table: str
    id: int
    xid: int
    leaf: bytes


class _Era(NamedTuple):
    """A stretch of seals between two restores, with the rows that belong to it."""

    first: int
    following: int | None
    """The first seal of the next era."""
    after: tuple[int, int]
    through: tuple[int | None, int | None]


def verify(tell: Tell, advance: Callable[[int], None] = lambda _: None) -> Report:
    """Check everything; call ``tell`` with each finding, ``advance`` with rows read."""
    report = Report()

    def found(finding: Finding) -> None:
        report.broken += 1
        tell(finding)

    with ledger.connect() as connection:
        connection.autocommit = True
        connection.execute("SELECT pg_advisory_lock_shared(%s)", [ledger.LOCK])
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        connection.autocommit = False
        connection.execute("SELECT 1")  # the snapshot: no sealer is between file and table
        limit = _size(ledger.seals_file())
        connection.execute("SELECT pg_advisory_unlock_shared(%s)", [ledger.LOCK])
        _Verifier(connection, report, found, advance, limit).run()
    return report


def _size(path: Any) -> int:
    return int(path.stat().st_size) if path.exists() else 0


class _Verifier:
    """One verification: a snapshot, the published file up to a size, a report."""

    def __init__(
        self,
        connection: Connection,
        report: Report,
        found: Tell,
        advance: Callable[[int], None],
        limit: int,
    ) -> None:
        self._connection = connection
        self._report = report
        self._found = found
        self._advance = advance
        self._limit = limit
        self._lost: list[range] = []
        self._eras: list[_Era] = []

    def run(self) -> None:
        """Check the chain of seals, then the rows under them, then the nonces."""
        self._check_seals()
        for era in self._eras:
            self._check_era(era)
        self._check_nonces()

    def _tell(self, kind: str, table: str, row: object, **facts: object) -> None:
        text = SENTENCES[kind].format(table=table, row=row, **facts)
        self._found(Finding(kind, table, str(row), text))

    # --- seals ---

    def _published(self, *, tell: bool = False) -> Iterator[SignedSeal]:
        for number, sealed in ledger.published(ledger.seals_file(), self._limit):
            if sealed is not None:
                yield sealed
            elif tell:
                self._tell("bad_line", "seals.jsonl", number)

    def _check_seals(self) -> None:
        starts: list[SealBody] = []
        previous: SealBody | None = None
        pairs = _paired(self._published(tell=True), ledger.stored(self._connection))
        for in_file, in_table in pairs:
            self._compare(in_file, in_table)
            sealed = in_file or in_table
            if sealed is None:
                continue
            self._check_seal(sealed, previous)
            previous = sealed.body
            self._note_loss(previous)
            if not starts or _after(starts[-1]) != _after(previous):
                starts.append(previous)
            self._report.seals += 1
        self._set_eras(starts)

    def _set_eras(self, starts: list[SealBody]) -> None:
        firsts = [(body.id, _after(body)) for body in starts] or [(1, (0, 0))]
        for (first, after), (following, through) in pairwise(firsts):
            self._eras.append(_Era(first, following, after, through))
        first, after = firsts[-1]
        self._eras.append(_Era(first, None, after, (None, None)))

    def _compare(self, in_file: SignedSeal | None, in_table: SignedSeal | None) -> None:
        if in_file is None and in_table is not None:
            self._tell("seal_unpublished", "audit_seal", in_table.body.id)
        elif in_table is None and in_file is not None:
            self._tell("seal_removed", "audit_seal", in_file.body.id)
        elif in_table is not None and in_file != in_table:
            self._tell("seal_differs", "audit_seal", in_table.body.id)

    def _check_seal(self, sealed: SignedSeal, previous: SealBody | None) -> None:
        key = keyring().get("seals", sealed.key_id)
        if key is None or not rules.signed_by(key.secret, sealed):
            self._tell("seal_unsigned", "audit_seal", sealed.body.id)
        kept = self._kept(sealed.body) if sealed.body.lost_from else previous
        if not rules.follows(previous, kept, sealed.body):
            self._tell("seal_misplaced", "audit_seal", sealed.body.id)

    def _kept(self, body: SealBody) -> SealBody | None:
        wanted = body.lost_from - 1
        return next((s.body for s in self._published() if s.body.id == wanted), None)

    def _note_loss(self, body: SealBody) -> None:
        if body.lost_from:
            self._lost.append(range(body.lost_from, body.id))
            self._report.notes.append(
                f"Seals {body.lost_from} to {body.id - 1} were declared lost by a restore."
            )

    # --- rows ---

    def _kept_seals(self, era: _Era) -> Iterator[SealBody]:
        source = self._published() if self._limit else ledger.stored(self._connection)
        for sealed in source:
            number = sealed.body.id
            inside = era.first <= number and (era.following is None or number < era.following)
            if inside and not any(number in lost for lost in self._lost):
                yield sealed.body

    def _check_era(self, era: _Era) -> None:
        rows = (_Ahead(self._acts(era)), _Ahead(self._entries(era)))
        for body in self._kept_seals(era):
            self._check_root(body, rows)
        for stretch in rows:
            for row in stretch:
                self._outside(era, row)

    def _check_root(self, body: SealBody, rows: tuple[_Ahead, _Ahead]) -> None:
        tree = rules.MerkleTree()
        for stretch in rows:
            for row in stretch.below(body.to_xid):
                tree.add(row.leaf)
        if (tree.count, tree.root().hex()) != (body.leaves, body.root):
            kind = _mismatch(tree.count, body.leaves)
            self._tell(kind, "audit_seal", body.id, sealed=body.leaves, there=tree.count)

    def _outside(self, era: _Era, row: _Row) -> None:
        if era.following is None:
            self._report.unsealed += 1
        else:
            self._tell("under_no_seal", row.table, row.id)

    def _acts(self, era: _Era) -> Iterator[_Row]:
        values = [era.after[0], era.through[0], era.through[0]]
        for act in ledger.stream(self._connection, f"acts_{era.first}", _ACTS, values):
            self._report.acts += 1
            self._advance(1)
            (id_, at, xid, force, kind, who, label, source, name, nonce, key_id, mark, *kept) = act
            fields = [
                "act", str(id_), str(at), str(xid), _text(force), kind, who, label, source, name,
                nonce.hex(), str(key_id), mark.hex(), kept[2].hex(),
            ]  # fmt: skip
            self._check_mark(id_, key_id, mark, [nonce.hex(), kind, who, label, source, name])
            yield self._checked("audit_act", id_, xid, fields, kept)

    def _entries(self, era: _Era) -> Iterator[_Row]:
        values = [era.after[0], era.after[1], era.through[1], era.through[1]]
        for entry in ledger.stream(self._connection, f"entries_{era.first}", _ENTRIES, values):
            self._report.entries += 1
            self._advance(1)
            (id_, act, at, xid, force, op, table, name, act_xid, same_era, *kept) = entry
            if act_xid != xid or not same_era:
                self._tell("no_act", "audit_entry", id_, thing=f"{table} {name}")
            fields = [
                "entry", str(id_), str(act), str(at), str(xid), _text(force), op, table, name,
                kept[2].hex(),
            ]  # fmt: skip
            yield self._checked("audit_entry", id_, xid, fields, kept)

    def _checked(
        self, table: str, id_: int, xid: int, fields: list[str | None], kept: list[Any]
    ) -> _Row:
        salt, content, digest, leaf = kept
        made = rules.leaf(fields)
        if made != leaf:
            self._tell("leaf", table, id_)
        if salt is None or content is None:
            self._check_erased(table, id_)
        elif rules.content_digest(salt, content) != digest:
            self._tell("digest", table, id_)
        return _Row(table, id_, xid, made)

    def _check_erased(self, table: str, id_: int) -> None:
        self._report.erased += 1
        query = "SELECT 1 FROM audit_entry WHERE op = %s AND table_name = %s AND row_id = %s"
        values = [Operation.ERASE.value, table, str(id_)]
        if self._connection.execute(query, values).fetchone() is None:
            self._tell("not_erased", table, id_)

    def _check_mark(self, id_: int, key_id: int, mark: bytes, fields: list[str | None]) -> None:
        key = keyring().get("actors", key_id)
        if key is None or rules.mark(key.secret, fields) != mark:
            self._tell("mark", "audit_act", id_)

    def _check_nonces(self) -> None:
        query = "SELECT nonce, id FROM audit_act ORDER BY nonce, id"
        rows = ledger.stream(self._connection, "nonces", query, [])
        for (one, first), (other, second) in pairwise(rows):
            if not one < other:
                self._tell("nonce", "audit_act", second, other=first)


_ACTS = """
SELECT id, at, xid, force_id, actor_kind, actor_id, actor_label, source, act, nonce, key_id, mark,
       salt, reason, digest, leaf
  FROM audit_act
 WHERE id > %s AND (%s::bigint IS NULL OR id <= %s)
 ORDER BY xid, id
"""
_ENTRIES = """
SELECT e.id, e.act_id, e.at, e.xid, e.force_id, e.op, e.table_name, e.row_id,
       a.xid, a.id > %s, e.salt, e.content, e.digest, e.leaf
  FROM audit_entry e LEFT JOIN audit_act a ON a.id = e.act_id
 WHERE e.id > %s AND (%s::bigint IS NULL OR e.id <= %s)
 ORDER BY e.xid, e.id
"""


def _paired(
    published: Iterator[SignedSeal], stored: Iterator[SignedSeal]
) -> Iterator[tuple[SignedSeal | None, SignedSeal | None]]:
    """Walk both lists of seals by number; ``None`` where one of them lacks it."""
    in_file, in_table = next(published, None), next(stored, None)
    while in_file or in_table:
        numbers = [seal.body.id for seal in (in_file, in_table) if seal]
        here = in_file if in_file and in_file.body.id == min(numbers) else None
        there = in_table if in_table and in_table.body.id == min(numbers) else None
        yield here, there
        in_file = next(published, None) if here else in_file
        in_table = next(stored, None) if there else in_table


class _Ahead:
    """Rows in the order of transactions, taken up to a limit and no further."""

    def __init__(self, rows: Iterator[_Row]) -> None:
        self._rows = rows
        self._next = next(rows, None)

    def below(self, xid: int) -> Iterator[_Row]:
        """Take the rows of transactions before ``xid``."""
        while self._next is not None and self._next.xid < xid:
            row, self._next = self._next, next(self._rows, None)
            yield row

    def __iter__(self) -> Iterator[_Row]:
        """Take all that are left."""
        while self._next is not None:
            row, self._next = self._next, next(self._rows, None)
            yield row


def _after(body: SealBody) -> tuple[int, int]:
    return body.after_act, body.after_entry


def _text(number: int | None) -> str | None:
    return None if number is None else str(number)


def _mismatch(there: int, sealed: int) -> str:
    if there == sealed:
        return "rows_changed"
    return "rows_deleted" if there < sealed else "rows_inserted"
