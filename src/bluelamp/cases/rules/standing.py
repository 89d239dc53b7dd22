"""What a citizen is told of where their case stands: total over all states, and nothing internal.

Only the case's state, its moments and its promises go in; severity, headings, notes,
names and units cannot come out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bluelamp.cases.values import CaseState, MilestoneKind, MilestoneState, Standing

_RUNS = frozenset({MilestoneState.RUNNING, MilestoneState.BREACHED})
_ANSWERS = frozenset({MilestoneKind.FIRST_RESPONSE, MilestoneKind.UPDATE})
"""Promises to say something; the third kind is to be done with it."""


@dataclass(frozen=True, slots=True)
class Promised:
    """A milestone as far as a citizen is concerned."""

    kind: str
    state: str
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Next:
    """When the citizen hears of it next, by what was promised."""

    at: datetime
    late: bool
    """The moment has passed, and nothing was said."""
    answer: bool
    """An answer; else that it is dealt with."""


def standing(state: str, *, heard_at: datetime, answered_at: datetime | None) -> Standing:
    """Return where a case stands; a state that is not known here is being looked at.

    :param heard_at: when the citizen last said something.
    :param answered_at: when an officer last answered.
    """
    if state == CaseState.NEW:
        return Standing.RECEIVED
    if state == CaseState.WAITING:
        return Standing.WAITING
    if state == CaseState.CLOSED:
        return Standing.CLOSED
    answered = answered_at is not None and answered_at >= heard_at
    return Standing.ANSWERED if answered else Standing.LOOKED_AT


def next_word(stands: Standing, promises: Iterable[Promised], *, now: datetime) -> Next | None:
    """Return when they hear next, the soonest answer first; ``None`` where nothing is promised.

    Nothing is due while it is the citizen's turn, or when it is over.
    """
    if stands in {Standing.WAITING, Standing.CLOSED}:
        return None
    due = [(one.kind not in _ANSWERS, one.due_at, one.state) for one in promises
           if one.state in _RUNS and one.due_at is not None]  # fmt: skip
    if not due:
        return None
    ends, at, state = min(due)
    return Next(at, late=at <= now or state == MilestoneState.BREACHED, answer=not ends)
