"""States, kinds and policies of messages and deliveries."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, IntFlag, StrEnum
from typing import Any


class MessageState(StrEnum):
    """Where a message stands; the column is the queue."""

    DRAFT = "draft"
    SUBMITTED = "submitted"  # waits for an approver
    RETURNED = "returned"  # an approver wants a change
    APPROVED = "approved"  # frozen; waits for its time
    SENDING = "sending"
    SENT = "sent"
    STOPPED = "stopped"
    RECALLED = "recalled"  # withdrawn after sending; a correction went out


EDITABLE = frozenset(
    {
        MessageState.DRAFT,
        MessageState.RETURNED,
        MessageState.SUBMITTED,
        MessageState.APPROVED,
    }
)
"""States in which words and audience may change (a change takes approval away)."""

STOPPABLE = frozenset({MessageState.APPROVED, MessageState.SENDING})
"""States in which a message can still be kept from some of its readers."""

RECALLABLE = frozenset(
    {
        MessageState.SENDING,
        MessageState.SENT,
        MessageState.STOPPED,
    }
)
"""States in which somebody may have been told already."""

PUBLIC = frozenset(
    {
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
    STANDING = "standing"  # a named rule matched: the fixed words of a recall's correction


class ChunkState(StrEnum):
    """Where a chunk stands."""

    QUEUED = "queued"
    DONE = "done"
    STOPPED = "stopped"


class DeliveryStatus(IntEnum):
    """What became of one delivery.  Stored: never renumber."""

    ACCEPTED = 1
    REFUSED = 2
    DEFERRED = 3  # kept free: who is to be tried again has no delivery yet
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


@dataclass(frozen=True, slots=True)
class Draft:
    """What an author decides: the words, whom they are for and when they go."""

    kind: Kind
    title: str
    body: str
    urgency: Urgency = Urgency.ROUTINE
    purpose: str = "alerts"
    audience: dict[str, Any] = field(default_factory=dict)
    """A :class:`bluelamp.members.values.Audience`, as JSON."""
    scheduled_for: datetime | None = None
    """The moment wished for; None for as soon as it is approved."""
    unknown_policy: UnknownPolicy = UnknownPolicy.RECONCILE


class Severity(StrEnum):
    """Whether a finding keeps a message from being submitted."""

    BLOCKING = "blocking"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that the check noticed, with the words that led to it."""

    code: str
    severity: Severity
    found: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the check judges a message by: its words, and what was looked up about it."""

    title: str
    body: str
    urgency: Urgency
    counted: int
    """People in the audience."""
    goes_at: datetime
    """When it would go if approved now, aware."""
    outside: tuple[str, ...] = ()
    """Names of areas in the audience that the author's team does not police."""
    alike: tuple[str, ...] = ()
    """Titles of recent messages that say much the same to the same ground."""


CHUNK_SIZE = 5_000
"""Contact points a chunk: one job each, 128 kB of one row at most."""
WINDOW = 500
"""Contact points between two commits: at most two windows are ever unknown."""
