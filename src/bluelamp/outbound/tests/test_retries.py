from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.outbound.rules.retries import GIVE_UP, agreed_policy, in_time
from bluelamp.outbound.values import UnknownPolicy

START = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


@given(st.integers(0, 200_000))
def test_what_is_tried_again_is_tried_within_a_day(seconds: int) -> None:
    due = START + timedelta(seconds=seconds)
    assert in_time(due, started=START) is (timedelta(seconds=seconds) <= GIVE_UP)


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
