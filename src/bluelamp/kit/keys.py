"""The keys that the database never sees: made once, kept in one file, rotated by adding.

The file is JSON, ``{"tokens": [{"id": 1, "key": "<hex>"}], ...}``, mode 0600.
The newest key of a purpose makes new things; the older ones still open old ones.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bluelamp.kit.config import config
from bluelamp.kit.errors import BluelampError

KEY_BYTES: Mapping[str, int] = {
    "django": 48,  # sessions and form tokens
    "tokens": 64,  # AES-SIV: message ids, return paths, links
    "vault": 32,  # AES-GCM: secrets of accounts
    "addresses": 32,  # HMAC: suppression outlives the address it names
    "codes": 32,  # HMAC: one-time codes are stored as digests
    "actors": 32,  # HMAC: binds an audited act to the process that did it
    "seals": 32,  # Ed25519 seed: signs the audit's Merkle roots
}
"""Every purpose, with the length of its keys in bytes."""


class KeyFileError(BluelampError):
    """The key file is unreadable or lacks a purpose."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key: its id (1 to 255) stands beside everything made with it."""

    id: int
    secret: bytes


class KeyRing:
    """The keys of every purpose, newest last."""

    def __init__(self, keys: Mapping[str, tuple[Key, ...]]) -> None:
        self._keys = keys

    def newest(self, purpose: str) -> Key:
        """Return the key that makes new things."""
        return self._keys[purpose][-1]

    def get(self, purpose: str, key_id: int) -> Key | None:
        """Return the key of that id, or ``None`` where it was never ours."""
        return next((key for key in self._keys[purpose] if key.id == key_id), None)

    def all(self, purpose: str) -> Iterator[Key]:
        """Yield the keys of a purpose, newest first."""
        return reversed(self._keys[purpose])


def _fresh(purpose: str, key_id: int) -> dict[str, int | str]:
    return {"id": key_id, "key": secrets.token_hex(KEY_BYTES[purpose])}


def create(path: Path) -> None:
    """Write a new key file; leave one that is there alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({purpose: [_fresh(purpose, 1)] for purpose in KEY_BYTES}, indent=1)
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)  # of two first starts at once, one wins whole
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def rotate(path: Path, purpose: str) -> int:
    """Add a new newest key for ``purpose``; return its id."""
    content = json.loads(path.read_text())
    key_id = max(int(row["id"]) for row in content[purpose]) + 1
    content[purpose].append(_fresh(purpose, key_id))
    draft = path.with_suffix(".new")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump(content, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    keyring.cache_clear()
    return key_id


def load(path: Path) -> KeyRing:
    """Read a key file.

    :raises KeyFileError: it is not JSON of the right form or lacks a purpose.
    """
    try:
        content = json.loads(path.read_text())
        keys = {
            purpose: tuple(
                Key(int(row["id"]), bytes.fromhex(row["key"])) for row in content[purpose]
            )
            for purpose in KEY_BYTES
        }
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise KeyFileError(f"{path}: not a readable key file ({error!r})") from error
    return KeyRing(keys)


@cache
def keyring() -> KeyRing:
    """Return this installation's keys, made on first use."""
    path = config().keys_file
    if not path.exists():
        create(path)
    return load(path)
