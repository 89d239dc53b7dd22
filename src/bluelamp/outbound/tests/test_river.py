"""The river from a draft to a frozen message, with the database."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bluelamp.audit.models import Act
from bluelamp.notices.models import Notice
from bluelamp.org.errors import NotPermittedError
from bluelamp.org.models import Force, Officer
from bluelamp.outbound import approve, check, compose, queries
from bluelamp.outbound.errors import (
    GateError,
    NoAccountError,
    NotReadyError,
    OwnWordsError,
    ReasonMissingError,
    StaleError,
)
from bluelamp.outbound.models import Message
from bluelamp.outbound.tests.helpers import (
    draft,
    make_account,
    make_areas,
    make_member,
    send_through,
)
from bluelamp.outbound.values import MessageState, Urgency
from bluelamp.places.models import Area


@pytest.fixture
def wards(force: Force, now: datetime) -> dict[str, Area]:
    make_account(force, now)
    found = make_areas(force, now)
    make_member(force, "ann@example.test", now, ward=0)
    make_member(force, "ben@example.test", now, ward=1)
    return found


def test_a_draft_becomes_a_frozen_message(
    wards: dict[str, Area], alice: Officer, bob: Officer, now: datetime
) -> None:
    message = send_through(alice, bob, draft(wards["Northwick"]), now)
    message.refresh_from_db()
    assert message.state == MessageState.APPROVED
    assert message.approved_version == message.version == 1
    assert message.counted == 1
    assert message.scheduled_for == now
    assert str(message.month) == "2026-11-01"
    assert [row.area.name for row in message.areas.all()] == ["Northwick"]
    frozen = message.frozen
    assert frozen["subject"] == "Shed break-ins in Northwick"
    assert "[[leave]]" in frozen["text"]
    assert "[[leave]]" in frozen["html"]
    assert "/r/[[link]]/5" in frozen["html"]
    assert '<a href="https://example.org/sheds">https://example.org/sheds</a>' in frozen["html"]
    assert frozen["links"] == ["https://example.org/sheds"]
    assert frozen["tracked"] is None
    assert frozen["headers"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert queries.approved_content(message)
    assert Notice.objects.filter(kind="approval_wanted").count() == 1
    assert Notice.objects.filter(kind="decided").count() == 1


def test_words_of_an_author_never_become_slots(
    wards: dict[str, Area], alice: Officer, bob: Officer, now: datetime
) -> None:
    given = draft(wards["Northwick"], title="A [[link]] title", body="A [[leave]] body")
    frozen = send_through(alice, bob, given, now).frozen
    assert "[[link]]" not in frozen["subject"]
    assert "A [[leave]] body" not in frozen["html"] + frozen["text"]


def test_tracking_makes_a_second_mail_for_those_who_agreed(
    wards: dict[str, Area], alice: Officer, bob: Officer, now: datetime, force: Force
) -> None:
    from bluelamp.audit.actions import acting
    from bluelamp.audit.values import SYSTEM

    with acting(SYSTEM, "test.setup"):
        force.settings["tracking"] = True
        force.save()
    frozen = send_through(alice, bob, draft(wards["Northwick"]), now).frozen
    assert "/o/[[link]].gif" in frozen["tracked"]["html"]
    assert "/c/[[link]]/0" in frozen["tracked"]["html"]
    assert "/o/" not in frozen["html"]
    assert "/c/" not in frozen["html"]


def test_the_author_cannot_approve(wards: dict[str, Area], carol: Officer, now: datetime) -> None:
    message = compose.create(draft(wards["Northwick"]), by=carol, now=now)
    message = check.submit(message, by=carol, now=now)
    with pytest.raises(OwnWordsError):
        approve.approve(message, digest=queries.digest_of(message), by=carol, now=now)


def test_who_changed_a_word_cannot_approve(
    wards: dict[str, Area], alice: Officer, bob: Officer, now: datetime
) -> None:
    message = compose.create(draft(wards["Northwick"]), by=alice, now=now)
    message = compose.change(message, draft(wards["Castle"]), by=bob, now=now)
    message = check.submit(message, by=alice, now=now)
    with pytest.raises(OwnWordsError):
        approve.approve(message, digest=queries.digest_of(message), by=bob, now=now)


def test_an_officer_without_a_grant_cannot_approve(
    wards: dict[str, Area], alice: Officer, mallory: Officer, now: datetime
) -> None:
    message = compose.create(draft(wards["Northwick"]), by=alice, now=now)
    message = check.submit(message, by=alice, now=now)
    for stranger in (alice, mallory):
        with pytest.raises(NotPermittedError):
            approve.approve(message, digest=queries.digest_of(message), by=stranger, now=now)


def test_a_version_that_was_not_read_cannot_be_approved(
    wards: dict[str, Area], alice: Officer, bob: Officer, now: datetime
) -> None:
    message = compose.create(draft(wards["Northwick"]), by=alice, now=now)
    message = check.submit(message, by=alice, now=now)
    read = queries.digest_of(message)
    message = compose.change(message, draft(wards["Castle"]), by=alice, now=now)
    check.submit(message, by=alice, now=now)
    with pytest.raises(StaleError):
        approve.approve(message, digest=read, by=bob, now=now)


def test_a_change_after_approval_takes_it_back(
    wards: dict[str, Area], alice: Officer, bob: Officer, now: datetime
) -> None:
    message = send_through(alice, bob, draft(wards["Northwick"]), now)
    message = compose.change(message, draft(wards["Northwick"], title="Other"), by=alice, now=now)
    message.refresh_from_db()
    assert message.state == MessageState.DRAFT
    assert message.frozen is None
    assert not queries.approved_content(message)


def test_a_change_of_nothing_changes_nothing(
    wards: dict[str, Area], alice: Officer, now: datetime
) -> None:
    message = compose.create(draft(wards["Northwick"]), by=alice, now=now)
    assert compose.change(message, draft(wards["Northwick"]), by=alice, now=now).version == 1


def test_two_officers_cannot_overwrite_each_other(
    wards: dict[str, Area], alice: Officer, bob: Officer, now: datetime
) -> None:
    message = compose.create(draft(wards["Northwick"]), by=alice, now=now)
    seen = Message.objects.get(pk=message.pk)
    compose.change(message, draft(wards["Castle"]), by=alice, now=now)
    with pytest.raises(StaleError):
        compose.change(seen, draft(wards["Riverside"]), by=bob, now=now)


def test_a_message_for_nobody_is_not_submitted(
    wards: dict[str, Area], alice: Officer, now: datetime
) -> None:
    message = compose.create(draft(wards["Riverside"]), by=alice, now=now)
    with pytest.raises(NotReadyError) as refused:
        check.submit(message, by=alice, now=now)
    assert refused.value.codes == ("audience_empty",)


def test_a_return_needs_a_reason_and_reaches_the_author(
    wards: dict[str, Area], alice: Officer, bob: Officer, now: datetime
) -> None:
    message = compose.create(draft(wards["Northwick"]), by=alice, now=now)
    message = check.submit(message, by=alice, now=now)
    read = queries.digest_of(message)
    with pytest.raises(ReasonMissingError):
        approve.send_back(message, digest=read, reason=" ", by=bob, now=now)
    message = approve.send_back(message, digest=read, reason="Which night?", by=bob, now=now)
    assert message.state == MessageState.RETURNED
    told = Notice.objects.get(kind="decided")
    assert told.address == alice.email
    assert "Which night?" in told.text


def test_breaking_the_glass_is_for_the_urgent_with_a_reason_and_loud(
    wards: dict[str, Area], alice: Officer, bob: Officer, carol: Officer, now: datetime
) -> None:
    routine = compose.create(draft(wards["Northwick"]), by=alice, now=now)
    with pytest.raises(GateError):
        approve.break_glass(
            routine, digest=queries.digest_of(routine), reason="Now", by=carol, now=now
        )
    urgent = compose.create(draft(wards["Northwick"], urgency=Urgency.URGENT), by=alice, now=now)
    read = queries.digest_of(urgent)
    with pytest.raises(NotPermittedError):
        approve.break_glass(urgent, digest=read, reason="Now", by=bob, now=now)
    with pytest.raises(ReasonMissingError):
        approve.break_glass(urgent, digest=read, reason="", by=carol, now=now)
    sent = approve.break_glass(urgent, digest=read, reason="A gas leak", by=carol, now=now)
    assert sent.state == MessageState.APPROVED
    act = Act.objects.get(act="outbound.break_glass")
    assert act.reason == "A gas leak"
    told = Notice.objects.filter(subject__startswith="Sent without approval")
    assert {notice.address for notice in told} >= {bob.email, carol.email}


def test_a_routine_message_waits_for_the_morning(
    wards: dict[str, Area], alice: Officer, bob: Officer, now: datetime
) -> None:
    night = now.replace(hour=23)
    message = send_through(alice, bob, draft(wards["Northwick"]), night)
    assert message.scheduled_for == (now + timedelta(days=1)).replace(hour=8)


def test_without_an_account_nothing_is_let_through(
    force: Force, alice: Officer, bob: Officer, now: datetime
) -> None:
    wards = make_areas(force, now)
    make_member(force, "ann@example.test", now, ward=0)
    message = compose.create(draft(wards["Northwick"]), by=alice, now=now)
    message = check.submit(message, by=alice, now=now)
    with pytest.raises(NoAccountError):
        approve.approve(message, digest=queries.digest_of(message), by=bob, now=now)
    assert Message.objects.get(pk=message.pk).state == MessageState.SUBMITTED
    assert not message.approvals.exists()
