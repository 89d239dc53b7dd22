"""Signed calls: HMAC-SHA256 over the moment and the body, so that none is made up or replayed."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

TOLERANCE = timedelta(minutes=5)
"""How far the caller's clock, and the way here, may be off."""


def sign(secret: str, moment: str, body: bytes) -> str:
    """Return the signature of a body at a moment (seconds since 1970, as text)."""
    signed = moment.encode("utf-8", "replace") + b"." + body
    return "sha256=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def is_signed(secret: str, moment: str, body: bytes, signature: str, *, now: datetime) -> bool:
    """Say whether a call was signed with the secret, and lately."""
    if not secret or not (moment.isascii() and moment.isdigit() and len(moment) < 12):
        return False
    lately = abs(now - datetime.fromtimestamp(int(moment), UTC)) <= TOLERANCE
    return hmac.compare_digest(sign(secret, moment, body).encode(), signature.encode()) and lately
