"""One commit a window: lines and marks together, or neither."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta

import pytest
from asgiref.sync import async_to_sync

from bluelamp.audit.actions import acting
from bluelamp.audit.values import SYSTEM
from bluelamp.channels.contract import Outcome, OutcomeKind
from bluelamp.kit import direct
from bluelamp.org.models import Force, Officer
from bluelamp.outbound.engine import ledger
from bluelamp.outbound.engine.ledger import (
    Ahead,
    Chunk,
    Connection,
    Entry,
    Landed,
    Recording,
    Retry,
    Row,
    TakenOverError,
)
from bluelamp.outbound.fanout import _make_partition
from bluelamp.outbound.models import Delivery, DeliveryChunk, DeliveryRetry, Message
from bluelamp.outbound.values import DeliveryStatus

pytestmark = pytest.mark.django_db(transaction=True)

ACCEPTED, REFUSED = DeliveryStatus.ACCEPTED, DeliveryStatus.REFUSED


@pytest.fixture
def message(force: Force, alice: Officer, now: datetime) -> Iterator[Message]:
    """A message that is being sent, in two chunks of ten."""
    with acting(SYSTEM, "test.setup"):
        made = Message.objects.create(
            force=force, unit=alice.unit, author=alice, kind="crime", title="Sheds", body="Lock.",
            state="sending", month=now.date().replace(day=1), created_at=now, changed_at=now,
        )  # fmt: skip
    _make_partition(made)
    for number in (0, 1):
        points = list(range(10 * number + 1, 10 * number + 11))
        DeliveryChunk.objects.create(message=made, number=number, points=points)
    yield made
    Delivery.objects.filter(message=made).delete()


@asynccontextmanager
async def claimed(message: Message) -> AsyncIterator[tuple[Connection, Chunk, Chunk]]:
    async with await direct.connect_async(name="test ledger") as database:
        first = await ledger.claim(database, message.pk)
        assert first is not None
        second = await ledger.claim(database, message.pk, [first.id])
        assert second is not None
        yield database, first, second


def recording(message: Message) -> Recording:
    assert isinstance(message.month, date)
    return Recording(message.pk, message.month)


def marks(message: Message) -> list[tuple[int, int, str]]:
    rows = DeliveryChunk.objects.filter(message=message).order_by("number")
    return list(rows.values_list("acked", "intent", "state"))


def lines(message: Message) -> dict[int, tuple[int, int]]:
    rows = Delivery.objects.filter(message=message)
    return {row.contact_point_id: (row.status, row.code) for row in rows}


def test_what_landed_is_recorded_and_what_leaves_is_stated(message: Message) -> None:
    @async_to_sync
    async def run() -> None:
        async with claimed(message) as (database, first, second):
            assert await ledger.commit(database, recording(message), None, Ahead(first, 10))
            entry = Entry([Row(point, ACCEPTED, 250) for point in range(1, 11)])
            landed, ahead = Landed(first, 10, entry), Ahead(second, 5)
            assert await ledger.commit(database, recording(message), landed, ahead)
            assert (first.acked, first.intent, second.acked, second.intent) == (10, 10, 0, 5)

    run()
    assert marks(message) == [(10, 10, "done"), (0, 5, "queued")]
    assert lines(message) == dict.fromkeys(range(1, 11), (ACCEPTED, 250))


def test_both_windows_may_be_of_one_chunk(message: Message) -> None:
    @async_to_sync
    async def run() -> None:
        async with claimed(message) as (database, first, _second):
            await ledger.commit(database, recording(message), None, Ahead(first, 6))
            landed = Landed(first, 3, Entry([Row(1, ACCEPTED, 250), Row(2, REFUSED, 550)]))
            await ledger.commit(database, recording(message), landed, Ahead(first, 9))
            assert (first.acked, first.intent) == (3, 9)

    run()
    assert marks(message) == [(3, 9, "queued"), (0, 0, "queued")]
    assert lines(message) == {1: (ACCEPTED, 250), 2: (REFUSED, 550)}


@pytest.mark.parametrize("lost", ["landed", "ahead"])
def test_who_lost_a_chunk_writes_nothing_at_all(message: Message, lost: str, now: datetime) -> None:
    """Whichever of the two was taken over, and with failures to be written or without."""

    @async_to_sync
    async def run(entry: Entry) -> None:
        async with claimed(message) as (database, first, second):
            gone = first if lost == "landed" else second
            await database.execute(
                "UPDATE outbound_deliverychunk SET epoch = epoch + 1 WHERE id = %s", [gone.id]
            )
            with pytest.raises(TakenOverError):
                await ledger.commit(
                    database, recording(message), Landed(first, 5, entry), Ahead(second, 5)
                )

    rows, retry = [Row(1, ACCEPTED, 250)], Retry(2, "example.test", 1, now + timedelta(hours=1))
    run(Entry(rows))
    run(Entry(rows, [retry], [Outcome(3, OutcomeKind.REFUSED, 550)]))
    assert marks(message) == [(0, 0, "queued"), (0, 0, "queued")]
    assert lines(message) == {}
    assert not DeliveryRetry.objects.filter(message=message).exists()
    assert not message.events.exists()


def test_a_stop_lets_what_landed_be_recorded_and_nothing_leave(message: Message) -> None:
    @async_to_sync
    async def run() -> None:
        async with claimed(message) as (database, first, second):
            await ledger.commit(database, recording(message), None, Ahead(first, 4))
            await stop(message)
            landed = Landed(first, 4, Entry([Row(1, ACCEPTED, 250)]))
            assert not await ledger.commit(database, recording(message), landed, Ahead(second, 5))
            assert (first.acked, first.intent, second.intent) == (4, 4, 0)

    run()
    assert marks(message) == [(4, 4, "queued"), (0, 0, "queued")]
    assert lines(message) == {1: (ACCEPTED, 250)}


async def stop(message: Message) -> None:
    from asgiref.sync import sync_to_async

    def update() -> None:
        with acting(SYSTEM, "test.stop"):
            Message.objects.filter(pk=message.pk).update(state="stopped")

    await sync_to_async(update)()
