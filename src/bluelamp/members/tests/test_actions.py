"""Leaving, pausing, suppression and erasure, and what may be sent to whom after each."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest

from bluelamp.audit.actions import acting
from bluelamp.audit.models import Act, Entry
from bluelamp.audit.values import SYSTEM
from bluelamp.kit.direct import connect
from bluelamp.members import actions, audience, queries, standing
from bluelamp.members.errors import ReasonWantedError
from bluelamp.members.models import Contact, ContactPoint, Member, Suppression
from bluelamp.members.queries import Sendable, sendable
from bluelamp.members.tests.people import VISITOR, make_member, make_postcode, make_topics
from bluelamp.members.values import Audience, LeaveReason, Reach, SuppressionReason
from bluelamp.org.errors import NotPermittedError
from bluelamp.org.models import Force, Officer

ANN = "Ann.Lee@example.org"


@pytest.fixture
def ann(force: Force, now: datetime) -> Member:
    return make_member(force, ANN, now=now, tracking_words="You may look.", language="cy")


def may_send(member: Member, **more: object) -> bool:
    points = list(member.contact.points.values_list("pk", flat=True))
    return bool(sendable(points, member.force_id, **more))  # type: ignore[arg-type]


def counted(force: Force, now: datetime) -> int:
    return audience.count(force, Audience(), now=now).total


def test_who_joined_may_be_sent_to(ann: Member) -> None:
    point = ann.contact.points.get()
    assert sendable([point.pk, point.pk + 1000], ann.force_id) == [
        Sendable(point.pk, ANN, True, "cy")
    ]


def test_each_thing_alone_stops_sending_and_counting(
    ann: Member, force: Force, other_force: Force, now: datetime
) -> None:
    point = ann.contact.points.get()
    assert (may_send(ann), counted(force, now)) == (True, 1)
    assert not sendable([point.pk], other_force.pk)
    assert not may_send(ann, channel="sms")
    assert not may_send(ann, purpose="surveys")

    def stopped() -> None:
        assert (may_send(ann), counted(force, now)) == (False, 0)

    actions.pause(ann, datetime.now(now.tzinfo) + timedelta(days=400), by=VISITOR)
    stopped()
    actions.pause(ann, None, by=VISITOR)
    with acting(SYSTEM, "test"):
        ContactPoint.objects.update(verified_at=None)
        standing.refresh([ann.contact_id])
    stopped()
    assert may_send(ann, unverified=True)
    with acting(SYSTEM, "test"):
        ContactPoint.objects.update(verified_at=now)
        standing.refresh([ann.contact_id])
    assert actions.suppress(point, SuppressionReason.COMPLAINT, by=SYSTEM, now=now)
    stopped()
    with acting(SYSTEM, "test"):
        standing.lift_key(force, "email", bytes(point.key), now=now)
        standing.withdraw_consent(ann.contact, now=now)
        standing.refresh([ann.contact_id])
    stopped()


def test_deliver_reads_the_truth_and_nothing_derived(ann: Member, now: datetime) -> None:
    with acting(SYSTEM, "test"):
        Member.objects.update(reach=0)
    assert may_send(ann)
    with acting(SYSTEM, "test"):
        Member.objects.update(reach=7)
        standing.suppress_point(ann.contact.points.get(), SuppressionReason.COMPLAINT, now=now)
    assert not may_send(ann)


@pytest.mark.django_db(transaction=True)
def test_the_engine_asks_on_a_connection_of_its_own(ann: Member) -> None:
    point = ann.contact.points.get()
    with connect(name="test") as own:
        assert sendable([point.pk], ann.force_id, on=own) == sendable([point.pk], ann.force_id)
        with own.cursor() as cursor:
            assert len(sendable([point.pk], ann.force_id, on=cursor)) == 1


def test_leaving_is_kept_whole_and_a_repeat_changes_nothing(
    ann: Member, force: Force, now: datetime
) -> None:
    assert actions.leave(ann, by=actions.member_actor(ann.contact), now=now, message=42)
    assert not actions.leave(ann, by=VISITOR, now=now + timedelta(days=1), message=43)
    assert (ann.state, ann.left_at, ann.left_message, ann.reach) == ("left", now, 42, 0)
    assert not ann.contact.consents.filter(withdrawn_at=None).exists()
    assert Suppression.objects.get().reason == "left"
    assert not may_send(ann)
    actions.say_why(ann, LeaveReason.MOVED, "To the sea", by=VISITOR)
    ann.refresh_from_db()
    assert (ann.leave_reason, ann.leave_words) == ("moved", "To the sea")
    act = Act.objects.get(act="members.leave", actor_kind="member")
    assert act.actor_id == str(ann.contact_id)
    assert ANN not in act.actor_label


def test_preferences_change(ann: Member, force: Force, other_force: Force) -> None:
    topics = make_topics(force)
    foreign = make_topics(other_force)["scams"]
    actions.change_topics(ann, [topics["crime"], topics["rural"], foreign], by=VISITOR)
    place = make_postcode("BD9 9ZZ", -0.5, 51.95)
    actions.move(ann, place, by=VISITOR)
    actions.change_language(ann, "en", by=VISITOR)
    ann.refresh_from_db()
    assert [t.slug for t in queries.topics_in(force, ann.topics)] == ["crime", "rural"]
    assert (ann.postcode, ann.cell, ann.longitude, ann.language) == (
        "BD9 9ZZ",
        place.cell,
        -0.5,
        "en",
    )


def test_tracking_is_a_consent_with_its_words(ann: Member, now: datetime) -> None:
    actions.set_tracking(ann, False, words="", by=VISITOR, now=now)
    assert not sendable([ann.contact.points.get().pk], ann.force_id)[0].tracking_consent
    actions.set_tracking(ann, True, words="New words.", by=VISITOR, now=now)
    assert sendable([ann.contact.points.get().pk], ann.force_id)[0].tracking_consent
    alive = ann.contact.consents.get(purpose="tracking", withdrawn_at=None)
    assert alive.wording.text == "New words."
    ann.refresh_from_db()
    assert ann.reach & Reach.TRACKING


def test_suppression_by_hand_asks_why_and_who(
    ann: Member, force: Force, alice: Officer, carol: Officer, mallory: Officer, now: datetime
) -> None:
    with pytest.raises(NotPermittedError):
        actions.suppress_address(force, ANN, by=alice, reason="She asked", now=now)
    with pytest.raises(NotPermittedError):
        actions.suppress_address(force, ANN, by=mallory, reason="She asked", now=now)
    with pytest.raises(ReasonWantedError):
        actions.suppress_address(force, ANN, by=carol, reason="  ", now=now)
    assert actions.suppress_address(force, "ANN.LEE@example.org", by=carol, reason="Asked", now=now)
    assert not actions.suppress_address(force, ANN, by=carol, reason="Asked", now=now)
    assert not may_send(ann)
    with pytest.raises(NotPermittedError):
        actions.lift(Suppression.objects.get(), by=mallory, reason="Mine", now=now)
    actions.lift(Suppression.objects.get(), by=carol, reason="A mistake", now=now)
    assert (may_send(ann), counted(force, now)) == (True, 1)
    assert Act.objects.filter(actor_id=str(carol.pk), reason="A mistake").exists()


def test_suppression_outlives_the_person(
    ann: Member, force: Force, carol: Officer, now: datetime
) -> None:
    point = ann.contact.points.get()
    actions.erase(ann.contact, by=carol, reason="Asked in writing", now=now)
    assert queries.suppressed_keys(force.pk, "email", [bytes(point.key)]) == {
        bytes(point.key): "left"
    }


def test_erasure_leaves_no_word_of_the_person_anywhere(
    force: Force, carol: Officer, alice: Officer, now: datetime
) -> None:
    member = make_member(force, ANN, now=now, name="Ann Lee", tracking_words="You may look.")
    actions.leave(member, by=VISITOR, now=now)
    actions.say_why(member, LeaveReason.OTHER, "Ann is moving", by=VISITOR)
    with pytest.raises(NotPermittedError):
        actions.erase(member.contact, by=alice, reason="Asked", now=now)
    actions.erase(member.contact, by=carol, reason="Asked in writing", now=now)
    kept = json.dumps(
        [list(model.objects.values()) for model in (Contact, ContactPoint, Member)], default=str
    )
    kept += "".join(Entry.objects.exclude(content=None).values_list("content", flat=True))
    for word in ("ann.lee", "Ann Lee", "is moving", "BD1 1AA", "51.88"):
        assert word.lower() not in kept.lower(), word
    assert Act.objects.filter(act="members.erase", reason="Asked in writing").exists()


def test_everything_about_a_person_is_theirs_to_read(ann: Member) -> None:
    facts = json.dumps(queries.everything_about(ann.contact))
    for word in (ANN, "BD1 1AA", "I agree.", "You may look.", "cy"):
        assert word in facts


def test_topics_are_made_once(force: Force) -> None:
    first = make_topics(force)
    assert {t.pk for t in make_topics(force).values()} == {t.pk for t in first.values()}
    assert len({t.bit for t in first.values()}) == len(first)
