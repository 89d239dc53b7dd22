"""Where things are below the server's home folder, and its address."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from urllib.parse import quote

ROLE = "bluelamp"
DATABASE = "bluelamp"
SUPERUSER = "postgres"

READY = "ready"
"""What a keeper answers when the server can be used."""
ANOTHER_KEEPS = 3
"""A keeper's exit code when another one holds the lock."""

_LONGEST_SOCKET = 103
"""Bytes: a socket's path has 108 on Linux and 104 on macOS, with a closing zero."""


def data_folder(home: Path) -> Path:
    """Where the server's files are; a link when its account cannot reach ``home``."""
    return home / "data"


def users_lock(home: Path) -> Path:
    """Held shared by everyone who uses the server."""
    return home / "users.lock"


def keeper_lock(home: Path) -> Path:
    """Held by the one process that starts and stops the server."""
    return home / "keeper.lock"


def short_name(path: Path) -> str:
    """Sixteen letters and digits that stand for a path."""
    return hashlib.sha256(os.fsencode(path.resolve())).hexdigest()[:16]


def socket_folder(data: Path) -> Path:
    """Where the server's socket is: with its data, or in /tmp when that path is too long."""
    inside = data.resolve()
    if len(os.fsencode(inside / ".s.PGSQL.5432")) <= _LONGEST_SOCKET:
        return inside
    # The same for every process, whatever its TMPDIR.
    return Path("/tmp") / f"bluelamp-{short_name(data)}"  # noqa: S108 - its owner is checked


def embedded_url(home: Path, *, user: str = ROLE, database: str = DATABASE) -> str:
    """Give the address of the server with this home folder, whether or not it runs now."""
    host = quote(str(socket_folder(data_folder(home))), safe="")
    return f"postgresql://{user}@/{database}?host={host}&port=5432"
