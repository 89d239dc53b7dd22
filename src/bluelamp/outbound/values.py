"""States, kinds and policies of messages and deliveries."""

from __future__ import annotations

from enum import IntEnum, IntFlag, StrEnum


class MessageState(StrEnum):
    """Where a message stands; the column is the queue."""

    DRAFT = "draft"
    SUBMITTED = "submitted"  # waits for an approver
    RETURNED = "returned"  # an approver wants a change
    APPROVED = "approved"  # frozen; waits for its time
    FANNING_OUT = "fanning_out"  # the audience is being written as chunks
    SENDING = "sending"
    SENT = "sent"
    STOPPED = "stopped"
    RECALLED = "recalled"  # withdrawn after sending; a correction went out


EDITABLE = frozenset({MessageState.DRAFT, MessageState.RETURNED, MessageState.SUBMITTED})
"""States in which words and audience may change (a change takes approval away)."""

PUBLIC = frozenset(
    {
        MessageState.FANNING_OUT,
        MessageState.SENDING,
        MessageState.SENT,
        MessageState.STOPPED,
        MessageState.RECALLED,
    }
)
"""States in which the public page and the feeds show a message."""


class Kind(StrEnum):
    """What kind of thing is said; shown to the reader and named in feeds."""

    CRIME = "crime"
    APPEAL = "appeal"
    MISSING = "missing"
    SAFETY = "safety"
    EVENT = "event"
    GOOD_NEWS = "good_news"
    UPDATE = "update"
    CORRECTION = "correction"


class Urgency(StrEnum):
    """How soon it must be read."""

    ROUTINE = "routine"
    URGENT = "urgent"  # may go by the break-glass path


class UnknownPolicy(StrEnum):
    """What becomes of sends whose answer was lost with a dying worker."""

    RECONCILE = "reconcile"  # ask the relay's log, then re-send what it lacks
    AT_MOST_ONCE = "at_most_once"  # never twice: shown as unknown
    AT_LEAST_ONCE = "at_least_once"  # never lost: re-sent under the same Message-ID


class Decision(StrEnum):
    """What an approver decided."""

    APPROVED = "approved"
    RETURNED = "returned"
    BREAK_GLASS = "break_glass"


class ChunkState(StrEnum):
    """Where a chunk stands."""

    QUEUED = "queued"
    DONE = "done"
    STOPPED = "stopped"


class DeliveryStatus(IntEnum):
    """What became of one delivery.  Stored: never renumber."""

    ACCEPTED = 1
    REFUSED = 2
    DEFERRED = 3  # a retry is due
    UNKNOWN = 4
    SKIPPED = 5
    BOUNCED = 6  # accepted first, came back later
    EXPIRED = 7  # retries ran out


class Mark(IntFlag):
    """What came back about a delivery, folded from its events.  Stored bits."""

    OPENED = 1
    CLICKED = 2
    RATED = 4
    REPLIED = 8
    LEFT = 16
    COMPLAINED = 32
    AUTO_REPLIED = 64
    SOFT_BOUNCED = 128


CHUNK_SIZE = 5_000
"""Contact points a chunk: one job each, 128 kB of one row at most."""
WINDOW = 500
"""Contact points between two commits: at most two windows are ever unknown."""
