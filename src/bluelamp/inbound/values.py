"""States of what came in."""

from __future__ import annotations

from enum import StrEnum


class ItemState(StrEnum):
    """Where a raw item stands; the column is the queue."""

    STORED = "stored"
    UNDERSTOOD = "understood"
    SET_ASIDE = "set_aside"  # findable, but not ours to act on (a stranger's bounce)
    FAILED = "failed"  # could not be read; kept, and retried after a fix
