"""When to try again: what a relay's answers say about a domain, or about the relay itself.

Pure: no clock and no dice of its own.  A pause doubles with each window that fails and is
then drawn evenly between nothing and that ("full jitter"), so that many workers and many
recipients do not come back at the same moment; a floor keeps them from coming back at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bluelamp.channels.contract import Outcome, OutcomeKind

Chance = Callable[[], float]
"""Draws evenly from [0, 1)."""


@dataclass(frozen=True, slots=True)
class Policy:
    """How long to wait."""

    floor: timedelta = timedelta(seconds=30)
    """Never sooner."""
    base: timedelta = timedelta(minutes=1)
    """Ceiling of the first pause."""
    cap: timedelta = timedelta(hours=1)
    """Ceiling of every later one."""
    longest_hint: timedelta = timedelta(hours=4)
    """A wish to wait longer than this is cut to it: an alert is news."""


class Scope(StrEnum):
    """What a deferral is about."""

    MAILBOX = "mailbox"
    DOMAIN = "domain"
    RELAY = "relay"


@dataclass(frozen=True, slots=True)
class Pause:
    """Failures in a row, and until when nothing is sent there."""

    failures: int
    until: datetime


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What is known of a relay and of the domains behind it."""

    relay: Pause | None = None
    domains: Mapping[str, Pause] = field(default_factory=dict)

    def ready_at(self, domain: str, *, now: datetime) -> datetime:
        """Return when mail for ``domain`` may be sent: ``now`` or later."""
        pauses = (self.relay, self.domains.get(domain))
        return max([now, *(pause.until for pause in pauses if pause is not None)])


_MAILBOX_CODES = frozenset((452,))
_HINTS = (
    re.compile(
        r"\b(?:in|after|wait|for)\s+(\d{1,5})\s*(s|sec|m|min|h|hour)[a-z]*\b", re.IGNORECASE
    ),
    re.compile(r"\b(\d{1,2}):(\d\d):(\d\d)\b"),
)
_UNITS = {"s": 1, "sec": 1, "m": 60, "min": 60, "h": 3600, "hour": 3600}


def scope_of(outcome: Outcome) -> Scope:
    """Return what a DEFERRED outcome is about (RFC 3463 sections 3.3 to 3.8).

    421 and a connection that failed (code 0) are about the relay, so are 4.3.x (its mail
    system) and 4.4.x (its network); 4.1.x, 4.2.x and 452 about one mailbox; everything else,
    greylisting and rate limits above all, about the domain.
    """
    subject = outcome.status.partition(".")[2].partition(".")[0]
    if outcome.code in (0, 421) or subject in ("3", "4"):
        return Scope.RELAY
    if subject in ("1", "2") or (not subject and outcome.code in _MAILBOX_CODES):
        return Scope.MAILBOX
    return Scope.DOMAIN


def pause_for(
    failures: int, policy: Policy, *, chance: Chance, hint: timedelta | None
) -> timedelta:
    """Return how long to wait after so many failures in a row (from 1).

    :param hint: how long we were asked to wait: never less than that, up to the policy's longest.
    """
    ceiling = min(policy.cap, policy.base * (1 << min(failures - 1, 30)))
    drawn = max(policy.floor, ceiling * chance())
    if hint is None:
        return drawn
    # a little later than asked for, spread too: everyone was asked for the same moment
    return max(drawn, min(hint, policy.longest_hint) + policy.floor * chance())


def retry_hint(words: str) -> timedelta | None:
    """Return how long a refusal asks us to wait: ``in 300 seconds``, ``in 00:05:00``."""
    found = _HINTS[0].search(words)
    if found:
        return timedelta(seconds=int(found[1]) * _UNITS[found[2].lower()])
    found = _HINTS[1].search(words)
    if found:
        hours, minutes, seconds = (int(part) for part in found.groups())
        return timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return None


def learn(
    known: Knowledge,
    outcomes: Iterable[tuple[str, Outcome]],
    *,
    now: datetime,
    chance: Chance,
    policy: Policy = Policy(),
) -> Knowledge:
    """Return what is known after a window of ``(domain, outcome)``.

    A window counts once, however many of its recipients were deferred.  Anything accepted for
    a domain heals it; anything decided at all, a refusal too, heals the relay.
    """
    window = list(outcomes)
    answered = {one for one, o in window if o.kind in (OutcomeKind.ACCEPTED, OutcomeKind.REFUSED)}
    healthy = {one for one, outcome in window if outcome.kind is OutcomeKind.ACCEPTED}
    deferred = [(one, o, scope_of(o)) for one, o in window if o.kind is OutcomeKind.DEFERRED]
    by_relay = [o for _, o, scope in deferred if scope is Scope.RELAY]
    relay = None if answered else known.relay
    if by_relay and not answered:
        relay = _longer(known.relay, by_relay, now, chance, policy)
    domains = {one: pause for one, pause in known.domains.items() if one not in healthy}
    for domain in {one for one, _, scope in deferred if scope is Scope.DOMAIN} - healthy:
        its = [o for one, o, scope in deferred if one == domain and scope is Scope.DOMAIN]
        domains[domain] = _longer(domains.get(domain), its, now, chance, policy)
    return Knowledge(relay, domains)


def _longer(
    before: Pause | None,
    outcomes: Iterable[Outcome],
    now: datetime,
    chance: Chance,
    policy: Policy,
) -> Pause:
    failures = (before.failures if before else 0) + 1
    hints = [hint for one in outcomes if (hint := retry_hint(one.detail)) is not None]
    pause = pause_for(failures, policy, chance=chance, hint=max(hints, default=None))
    until = now + pause
    return Pause(failures, max(until, before.until) if before else until)


def next_attempt(
    known: Knowledge,
    domain: str,
    outcome: Outcome,
    attempts: int,
    *,
    now: datetime,
    chance: Chance,
    policy: Policy = Policy(),
) -> datetime:
    """Return when to try a deferred recipient again.

    The later of their own pause and of what is known about their domain and the relay.

    :param attempts: attempts so far, this one included.
    """
    hint = retry_hint(outcome.detail)
    own = now + pause_for(attempts, policy, chance=chance, hint=hint)
    return max(own, known.ready_at(domain, now=now))
