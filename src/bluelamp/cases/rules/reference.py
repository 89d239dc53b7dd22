"""References that people can read out, and that nobody can guess or count by."""

from __future__ import annotations

import re
import secrets

from bluelamp.inbound.rules.references import ALPHABET

_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})
_LENGTH = 8
_GIVEN = 12
"""Letters of a reference that our contact page gives out before there is a case."""


def new_reference() -> str:
    """Return a reference such as ``7K3C-9QX2``: 40 random bits."""
    bits = secrets.randbits(5 * _LENGTH)
    drawn = "".join(ALPHABET[bits >> 5 * place & 31] for place in range(_LENGTH))
    return f"{drawn[:4]}-{drawn[4:]}"


def read_reference(text: str) -> str:
    """Return a reference as stored, however it was written; empty where it is none."""
    kept = _letters(text)
    return f"{kept[:4]}-{kept[4:]}" if len(kept) == _LENGTH else ""


def read_any(text: str) -> str:
    """Return a case's reference, or one that our contact page gave out; empty where it is none."""
    kept = _letters(text)
    if len(kept) not in {_LENGTH, _GIVEN}:
        return ""
    return "-".join(kept[at : at + 4] for at in range(0, len(kept), 4))


def _letters(text: str) -> str:
    """Return the letters of a reference, however they were written; empty where others are."""
    kept = re.sub(r"[\s\-–]", "", text).upper().translate(_MISREAD)
    return kept if set(kept) <= set(ALPHABET) else ""
