"""The vault: secrets of accounts, sealed with AES-GCM under rotating keys.

A sealed secret is one byte of key id, twelve of nonce, then AES-256-GCM over the
JSON of the secrets, bound to its account by number and provider (the associated
data), so that a row copied onto another account does not open.  The keys are in
the key file, never in the database.  What comes out is a :class:`Secrets`, which
prints as stars wherever it ends up.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bluelamp.channels.errors import VaultError
from bluelamp.kit.keys import Key, KeyRing, keyring

_PURPOSE = "vault"
_NONCE = 12


class Secrets(Mapping[str, str]):
    """Opened secrets: a mapping that never shows what it holds."""

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = dict(values)

    def __getitem__(self, name: str) -> str:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"Secrets({', '.join(f'{name}=***' for name in self._values)})"

    def __reduce__(self) -> Any:
        raise TypeError("Secrets are not to be pickled.")


class Keeper(Protocol):
    """A saved row that keeps secrets: an account, or what is like one on a floor above."""

    pk: int
    force_id: int
    name: str
    settings: dict[str, Any]
    secret: bytes | memoryview

    @property
    def provider(self) -> str:
        """What is spoken to; no two kinds of rows may say the same."""


def _bound(account: Keeper) -> bytes:
    return f"{account.pk}:{account.force_id}:{account.provider}".encode()


def seal(account: Keeper, secrets: Mapping[str, str], ring: KeyRing | None = None) -> bytes:
    """Return ``secrets`` sealed for this (saved) account; nothing for no secrets."""
    if not secrets:
        return b""
    key = (ring or keyring()).newest(_PURPOSE)
    nonce = os.urandom(_NONCE)
    plain = json.dumps(dict(secrets)).encode()
    return bytes([key.id]) + nonce + AESGCM(key.secret).encrypt(nonce, plain, _bound(account))


def unseal(account: Keeper, ring: KeyRing | None = None) -> Secrets:
    """Return the secrets of an account.

    :raises VaultError: sealed for another account, under a lost key, or damaged.
    """
    sealed = bytes(account.secret)
    if not sealed:
        return Secrets({})
    key = _key(sealed[0], ring)
    if key is None:
        raise VaultError(f"The key that sealed the secrets of {account.name} is not here.")
    nonce, box = sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
    try:
        plain = AESGCM(key.secret).decrypt(nonce, box, _bound(account))
    except InvalidTag:
        raise VaultError(f"The secrets of {account.name} do not open.") from None
    return Secrets(json.loads(plain))


def _key(key_id: int, ring: KeyRing | None) -> Key | None:
    """Find a key; read the file again where another process has rotated meanwhile."""
    found = (ring or keyring()).get(_PURPOSE, key_id)
    if found is None and ring is None:
        keyring.cache_clear()
        found = keyring().get(_PURPOSE, key_id)
    return found


def stale(account: Keeper, ring: KeyRing | None = None) -> bool:
    """Say whether the secrets are sealed under another key than the newest."""
    sealed = bytes(account.secret)
    return bool(sealed) and sealed[0] != (ring or keyring()).newest(_PURPOSE).id


def settings_of(account: Keeper) -> dict[str, Any]:
    """Return what the adapter is given: open settings and secrets together."""
    return {**account.settings, **unseal(account)}
