"""States of files, and how large they may be."""

from __future__ import annotations

from enum import StrEnum

LARGEST = 10 * 1024 * 1024
"""Bytes of one file; more than a phone's photo, some twenty seconds of its film."""
MOST = 5
"""Files that may come with one form."""
NAME_LIMIT = 120


class FileState(StrEnum):
    """Where a file stands; the column is the queue of the check."""

    STORED = "stored"  # nobody may open it yet
    CLEAN = "clean"  # a scanner found nothing
    UNSCANNED = "unscanned"  # of a kind that we show, but no scanner is set up
    REFUSED = "refused"  # of another kind, or a scanner named what is in it

    @property
    def may_be_opened(self) -> bool:
        """Say whether officers may open it."""
        return self in (FileState.CLEAN, FileState.UNSCANNED)
