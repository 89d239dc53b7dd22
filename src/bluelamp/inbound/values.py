"""States, stages and parts of what came in."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class ItemState(StrEnum):
    """Where a raw item stands; the column is the queue."""

    STORED = "stored"
    UNDERSTOOD = "understood"
    SET_ASIDE = "set_aside"  # findable, but not ours to act on (a stranger's bounce)
    FAILED = "failed"  # could not be read; kept, shown, and read again when somebody says so


class Stage(StrEnum):
    """How far an item has come on the river; the column is the queue of the next stage."""

    UNDERSTOOD = "understood"
    MODERATED = "moderated"
    THREADED = "threaded"
    TRIAGED = "triaged"
    ROUTED = "routed"  # a case has it, or it is kept aside and findable
    STUCK = "stuck"  # breaks what carries it on; ``findings["problem"]`` says how


class Part(StrEnum):
    """What an item is to the thread it belongs to."""

    FIRST = "first"
    REPOST = "repost"  # the platform, or a mark in the text, says that it is passed on
    QUOTE = "quote"  # passed on with words of one's own
    COPY = "copy"  # the same words again, without saying so


PASSED_ON = frozenset({Part.REPOST, Part.COPY})
"""Parts with nothing of their sender's own in them."""


class Fetch(StrEnum):
    """Where something stands that its platform serves; the column is the queue."""

    WAITING = "waiting"
    DONE = "done"
    GIVEN_UP = "given_up"  # ``problem`` says why; it is still there on its platform


class Severity(IntEnum):
    """How soon a person must look.  Stored: never renumber."""

    NONE = 0
    ROUTINE = 1
    PROMPT = 2
    URGENT = 3
    EMERGENCY = 4


EXCHANGE = "case:"
"""Begins the conversation of an answer to an address that a case gave out; its id follows."""

BATCH = 500
"""Items that a stage moves in one transaction."""

STORIES_AN_HOUR, REPLIES_AN_HOUR = 20, 30
"""Sent forms from one address: a library, a hostel and a mobile network share theirs."""

LARGEST_HOOK = 20 * 1024 * 1024
"""Bytes of one thing that is posted to us."""
