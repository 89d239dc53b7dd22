"""References that people can read out, and that nobody can guess or count by."""

from __future__ import annotations

import re
import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O or U, which are misread or misheard."""
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})
_LENGTH = 8


def new_reference() -> str:
    """Return a reference such as ``7K3C-9QX2``: 40 random bits."""
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(_LENGTH))
    return f"{drawn[:4]}-{drawn[4:]}"


def read_reference(text: str) -> str:
    """Return a reference as stored, however it was written; empty where it is none."""
    kept = re.sub(r"[\s\-–]", "", text).upper().translate(_MISREAD)
    fits = len(kept) == _LENGTH and set(kept) <= set(ALPHABET)
    return f"{kept[:4]}-{kept[4:]}" if fits else ""
