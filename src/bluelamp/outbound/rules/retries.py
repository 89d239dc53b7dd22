"""How long a delivery may go on, and whose word decides about unknown sends."""

from __future__ import annotations

from datetime import datetime, timedelta

from bluelamp.outbound.values import UnknownPolicy

GIVE_UP = timedelta(hours=24)
"""From the message's start: what is not accepted by then has expired.

RFC 5321 section 4.5.4.1 lets mail wait for days; news of a street goes stale.
"""


def in_time(due: datetime, *, started: datetime) -> bool:
    """Say whether an attempt at ``due`` is still worth making."""
    return due <= started + GIVE_UP


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
