"""A recall: withdrawn everywhere at once, and a correction to those who were told."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bluelamp.audit.actions import acting
from bluelamp.audit.values import SYSTEM
from bluelamp.org.errors import NotPermittedError
from bluelamp.org.models import Force, Officer
from bluelamp.outbound import compose, fanout, queries, recall, schedule, stop
from bluelamp.outbound.errors import NotReadyError, OwnWordsError, ReasonMissingError, StateError
from bluelamp.outbound.models import DeliveryChunk, Message
from bluelamp.outbound.tests.helpers import (
    draft,
    make_account,
    make_areas,
    make_member,
    pretend_sent,
    send_through,
)
from bluelamp.places.models import Area


@pytest.fixture
def wards(force: Force, now: datetime) -> dict[str, Area]:
    make_account(force, now)
    return make_areas(force, now)


@pytest.fixture
def message(wards: dict[str, Area], alice: Officer, bob: Officer, now: datetime) -> Message:
    points = [make_member(wards["Castle"].force, f"m{n}@example.test", now).pk for n in range(5)]
    made = send_through(alice, bob, draft(wards["Northwick"]), now)
    pretend_sent(made, {points[0]: 1, points[1]: 2, points[2]: 4}, now)
    # one on the wire, one still queued
    DeliveryChunk.objects.create(message=made, number=0, points=points, acked=3, intent=4)
    return made


def test_the_correction_goes_to_those_who_may_have_been_told_and_to_nobody_else(
    message: Message, bob: Officer, now: datetime
) -> None:
    made = recall.recall(message, reason="Wrong street", by=bob, now=now)
    message.refresh_from_db()
    assert message.state == "recalled"
    assert made.follows == message
    assert queries.approved_content(made)
    assert made.approvals.get().decision == "standing"
    assert fanout.fan_out(made.pk, now=now) is None  # what is on the wire is recorded first
    assert fanout.fan_out(made.pk, now=now + recall.SETTLING) == 3
    points = DeliveryChunk.objects.get(message=message).points
    wanted = sorted([points[0], points[2], points[3]])
    assert DeliveryChunk.objects.get(message=made).points == wanted


def test_a_recall_needs_a_reason_fit_to_be_read(
    message: Message, alice: Officer, bob: Officer, mallory: Officer, now: datetime
) -> None:
    for stranger in (alice, mallory):
        with pytest.raises(NotPermittedError):
            recall.recall(message, reason="Wrong", by=stranger, now=now)
    with pytest.raises(ReasonMissingError):
        recall.recall(message, reason=" ", by=bob, now=now)
    with pytest.raises(NotReadyError):
        recall.recall(message, reason="DOB 1/2/1990 was wrong", by=bob, now=now)
    assert Message.objects.count() == 1


def test_it_is_recalled_once(message: Message, bob: Officer, now: datetime) -> None:
    recall.recall(message, reason="Wrong street", by=bob, now=now)
    with pytest.raises(StateError):
        recall.recall(message, reason="Again", by=bob, now=now)


def test_the_state_alone_sends_nothing(
    wards: dict[str, Area], alice: Officer, bob: Officer, now: datetime
) -> None:
    make_member(wards["Castle"].force, "ann@example.test", now)
    made = send_through(alice, bob, draft(wards["Northwick"]), now)
    with acting(SYSTEM, "test.tampering"):
        Message.objects.filter(pk=made.pk).update(version=2)
    assert fanout.fan_out(made.pk, now=now) is None


def test_a_stopped_message_goes_nowhere_and_was_never_public(
    wards: dict[str, Area], alice: Officer, bob: Officer, now: datetime
) -> None:
    make_member(wards["Castle"].force, "ann@example.test", now)
    made = send_through(alice, bob, draft(wards["Northwick"]), now)
    stop.stop(made, by=alice, now=now, reason="Not true any more")
    assert fanout.fan_out(made.pk, now=now) is None
    assert not queries.public(made.force).exists()
    with pytest.raises(StateError):
        compose.change(Message.objects.get(), draft(wards["Castle"]), by=alice, now=now)


def test_only_who_could_approve_moves_the_time(
    wards: dict[str, Area], alice: Officer, bob: Officer, carol: Officer, now: datetime
) -> None:
    make_member(wards["Castle"].force, "ann@example.test", now)
    later = now + timedelta(days=1)
    given = draft(wards["Northwick"], scheduled_for=later)
    made = send_through(carol, bob, given, now, unit=bob.unit)
    assert made.scheduled_for == later
    with pytest.raises(NotPermittedError):
        schedule.reschedule(made, at=None, by=alice, now=now)
    with pytest.raises(OwnWordsError):
        schedule.reschedule(made, at=None, by=carol, now=now)
    moved = schedule.reschedule(made, at=None, by=bob, now=now)
    assert moved.scheduled_for == now
    assert moved.approvals.count() == 2
