"""From outcomes to the ledger: what is settled, what is tried again, what stays unknown."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bluelamp.channels.contract import Outcome, OutcomeKind, Recipient
from bluelamp.outbound.engine.ledger import Entry, Retry, Row
from bluelamp.outbound.rules.backoff import Knowledge, next_attempt
from bluelamp.outbound.rules.retries import in_time
from bluelamp.outbound.values import DeliveryStatus, UnknownPolicy

Lookup = Callable[[Sequence[str]], Awaitable[frozenset[str]]]
"""Of these Message-IDs, those that the provider has accepted."""

SETTLED = {
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


def domain_of(recipient: Recipient) -> str:
    """Return the domain whose mail system answers for a recipient."""
    return recipient.address.rpartition("@")[2].lower()


async def settle(
    outcomes: Sequence[Outcome], recipients: Sequence[Recipient], terms: Terms, *, now: datetime,
    attempt: int, known: Knowledge,
) -> Entry:  # fmt: skip
    """Turn a window's outcomes into what is recorded.

    :param attempt: attempts that these contact points have behind them.
    :param known: what is known of the relay and the domains, these outcomes included.
    """
    entry, others = _accepted(outcomes)
    if not others:
        return entry
    people = {recipient.contact_point: recipient for recipient in recipients}
    unknown = [one for one in others if one.kind is OutcomeKind.UNKNOWN]
    arrived = await _arrived(unknown, people, terms)
    for one in others:
        recipient = people[one.contact_point]
        if not _settled(entry, one, recipient, arrived, terms):
            _try_again(entry, one, recipient, attempt + 1, terms, known, now)
    return entry


def _accepted(outcomes: Sequence[Outcome]) -> tuple[Entry, list[Outcome]]:
    """Write the lines of those who were accepted, nearly all; return the others."""
    taken, status = OutcomeKind.ACCEPTED, DeliveryStatus.ACCEPTED
    rows = [Row(one.contact_point, status, one.code) for one in outcomes if one.kind is taken]
    return Entry(rows), [one for one in outcomes if one.kind is not taken]


async def _arrived(
    unknown: Sequence[Outcome], known: dict[int, Recipient], terms: Terms
) -> frozenset[str]:
    if not unknown or terms.lookup is None or terms.policy is not UnknownPolicy.RECONCILE:
        return frozenset()
    return await terms.lookup([known[one.contact_point].message_id for one in unknown])


def _settled(
    entry: Entry, one: Outcome, recipient: Recipient, arrived: frozenset[str], terms: Terms
) -> bool:
    """Write the line of an outcome that is final; say whether it was."""
    point, kind = one.contact_point, one.kind
    if kind in SETTLED:
        code = STOPPED_CODE if kind is OutcomeKind.SKIPPED else one.code
        entry.rows.append(Row(point, SETTLED[kind], code))
        if kind is OutcomeKind.REFUSED:
            entry.refusals.append(one)
        return True
    if kind is OutcomeKind.UNKNOWN and recipient.message_id in arrived:
        entry.rows.append(Row(point, DeliveryStatus.ACCEPTED))
        return True
    if kind is OutcomeKind.UNKNOWN and not terms.resends_unknown:
        entry.rows.append(Row(point, DeliveryStatus.UNKNOWN))
        return True
    return False


def _try_again(
    entry: Entry, one: Outcome, recipient: Recipient, attempts: int, terms: Terms,
    known: Knowledge, now: datetime,
) -> None:  # fmt: skip
    domain = domain_of(recipient)
    due = next_attempt(known, domain, one, attempts, now=now, chance=random.random)
    wait(entry, Retry(one.contact_point, domain, attempts, due), terms, code=one.code)


def wait(entry: Entry, retry: Retry, terms: Terms, *, code: int = 0) -> None:
    """Let a contact point wait for its time, unless that would be too late."""
    if in_time(retry.due_at, started=terms.started):
        entry.retries.append(retry)
    else:
        entry.rows.append(Row(retry.contact_point, DeliveryStatus.EXPIRED, code))
