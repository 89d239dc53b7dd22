"""The engine against the memory provider: order, withdrawal, stop, retries, takeover."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from bluelamp.audit.actions import acting
from bluelamp.audit.values import SYSTEM
from bluelamp.channels import registry
from bluelamp.channels.models import Account
from bluelamp.kit import direct, live
from bluelamp.members.models import ContactPoint, Suppression
from bluelamp.org.models import Force, Officer
from bluelamp.outbound import deliver as delivering
from bluelamp.outbound import queries, retry
from bluelamp.outbound.deliver import deliver, finish, suppress_refused
from bluelamp.outbound.engine import pump
from bluelamp.outbound.fanout import fan_out
from bluelamp.outbound.models import Delivery, DeliveryChunk, DeliveryRetry, Message
from bluelamp.outbound.tests.helpers import make_areas, make_member
from bluelamp.outbound.values import DeliveryStatus, MessageState

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = 23
STORE: Any = registry.adapter("memory").store  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def store() -> Any:
    STORE.clear()
    yield STORE
    STORE.clear()


@pytest.fixture
def message(force: Force, alice: Officer, now: datetime) -> Message:
    """An approved message to 23 people, cut small."""
    areas = make_areas(force, now)
    for number in range(PEOPLE):
        make_member(force, f"member{number}@example.test", now)
    with acting(SYSTEM, "test.setup"):
        account = Account.objects.create(
            force=force, provider="memory", name="Memory", created_at=now
        )
        return Message.objects.create(
            force=force, unit=alice.unit, author=alice, account=account, kind="crime",
            title="Shed break-ins", body="Lock your shed.", state="approved", version=1,
            approved_version=1, approved_at=now, month=now.date().replace(day=1),
            audience={"areas": [areas["Northwick"].pk]}, created_at=now, changed_at=now,
            frozen={
                "subject": "Shed break-ins", "text": "See [[link]]", "html": "<p>[[link]]</p>",
                "headers": {"Reply-To": "reply-[[mail]]@mail.example.test"},
                "slots": ["link", "leave", "mail"], "tracked": None,
            },
        )  # fmt: skip


def statuses(message: Message) -> dict[int, int]:
    rows = Delivery.objects.filter(message=message).values_list("status", flat=True)
    return {status: list(rows).count(status) for status in set(rows)}


def send(message: Message) -> Message:
    assert fan_out(message.pk, now=timezone.now()) == PEOPLE
    deliver(message.pk, window=5)
    message.refresh_from_db()
    return message


def test_everyone_gets_it_once_and_all_is_recorded(message: Message) -> None:
    send(message)
    assert sorted(sent.to for sent in STORE.sent) == sorted(
        f"member{n}@example.test" for n in range(PEOPLE)
    )
    assert statuses(message) == {DeliveryStatus.ACCEPTED: PEOPLE}
    assert message.state == MessageState.SENT
    assert message.finished_at is not None
    chunk = message.chunks.get()
    assert (chunk.acked, chunk.intent, chunk.state) == (PEOPLE, PEOPLE, "done")


def test_tokens_differ_from_person_to_person_and_can_be_turned_back(message: Message) -> None:
    from bluelamp.kit.tokens import open_link, open_mail

    send(message)
    one = STORE.to("member3@example.test")[0]
    point = ContactPoint.objects.get(address="member3@example.test")
    token = one.message_id.partition("@")[0]
    assert open_mail("mail", token) == (message.pk, point.pk)
    assert one.return_path.startswith(f"bounce-{token}@")
    assert open_link("link", one.text.removeprefix("See ")) == (message.pk, point.pk)
    assert len({sent.message_id for sent in STORE.sent}) == PEOPLE


def test_fanout_and_delivery_may_be_repeated(message: Message) -> None:
    send(message)
    assert fan_out(message.pk, now=timezone.now()) is None
    deliver(message.pk, window=5)
    assert len(STORE.sent) == PEOPLE


def test_who_leaves_between_fanout_and_delivery_hears_nothing(
    message: Message, force: Force, now: datetime
) -> None:
    fan_out(message.pk, now=timezone.now())
    point = ContactPoint.objects.get(address="member7@example.test")
    with acting(SYSTEM, "test.suppress"):
        Suppression.objects.create(
            force=force, channel="email", key=point.key, reason="complaint", at=now
        )
    deliver(message.pk, window=5)
    assert STORE.to("member7@example.test") == []
    assert statuses(message) == {DeliveryStatus.ACCEPTED: PEOPLE - 1, DeliveryStatus.SKIPPED: 1}


def test_a_refusal_is_recorded_with_its_reason(message: Message) -> None:
    STORE.refuse.add("member1@example.test")
    send(message)
    assert statuses(message)[DeliveryStatus.REFUSED] == 1
    event = message.events.get()
    assert (event.kind, event.value, event.status) == ("bounced", 1, "5.1.1")


def test_an_address_that_does_not_exist_is_not_written_to_again(message: Message) -> None:
    STORE.refuse.add("member1@example.test")
    send(message)
    point = ContactPoint.objects.get(address="member1@example.test")
    suppression = Suppression.objects.get(key=point.key)
    assert suppression.reason == "hard_bounce"
    assert suppress_refused(message.pk) == 0


def test_a_deferred_one_is_tried_again_and_then_the_message_is_closed(message: Message) -> None:
    STORE.defer["member2@example.test"] = 2
    send(message)
    assert message.state == MessageState.SENDING
    for attempt in (1, 2):
        waiting = DeliveryRetry.objects.get(message=message)
        assert waiting.attempts == attempt
        assert retry.requeue(message.pk, now=timezone.now()) == 0  # not yet
        assert retry.requeue(message.pk, now=waiting.due_at) == 1
        deliver(message.pk, window=5)
    message.refresh_from_db()
    assert message.state == MessageState.SENT
    assert statuses(message) == {DeliveryStatus.ACCEPTED: PEOPLE}
    assert len(STORE.to("member2@example.test")) == 1


def test_what_is_only_tried_again_is_sent_to_officers(message: Message, alice: Officer) -> None:
    STORE.defer |= {"member2@example.test": 1, "member5@example.test": 1}
    fan_out(message.pk, now=timezone.now())
    assert (lists_of(message, alice), shown(message)) == (["sending"], ("sending", None))
    deliver(message.pk, window=5)
    assert (lists_of(message, alice), shown(message)) == (["sent"], ("sent", 2))
    due = DeliveryRetry.objects.filter(message=message).latest("due_at").due_at
    retry.requeue(message.pk, now=due)
    assert (lists_of(message, alice), shown(message)) == (["sent"], ("sent", 2))
    report = queries.report(Message.objects.get(pk=message.pk))
    assert (report.waiting, report.settled) == (2, PEOPLE - 2)
    deliver(message.pk, window=5)
    assert (lists_of(message, alice), shown(message)) == (["sent"], ("sent", None))


def lists_of(message: Message, officer: Officer) -> list[str]:
    """Return the console's lists that hold the message."""
    return [name for name in queries.VIEWS if message in queries.view(officer, name)]


