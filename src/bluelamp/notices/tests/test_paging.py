"""What rings at three in the morning: the phone, the next, those above, until one answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from bluelamp.audit.actions import acting
from bluelamp.audit.values import SYSTEM
from bluelamp.channels import registry
from bluelamp.channels.actions import add
from bluelamp.channels.models import Account
from bluelamp.notices import actions, paging
from bluelamp.notices.models import Notice, Page
from bluelamp.notices.rules import LADDER, next_rung
from bluelamp.notices.values import Rung
from bluelamp.org.models import Officer, Shift, Unit
from bluelamp.org.values import Role
from conftest import make_officer

MINUTE = timedelta(minutes=1)
STORE: Any = registry.adapter("memory").store  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def platform() -> Iterator[None]:
    STORE.clear()
    yield
    STORE.clear()


@pytest.fixture
def desk(team: Unit, now: datetime) -> Unit:
    with acting(SYSTEM, "test.setup"):
        Account.objects.create(force=team.force, provider="memory", name="Mail", created_at=now)
        Unit.objects.filter(pk=team.pk).update(email="desk@brackenshire.example.test")
        team.refresh_from_db()
    return team


def duty(officer: Officer, unit: Unit, now: datetime, *, on_call: bool) -> None:
    with acting(SYSTEM, "test.setup"):
        Shift.objects.create(
            force=unit.force, unit=unit, officer=officer, on_call=on_call,
            starts=now - timedelta(hours=1), ends=now + timedelta(hours=7),
        )  # fmt: skip


def ring_for(unit: Unit, now: datetime) -> Page:
    return paging.page(
        unit, about="case:17", words="Somebody may be in danger", path="/console/", now=now
    )


def rung() -> set[str]:
    found = set(Notice.objects.values_list("address", flat=True))
    Notice.objects.all().delete()
    return found


def test_it_climbs_until_somebody_answers(
    desk: Unit, alice: Officer, bob: Officer, now: datetime
) -> None:
    above = make_officer(desk.force.units.get(parent=None), "1200", "Ina Cole", Role.SUPERVISOR)
    duty(alice, desk, now, on_call=True)
    duty(bob, desk, now, on_call=False)
    made = ring_for(desk, now)
    climbed = []
    for _ in range(6):
        assert paging.ring(now=now) == 1
        climbed.append(rung())
        assert paging.ring(now=now) == 0, "it waits for an answer before it rings again"
        now += 5 * MINUTE
    first = {"desk@brackenshire.example.test", alice.email}
    assert climbed == [first, first, {bob.email}, {above.email}, {above.email}, {above.email}]
    paging.answer(made, by=above, now=now)
    assert paging.ring(now=now + 60 * MINUTE) == 0
    made.refresh_from_db()
    assert made.answered_by == above


def fail_all(now: datetime) -> None:
    """Let every notice that waits fail for good."""
    for pk in actions.due(now):
        claimed = actions.claim(pk, now=now)
        assert claimed is not None
        actions.send(claimed, now=now)


def test_a_rung_that_reaches_nobody_is_not_waited_for(
    desk: Unit, alice: Officer, bob: Officer, now: datetime
) -> None:
    duty(alice, desk, now, on_call=True)
    duty(bob, desk, now, on_call=False)
    made = ring_for(desk, now)
    paging.ring(now=now)
    STORE.refuse.add(desk.email)
    fail_all(now)
    made.refresh_from_db()
    assert made.next_at > now, "one of two was reached: it is for them to answer"
    STORE.refuse.add(alice.email)
    at = made.next_at
    paging.ring(now=at)  # the same two again: both fail
    fail_all(at)
    assert paging.ring(now=at) == 1, "the third rung is rung at once"
    made.refresh_from_db()
    assert made.step == 3


def test_the_last_rung_keeps_its_pace(desk: Unit, alice: Officer, now: datetime) -> None:
    above = make_officer(desk.force.units.get(parent=None), "1200", "Ina Cole", Role.SUPERVISOR)
    STORE.refuse |= {desk.email, above.email}
    made = ring_for(desk, now)
    rungs = 0
    while paging.ring(now=now):
        fail_all(now)
        rungs += 1
        assert rungs < 10, "it rings without a pause"
    made.refresh_from_db()
    assert made.step == len(LADDER)
    assert made.next_at == now + LADDER[-1][1]


def test_where_there_is_nobody_to_ring_those_above_are_rung_at_once(
    desk: Unit, now: datetime
) -> None:
    above = make_officer(desk.force.units.get(parent=None), "1200", "Ina Cole", Role.SUPERVISOR)
    with acting(SYSTEM, "test.setup"):
        Unit.objects.filter(pk=desk.pk).update(email="")
    desk.refresh_from_db()
    ring_for(desk, now)
    assert paging.ring(now=now) == 1
    assert rung() == {above.email}


def test_another_system_hears_of_it_when_the_first_call_was_not_answered(
    desk: Unit, alice: Officer, now: datetime
) -> None:
    secret = {"secret": "known to both systems only"}
    add(desk.force, provider="webhook", name="Pager", values=secret, actor=SYSTEM, now=now)
    duty(alice, desk, now, on_call=True)
    ring_for(desk, now)
    paging.ring(now=now)
    assert desk.code not in rung()
    paging.ring(now=now + 2 * MINUTE)
    assert Notice.objects.get(channel="webhook").address == desk.code


def test_a_call_that_waits_is_not_made_once_somebody_has_it(
    desk: Unit, alice: Officer, now: datetime
) -> None:
    made = ring_for(desk, now)
    paging.ring(now=now)
    paging.answer(made, by=alice, now=now)
    fail_all(now)
    assert STORE.sent == []


def test_one_thing_rings_once(desk: Unit, now: datetime) -> None:
    assert ring_for(desk, now) == ring_for(desk, now + MINUTE)


def test_where_nobody_is_on_call_those_on_shift_are_rung_first(
    desk: Unit, bob: Officer, now: datetime
) -> None:
    duty(bob, desk, now, on_call=False)
    ring_for(desk, now)
    paging.ring(now=now)
    assert bob.email in rung()


def test_the_first_to_answer_is_kept(
    desk: Unit, alice: Officer, bob: Officer, now: datetime
) -> None:
    made = ring_for(desk, now)
    paging.answer(made, by=alice, now=now)
    paging.answer(made, by=bob, now=now + MINUTE)
    made.refresh_from_db()
    assert (made.answered_by, made.answered_at) == (alice, now)


def test_the_link_takes_it_by_a_button_and_says_nothing_of_anybody(
    desk: Unit, alice: Officer, now: datetime, client: Client
) -> None:
    duty(alice, desk, now, on_call=True)
    made = ring_for(desk, now)
    paging.ring(now=now)
    text = Notice.objects.get(address=alice.email).text
    found = re.search(r"https?://[^/]+(/answer/\S+)", text)
    assert found is not None
    page = client.get(found[1])
    assert page.status_code == 200
    made.refresh_from_db()
    assert made.answered_at is None, "opening is not answering: mail programs open links"
    page = client.post(found[1], follow=True)
    made.refresh_from_db()
    assert made.answered_by == alice
    assert "You have it" in page.content.decode()
    assert client.get("/answer/nonsense").status_code == 404


def test_a_phone_that_several_carry_answers_in_nobodys_name(
    desk: Unit, alice: Officer, now: datetime, client: Client
) -> None:
    made = ring_for(desk, now)
    paging.ring(now=now)
    found = re.search(r"https?://[^/]+(/answer/\S+)", Notice.objects.get().text)
    assert found is not None
    page = client.post(found[1], follow=True)
    made.refresh_from_db()
    assert made.answered_at is not None
    assert made.answered_by is None, f"not {alice}, who merely is of the unit"
    assert "a phone that several people carry" in page.content.decode()


def test_the_ladder_never_ends() -> None:
    assert next_rung(0)[0] is Rung.ON_CALL
    assert next_rung(len(LADDER) + 50) == LADDER[-1]
