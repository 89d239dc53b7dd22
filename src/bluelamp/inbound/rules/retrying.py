"""When something that a platform serves is asked for again."""

from __future__ import annotations

from datetime import timedelta

WAITS = (
    timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2),
    timedelta(hours=8),
)  # fmt: skip
"""After each attempt that failed; some platforms take minutes until a film is ready."""


def next_fetch(attempts: int, *, asked: timedelta | None = None) -> timedelta | None:
    """Return how long to wait, and never less than the platform asks for; None: give up.

    :param attempts: how many have failed, at least one.
    """
    if attempts > len(WAITS):
        return None
    return max(WAITS[attempts - 1], asked or timedelta(0))
