"""What comes back: folded once, suppressing at once, counted right."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bluelamp.audit.values import SYSTEM
from bluelamp.channels.contract import Receipt, ReceiptKind
from bluelamp.kit.tokens import seal_mail
from bluelamp.members.actions import leave
from bluelamp.members.models import ContactPoint, Member, Suppression
from bluelamp.org.models import Force, Officer
from bluelamp.outbound import queries, receipts
from bluelamp.outbound.models import Delivery, DeliveryEvent, Message
from bluelamp.outbound.receipts import Came
from bluelamp.outbound.tests.helpers import (
    draft,
    make_account,
    make_areas,
    make_member,
    pretend_sent,
    send_through,
)
from bluelamp.outbound.values import DeliveryStatus

LONG_AGO = timedelta(days=1)


@pytest.fixture
def points(force: Force, now: datetime) -> list[ContactPoint]:
    make_account(force, now)
    make_areas(force, now)
    return [make_member(force, f"m{n}@example.test", now) for n in range(4)]


@pytest.fixture
def message(points: list[ContactPoint], alice: Officer, bob: Officer, now: datetime) -> Message:
    made = send_through(alice, bob, draft(), now)
    statuses = [1, 1, 2, 4]
    return pretend_sent(
        made, {p.pk: status for p, status in zip(points, statuses, strict=True)}, now
    )


def came(
    message: Message,
    point: ContactPoint,
    kind: ReceiptKind,
    now: datetime,
    value: int | None = None,
) -> Came:
    return Came(message.pk, point.pk, kind, now, value)


def fold(now: datetime) -> int:
    return receipts.fold(hopeless=now - LONG_AGO)


def test_the_report_counts_people_and_not_receipts(
    message: Message, points: list[ContactPoint], now: datetime
) -> None:
    first, second = points[:2]
    for _ in range(2):  # everything comes twice
        receipts.record(
            [
                came(message, first, ReceiptKind.OPENED, now),
                came(message, first, ReceiptKind.CLICKED, now, 0),
                came(message, first, ReceiptKind.RATED, now, 4),
                came(message, second, ReceiptKind.RATED, now, 2),
                came(message, second, ReceiptKind.REPLIED, now),
            ],
            now=now,
        )
        fold(now)
    report = queries.report(message)
    assert (report.recipients, report.accepted, report.refused, report.unknown) == (4, 2, 1, 1)
    assert (report.opened, report.clicked, report.replied) == (1, 1, 1)
    assert (report.rated, report.stars) == (2, 3.0)
    assert not DeliveryEvent.objects.filter(folded=False).exists()


def test_the_last_rating_counts(
    message: Message, points: list[ContactPoint], now: datetime
) -> None:
    for stars in (1, 5):
        receipts.record([came(message, points[0], ReceiptKind.RATED, now, stars)], now=now)
    fold(now)
    assert queries.report(message).stars == 5.0


def test_a_hard_bounce_changes_the_delivery_and_suppresses_before_the_fold(
    message: Message, points: list[ContactPoint], now: datetime, force: Force
) -> None:
    hard, soft = points[:2]
    token = seal_mail("mail", message.pk, hard.pk)
    reports = [
        Receipt(ReceiptKind.BOUNCED, now, token=token, hard=True, reason="userunknown"),
        Receipt(ReceiptKind.BOUNCED, now, address=soft.address, hard=False, reason="mailboxfull"),
        Receipt(ReceiptKind.BOUNCED, now, address="stranger@example.test", hard=True),
    ]
    assert receipts.take(force, reports, now=now) == 2
    assert Suppression.objects.get().reason == "hard_bounce"
    fold(now)
    status = dict(Delivery.objects.values_list("contact_point_id", "status"))
    assert status[hard.pk] == DeliveryStatus.BOUNCED
    assert status[soft.pk] == DeliveryStatus.ACCEPTED
    assert queries.by_reason(message) == [
        ("bounced", "mailboxfull", 1),
        ("bounced", "userunknown", 1),
    ]


def test_a_complaint_suppresses(
    message: Message, points: list[ContactPoint], now: datetime
) -> None:
    receipts.record([came(message, points[0], ReceiptKind.COMPLAINED, now)], now=now)
    assert Suppression.objects.get().reason == "complaint"


def test_a_receipt_waits_for_its_delivery_and_holds_up_no_other(
    message: Message, points: list[ContactPoint], now: datetime, force: Force
) -> None:
    late = make_member(force, "late@example.test", now)
    receipts.record([came(message, late, ReceiptKind.OPENED, now)], now=now)
    receipts.record([came(message, points[0], ReceiptKind.OPENED, now)], now=now)
    assert receipts.fold(hopeless=now - LONG_AGO, limit=1) == 1
    assert queries.report(message).opened == 1
    pretend_sent(message, {late.pk: 1}, now)
    assert fold(now) == 1
    assert queries.report(message).opened == 2


def test_a_receipt_without_any_delivery_is_done_with_after_a_day(
    message: Message, now: datetime
) -> None:
    receipts.record([Came(message.pk, 0, ReceiptKind.RATED, now, 3)], now=now)
    assert fold(now) == 0
    assert fold(now + LONG_AGO + timedelta(minutes=1)) == 1


def test_who_left_by_the_message_is_counted(
    message: Message, points: list[ContactPoint], now: datetime
) -> None:
    member = Member.objects.get(contact=points[0].contact)
    leave(member, by=SYSTEM, now=now, message=message.pk)
    assert queries.report(message).left == 1
    assert queries.people_behind(message, "left").count() == 1


def test_each_figure_opens_to_as_many_as_it_says(
    message: Message, points: list[ContactPoint], now: datetime
) -> None:
    receipts.record([
        came(message, points[0], ReceiptKind.OPENED, now),
        came(message, points[1], ReceiptKind.RATED, now, 5),
        came(message, points[1], ReceiptKind.COMPLAINED, now),
    ], now=now)  # fmt: skip
    fold(now)
    report = queries.report(message)
    for figure in queries.FIGURES:
        assert queries.people_behind(message, figure).count() == getattr(report, figure), figure


def test_domains_of_few_are_not_named(message: Message) -> None:
    everyone = queries.people_behind(message, "recipients")
    assert queries.by_domain(everyone) == [("", 4)]
