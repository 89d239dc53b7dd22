"""Retry: what was deferred moves, when its time has come, into a chunk of its own.

From there it goes the way of every chunk, with the same intent, record and
takeover: there is no second way to send.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Max
from django.db.models.functions import Coalesce

from bluelamp.outbound.models import DeliveryChunk, DeliveryRetry, Message
from bluelamp.outbound.values import CHUNK_SIZE, MessageState

A_DOMAIN = 200
"""Contact points of one domain in a chunk of retries: who defers us is not pressed."""


def waiting(now: datetime) -> list[int]:
    """Return the messages that have retries due."""
    return list(
        DeliveryRetry.objects.filter(due_at__lte=now, message__state=MessageState.SENDING)
        .values_list("message_id", flat=True)
        .distinct()
    )


_TAKE = """
DELETE FROM outbound_deliveryretry WHERE id IN (
    SELECT id FROM (
        SELECT id, row_number() OVER (PARTITION BY domain ORDER BY due_at) AS place
          FROM outbound_deliveryretry WHERE message_id = %s AND due_at <= %s
    ) due WHERE place <= %s LIMIT %s)
RETURNING attempts, contact_point_id
"""


def requeue(message_id: int, *, now: datetime) -> int:
    """Move a message's due retries into chunks, one for each count of attempts."""
    with transaction.atomic():
        message = (
            Message.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(pk=message_id, state=MessageState.SENDING)
            .first()
        )
        if message is None:
            return 0
        with connection.cursor() as cursor:
            cursor.execute(_TAKE, [message_id, now, A_DOMAIN, CHUNK_SIZE])
            taken = cursor.fetchall()
        _write(message, taken)
    return len(taken)


def _write(message: Message, taken: Iterable[tuple[int, int]]) -> None:
    by_attempts: dict[int, list[int]] = {}
    for attempts, point in taken:
        by_attempts.setdefault(attempts, []).append(point)
    number = message.chunks.aggregate(last=Coalesce(Max("number"), -1))["last"]
    DeliveryChunk.objects.bulk_create(
        DeliveryChunk(
            message=message, number=number + place, points=sorted(points), attempt=attempts
        )
        for place, (attempts, points) in enumerate(sorted(by_attempts.items()), start=1)
    )
