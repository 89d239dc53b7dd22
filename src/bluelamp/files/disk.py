"""Bytes on disk under their SHA-256, each force's apart; whole or not there at all."""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path

from bluelamp.files.errors import LostFileError
from bluelamp.kit.config import config


def put(force: int, content: bytes) -> str:
    """Keep bytes durably; return their SHA-256 as 64 letters."""
    sha256 = hashlib.sha256(content).hexdigest()
    _write(_path(force, sha256), content)
    return sha256


def put_beside(force: int, sha256: str, suffix: str, content: bytes) -> None:
    """Keep what was derived from a file beside it."""
    _write(_path(force, sha256 + suffix), content)


def get(force: int, sha256: str, suffix: str = "") -> bytes:
    """Return bytes that were put.

    :raises LostFileError: they are gone, or (for an original) are not the same any more.
    """
    try:
        content = _path(force, sha256 + suffix).read_bytes()
    except OSError:
        raise LostFileError("The file is not there.") from None
    if not suffix and hashlib.sha256(content).hexdigest() != sha256:
        raise LostFileError("The file is not what was stored.")
    return content


def remove(force: int, sha256: str) -> None:
    """Take a file and what was derived from it away."""
    path = _path(force, sha256)
    for one in path.parent.glob(f"{sha256}*"):
        one.unlink(missing_ok=True)


def _path(force: int, name: str) -> Path:
    return config().files_folder / str(force) / name[:2] / name


def _write(path: Path, content: bytes) -> None:
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    _sync(path.parent)


def _sync(folder: Path) -> None:
    """Make the new name durable, too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
