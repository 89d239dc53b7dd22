"""Fanout: at its time a message's audience is written as chunks of contact points.

All chunks and the step to ``sending`` are one transaction: a crash before its
end leaves the message ``approved`` as it was, and the next nudge does it again.
The frozen mail gets its ``Date`` here, so that it says when sending began and is
the same to the byte on every attempt.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from email.utils import format_datetime

from django.db import connection
from django.db.models import F, Q, QuerySet
from django.db.models.expressions import RawSQL

from bluelamp.audit.actions import acting
from bluelamp.audit.values import SYSTEM
from bluelamp.kit import live
from bluelamp.members.audience import contact_points
from bluelamp.members.values import Audience
from bluelamp.outbound import queries
from bluelamp.outbound.models import DeliveryChunk, Message
from bluelamp.outbound.values import CHUNK_SIZE, Kind, MessageState


def due(now: datetime) -> QuerySet[Message]:
    """Return the approved messages whose time has come.

    The state alone is not enough: the version that was approved must be the one there is.
    """
    timely = Q(scheduled_for=None) | Q(scheduled_for__lte=now)
    exactly = Q(approved_version=F("version"), frozen__isnull=False)
    return Message.objects.filter(timely, exactly, state=MessageState.APPROVED)


def fan_out(message_id: int, *, now: datetime) -> int | None:
    """Write one message's audience as chunks; return its size.

    ``None`` where it is not due or another worker has it: repeat at will.
    """
    with acting(SYSTEM, "outbound.fanout"):
        message = (
            due(now).filter(pk=message_id).select_for_update(skip_locked=True, of=("self",)).first()
        )
        if message is None:
            return None
        _make_partition(message)
        count = _write_chunks(message)
        message.recipients, message.started_at = count, now
        message.state = MessageState.SENDING if count else MessageState.SENT
        message.finished_at = None if count else now
        message.frozen["headers"]["Date"] = format_datetime(now)  # RFC 5322 section 3.6.1
        message.save(update_fields=["recipients", "started_at", "state", "finished_at", "frozen"])
        live.publish(f"message:{message.pk}", {"state": message.state, "recipients": count})
    return count


def _make_partition(message: Message) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT outbound_delivery_partition(%s)", [message.month])


def _write_chunks(message: Message) -> int:
    count = 0
    for number, points in enumerate(_chunks(_audience(message))):
        DeliveryChunk.objects.create(message=message, number=number, points=_array(points))
        count += len(points)
    return count


def _array(points: Sequence[int]) -> RawSQL:
    """Write an array as one text: the field would look at each of 100,000 ids (0.6 s)."""
    return RawSQL("%s::bigint[]", ["{" + ",".join(map(str, points)) + "}"])


def _audience(message: Message) -> Iterable[Sequence[int]]:
    """Return the contact points by batches; a correction goes to those who were told."""
    if message.kind == Kind.CORRECTION and message.follows is not None:
        return [queries.told_points(message.follows)]
    return contact_points(message.force, Audience.model_validate(message.audience))


def _chunks(batches: Iterable[Sequence[int]]) -> Iterator[list[int]]:
    """Cut batches of any length into chunks of :data:`CHUNK_SIZE`."""
    waiting: list[int] = []
    for batch in batches:
        waiting.extend(batch)
        while len(waiting) >= CHUNK_SIZE:
            yield waiting[:CHUNK_SIZE]
            del waiting[:CHUNK_SIZE]
    if waiting:
        yield waiting
