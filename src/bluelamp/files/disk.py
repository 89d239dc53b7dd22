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


# What nobody names ------------------------------------------------------------

_TAKEN_OUT = ".out."


def touched(path: Path) -> float:
    """Return when bytes were last written or asked to be kept, in seconds since 1970.

    What is gone already was touched at the end of time: nobody needs to look at it.
    """
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return float("inf")


def sha256_of(path: Path) -> str:
    """Return the hash that a file's name begins with; drafts and taken-out ones too."""
    return path.name.removeprefix(_TAKEN_OUT).removeprefix(".")[:64]


def is_taken_out(path: Path) -> bool:
    """Say whether a sweeper took this out of its place."""
    return path.name.startswith(_TAKEN_OUT)


def put_back(path: Path) -> None:
    """Put back what was taken out, unless it was written anew."""
    place = path.with_name(path.name.removeprefix(_TAKEN_OUT))
    if place.exists():
        path.unlink(missing_ok=True)
    else:
        path.rename(place)


def remove_untouched(path: Path, before: float) -> bool:
    """Remove bytes unless somebody touches them now; say whether they are gone.

    :param before: seconds since 1970.
    """
    out = path if is_taken_out(path) else path.with_name(_TAKEN_OUT + path.name)
    try:
        path.rename(out)
    except FileNotFoundError:
        return False
    if touched(out) >= before:
        put_back(out)
        return False
    out.unlink(missing_ok=True)
    return True


def _path(force: int, name: str) -> Path:
    return config().files_folder / str(force) / name[:2] / name


def _write(path: Path, content: bytes) -> None:
    try:
        os.utime(path)  # it is wanted: nobody sweeps it away
    except FileNotFoundError:
        _write_anew(path, content)


def _write_anew(path: Path, content: bytes) -> None:
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
