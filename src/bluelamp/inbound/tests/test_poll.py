"""Polled once, in order, with nothing lost or doubled wherever a poll dies."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bluelamp.audit.actions import acting
from bluelamp.audit.values import SYSTEM
from bluelamp.channels import registry
from bluelamp.channels.contract import RawInbound
from bluelamp.channels.models import Account
from bluelamp.inbound import ingest, jobs, poll, revisit
from bluelamp.inbound.models import Cursor, Item, RawItem
from bluelamp.inbound.tests.helpers import make_page, say
from bluelamp.org.models import Force

STORE: Any = registry.adapter("memory").store  # type: ignore[attr-defined]
LATER = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _clean() -> Iterator[None]:
    STORE.clear()
    yield
    STORE.clear()


@pytest.fixture
def page(force: Force, now: datetime) -> Account:
    return make_page(force, now)


def hear(now: datetime, *names: str) -> None:
    for name in names:
        payload = json.dumps({"kind": "human", "sender": "ann@example.test", "text": name})
        STORE.said.append(RawInbound("memory", name, now, payload.encode()))


def stored() -> list[str]:
    return list(RawItem.objects.order_by("pk").values_list("external_id", flat=True))


def test_a_poll_goes_on_where_the_last_one_stopped(page: Account, now: datetime) -> None:
    hear(now, *(f"n{n}" for n in range(250)))
    assert poll.poll(page.pk, now=now) == 250, "page after page"
    hear(now, "one more")
    assert poll.poll(page.pk, now=now) == 1
    assert poll.poll(page.pk, now=now) == 0
    assert Cursor.objects.get().value == "251"
    assert len(stored()) == 251


def test_only_accounts_in_use_that_can_be_polled_are_due(page: Account, now: datetime) -> None:
    assert poll.due(now) == [page.pk]
    with acting(SYSTEM, "test.setup"):
        Account.objects.create(force=page.force, provider="email", name="Mail", created_at=now)
        Account.objects.filter(pk=page.pk).update(active=False)
    assert page.pk not in poll.due(now)
    hear(now, "unheard")
    assert poll.poll(page.pk, now=now) == 0
    assert stored() == []


def test_while_one_polls_another_does_not(page: Account, now: datetime) -> None:
    assert poll._claim(page.pk, now=now) is not None
    assert poll._claim(page.pk, now=now) is None
    assert poll.due(now) == []
    assert poll._claim(page.pk, now=now + poll.CLAIMED_FOR) is not None, "the first one died"


def test_a_refusal_is_shown_and_waited_out(page: Account, now: datetime) -> None:
    hear(now, "kept there")
    STORE.down, STORE.asks_for_rest = True, timedelta(minutes=7)
    assert poll.poll(page.pk, now=now) == 0
    cursor = Cursor.objects.get()
    assert (cursor.problem, cursor.value) == ("Memory cannot be reached.", "")
    assert cursor.due_at == now + timedelta(minutes=7)
    assert poll.due(now + timedelta(minutes=6)) == []
    STORE.down = False
    assert poll.poll(page.pk, now=now + timedelta(minutes=7)) == 1
    cursor.refresh_from_db()
    assert (cursor.problem, cursor.failures) == ("", 0)


def test_without_a_wish_each_rest_is_twice_the_last(page: Account, now: datetime) -> None:
    STORE.down = True
    rests = []
    for _ in range(8):
        poll.poll(page.pk, now=now)
        due_at = Cursor.objects.get().due_at
        rests.append((due_at - now).total_seconds())
        now = due_at
    assert rests == [20, 40, 80, 160, 320, 640, 900, 900]


def test_what_an_adapter_should_not_raise_is_shown_too(
    page: Account, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry.adapter("memory"), "poll", lambda *_: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        poll.poll(page.pk, now=now)
    assert Cursor.objects.get().problem.startswith("ZeroDivisionError")
    assert poll.due(now) == []


def test_an_overtaken_poll_stores_and_leaves_the_cursor(page: Account, now: datetime) -> None:
    hear(now, "a", "b")
    slow = poll._claim(page.pk, now=now)
    assert slow is not None
    brought = poll._fetch(slow, now=now)
    assert brought is not None
    hear(now, "c")
    later = now + poll.CLAIMED_FOR
    assert poll.poll(page.pk, now=later) == 3
    assert poll._keep(slow, brought, now=later) == 0
    assert Cursor.objects.get().value == "3"
    assert stored() == ["a", "b", "c"]


class CrashError(Exception):
    """The worker dies here."""


def dies(*_args: object, **_kwargs: object) -> None:
    raise CrashError


# what a step of a story does: something is said, a poll that goes well, or one that dies
STEPS = st.lists(
    st.sampled_from(["say", "poll", "dies fetching", "dies storing", "dies after storing"]),
    min_size=1, max_size=12,
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # rolled back below
@given(steps=STEPS)
def test_nothing_is_lost_or_doubled_wherever_polls_die(
    force: Force, now: datetime, steps: list[str]
) -> None:
    with transaction.atomic():
        STORE.clear()
        page = make_page(force, now, name="Story")
        for number, step in enumerate(steps):
            now += LATER
            if step == "say":
                hear(now, f"{number}", f"{number} too")
            else:
                _poll(page, step, now)
        assert poll.poll(page.pk, now=now + LATER) >= 0
        assert stored() == [raw.external_id for raw in STORE.said]
        transaction.set_rollback(True)


def _poll(page: Account, how: str, now: datetime) -> None:
    """Poll; a worker that dies takes its open transaction with it."""
    with pytest.MonkeyPatch.context() as patch:
        if how == "dies fetching":
            patch.setattr(poll, "_fetch", dies)
        if how == "dies storing":
            patch.setattr(ingest, "store_many", dies)
        if how == "dies after storing":
            store = ingest.store_many
            patch.setattr(ingest, "store_many", lambda *given: (store(*given), dies())[0])
        try:
            poll.poll(page.pk, now=now)
        except CrashError:
            assert Cursor.objects.get(account=page).due_at > now, "nobody takes over at once"


def test_the_job_polls_and_the_timer_nudges(page: Account, now: datetime) -> None:
    hear(now, "by the worker")
    jobs.listen(timestamp=0)
    jobs.poll(account=page.pk)
    assert stored() == ["by the worker"]


# --- look again ---


def told(page: Account, now: datetime, name: str) -> Item:
    return say(page, f"I am {name}", now, name=name, said={"visibility": "public"})


def test_what_was_taken_down_is_seen_within_a_round(page: Account, now: datetime) -> None:
    from bluelamp.inbound.understand import understand

    told(page, now, "stays")
    told(page, now, "goes")
    told(page, now - revisit.SINCE, "too old")
    STORE.gone.update({"goes", "too old"})
    assert revisit.watched() == [page.pk]
    assert revisit.revisit(page.pk, now=now) == 2
    understand(now=now)
    gone = Item.objects.exclude(deleted_at=None).values_list("external_id", flat=True)
    assert list(gone) == ["goes"]
    assert revisit.revisit(page.pk, now=now) == 0, "the round is over"
    assert revisit.revisit(page.pk, now=now) == 1, "and begins again"


def test_a_round_goes_on_where_it_stopped(
    page: Account, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(revisit, "A_TURN", 2)
    for name in "abc":
        told(page, now, name)
    assert [revisit.revisit(page.pk, now=now) for _ in range(3)] == [2, 1, 0]


def test_nothing_is_taken_for_gone_while_the_platform_is_away(page: Account, now: datetime) -> None:
    told(page, now, "a")
    STORE.gone.add("a")
    STORE.down = True
    assert revisit.revisit(page.pk, now=now) == 0
    assert Cursor.objects.get().problem == "Memory cannot be reached."
    STORE.down = False
    assert revisit.revisit(page.pk, now=now) == 1, "asked again"
