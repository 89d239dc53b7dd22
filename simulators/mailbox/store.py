"""What arrived, newest last, in one SQLite file."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import cast

KEEP = 20_000
"""Mails kept; the oldest go first."""


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail as the mailbox holds it."""

    id: int
    recipient: str
    return_path: str
    subject: str
    sender: str
    at: str
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        """The mail, parsed."""
        return cast("EmailMessage", message_from_bytes(self.raw, policy=policy.default))

    def part(self, kind: str) -> str:
        """Return the body of a kind (``html`` or ``plain``), or an empty text."""
        body = self.message.get_body(preferencelist=(kind,))
        return str(body.get_content()) if body is not None else ""


class Store:
    """The mailbox's file; safe from several threads."""

    def __init__(self, path: Path | str) -> None:
        self._path = str(path)
        self._lock = threading.Lock()
        self._db = sqlite3.connect(self._path, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=OFF")
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS mail (id INTEGER PRIMARY KEY AUTOINCREMENT,"
            " recipient TEXT, return_path TEXT, subject TEXT, sender TEXT,"
            " at TEXT DEFAULT (datetime('now')), raw BLOB)"
        )
        self._db.execute("CREATE INDEX IF NOT EXISTS by_recipient ON mail (recipient, id)")
        self._db.commit()

    @contextmanager
    def _cursor(self) -> Iterator[sqlite3.Cursor]:
        with self._lock, self._db:
            yield self._db.cursor()

    def add(self, recipient: str, return_path: str, raw: bytes) -> int:
        """Keep one mail; return its number."""
        message = message_from_bytes(raw, policy=policy.default)
        with self._cursor() as cursor:
            cursor.execute(
                "INSERT INTO mail (recipient, return_path, subject, sender, raw)"
                " VALUES (?, ?, ?, ?, ?)",
                [recipient, return_path, str(message["subject"]), str(message["from"]), raw],
            )
            number = int(cursor.lastrowid or 0)
            if number % 100 == 0:
                cursor.execute("DELETE FROM mail WHERE id <= ?", [number - KEEP])
        return number

    def get(self, number: int) -> Mail | None:
        """Return one mail."""
        with self._cursor() as cursor:
            row = cursor.execute(f"SELECT {_COLUMNS} FROM mail WHERE id = ?", [number]).fetchone()
        return Mail(*row) if row else None

    def newest(self, search: str = "", limit: int = 50) -> list[Mail]:
        """Return the newest mails whose recipient or subject holds ``search``."""
        pattern = f"%{search}%"
        with self._cursor() as cursor:
            rows = cursor.execute(
                f"SELECT {_COLUMNS} FROM mail WHERE recipient LIKE ? OR subject LIKE ?"
                " ORDER BY id DESC LIMIT ?",
                [pattern, pattern, limit],
            ).fetchall()
        return [Mail(*row) for row in rows]

    def count(self) -> int:
        """Return how many mails are kept."""
        with self._cursor() as cursor:
            return int(cursor.execute("SELECT count(*) FROM mail").fetchone()[0])


_COLUMNS = "id, recipient, return_path, subject, sender, at, raw"
