"""Acts: in order, exactly once, and said so when they fail."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from bluelamp.audit.actions import acting
from bluelamp.audit.values import SYSTEM
from bluelamp.channels import acts
from bluelamp.channels.contract import Utterance
from bluelamp.channels.models import Account, Act
from bluelamp.channels.registry import adapter
from bluelamp.channels.values import ActKind, ActState
from bluelamp.org.models import Force

STORE = adapter("memory").store  # type: ignore[attr-defined]
SOON = timedelta(minutes=10)


@pytest.fixture(autouse=True)
def platform() -> Iterator[None]:
    STORE.clear()
    yield
    STORE.clear()


@pytest.fixture
def account(force: Force, now: datetime) -> Account:
    with acting(SYSTEM, "test.setup"):
        return Account.objects.create(force=force, provider="memory", name="Page", created_at=now)


def want(account: Account, text: str, now: datetime, to: str = "", **more: object) -> Act:
    with acting(SYSTEM, "test.want"):
        utterance = Utterance(text, "", to=to)
        return acts.want(account, ActKind.POST, utterance, by="PC 1001", now=now, **more)  # type: ignore[arg-type]


def said() -> list[str]:
    return [utterance.text for utterance in STORE.posts.values()]


def test_an_act_is_performed_and_its_place_on_the_platform_kept(
    account: Account, now: datetime
) -> None:
    act = want(account, "Road closed", now)
    assert acts.waiting(now) == {(account.pk, "")}
    assert acts.perform(account.pk, "", now=now)
    act.refresh_from_db()
    assert (act.state, act.external_id) == (ActState.DONE, f"post-{act.key}")
    assert said() == ["Road closed"]
    assert not acts.perform(account.pk, "", now=now)


def test_the_same_key_is_one_act(account: Account, now: datetime) -> None:
    key = uuid.uuid4()
    assert want(account, "Once", now, key=key).pk == want(account, "Once", now, key=key).pk


def test_an_answer_that_never_came_is_asked_for_again_and_shown_once(
    account: Account, now: datetime
) -> None:
    act = want(account, "Road closed", now)
    STORE.lose_answer = True
    acts.perform(account.pk, "", now=now)
    act.refresh_from_db()
    assert (act.state, act.problem) == (ActState.READY, "The answer never came.")
    assert acts.perform(account.pk, "", now=now + SOON)
    act.refresh_from_db()
    assert act.state == ActState.DONE
    assert said() == ["Road closed"]


def test_a_lane_keeps_its_order_and_others_do_not_wait(account: Account, now: datetime) -> None:
    first = want(account, "First", now)
    want(account, "Second", now)
    want(account, "To Ann", now, to="ann")
    STORE.down = True
    acts.perform(account.pk, "", now=now)
    STORE.down = False
    assert not acts.perform(account.pk, "", now=now), "the second must wait for the first"
    assert acts.perform(account.pk, "ann", now=now)
    later = now + SOON
    while acts.perform(account.pk, "", now=later):
        pass
    assert said() == ["To Ann", "First", "Second"]
    first.refresh_from_db()
    assert first.attempts == 2


def test_a_dead_worker_s_act_is_taken_up_after_its_time(account: Account, now: datetime) -> None:
    act = want(account, "Road closed", now)
    with acting(SYSTEM, "test.death"):
        Act.objects.filter(pk=act.pk).update(
            state=ActState.DOING, attempts=1, due_at=now + acts.CLAIMED_FOR
        )
    assert not acts.perform(account.pk, "", now=now)
    assert acts.perform(account.pk, "", now=now + acts.CLAIMED_FOR)
    assert said() == ["Road closed"]


def test_a_refusal_is_final_and_said(account: Account, now: datetime) -> None:
    act = want(account, "Hello", now, to="gone")
    STORE.refuse.add("gone")
    acts.perform(account.pk, "gone", now=now)
    act.refresh_from_db()
    assert (act.state, act.problem) == (ActState.FAILED, "The receiver is not known.")


def test_temporary_trouble_ends_after_some_hours(account: Account, now: datetime) -> None:
    act = want(account, "Hello", now)
    STORE.down = True
    for _ in range(acts.ATTEMPTS):
        now += timedelta(days=1)
        assert acts.perform(account.pk, "", now=now)
    act.refresh_from_db()
    assert act.state == ActState.FAILED
