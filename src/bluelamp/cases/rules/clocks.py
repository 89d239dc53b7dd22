"""Milestones' clocks: how much of a target is used, when it is due, and how it stands.

A clock is what was promised and what has happened since, in order; nothing else is kept, so
that any question can be asked about any moment and the answer explained.

* Time counts while the clock runs and its hours are open.
* The due moment is the earliest by which the whole target is used.  What is met at that
  moment is within it; afterwards it is late, even before the hours open again.
* A pause keeps what is used; while it lasts nothing is due.  A clock that was overdue
  before stays overdue, with the due moment that it missed.
* A new target counts against what is used already.  Where that is more than the target, what
  was not overdue before is due at the moment of the change, not before anybody knew of it.
* A repeated event changes nothing: the same one twice, a second start, pause, answer or ending.
* Events are told in the order in which the database took them.  One that a machine whose
  clock is behind dates before the last is taken as at the last one's moment.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bluelamp.cases.errors import ClockRefusedError
from bluelamp.cases.values import (
    ANEW_WHEN_REOPENED,
    ClockEventKind,
    MilestoneKind,
    MilestoneState,
)
from bluelamp.org.rules.hours import ROUND_THE_CLOCK, ZERO, Hours

WARN_SHARE = 0.75
"""The share of its target after which a milestone is warned of."""


@dataclass(frozen=True, slots=True)
class Clock:
    """What was promised when the milestone was made."""

    kind: MilestoneKind
    target: timedelta
    """Working time in ``hours``; nothing means at once."""
    hours: Hours = ROUND_THE_CLOCK
    """Round the clock for emergencies: elapsed time."""

    def __post_init__(self) -> None:
        _refuse_negative(self.target)


@dataclass(frozen=True, slots=True)
class ClockEvent:
    """Something that happened to a clock at a moment."""

    kind: ClockEventKind
    at: datetime
    target: timedelta | None = None
    """The new target, of ``TARGET_CHANGED`` alone."""
    hours: Hours | None = None
    """The new hours, of ``HOURS_CHANGED`` alone."""

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError("A moment needs its offset from UTC.")
        given = (self.target is not None, self.hours is not None)
        if given != (self.kind is _Kind.TARGET_CHANGED, self.kind is _Kind.HOURS_CHANGED):
            raise ClockRefusedError(f"A new target or new hours do not fit “{self.kind}”.")
        if self.target is not None:
            _refuse_negative(self.target)


_Kind = ClockEventKind
Events = Sequence[ClockEvent]
"""What happened to a clock, earliest first."""


def _refuse_negative(target: timedelta) -> None:
    if target < ZERO:
        raise ClockRefusedError("A target cannot be negative.")


# --- questions ---


def used(clock: Clock, events: Events, at: datetime) -> timedelta:
    """Return the working time used by ``at``; it goes on past the target, not past the end."""
    return _course(clock, events, at).used


def due_at(clock: Clock, events: Events, at: datetime) -> datetime | None:
    """Return when, as things stand at ``at``, the target is or was used up.

    None where nothing is due: not begun, paused before it was due, met in time, cancelled.

    :raises NeverOpenError: the hours hold less time than the target.
    """
    return _course(clock, events, at).due()


def warn_at(
    clock: Clock, events: Events, at: datetime, share: float = WARN_SHARE
) -> datetime | None:
    """Return when, as things stand at ``at``, a share of the target is or was used up.

    :param share: more than 0, at most 1.
    """
    if not 0 < share <= 1:
        raise ValueError("A share of the target lies above 0 and is at most 1.")
    return _course(clock, events, at, share).due()


def state(clock: Clock, events: Events, at: datetime) -> MilestoneState:
    """Return how the milestone stands at ``at``."""
    course = _course(clock, events, at)
    late = course.passed is not None
    match course.phase:
        case _Phase.PENDING:
            return MilestoneState.PENDING
        case _Phase.CANCELLED:
            return MilestoneState.CANCELLED
        case _Phase.MET:
            return MilestoneState.MET_LATE if late else MilestoneState.MET
        case _Phase.PAUSED if not late:
            return MilestoneState.PAUSED
    return MilestoneState.BREACHED if late else MilestoneState.RUNNING


def follow(clock: Clock, events: Events, event: ClockEvent) -> tuple[ClockEvent, ...]:
    """Return the events with another one at their end, or as they were where it changes nothing.

    Machines' clocks differ: an event dated before the last one is taken as at its moment.

    :raises ClockRefusedError: it cannot have happened then.
    """
    if event in events:
        return tuple(events)
    known = (*events, _not_before(events, event))
    latest = known[-1].at
    same = _course(clock, known, latest) == _course(clock, events, latest)
    return tuple(events) if same else known


def _not_before(events: Events, event: ClockEvent) -> ClockEvent:
    return replace(event, at=max(event.at, events[-1].at)) if events else event


# --- how a clock runs ---


class _Phase(StrEnum):
    PENDING = "has not started"
    RUNNING = "is running"
    PAUSED = "is paused"
    MET = "has been met"
    CANCELLED = "is cancelled"


@dataclass(frozen=True, slots=True)
class _Course:
    """A clock at a moment, from all that happened until then."""

    kind: MilestoneKind
    target: timedelta
    hours: Hours
    share: float
    at: datetime
    phase: _Phase = _Phase.PENDING
    used: timedelta = ZERO
    passed: datetime | None = None
    """When the share of the target was used up, once that moment is over."""
    reopened: bool = False

    def due(self) -> datetime | None:
        """Return the moment at which the share of the target is or was used up."""
        if self.phase is _Phase.CANCELLED:
            return None
        return self.passed or (self._ahead() if self.phase is _Phase.RUNNING else None)

    def _ahead(self) -> datetime:
        left = max(self.target * self.share - self.used, ZERO)
        return self.hours.after(self.at, left)

    def until(self, at: datetime) -> _Course:
        """Let time pass."""
        if self.phase is not _Phase.RUNNING:
            return replace(self, at=at)
        more = self.hours.open_between(self.at, at)
        passed = self.passed
        if passed is None and self.used + more >= self.target * self.share:
            due = self._ahead()
            passed = due if due < at else None
        return replace(self, at=at, used=self.used + more, passed=passed)

    def told(self, event: ClockEvent) -> _Course:
        """Take an event in."""
        course = self.until(event.at)
        match event.kind:
            case _Kind.HOURS_CHANGED if event.hours is not None:
                return replace(course._live(event), hours=event.hours)
            case _Kind.TARGET_CHANGED if event.target is not None:
                return course._live(event)._held_to(event.target)
            case _Kind.REOPENED:
                return course._again()
        return course._moved(event)

    def _live(self, event: ClockEvent) -> _Course:
        if self.phase in (_Phase.RUNNING, _Phase.PAUSED):
            return self
        raise self._refusal(event.kind)

    def _held_to(self, target: timedelta) -> _Course:
        """Change the target; what was overdue may be in time again, or the other way about."""
        left = target * self.share - self.used
        if left > ZERO or (not left and self.passed is None):
            return replace(self, target=target, passed=None)
        return replace(self, target=target, passed=self.passed or self.at)

    def _again(self) -> _Course:
        if self.phase in _ENDED:
            fresh = replace(self, phase=_Phase.RUNNING, reopened=True)
            return replace(fresh, used=ZERO, passed=None) if self._anew() else fresh
        if self.reopened:
            return self
        raise self._refusal(_Kind.REOPENED)

    def _anew(self) -> bool:
        return self.kind in ANEW_WHEN_REOPENED

    def _moved(self, event: ClockEvent) -> _Course:
        try:
            return replace(self, phase=_MOVES[self.phase, event.kind])
        except KeyError:
            raise self._refusal(event.kind) from None

    def _refusal(self, kind: ClockEventKind) -> ClockRefusedError:
        return ClockRefusedError(f"A clock that {self.phase} cannot be “{kind}” ({self.at}).")


_ENDED = (_Phase.MET, _Phase.CANCELLED)
_MOVES: Mapping[tuple[_Phase, ClockEventKind], _Phase] = {
    (_Phase.PENDING, _Kind.STARTED): _Phase.RUNNING,
    (_Phase.RUNNING, _Kind.STARTED): _Phase.RUNNING,
    (_Phase.RUNNING, _Kind.PAUSED): _Phase.PAUSED,
    (_Phase.RUNNING, _Kind.RESUMED): _Phase.RUNNING,
    (_Phase.RUNNING, _Kind.MET): _Phase.MET,
    (_Phase.RUNNING, _Kind.CANCELLED): _Phase.CANCELLED,
    (_Phase.PAUSED, _Kind.STARTED): _Phase.PAUSED,
    (_Phase.PAUSED, _Kind.PAUSED): _Phase.PAUSED,
    (_Phase.PAUSED, _Kind.RESUMED): _Phase.RUNNING,
    (_Phase.PAUSED, _Kind.MET): _Phase.MET,
    (_Phase.PAUSED, _Kind.CANCELLED): _Phase.CANCELLED,
    (_Phase.MET, _Kind.MET): _Phase.MET,
    (_Phase.CANCELLED, _Kind.CANCELLED): _Phase.CANCELLED,
}
"""What a phase becomes; what is not here cannot happen."""


def _course(clock: Clock, events: Events, at: datetime, share: float = 1) -> _Course:
    """Tell a clock what happened until ``at``.

    :raises ClockRefusedError: an event cannot have happened then.
    """
    known = tuple(dict.fromkeys(events))
    start = known[0].at if known else at
    course = _Course(clock.kind, clock.target, clock.hours, share, min(start, at))
    for event in known:
        if event.at < course.at and event.at <= at:
            raise ClockRefusedError(f"“{event.kind}” at {event.at} comes after a later event.")
        if event.at <= at:
            course = course.told(event)
    return course.until(at)
