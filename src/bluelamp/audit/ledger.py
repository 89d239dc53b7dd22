"""Where the record and its seals are read: the database by a connection of its own, the file.

The published copy of the seals is ``var/audit/seals.jsonl``, one seal a line,
outside the database and to be copied off the machine.  Nothing here trusts the
database to compute anything: rows are handed over as they are stored.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection as django_connection
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg.pq import Format

from bluelamp.audit import rules
from bluelamp.audit.values import SealBody, SignedSeal
from bluelamp.kit.config import config

LOCK = 0x426C7565
"""The advisory lock that sealers take alone and verifiers share for a moment."""

_BATCH = 5_000
_TAIL = 1 << 16
_POSTGRES_EPOCH = 946_684_800_000_000
"""2000-01-01 in microseconds since 1970: where PostgreSQL counts from."""


class _Micros(Loader):
    """Reads a moment as microseconds since 1970; knows infinity, unlike ``datetime``."""

    format = Format.BINARY

    def load(self, data: Buffer) -> int:
        """Turn eight bytes into a number."""
        return int.from_bytes(bytes(data), "big", signed=True) + _POSTGRES_EPOCH


@contextmanager
def connect() -> Iterator[psycopg.Connection[Any]]:
    """Open a connection of one's own: locks and snapshots never leak to the pool."""
    params = django_connection.get_connection_params()
    for name in ("cursor_factory", "context"):
        params.pop(name, None)
    with psycopg.connect(**params) as connection:
        connection.adapters.register_loader("timestamptz", _Micros)
        yield connection


def stream(
    connection: psycopg.Connection[Any], name: str, query: str, values: list[Any]
) -> Iterator[tuple[Any, ...]]:
    """Yield rows in the memory of a batch, whatever their number."""
    with connection.cursor(name=name) as cursor:
        cursor.itersize = _BATCH
        cursor.execute(query, values, binary=True)
        yield from cursor


# --- seals in the table ---

_BODY = [field.name for field in fields(SealBody)]
_SEAL_COLUMNS = ", ".join([*_BODY, "key_id", "signature"])


def _seal(row: tuple[Any, ...]) -> SignedSeal:
    values: list[Any] = [v.hex() if isinstance(v, bytes) else v for v in row]
    key_id, signature = values[-2:]
    return SignedSeal(SealBody(**dict(zip(_BODY, values[:-2], strict=True))), key_id, signature)


def stored(connection: psycopg.Connection[Any]) -> Iterator[SignedSeal]:
    """Yield the seals of the table, oldest first."""
    query = f"SELECT {_SEAL_COLUMNS} FROM audit_seal ORDER BY id"
    return map(_seal, stream(connection, "seals", query, []))


def last_stored(connection: psycopg.Connection[Any]) -> SignedSeal | None:
    """Return the newest seal of the table."""
    query = f"SELECT {_SEAL_COLUMNS} FROM audit_seal ORDER BY id DESC LIMIT 1"
    row = connection.execute(query, binary=True).fetchone()
    return _seal(row) if row else None


def store(connection: psycopg.Connection[Any], seal: SignedSeal) -> None:
    """Write a seal into the table."""
    body = seal.body
    values = [getattr(body, name) for name in _BODY]
    values[_BODY.index("at")] = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=body.at)
    marks = ", ".join(["%s"] * (len(_BODY) + 2))
    for name in ("root", "previous"):
        values[_BODY.index(name)] = bytes.fromhex(getattr(body, name))
    connection.execute(
        f"INSERT INTO audit_seal ({_SEAL_COLUMNS}) VALUES ({marks})",
        [*values, seal.key_id, bytes.fromhex(seal.signature)],
    )


# --- the published copy ---


def seals_file() -> Path:
    """Return where the seals are published."""
    return config().var / "audit" / "seals.jsonl"


def published(path: Path, size: int | None = None) -> Iterator[tuple[int, SignedSeal | None]]:
    """Yield line number and seal, up to ``size`` bytes; ``None`` where a line is no seal."""
    if not path.exists():
        return
    read = 0
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            read += len(line)
            if size is not None and read > size:
                return
            yield number, _read(line)


def _read(line: str | bytes) -> SignedSeal | None:
    try:
        return rules.from_line(line)
    except ValueError:
        return None


def last_published(path: Path) -> SignedSeal | None:
    """Return the newest seal of the file, reading its end alone."""
    if not path.exists():
        return None
    with path.open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL))
        lines = file.read().decode(errors="replace").splitlines()
    return next((seal for line in reversed(lines) if (seal := _read(line))), None)


def publish(path: Path, seal: SignedSeal) -> None:
    """Append a seal to the file and wait until the disk has it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        _drop_torn_line(file)
        file.write(f"{rules.to_line(seal)}\n".encode())
        file.flush()
        os.fsync(file.fileno())


def _drop_torn_line(file: Any) -> None:
    """Cut off a last line that a crash left without its end: it was never stored."""
    end = file.seek(0, os.SEEK_END)
    start = max(0, end - _TAIL)
    file.seek(start)
    tail = file.read()
    if tail and not tail.endswith(b"\n"):
        file.truncate(start + tail.rfind(b"\n") + 1)
