"""When to try again, over all that a relay can answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.channels.contract import Outcome, OutcomeKind
from bluelamp.outbound.rules.backoff import (
    Knowledge,
    Pause,
    Policy,
    Scope,
    learn,
    next_attempt,
    pause_for,
    retry_hint,
    scope_of,
)

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
POLICY = Policy()
ACCEPTED, REFUSED, DEFERRED, UNKNOWN, SKIPPED = OutcomeKind

chance = st.floats(0, 1, exclude_max=True)
domain = st.sampled_from(["a.test", "b.test", "c.test"])
outcome = st.builds(
    Outcome,
    st.integers(1, 1000),
    st.sampled_from(OutcomeKind),
    st.sampled_from([0, 421, 450, 451, 452]),
    st.sampled_from(["", "4.2.2", "4.3.2", "4.4.1", "4.7.1"]),
    st.sampled_from(["", "Try again in 300 seconds", "Busy"]),
)
window = st.lists(st.tuples(domain, outcome), max_size=20)


def deferred(code: int, status: str = "", detail: str = "") -> Outcome:
    return Outcome(1, DEFERRED, code, status, detail)


@pytest.mark.parametrize(
    ("outcome", "scope"),
    [
        (deferred(0), Scope.RELAY),
        (deferred(421, "4.7.0"), Scope.RELAY),
        (deferred(451, "4.3.2"), Scope.RELAY),
        (deferred(452, "4.3.1"), Scope.RELAY),
        (deferred(450, "4.4.1"), Scope.RELAY),
        (deferred(450, "4.2.1"), Scope.MAILBOX),
        (deferred(452, "4.2.2"), Scope.MAILBOX),
        (deferred(452), Scope.MAILBOX),
        (deferred(450, "4.1.8"), Scope.MAILBOX),
        (deferred(451, "4.7.1"), Scope.DOMAIN),
        (deferred(450), Scope.DOMAIN),
        (deferred(451), Scope.DOMAIN),
    ],
)
def test_what_a_deferral_is_about(outcome: Outcome, scope: Scope) -> None:
    assert scope_of(outcome) is scope


@pytest.mark.parametrize(
    ("words", "seconds"),
    [
        ("Greylisted, try again in 300 seconds", 300),
        ("please retry in 5 minutes", 300),
        ("Greylisting in action, please come back in 00:04:30", 270),
        ("Rate limited, wait 2 hours", 7200),
        ("try again after 90s", 90),
        ("Too many messages", None),
        ("in 3 days", None),
        ("", None),
    ],
)
def test_hints_are_read(words: str, seconds: int | None) -> None:
    assert retry_hint(words) == (None if seconds is None else timedelta(seconds=seconds))


@given(failures=st.integers(1, 10_000), chance=chance, hint=st.none() | st.timedeltas(
    timedelta(0), timedelta(days=30)))  # fmt: skip
def test_a_pause_keeps_its_bounds(failures: int, chance: float, hint: timedelta | None) -> None:
    pause = pause_for(failures, POLICY, chance=lambda: chance, hint=hint)
    assert pause >= POLICY.floor
    if hint is None:
        assert pause <= max(POLICY.floor, min(POLICY.cap, POLICY.base * (1 << min(failures, 20))))
    else:
        assert pause >= min(hint, POLICY.longest_hint)
        assert pause <= max(POLICY.cap, POLICY.longest_hint + POLICY.floor)


@given(failures=st.integers(1, 50), chance=chance)
def test_pauses_grow_and_are_spread_over_their_whole_length(failures: int, chance: float) -> None:
    def at(failures: int, chance: float) -> timedelta:
        return pause_for(failures, POLICY, chance=lambda: chance, hint=None)

    assert at(failures, chance) <= at(failures + 1, chance)
    assert at(failures, 0.0) == POLICY.floor
    full = min(POLICY.cap, POLICY.base * (1 << min(failures - 1, 20)))
    assert at(failures, 0.999999) > full * 0.99


@given(windows=st.lists(window, max_size=8), chance=chance)
def test_what_is_known_holds_together(
    windows: list[list[tuple[str, Outcome]]], chance: float
) -> None:
    known = Knowledge()
    for number, one in enumerate(windows):
        now = NOW + timedelta(minutes=number)
        before, known = known, learn(known, one, now=now, chance=lambda: chance, policy=POLICY)
        healthy = {name for name, o in one if o.kind is ACCEPTED}
        answered = any(o.kind in (ACCEPTED, REFUSED) for _, o in one)
        assert not healthy & known.domains.keys()
        assert not (answered and known.relay)
        for name, pause in known.domains.items():
            earlier = before.domains.get(name)
            assert pause.failures - (earlier.failures if earlier else 0) in (0, 1)
            assert not earlier or pause.until >= earlier.until
            assert known.ready_at(name, now=now) >= min(pause.until, now + POLICY.floor)
        assert known.ready_at("z.test", now=now) >= now


def test_a_window_counts_once() -> None:
    grey = [("a.test", deferred(451, "4.7.1"))] * 500
    known = learn(Knowledge(), grey, now=NOW, chance=lambda: 0.5)
    assert known.domains["a.test"].failures == 1
    assert known.relay is None


def test_one_full_mailbox_says_nothing_about_its_domain() -> None:
    full = [("a.test", deferred(452, "4.2.2"))]
    assert learn(Knowledge(), full, now=NOW, chance=lambda: 0.5) == Knowledge()


def test_a_relay_that_is_away_pauses_everyone() -> None:
    away = [("a.test", deferred(0)), ("b.test", deferred(0))]
    known = learn(Knowledge(), away, now=NOW, chance=lambda: 0.99)
    assert known.relay
    assert known.ready_at("other.test", now=NOW) == known.relay.until > NOW
    assert not known.domains


def test_one_lost_connection_in_a_window_that_worked_is_nothing() -> None:
    mixed = [("a.test", deferred(421)), ("a.test", Outcome(2, ACCEPTED, 250))]
    assert learn(Knowledge(), mixed, now=NOW, chance=lambda: 0.5) == Knowledge()


@given(attempts=st.integers(1, 100), chance=chance, outcome=outcome)
def test_nobody_is_tried_before_their_domain_and_relay_are_ready(
    attempts: int, chance: float, outcome: Outcome
) -> None:
    later = NOW + timedelta(hours=2)
    known = Knowledge(domains={"a.test": Pause(3, later)})

    def due(name: str) -> datetime:
        return next_attempt(known, name, outcome, attempts, now=NOW, chance=lambda: chance)

    assert due("a.test") >= later
    assert due("b.test") >= NOW + POLICY.floor
    hint = retry_hint(outcome.detail)
    assert hint is None or due("b.test") >= NOW + hint
