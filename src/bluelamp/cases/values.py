"""States of cases, kinds and states of milestones, and what happens to their clocks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

ROUTING_LOCK = 0x63617365
"""First half of the advisory lock's key ("case") of whoever brings items into cases; the
second is the force.  Two at once would open two cases for one person.  A worker that routes
holds 0 as well, which belongs to no force."""
RINGS_FOR_ITEM = "item:"
"""What a page for somebody's words is about begins so; the item's number follows."""
RINGS_FOR_PROMISE = "milestone:"
"""What a page for a promise that was missed is about begins so; its number follows."""


CODE_DIGITS = 9
"""Of the code that opens a citizen's own case; why so many says ``actions.access``."""


class CaseState(StrEnum):
    """How a case stands.  Every state but the last is open, and owned."""

    NEW = "new"  # nobody has read it
    OPEN = "open"
    WAITING = "waiting"  # for the citizen
    CLOSED = "closed"


class Joined(StrEnum):
    """How an item came into its case."""

    OPENED = "opened"
    CONVERSATION = "conversation"  # the same exchange on the same account
    SAME_PERSON = "same_person"  # the same contact point, while a case is open
    REPEATS = "repeats"  # passed on in public
    BY_HAND = "by_hand"  # an officer put it there
    BY_SYSTEM = "by_system"  # another case system says that it belongs there


# --- milestones ---


class MilestoneKind(StrEnum):
    """What somebody was promised."""

    FIRST_RESPONSE = "first_response"
    """The first answer of a person; an automatic one does not count."""
    UPDATE = "update"
    """The next word on how it stands; each one begins the next milestone."""
    RESOLUTION = "resolution"


ANEW_WHEN_REOPENED = frozenset({MilestoneKind.FIRST_RESPONSE, MilestoneKind.UPDATE})
"""Kinds whose clock starts again from nothing: who writes again waits again.  A resolution
goes on with the time it took so far, for it did not resolve."""


class MilestoneState(StrEnum):
    """How a milestone stands."""

    PENDING = "pending"  # not begun
    RUNNING = "running"
    PAUSED = "paused"  # waiting for the citizen, and not overdue
    BREACHED = "breached"  # overdue, running or paused
    MET = "met"
    MET_LATE = "met_late"
    CANCELLED = "cancelled"


class ClockEventKind(StrEnum):
    """What happens to a clock."""

    STARTED = "started"
    PAUSED = "paused"  # waiting for the citizen
    RESUMED = "resumed"  # an answer, from any side
    MET = "met"
    REOPENED = "reopened"
    CANCELLED = "cancelled"
    HOURS_CHANGED = "hours_changed"
    TARGET_CHANGED = "target_changed"  # a severity decided anew


# --- answers and handovers ---


class ReplyState(StrEnum):
    """Where an answer stands until it is an act on a platform."""

    DRAFT = "draft"
    SUBMITTED = "submitted"  # waits for another's yes
    SENT = "sent"  # handed to the channel, whose act tells the rest
    RETURNED = "returned"  # sent back while its author had begun another


class RoundState(StrEnum):
    """What became of an answer to all in one case; the column is the queue."""

    WAITING = "waiting"
    SENT = "sent"
    SUBMITTED = "submitted"  # in public: waits for another's yes
    REFUSED = "refused"  # ``problem`` says why


class ProposalState(StrEnum):
    """Whether cases that look like one incident are one."""

    PROPOSED = "proposed"
    TAKEN = "taken"
    REFUSED = "refused"


class Settled(StrEnum):
    """What became of a case that was handed over."""

    ACCEPTED = "accepted"
    TO_UNIT = "to_unit"  # back to the unit's queue: nobody came in for it


# --- what the citizen sees ---


class SendBy(StrEnum):
    """By which kind of address somebody wants the code that opens their case."""

    EMAIL = "email"
    SMS = "sms"
    DIRECT = "direct"  # a private message, where they wrote to us in one


class Origin(StrEnum):
    """Who decided whether a citizen is shown their case."""

    FOUND = "found"  # by words in what was said
    OFFICER = "officer"
    CITIZEN = "citizen"  # it is not safe to be contacted this way


class Standing(StrEnum):
    """Where a case stands, as its citizen is told it."""

    RECEIVED = "received"
    LOOKED_AT = "looked_at"
    ANSWERED = "answered"
    WAITING = "waiting"  # for them
    CLOSED = "closed"


class Silence(StrEnum):
    """Why a citizen is not told what came of their case."""

    UNSAFE = "unsafe"  # somebody else may read it
    NOT_TO_US = "not_to_us"  # they did not speak to us: it was found by listening
    NO_WAY = "no_way"  # they left no address, or the account is closed
    DECLINED = "declined"  # the channel took no such words


# --- guidance ---


class ArticleState(StrEnum):
    """Whether officers are shown an article."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class Wording:
    """What an article says."""

    title: str
    body: str
    reply: str = ""
    """What may be said to the citizen, with fields such as ``{{citizen_name}}``."""
    short_reply: str = ""
    """The same for a channel in which ``reply`` does not fit."""


# --- other case systems ---


class LinkState(StrEnum):
    """How far another system knows of a case."""

    READY = "ready"
    DOING = "doing"
    DONE = "done"  # until the case changes
    FAILED = "failed"  # a person must see to it


class Told(StrEnum):
    """What another system tells of its cases."""

    ITEM_LINKED = "item.linked"  # something said to us belongs to a case there
    CASE_LINKED = "case.linked"  # a case here is a case there
    CASE_OPENED = "case.opened"
    CASE_CHANGED = "case.changed"


# --- routing ---


class SetState(StrEnum):
    """Where a set of routing rules stands; a force has one draft and one that holds at most."""

    DRAFT = "draft"
    HOLDS = "holds"
    HELD = "held"


# --- people ---


class SuggestionState(StrEnum):
    """Whether two contacts are one person."""

    PROPOSED = "proposed"
    TAKEN = "taken"
    REFUSED = "refused"  # or taken back


class ReviewState(StrEnum):
    """How far somebody has looked at how a person fares."""

    OPEN = "open"
    DECIDED = "decided"  # to be looked at again on a day
    CLOSED = "closed"


class ReviewDecision(StrEnum):
    """What came of looking."""

    SUPPORT = "support"  # passed on to who can help
    PLAN = "plan"  # somebody helps already
    WATCH = "watch"
    NO_CONCERN = "no_concern"
