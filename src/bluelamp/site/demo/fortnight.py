"""A fortnight of alerts: through the gate like any other, then with made-up receipts."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from django.db import connection

from bluelamp.audit.actions import acting
from bluelamp.audit.values import SYSTEM
from bluelamp.channels.contract import ReceiptKind
from bluelamp.members.values import Audience
from bluelamp.org.models import Force, Grant, Officer
from bluelamp.outbound import approve, check, compose, queries, receipts
from bluelamp.outbound.fanout import fan_out
from bluelamp.outbound.models import DeliveryEvent, Message
from bluelamp.outbound.values import ChunkState, Draft, Kind, MessageState
from bluelamp.places.models import Area
from bluelamp.site.demo.words import ALERTS, STREETS

DAYS = 14
A_DAY = 2


def make_fortnight(force: Force, now: datetime) -> int:
    """Write, approve and send alerts over the last fortnight; return how many."""
    chance = random.Random(17)
    made = 0
    for day in range(DAYS, 0, -1):
        for _ in range(A_DAY):
            moment = (now - timedelta(days=day)).replace(hour=chance.randrange(9, 19))
            message = _write(force, chance, moment)
            _send(message, chance, moment + timedelta(minutes=20))
            made += 1
    _leave_some_waiting(force, chance, now)
    return made


def _ward(force: Force, chance: random.Random) -> Area:
    wards = list(force.areas.filter(kind="ward").select_related("unit"))
    return wards[chance.randrange(len(wards))]


def _team(area: Area) -> tuple[Officer, Officer]:
    """Return who writes and who approves for an area."""
    grants = Grant.objects.filter(unit=area.unit).select_related("officer__unit", "officer__force")
    # the log-ins of the demo last: they keep a clean desk
    held = {grant.role: grant.officer for grant in grants.order_by("-officer__number")}
    return held["writer"], held["approver"]


def _draft(force: Force, chance: random.Random, area: Area) -> Draft:
    kind, topic, title, body = ALERTS[chance.randrange(len(ALERTS))]
    words = {"ward": area.name, "street": STREETS[chance.randrange(len(STREETS))]}
    audience = Audience(areas=(area.pk,), topics=(force.topics.get(slug=topic).pk,))
    return Draft(
        kind=Kind(kind), title=title.format(**words), body=body.format(**words),
        audience=audience.model_dump(mode="json"),
    )  # fmt: skip


def _write(force: Force, chance: random.Random, now: datetime) -> Message:
    area = _ward(force, chance)
    author, approver = _team(area)
    message = compose.create(_draft(force, chance, area), by=author, now=now)
    message = check.submit(message, by=author, now=now)
    digest = queries.digest_of(message)
    return approve.approve(message, digest=digest, by=approver, now=now + timedelta(minutes=15))


def _send(message: Message, chance: random.Random, now: datetime) -> None:
    """Write the audience and, in place of a relay, outcomes and what came back."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
    if not fan_out(message.pk, now=now + timedelta(days=1)):
        return
    points = [point for chunk in message.chunks.all() for point in chunk.points]
    statuses = {point: 2 if chance.random() < 0.015 else 1 for point in points}
    _record(message, statuses, now)
    reached = [point for point, status in statuses.items() if status == 1]
    receipts.record(_came_back(message, reached, chance, now), now=now)
    _close(message, now)


def _record(message: Message, statuses: dict[int, int], now: datetime) -> None:
    rows = "".join(
        f"{message.month}\t{message.pk}\t{point}\t{status}\t{550 if status == 2 else 250}\t{now}\n"
        for point, status in statuses.items()
    )
    with connection.cursor() as cursor, cursor.copy(
        "COPY outbound_delivery (month, message_id, contact_point_id, status, code, at) FROM STDIN"
    ) as copy:  # fmt: skip
        copy.write(rows)


def _came_back(
    message: Message, points: list[int], chance: random.Random, now: datetime
) -> list[receipts.Came]:
    came = []
    for point in points:
        for kind, share in (
            (ReceiptKind.OPENED, 0.15), (ReceiptKind.CLICKED, 0.06), (ReceiptKind.RATED, 0.11),
            (ReceiptKind.AUTO_REPLIED, 0.01), (ReceiptKind.REPLIED, 0.008),
        ):  # fmt: skip
            if chance.random() < share:
                stars = chance.choices((1, 2, 3, 4, 5), (4, 5, 14, 35, 42))[0]
                at = now + timedelta(minutes=chance.expovariate(1 / 90))
                value = stars if kind is ReceiptKind.RATED else None
                came.append(receipts.Came(message.pk, point, kind, at, value))
    return came


def _close(message: Message, now: datetime) -> None:
    message.chunks.update(state=ChunkState.DONE)
    for chunk in message.chunks.all():
        chunk.acked = chunk.intent = len(chunk.points)
        chunk.save(update_fields=["acked", "intent"])
    with acting(SYSTEM, "demo.sent"):
        Message.objects.filter(pk=message.pk).update(
            state=MessageState.SENT, started_at=now, finished_at=now + timedelta(seconds=2)
        )
    while receipts.fold(hopeless=now) == receipts.FOLD:
        pass
    DeliveryEvent.objects.filter(message=message, folded=False).update(folded=True)


def _leave_some_waiting(force: Force, chance: random.Random, now: datetime) -> None:
    """Leave drafts and submissions on the log-ins' desks, and send one for real."""
    northwick = force.areas.get(kind="ward", name="Northwick")
    alice = Officer.objects.get(force=force, number="4411")
    bob = Officer.objects.get(force=force, number="2207")
    drafts = [_draft(force, chance, northwick) for _ in range(3)]
    compose.create(drafts[0], by=alice, now=now - timedelta(hours=3))
    waiting = compose.create(drafts[1], by=alice, now=now - timedelta(hours=1))
    check.submit(waiting, by=alice, now=now - timedelta(minutes=50))
    sent = compose.create(drafts[2], by=alice, now=now - timedelta(minutes=40))
    sent = check.submit(sent, by=alice, now=now - timedelta(minutes=30))
    approve.approve(sent, digest=queries.digest_of(sent), by=bob, now=now)