def shown(message: Message) -> tuple[str, int | None]:
    """Return the state that officers see, and how many people are being tried again."""
    stored = Message.objects.get(pk=message.pk)
    return queries.shown_state(stored), queries.tried_again([stored]).get(stored.pk)


def test_pages_say_how_many_are_tried_again(message: Message, alice: Officer) -> None:
    STORE.defer["member2@example.test"] = 1
    send(message)
    client = Client()
    client.force_login(alice)
    row = client.get("/console/alerts/?list=sent").content.decode()
    assert "1 being tried again" in row
    page = client.get(f"/console/alerts/{message.pk}/").content.decode()
    assert '<strong data-live="waiting">1</strong> being tried again' in page
    assert 'data-live-now="sent"' in page
    assert "Settled so far" not in page


def test_open_pages_hear_that_all_have_been_tried(
    message: Message, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Any] = []
    monkeypatch.setattr(live, "publish", lambda topic, facts: told.append((topic, facts)))
    STORE.defer["member2@example.test"] = 1
    send(message)
    topic, facts = told[-1]
    assert topic == f"message:{message.pk}"
    assert (facts["state"], facts["waiting"], facts["accepted"]) == ("sent", 1, PEOPLE - 1)


def test_open_pages_hear_every_figure_while_it_is_sent(
    message: Message, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivering, "PROGRESS_SECONDS", 0)
    monkeypatch.setattr(delivering, "PROGRESS_SHARE", 1)
    STORE.refuse.add("member1@example.test")
    STORE.defer["member2@example.test"] = 1
    with direct.connect(name="listener") as listener:
        listener.execute(f"LISTEN {live.CHANNEL}")
        send(message)
        heard = [json.loads(one.payload) for one in listener.notifies(timeout=0)]
    facts = [one["facts"] for one in heard if one["topic"] == f"message:{message.pk}"]
    under_way = [one for one in facts if "state" not in one]
    assert len(under_way) > 1
    assert sorted(one["done"] for one in under_way) == [one["done"] for one in under_way]
    last = under_way[-1]
    assert (last["accepted"], last["refused"], last["waiting"]) == (PEOPLE - 2, 1, 1)
    assert last["done"] == PEOPLE - 1
    assert under_way[-1].items() <= queries.live_facts(message.pk).items()


def test_a_domain_that_defers_us_is_left_alone_for_a_while(message: Message) -> None:
    """Who greylists the first window is not pressed with the rest of the audience."""
    for number in range(PEOPLE):
        STORE.defer[f"member{number}@example.test"] = 1
    STORE.defer_status = "4.7.1"
    send(message)
    asked = sum(1 for left in STORE.defer.values() if left == 0)
    assert 0 < asked < PEOPLE
    waiting = DeliveryRetry.objects.filter(message=message)
    assert waiting.count() == PEOPLE
    assert waiting.filter(attempts=0).count() == PEOPLE - asked
    assert waiting.filter(attempts=1).count() == asked


