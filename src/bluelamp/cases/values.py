"""States of cases, kinds and states of milestones, and what happens to their clocks."""

from __future__ import annotations

from enum import StrEnum


class CaseState(StrEnum):
    """How a case stands."""

    NEW = "new"
    OPEN = "open"
    WAITING = "waiting"  # for the citizen
    CLOSED = "closed"


class Joined(StrEnum):
    """How an item came into its case."""

    OPENED = "opened"
    CONVERSATION = "conversation"
    REPEATS = "repeats"
    SAME_PERSON = "same_person"


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
