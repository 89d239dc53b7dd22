"""From outcomes to the ledger: what is settled, what is tried again, what stays unknown."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bluelamp.channels.contract import Outcome, OutcomeKind, Recipient
from bluelamp.outbound.engine.ledger import Entry, Retry, Row
from bluelamp.outbound.rules.retries import next_attempt
from bluelamp.outbound.values import DeliveryStatus, UnknownPolicy

Lookup = Callable[[Sequence[str]], Awaitable[frozenset[str]]]
"""Of these Message-IDs, those that the provider has accepted."""

SETTLED = {
    OutcomeKind.ACCEPTED: DeliveryStatus.ACCEPTED,
    OutcomeKind.REFUSED: DeliveryStatus.REFUSED,
    OutcomeKind.SKIPPED: DeliveryStatus.SKIPPED,
}

STOPPED_CODE = 1
"""Code of a skipped delivery that a stop caught, not a withdrawal."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What decides about failures: when it began, the policy, how to ask."""

    policy: UnknownPolicy
    started: datetime
    lookup: Lookup | None = None

    @property
    def resends_unknown(self) -> bool:
        """Say whether what stays unknown is sent again under the same Message-ID.

        Reconciling without anybody to ask falls to at-least-once: a police
        message twice is a nuisance, one that never came may be worse, and the
        receiver knows the second by its Message-ID.
        """
        return self.policy is not UnknownPolicy.AT_MOST_ONCE


def withheld(points: Sequence[int]) -> list[Row]:
    """Return the lines of those who may not be told any more."""
    return [Row(point, DeliveryStatus.SKIPPED) for point in points]


async def settle(
    outcomes: Sequence[Outcome], recipients: Sequence[Recipient], terms: Terms, *, now: datetime,
    attempt: int,
) -> Entry:  # fmt: skip
    """Turn a window's outcomes into what is recorded.

    :param attempt: attempts that these contact points have behind them.
    """
    known = {recipient.contact_point: recipient for recipient in recipients}
    unknown = [one for one in outcomes if one.kind is OutcomeKind.UNKNOWN]
    arrived = await _arrived(unknown, known, terms)
    entry = Entry()
    for one in outcomes:
        _settle_one(entry, one, known[one.contact_point], arrived, attempt, terms, now)
    return entry


async def _arrived(
    unknown: Sequence[Outcome], known: dict[int, Recipient], terms: Terms
) -> frozenset[str]:
    if not unknown or terms.lookup is None or terms.policy is not UnknownPolicy.RECONCILE:
        return frozenset()
    return await terms.lookup([known[one.contact_point].message_id for one in unknown])


def _settle_one(
    entry: Entry, one: Outcome, recipient: Recipient, arrived: frozenset[str], before: int,
    terms: Terms, now: datetime,
) -> None:  # fmt: skip
    point, kind = one.contact_point, one.kind
    if kind in SETTLED:
        code = STOPPED_CODE if kind is OutcomeKind.SKIPPED else one.code
        entry.rows.append(Row(point, SETTLED[kind], code))
        if kind is OutcomeKind.REFUSED:
            entry.refusals.append(one)
    elif kind is OutcomeKind.UNKNOWN and recipient.message_id in arrived:
        entry.rows.append(Row(point, DeliveryStatus.ACCEPTED))
    elif kind is OutcomeKind.UNKNOWN and not terms.resends_unknown:
        entry.rows.append(Row(point, DeliveryStatus.UNKNOWN))
    else:
        _try_again(entry, one, recipient, before + 1, terms, now)


def _try_again(
    entry: Entry, one: Outcome, recipient: Recipient, attempts: int, terms: Terms, now: datetime
) -> None:
    due = next_attempt(attempts, now=now, started=terms.started, chance=random.random())  # noqa: S311
    if due is None:
        entry.rows.append(Row(one.contact_point, DeliveryStatus.EXPIRED, one.code))
    else:
        domain = recipient.address.rpartition("@")[2].lower()
        entry.retries.append(Retry(one.contact_point, domain, attempts, due))
