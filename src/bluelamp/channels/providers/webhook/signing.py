"""Signatures: HMAC-SHA256 over the time and the body, good for five minutes."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import datetime

from bluelamp.channels.contract import ChannelError
from bluelamp.kit import signature

TIMESTAMP, SIGNATURE = "x-bluelamp-timestamp", "x-bluelamp-signature"


def sign(secret: str, body: bytes, *, now: datetime) -> dict[str, str]:
    """Return the headers that prove who posts ``body``, and when."""
    timestamp = str(int(now.timestamp()))
    return {TIMESTAMP: timestamp, SIGNATURE: signature.sign(secret, timestamp, body)}


def check(secret: str, body: bytes, headers: Mapping[str, str], *, now: datetime) -> None:
    """Check who posted ``body``, and that it was now.

    :param headers: names in lower case.
    :raises ChannelError: permanent; unsigned, signed by another, changed, or too old.
    """
    timestamp, given = headers.get(TIMESTAMP, ""), headers.get(SIGNATURE, "")
    wanted = signature.sign(secret, timestamp, body)
    if not hmac.compare_digest(given.encode(), wanted.encode()):
        raise ChannelError("The signature is not ours.", permanent=True)
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        raise ChannelError("The time of the signature cannot be read.", permanent=True)
    if abs(now.timestamp() - int(timestamp)) > signature.TOLERANCE.total_seconds():
        raise ChannelError("The signature is too old, or a clock is wrong.", permanent=True)
