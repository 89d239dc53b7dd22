"""Notices: told once, tried again, forgotten when done."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.audit.values import SYSTEM
from bluelamp.channels import registry
from bluelamp.channels.actions import add
from bluelamp.channels.contract import ChannelError
from bluelamp.kit.tokens import open_mail
from bluelamp.notices import actions, rules
from bluelamp.notices.models import Notice
from bluelamp.notices.values import NoticeKind, NoticeState
from bluelamp.org.models import Force

TO = "ann@example.test"
STORE: Any = registry.adapter("memory").store  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def account(force: Force, now: datetime) -> Iterator[None]:
    STORE.clear()
    values = {"sender_name": "Brackenshire Police", "sender_address": "alerts@example.test"}
    add(force, provider="memory", name="Alerts", values=values, actor=SYSTEM, now=now)
    yield
    STORE.clear()


def told(force: Force, now: datetime, kind: NoticeKind = NoticeKind.CODE) -> Notice:
    return actions.tell(force, kind=kind, address=TO, subject="Your code", text="123456", now=now)


def attempt(notice: Notice, now: datetime) -> NoticeState | None:
    claimed = actions.claim(notice.pk, now=now)
    return actions.send(claimed, now=now) if claimed else None


def test_a_notice_is_sent_and_then_forgotten(force: Force, now: datetime) -> None:
    notice = told(force, now)
    assert attempt(notice, now) is NoticeState.SENT
    sent = STORE.to(TO)[0]
    assert (sent.subject, sent.text) == ("Your code", "123456")
    assert sent.headers["Auto-Submitted"] == "auto-generated"
    opened = open_mail("notice", sent.message_id.partition("@")[0])
    assert opened is not None
    assert opened.message == notice.pk
    notice.refresh_from_db()
    assert (notice.address, notice.subject, notice.text) == ("", "", "")
    assert attempt(notice, now) is None


def test_it_is_taken_back_with_the_callers_transaction(force: Force, now: datetime) -> None:
    from procrastinate.contrib.django.models import ProcrastinateJob

    before = ProcrastinateJob.objects.count()  # tests that commit leave jobs behind
    with transaction.atomic():
        told(force, now)
        assert ProcrastinateJob.objects.count() == before + 1
        transaction.set_rollback(True)
    assert not Notice.objects.exists()
    assert ProcrastinateJob.objects.count() == before


def test_a_temporary_failure_is_tried_again_later(force: Force, now: datetime) -> None:
    STORE.defer[TO] = 1
    notice = told(force, now)
    assert attempt(notice, now) is NoticeState.WAITING
    assert actions.due(now) == []
    later = now + timedelta(seconds=10)
    assert actions.due(later) == [notice.pk]
    assert attempt(notice, later) is NoticeState.SENT
    assert len(STORE.to(TO)) == 1


def test_a_refusal_ends_it(force: Force, now: datetime) -> None:
    STORE.refuse.add(TO)
    notice = told(force, now)
    assert attempt(notice, now) is NoticeState.FAILED
    notice.refresh_from_db()
    assert notice.address == ""
    assert "550" in notice.problem


def test_an_unreachable_provider_is_tried_until_it_is_no_use(force: Force, now: datetime) -> None:
    STORE.down = True
    notice = told(force, now, NoticeKind.DECIDED)
    at, states = now, []
    for _ in range(rules.MOST_ATTEMPTS):
        states.append(attempt(notice, at))
        notice.refresh_from_db()
        at = max(at, notice.due_at)
    assert states == [NoticeState.WAITING] * 7 + [NoticeState.FAILED]
    assert at - now < timedelta(hours=3)


def test_a_provider_is_left_alone_for_as_long_as_it_asks(force: Force, now: datetime) -> None:
    STORE.down, STORE.asks_for_rest = True, timedelta(minutes=7)
    notice = told(force, now, NoticeKind.DECIDED)
    assert attempt(notice, now) is NoticeState.WAITING
    notice.refresh_from_db()
    assert notice.due_at == now + timedelta(minutes=7)


def test_what_is_refused_for_good_is_not_tried_again(
    force: Force, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise ChannelError("The key was withdrawn.", permanent=True)

    monkeypatch.setattr(registry.adapter("memory"), "send", refuse)
    notice = told(force, now)
    assert attempt(notice, now) is NoticeState.FAILED
    notice.refresh_from_db()
    assert notice.problem == "The key was withdrawn."


@given(
    attempts=st.integers(1, rules.MOST_ATTEMPTS - 1),
    asked=st.timedeltas(timedelta(0), timedelta(2)),
)
def test_no_wait_is_shorter_than_was_asked_for(attempts: int, asked: timedelta) -> None:
    now = datetime(2026, 11, 21, 3, tzinfo=UTC)
    own, found = (rules.next_attempt(attempts, now=now, asked=a) for a in (None, asked))
    assert own is not None
    assert found == max(own, now + asked)


def test_a_late_code_is_dropped(force: Force, now: datetime) -> None:
    notice = told(force, now)
    assert attempt(notice, now + timedelta(minutes=21)) is NoticeState.FAILED
    assert not STORE.sent


def test_a_claim_of_a_dead_worker_runs_out(force: Force, now: datetime) -> None:
    notice = told(force, now)
    assert actions.claim(notice.pk, now=now) is not None
    assert attempt(notice, now) is None
    assert attempt(notice, now + actions.CLAIMED_FOR) is NoticeState.SENT


def test_without_an_account_it_waits(other_force: Force, now: datetime) -> None:
    assert attempt(told(other_force, now), now) is NoticeState.WAITING
