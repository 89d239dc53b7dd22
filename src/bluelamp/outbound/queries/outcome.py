"""What became of a message: its report, and who is behind each figure."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from django.db import connection
from django.db.models import CharField, Count, F, Func, QuerySet, Value
from django.db.models.functions import Lower

from bluelamp.members.models import Member
from bluelamp.members.values import SMALL
from bluelamp.outbound.models import Delivery, DeliveryEvent, Message
from bluelamp.outbound.queries.rounds import shown_state, waiting
from bluelamp.outbound.values import DeliveryStatus, Mark


def deliveries(message: Message) -> QuerySet[Delivery]:
    """Return a message's deliveries, from their own partition."""
    if message.month is None:
        return Delivery.objects.none()
    return Delivery.objects.filter(month=message.month, message=message)


def told(message: Message) -> QuerySet[Delivery]:
    """Return the deliveries that may have reached somebody: accepted, or answer unknown."""
    return deliveries(message).filter(status__in=[DeliveryStatus.ACCEPTED, DeliveryStatus.UNKNOWN])


def told_points(message: Message) -> list[int]:
    """Return the contact points that may have been told, ascending: for a correction.

    Those whose delivery says so, and those of windows that are on the wire.
    """
    sql = (
        "SELECT contact_point_id FROM outbound_delivery"
        " WHERE month = %(month)s AND message_id = %(id)s AND status = ANY(%(told)s)"
        " UNION SELECT unnest(points[acked + 1:intent]) FROM outbound_deliverychunk"
        " WHERE message_id = %(id)s AND intent > acked ORDER BY 1"
    )
    told_by = [int(DeliveryStatus.ACCEPTED), int(DeliveryStatus.UNKNOWN)]
    with connection.cursor() as cursor:
        cursor.execute(sql, {"month": message.month, "id": message.pk, "told": told_by})
        return [row[0] for row in cursor.fetchall()]


def last_message_to(contact_point: int) -> int | None:
    """Return the newest message delivered to a contact point."""
    found = Delivery.objects.filter(contact_point_id=contact_point).order_by("-at")
    return found.values_list("message_id", flat=True).first()


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a message, in numbers of people.

    ``opened`` and ``clicked`` count only those who agreed to that.
    """

    recipients: int = 0
    accepted: int = 0
    refused: int = 0
    waiting: int = 0
    unknown: int = 0
    skipped: int = 0
    bounced: int = 0
    expired: int = 0
    opened: int = 0
    clicked: int = 0
    rated: int = 0
    stars: float | None = None
    replied: int = 0
    complained: int = 0
    left: int = 0
    settled: int = 0
    """Of whom it is known, or known to be unknown, what became."""


_REPORT_SQL = """
SELECT status, count(*),
       count(*) FILTER (WHERE marks & 1 <> 0), count(*) FILTER (WHERE marks & 2 <> 0),
       count(rating), coalesce(sum(rating), 0),
       count(*) FILTER (WHERE marks & 8 <> 0), count(*) FILTER (WHERE marks & 32 <> 0)
  FROM outbound_delivery WHERE month = %s AND message_id = %s GROUP BY status
"""

_BY_STATUS = {
    DeliveryStatus.ACCEPTED: "accepted",
    DeliveryStatus.REFUSED: "refused",
    DeliveryStatus.UNKNOWN: "unknown",
    DeliveryStatus.SKIPPED: "skipped",
    DeliveryStatus.BOUNCED: "bounced",
    DeliveryStatus.EXPIRED: "expired",
}


def report(message: Message) -> Report:
    """Return what became of a message, from its deliveries alone."""
    if message.month is None:
        return Report()
    with connection.cursor() as cursor:
        cursor.execute(_REPORT_SQL, [message.month, message.pk])
        rows = cursor.fetchall()
    figures = {_BY_STATUS[DeliveryStatus(row[0])]: row[1] for row in rows}
    opened, clicked, rated, stars, replied, complained = (
        sum(int(row[n]) for row in rows) for n in range(2, 8)
    )
    return Report(
        recipients=message.recipients or 0,
        opened=opened,
        clicked=clicked,
        rated=rated,
        stars=stars / rated if rated else None,
        replied=replied,
        complained=complained,
        left=Member.objects.filter(force=message.force_id, left_message=message.pk).count(),
        settled=sum(figures.values()),
        waiting=waiting([message])[message.pk],
        **figures,
    )


def page_ratings(message: Message) -> int:
    """Return how many ratings came from the public page, from nobody we know."""
    found = DeliveryEvent.objects.filter(message=message, kind="rated", contact_point_id=0)
    return found.count()


def live_facts(pk: int) -> dict[str, Any]:
    """Return the numbers that open pages of a message show."""
    message = Message.objects.get(pk=pk)
    figures = asdict(report(message))
    figures["stars"] = f"{figures['stars']:.1f}" if figures["stars"] else "–"
    return {"state": shown_state(message), "done": figures["settled"], **figures}


def by_reason(message: Message) -> list[tuple[str, str, int]]:
    """Return (kind, reason, people) of bounces and complaints: why, and never who."""
    found = (
        DeliveryEvent.objects.filter(message=message, kind__in=["bounced", "complained"])
        .values_list("kind", "reason")
        .annotate(people=Count("contact_point_id", distinct=True))
        .order_by("-people", "kind", "reason")
    )
    return [(kind, reason, people) for kind, reason, people in found]


def people_behind(message: Message, figure: str) -> QuerySet[Delivery]:
    """Return the deliveries behind one figure of the report.

    The caller asks whether the officer may see people, and records the reading.
    """
    found = deliveries(message)
    statuses = {name: status for status, name in _BY_STATUS.items()}
    if figure in statuses:
        found = found.filter(status=statuses[figure])
    elif figure in _MARKED:
        found = found.annotate(marked=F("marks").bitand(int(_MARKED[figure]))).exclude(marked=0)
    elif figure == "rated":
        found = found.exclude(rating=None)
    elif figure == "left":
        found = found.filter(contact_point__contact__member__left_message=message.pk)
    return found.order_by("contact_point_id")


_MARKED = {
    "opened": Mark.OPENED,
    "clicked": Mark.CLICKED,
    "replied": Mark.REPLIED,
    "complained": Mark.COMPLAINED,
}

FIGURES = ("recipients", *_BY_STATUS.values(), *_MARKED, "rated", "left")
"""Figures that open to a page of their own; who waits has no delivery yet."""


def status_name(status: DeliveryStatus) -> str:
    """Return the figure that a delivery's status counts into."""
    return _BY_STATUS[status]


def by_domain(deliveries: QuerySet[Delivery], most: int = 20) -> list[tuple[str, int]]:
    """Return the mail domains behind deliveries with their people; domains of few are joined.

    A domain of one's own would name a person: those of fewer than ten come under
    an empty name.
    """
    part = Func(
        F("contact_point__address"), Value("@"), Value(2), function="split_part",
        output_field=CharField(),
    )  # fmt: skip
    domain = Lower(part)
    found = deliveries.order_by().annotate(domain=domain).values_list("domain")
    counted = list(found.annotate(people=Count("contact_point_id")).order_by("-people", "domain"))
    shown = [(name, people) for name, people in counted if name and people >= SMALL][:most]
    rest = sum(people for _name, people in counted) - sum(people for _name, people in shown)
    return [*shown, ("", rest)] if rest else shown
