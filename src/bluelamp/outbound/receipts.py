"""Receipts: what came back about a message, kept as it comes and folded in batches.

Events are appended; a job folds them into the deliveries.  What concerns the
law or a reputation does not wait for it: a hard bounce or a complaint suppresses
the address in the same transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from bluelamp.audit.values import SYSTEM
from bluelamp.channels.contract import Receipt, ReceiptKind
from bluelamp.kit.live import publish
from bluelamp.kit.queue import app, nudge
from bluelamp.kit.tokens import Sealed, open_mail
from bluelamp.members.actions import suppress_points
from bluelamp.members.errors import AddressError
from bluelamp.members.queries import point_of
from bluelamp.members.values import SuppressionReason
from bluelamp.org.models import Force
from bluelamp.outbound import queries
from bluelamp.outbound.models import DeliveryEvent, Message

FOLD = 5_000
"""Events folded in one transaction."""


@dataclass(frozen=True, slots=True)
class Came:
    """One receipt, with whose and about what it is."""

    message: int
    contact_point: int
    kind: ReceiptKind
    at: datetime
    value: int | None = None
    """Stars; 1 for a hard bounce or complaint, 0 for a soft one; a link's number."""
    status: str = ""
    reason: str = ""
    detail: str = ""


def attribute(force: Force, receipt: Receipt) -> Sealed | None:
    """Return which delivery a provider's receipt speaks about; None where it is not ours.

    Our token decides.  Without one the address does: the last message to it.
    """
    sealed = open_mail("mail", receipt.token) if receipt.token else None
    if sealed is not None:
        ours = Message.objects.filter(pk=sealed.message, force=force).exists()
        return sealed if ours else None
    if not receipt.address:
        return None
    try:
        point = point_of(force, "email", receipt.address)
    except AddressError:
        return None
    last = queries.last_message_to(point.pk) if point else None
    return Sealed(last, point.pk) if point and last else None


def take(force: Force, receipts: Iterable[Receipt], *, now: datetime) -> int:
    """Record what a provider reports; return how many receipts were about ours."""
    came = [
        Came(
            sealed.message, sealed.contact_point, receipt.kind, receipt.at,
            None if receipt.hard is None else int(receipt.hard),
            receipt.status[:12], receipt.reason[:40],
        )
        for receipt in receipts
        if (sealed := attribute(force, receipt))
    ]  # fmt: skip
    return record(came, now=now)


def record(came: Sequence[Came], *, now: datetime) -> int:
    """Append events, suppress at once whom nothing may reach any more, nudge the fold."""
    if not came:
        return 0
    with transaction.atomic():
        DeliveryEvent.objects.bulk_create(
            DeliveryEvent(
                at=one.at, message_id=one.message, contact_point_id=one.contact_point,
                kind=one.kind, value=one.value, status=one.status, reason=one.reason,
                detail=one.detail,
            )
            for one in came
        )  # fmt: skip
        _suppress(came, now=now)
        nudge(app.tasks["bluelamp.outbound.jobs.fold"])
    return len(came)


def _suppress(came: Sequence[Came], *, now: datetime) -> None:
    hard = [c.contact_point for c in came if c.kind is ReceiptKind.BOUNCED and c.value == 1]
    complained = [c.contact_point for c in came if c.kind is ReceiptKind.COMPLAINED]
    for points, reason in (
        (hard, SuppressionReason.HARD_BOUNCE),
        (complained, SuppressionReason.COMPLAINT),
    ):
        if points:
            suppress_points(points, reason, by=SYSTEM, now=now)


_FOLD_SQL = """
WITH taken AS (
    SELECT e.id, e.message_id, e.contact_point_id, e.kind, e.value
      FROM outbound_deliveryevent e JOIN outbound_message m ON m.id = e.message_id
     WHERE NOT e.folded
       AND (e.at < %(hopeless)s OR EXISTS (
            SELECT FROM outbound_delivery d
             WHERE d.month = m.month AND d.message_id = m.id
               AND d.contact_point_id = e.contact_point_id))
     ORDER BY e.id LIMIT %(limit)s FOR UPDATE OF e SKIP LOCKED
), found AS (
    SELECT t.*, m.month FROM taken t JOIN outbound_message m ON m.id = t.message_id
), summed AS (
    SELECT month, message_id, contact_point_id,
           bit_or(CASE kind WHEN 'opened' THEN 1 WHEN 'clicked' THEN 2 WHEN 'rated' THEN 4
                  WHEN 'replied' THEN 8 WHEN 'left' THEN 16 WHEN 'complained' THEN 32
                  WHEN 'auto_replied' THEN 64
                  WHEN 'bounced' THEN CASE value WHEN 1 THEN 0 ELSE 128 END
                  ELSE 0 END) AS marks,
           (array_agg(value ORDER BY id DESC) FILTER (WHERE kind = 'rated'))[1] AS rating,
           bool_or(kind = 'bounced' AND value = 1) AS bounced
      FROM found GROUP BY 1, 2, 3
), updated AS (
    UPDATE outbound_delivery d
       SET marks = d.marks | s.marks,
           rating = coalesce(s.rating, d.rating),
           status = CASE WHEN s.bounced AND d.status IN (1, 4) THEN 6 ELSE d.status END
      FROM summed s
     WHERE d.month = s.month AND d.message_id = s.message_id
       AND d.contact_point_id = s.contact_point_id
    RETURNING d.message_id, d.contact_point_id
), done AS (
    UPDATE outbound_deliveryevent e SET folded = true FROM taken t WHERE e.id = t.id
    RETURNING e.message_id
)
SELECT message_id, count(*) FROM done GROUP BY 1
"""
"""Fold events into deliveries.  One whose delivery is not recorded yet waits: a bounce
can be quicker than the record of what it answers; after a day it waits no longer."""


def fold(*, hopeless: datetime, limit: int = FOLD) -> int:
    """Fold a batch of events into their deliveries; return how many were folded.

    :param hopeless: events older than this are done with even without a delivery.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_FOLD_SQL, {"limit": limit, "hopeless": hopeless})
        folded: dict[int, int] = dict(cursor.fetchall())
        for message in folded:
            publish(f"message:{message}", queries.live_facts(message))
    return sum(folded.values())
