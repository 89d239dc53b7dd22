from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.outbound.rules.retries import GIVE_UP, LONGEST, agreed_policy, next_attempt, pause
from bluelamp.outbound.values import UnknownPolicy

START = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
chances = st.floats(0, 1, exclude_max=True)


@given(st.integers(1, 500), chances)
def test_a_pause_grows_stays_bounded_and_is_spread(attempts: int, chance: float) -> None:
    assert timedelta(seconds=30) <= pause(attempts, chance) <= LONGEST
    assert pause(attempts, 0.0) <= pause(attempts + 1, 0.0)
    assert pause(attempts, 0.0) < pause(attempts, 0.99)


@given(st.integers(1, 50), chances, st.integers(1, 100_000))
def test_a_hint_is_never_undercut(attempts: int, chance: float, seconds: int) -> None:
    hint = timedelta(seconds=seconds)
    assert pause(attempts, chance, hint) >= hint


@given(st.integers(1, 50), chances, st.integers(0, 200_000))
def test_what_is_tried_again_is_tried_in_time(attempts: int, chance: float, age: int) -> None:
    now = START + timedelta(seconds=age)
    due = next_attempt(attempts, now=now, started=START, chance=chance)
    assert due is None or now < due <= START + GIVE_UP
    if age > GIVE_UP.total_seconds():
        assert due is None


@pytest.mark.parametrize(
    ("message", "account", "agreed"),
    [
        ("reconcile", "relay_log", "reconcile"),
        ("reconcile", "", "reconcile"),
        ("reconcile", "at_least_once", "at_least_once"),
        ("reconcile", "at_most_once", "at_most_once"),
        ("at_most_once", "at_least_once", "at_most_once"),
        ("at_least_once", "relay_log", "at_least_once"),
    ],
)
def test_the_account_decides_only_what_the_message_leaves_to_it(
    message: str, account: str, agreed: str
) -> None:
    assert agreed_policy(UnknownPolicy(message), account) == agreed