def test_what_is_never_taken_expires(message: Message) -> None:
    STORE.defer["member2@example.test"] = 99
    send(message)
    Message.objects.filter(pk=message.pk).query  # noqa: B018 (the row is changed below)
    with acting(SYSTEM, "test.age"):
        Message.objects.filter(pk=message.pk).update(
            started_at=timezone.now() - timedelta(hours=24)
        )
    retry.requeue(message.pk, now=timezone.now() + timedelta(hours=3))
    deliver(message.pk, window=5)
    message.refresh_from_db()
    assert statuses(message)[DeliveryStatus.EXPIRED] == 1
    assert message.state == MessageState.SENT


def test_a_stop_takes_hold_at_the_next_window(
    message: Message, monkeypatch: pytest.MonkeyPatch
) -> None:
    fan_out(message.pk, now=timezone.now())
    stop_after(message, monkeypatch, windows=2)
    deliver(message.pk, window=5)
    message.refresh_from_db()
    assert message.state == MessageState.STOPPED
    assert 0 < len(STORE.sent) < PEOPLE
    assert sum(statuses(message).values()) == len(STORE.sent)
    assert message.chunks.get().state == "stopped"
    deliver(message.pk, window=5)
    assert sum(statuses(message).values()) == len(STORE.sent)


def stop_after(message: Message, monkeypatch: pytest.MonkeyPatch, *, windows: int) -> None:
    """Let an officer stop the message once so many windows were handed over."""
    from asgiref.sync import sync_to_async

    real, seen = pump.Sessions.send, []

    def stop() -> None:
        with acting(SYSTEM, "test.stop"):
            Message.objects.filter(pk=message.pk).update(state="stopped")
        connection.close()

    async def send(self: pump.Sessions, *piles: Any) -> Any:
        seen.append(1)
        if len(seen) == windows:
            await sync_to_async(stop)()
        return await real(self, *piles)

    monkeypatch.setattr(pump.Sessions, "send", send)


@pytest.mark.parametrize(
    ("policy", "resent", "unknown"),
    [("reconcile", 4, 0), ("at_least_once", 7, 0), ("at_most_once", 0, 7)],
)
def test_what_a_dead_worker_left_is_treated_by_policy(
    message: Message, policy: str, resent: int, unknown: int
) -> None:
    """Seven positions stood between intent and record; three of them had arrived."""
    with acting(SYSTEM, "test.policy"):
        Message.objects.filter(pk=message.pk).update(unknown_policy=policy)
    fan_out(message.pk, now=timezone.now())
    chunk = DeliveryChunk.objects.get(message=message)
    deliver(message.pk, window=5)
    arrived_before = {
        point.address for point in ContactPoint.objects.filter(pk__in=chunk.points[5:8])
    }
    unlucky = {point.address for point in ContactPoint.objects.filter(pk__in=chunk.points[5:12])}
    rewind(message, chunk, acked=5, intent=12)
    STORE.sent[:] = [
        s for s in STORE.sent
        if s.to not in {p.address for p in ContactPoint.objects.filter(pk__in=chunk.points[8:])}
    ]  # fmt: skip
    before = len(STORE.sent)
    deliver(message.pk, window=5)
    again = [s.to for s in STORE.sent[before:] if s.to in unlucky]
    assert len(again) == resent
    assert statuses(message).get(DeliveryStatus.UNKNOWN, 0) == unknown
    assert sum(statuses(message).values()) == PEOPLE
    for address in arrived_before:
        ids = {s.message_id for s in STORE.to(address)}
        assert len(ids) == 1  # a second copy, where the policy makes one, is the same mail


def rewind(message: Message, chunk: DeliveryChunk, *, acked: int, intent: int) -> None:
    """Bring the ledger to where a worker died after the intent was committed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM outbound_delivery WHERE message_id = %s AND contact_point_id = ANY(%s)",
            [message.pk, chunk.points[acked:]],
        )
    DeliveryChunk.objects.filter(pk=chunk.pk).update(acked=acked, intent=intent, state="queued")
    with acting(SYSTEM, "test.rewind"):
        Message.objects.filter(pk=message.pk).update(state="sending")


def test_a_message_with_queued_chunks_is_not_closed(message: Message) -> None:
    fan_out(message.pk, now=timezone.now())
    assert finish(message.pk) is False


def test_nobody_to_tell_is_closed_at_once(message: Message) -> None:
    with acting(SYSTEM, "test.nobody"):
        Message.objects.filter(pk=message.pk).update(
            audience={"circles": [{"longitude": 0, "latitude": 50, "metres": 5}]}
        )
    assert fan_out(message.pk, now=timezone.now()) == 0
    message.refresh_from_db()
    assert message.state == MessageState.SENT
