"""When to try again, and when to give up: from values alone.

Exponential back-off with full jitter, as Amazon's architecture blog measured
it ("Exponential Backoff And Jitter", 2015); give-up time in the spirit of
RFC 5321 section 4.5.4.1, shorter, because news of a street goes stale.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bluelamp.outbound.values import UnknownPolicy

FIRST = timedelta(seconds=60)
LONGEST = timedelta(hours=2)
GIVE_UP = timedelta(hours=24)
"""From the message's start: what is not accepted by then has expired."""


def pause(attempts: int, chance: float, hint: timedelta | None = None) -> timedelta:
    """Return how long to wait after ``attempts`` failures.

    :param chance: uniform in [0, 1): where in the upper half of the span it falls.
    :param hint: what the provider asked for; never undercut.
    """
    span: timedelta = min(LONGEST, FIRST * 2 ** min(attempts - 1, 16))
    jittered = span / 2 + span / 2 * chance
    return max(jittered, hint) if hint else jittered


def next_attempt(
    attempts: int, *, now: datetime, started: datetime, chance: float,
    hint: timedelta | None = None,
) -> datetime | None:  # fmt: skip
    """Return when to try again, or ``None`` when the time is over."""
    due = now + pause(attempts, chance, hint)
    return due if due <= started + GIVE_UP else None


def agreed_policy(message: UnknownPolicy, account: str) -> UnknownPolicy:
    """Return what becomes of unknown sends: the message's policy, the account's means.

    A message that asks to be reconciled over an account that has nobody to ask
    (no log of the relay) goes by what that account's settings say instead.
    """
    if message is UnknownPolicy.RECONCILE and account in {
        UnknownPolicy.AT_MOST_ONCE,
        UnknownPolicy.AT_LEAST_ONCE,
    }:
        return UnknownPolicy(account)
    return message
