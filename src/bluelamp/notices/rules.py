"""When a notice is tried again."""

from __future__ import annotations

from datetime import datetime, timedelta

from bluelamp.notices.values import Rung

LADDER = (
    (Rung.ON_CALL, timedelta(minutes=2)),
    (Rung.ON_CALL, timedelta(minutes=2)),
    (Rung.ON_SHIFT, timedelta(minutes=2)),
    (Rung.ABOVE, timedelta(minutes=4)),
)
"""Whom a page rings in turn, and how long it waits for an answer; the last is repeated."""


def is_last(step: int) -> bool:
    """Say whether nobody stands above this rung: it is rung again and again."""
    return step >= len(LADDER) - 1


def next_rung(step: int) -> tuple[Rung, timedelta]:
    """Return whom to ring after ``step`` rungs, and how long to wait then."""
    return LADDER[min(step, len(LADDER) - 1)]


MOST_ATTEMPTS = 8
"""The last one comes some two hours after the first."""
_FIRST_WAIT = timedelta(seconds=10)
_LONGEST_WAIT = timedelta(hours=1)


def next_attempt(
    attempts: int, *, now: datetime, asked: timedelta | None = None
) -> datetime | None:
    """Return when to try again, each wait three times the last; None to give up.

    :param attempts: how many have failed, at least one.
    :param asked: how long the provider wants to be left alone; never less than that.
    """
    if attempts >= MOST_ATTEMPTS:
        return None
    own = min(_FIRST_WAIT * int(3 ** (attempts - 1)), _LONGEST_WAIT)
    return now + max(own, asked or timedelta(0))


def useful_until(kind: str, made_at: datetime) -> datetime:
    """Return when a notice is no use any more: a code that comes late only confuses."""
    return made_at + (timedelta(minutes=20) if kind == "code" else timedelta(days=2))
