"""What somebody who wrote to us is given, to name their message by."""

from __future__ import annotations

import hashlib
import hmac

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O or U, which are misread or misheard."""
_LENGTH = 12


def reference(secret: bytes, force: int, once: bytes) -> str:
    """Return twelve letters (60 bits) as ``7K3F-9Q2M-X04B``, the same for the same form.

    :param once: what the form brought to be taken once; it is the sender's to choose,
        so that the reference is made under a key.
    """
    digest = hmac.digest(secret, b"reference:%d:" % force + once, hashlib.sha256)
    number = int.from_bytes(digest[:8]) >> 4
    letters = "".join(ALPHABET[number >> 5 * place & 31] for place in range(_LENGTH))
    return "-".join(letters[at : at + 4] for at in range(0, _LENGTH, 4))
