"""Sealed tokens: opaque, stable, and they can be turned back.

A token is AES-SIV (RFC 5297) over (message, contact point), with its purpose
as associated data, behind one byte of key id.  SIV is deterministic, so the
same message to the same person always carries the same token: a re-send is
the same mail to the receiver, and a bounce that carries nothing but our
Message-ID still names the delivery.  Nothing is stored.

Mail tokens are hexadecimal, because some relays change the case of a local
part; link tokens are base64url, because people see them.
"""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from bluelamp.kit.keys import KeyRing, keyring
from bluelamp.kit.siv import Bytes, ShortSiv

_ID_BYTES = 5
"""Ids up to 2**40: a thousand thousand million messages or people."""
_TOKEN_BYTES = 1 + 16 + 2 * _ID_BYTES
"""Key id, SIV, (message, contact point)."""


class Sealed(NamedTuple):
    """What a token names; 0 stands for 'none'."""

    message: int
    contact_point: int


def _payload(message: int, contact_point: int) -> bytes:
    return message.to_bytes(_ID_BYTES, "big") + contact_point.to_bytes(_ID_BYTES, "big")


@lru_cache(maxsize=8)
def _cipher(secret: bytes) -> AESSIV:
    return AESSIV(secret)


def _open(raw: bytes, purpose: str, ring: KeyRing) -> Sealed | None:
    key = ring.get("tokens", raw[0]) if raw else None
    if key is None or len(raw) != _TOKEN_BYTES:
        return None
    try:
        plain = _cipher(key.secret).decrypt(raw[1:], [purpose.encode()])
    except InvalidTag:
        return None
    return Sealed(
        int.from_bytes(plain[:_ID_BYTES], "big"), int.from_bytes(plain[_ID_BYTES:], "big")
    )


class Sealer:
    """Seals contact points for one message and purpose, one or many at a time."""

    def __init__(self, purpose: str, message: int, ring: KeyRing | None = None) -> None:
        key = (ring or keyring()).newest("tokens")
        self._siv = ShortSiv(key.secret, purpose.encode())
        self._key_id = key.id
        self._message = np.frombuffer(message.to_bytes(_ID_BYTES, "big"), np.uint8)

    def raw(self, contact_points: Sequence[int]) -> bytes:
        """Return the tokens of many, 27 bytes each, in order and without a gap."""
        sealed = self._siv.seal(self._payloads(contact_points))
        rows = np.empty((len(sealed), _TOKEN_BYTES), np.uint8)
        rows[:, 0] = self._key_id
        rows[:, 1:] = sealed
        return rows.tobytes()

    def _payloads(self, contact_points: Sequence[int]) -> Bytes:
        count = len(contact_points)
        points = np.array(contact_points, ">u8").view(np.uint8).reshape(count, 8)
        if points[:, :-_ID_BYTES].any():
            raise OverflowError("An id is too large for a token.")
        rows = np.empty((count, 2 * _ID_BYTES), np.uint8)
        rows[:, :_ID_BYTES] = self._message
        rows[:, _ID_BYTES:] = points[:, -_ID_BYTES:]
        return rows

    def mail(self, contact_point: int) -> str:
        """Return the token as 54 lower-case hexadecimal digits."""
        return self.mails([contact_point])[0]

    def link(self, contact_point: int) -> str:
        """Return the token as 36 characters of base64url."""
        return self.links([contact_point])[0]

    def mails(self, contact_points: Sequence[int]) -> list[str]:
        """Return the mail tokens of many, in order."""
        return _cut(self.raw(contact_points).hex(), 2 * _TOKEN_BYTES)

    def links(self, contact_points: Sequence[int]) -> list[str]:
        """Return the link tokens of many, in order."""
        return _cut(to_link(self.raw(contact_points)), _TOKEN_BYTES // 3 * 4)


def _cut(text: str, length: int) -> list[str]:
    return [text[start : start + length] for start in range(0, len(text), length)]


def to_link(raw: bytes) -> str:
    """Write tokens as base64url.

    27 is a multiple of three: never padded, and many in a row are written as each by itself.
    """
    return binascii.b2a_base64(raw, newline=False).translate(_URL_SAFE).decode()


_URL_SAFE = bytes.maketrans(b"+/", b"-_")


def seal_mail(purpose: str, message: int, contact_point: int) -> str:
    """Seal one token for a mail header or local part."""
    return Sealer(purpose, message).mail(contact_point)


def seal_link(purpose: str, message: int, contact_point: int) -> str:
    """Seal one token for a link."""
    return Sealer(purpose, message).link(contact_point)


def open_mail(purpose: str, token: str, ring: KeyRing | None = None) -> Sealed | None:
    """Turn a mail token back; ``None`` where it is not ours (any case of letters)."""
    try:
        raw = bytes.fromhex(token)
    except ValueError:
        return None
    return _open(raw, purpose, ring or keyring())


def open_link(purpose: str, token: str, ring: KeyRing | None = None) -> Sealed | None:
    """Turn a link token back; ``None`` where it is not ours."""
    try:
        raw = urlsafe_b64decode(token.encode("ascii"))
    except (ValueError, UnicodeEncodeError):
        return None
    # one text, one token: base64 of other spellings must not open too
    return _open(raw, purpose, ring or keyring()) if to_link(raw) == token else None
