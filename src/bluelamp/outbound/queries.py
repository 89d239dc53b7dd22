"""What reads messages: the console's lists, the gate's facts, the public's pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from typing import Any

from django.db import connection
from django.db.models import (
    CharField,
    Count,
    Exists,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
)
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from bluelamp.channels.contract import Capability
from bluelamp.channels.models import Account
from bluelamp.channels.queries import active_account
from bluelamp.kit.nav import NavItem
from bluelamp.members import audience as audiences
from bluelamp.members.models import Member
from bluelamp.members.values import SMALL, Audience
from bluelamp.org import permit
from bluelamp.org.models import Force, Officer
from bluelamp.org.values import ROLE_ACTS, Acts
from bluelamp.outbound import labels
from bluelamp.outbound.models import (
    Delivery,
    DeliveryChunk,
    DeliveryEvent,
    DeliveryRetry,
    Message,
    MessageArea,
)
from bluelamp.outbound.rules import gate, words
from bluelamp.outbound.values import (
    CHUNK_SIZE,
    PUBLIC,
    ChunkState,
    Decision,
    DeliveryStatus,
    Facts,
    Finding,
    Mark,
    MessageState,
    Urgency,
)
from bluelamp.places.models import Area

NAV = (NavItem(_("Alerts"), "outbound:alerts", (Acts.MESSAGE_READ.value,), order=10),)

ALIKE = 0.8
"""Share of two texts that must agree for them to be called alike."""
ALIKE_DAYS = timedelta(days=7)
NO_LONGER_MINE = (MessageState.SENT, MessageState.RECALLED, MessageState.STOPPED)

_QUEUED = DeliveryChunk.objects.filter(state=ChunkState.QUEUED).alias(
    first=F("number") * CHUNK_SIZE  # of the whole audience; what is tried again comes after it
)
_FIRST_ROUND = Q(
    Exists(_QUEUED.filter(message=OuterRef("pk"), first__lt=OuterRef("recipients"))),
    state=MessageState.SENDING,
)
"""Being sent to people who have not been tried yet."""

VIEWS: dict[str, Q] = {
    "drafts": Q(state__in=[MessageState.DRAFT, MessageState.RETURNED]),
    "waiting": Q(state=MessageState.SUBMITTED),
    "scheduled": Q(state=MessageState.APPROVED),
    "sending": _FIRST_ROUND,
    "sent": Q(state__in=NO_LONGER_MINE) | Q(state=MessageState.SENDING) & ~_FIRST_ROUND,
}
"""The console's lists by name; ``mine`` and ``all`` go by the officer.

A message of which only some are still tried again counts as sent.
"""


# The console ----------------------------------------------------------------


def messages(officer: Officer) -> QuerySet[Message]:
    """Return every message that the officer may read, newest first."""
    readable = Message.objects.filter(permit.scope(officer, Acts.MESSAGE_READ))
    return readable.select_related("author", "unit").order_by("-changed_at", "-pk")


def view(officer: Officer, name: str) -> QuerySet[Message]:
    """Return one of the console's lists."""
    found = messages(officer)
    if name == "mine":
        return found.filter(writers__contains=[officer.pk])
    if name == "waiting":
        return approvable(officer)
    return found.filter(VIEWS[name]) if name in VIEWS else found


def approvable(officer: Officer) -> QuerySet[Message]:
    """Return what waits for this very officer: others' words, within the officer's grants."""
    scope = permit.scope(officer, Acts.MESSAGE_APPROVE)
    waiting = Message.objects.filter(scope, VIEWS["waiting"]).select_related("author", "unit")
    return waiting.exclude(writers__contains=[officer.pk]).order_by("submitted_at")


def search(officer: Officer, words: str) -> QuerySet[Message]:
    """Return readable messages whose title or body holds all of ``words``."""
    found = messages(officer)
    for word in words.split()[:10]:
        found = found.filter(Q(title__icontains=word) | Q(body__icontains=word))
    return found


def counts(officer: Officer) -> dict[str, int]:
    """Return how many messages each of the console's lists holds."""
    return {name: view(officer, name).count() for name in ("mine", *VIEWS)}


def tried_again(messages: Iterable[Message]) -> Mapping[int, int]:
    """Return how many people wait, by message, where all have been tried once.

    To officers these are sent, though the engine has them as being sent for up
    to a day.
    """
    found = Message.objects.filter(VIEWS["sent"], pk__in=[one.pk for one in messages])
    people = waiting(found.filter(state=MessageState.SENDING))
    return {pk: people[pk] for pk in people if people[pk]}


def shown_state(message: Message) -> MessageState:
    """Return where a message stands, as officers see it: sent, once all have been tried."""
    if message.state == MessageState.SENDING:
        tried = Message.objects.filter(VIEWS["sent"], pk=message.pk).exists()
        return MessageState.SENT if tried else MessageState.SENDING
    return MessageState(message.state)


def waiting(messages: Iterable[Message]) -> Counter[int]:
    """Return how many people of each message are to be tried again, or just are."""
    among = Q(message__in=messages)
    found: Counter[int] = Counter(
        dict(DeliveryRetry.objects.filter(among).values_list("message").annotate(Count("pk")))
    )
    again = _QUEUED.filter(among, first__gte=F("message__recipients"))
    length = Func(F("points"), function="cardinality", output_field=IntegerField())
    found.update(dict(again.values_list("message").annotate(left=Sum(length - F("acked")))))
    return found


# The gate's facts -----------------------------------------------------------


def gate_of(message: Message) -> gate.Gate:
    """Return where the message stands at the gate."""
    return gate.Gate(
        state=MessageState(message.state),
        version=message.version,
        writers=frozenset([message.author_id, *message.writers]),
        urgency=Urgency(message.urgency),
        approved_version=message.approved_version,
    )


def content_of(message: Message) -> dict[str, Any]:
    """Return what an approver decides on, as JSON."""
    at = message.scheduled_for
    return {
        "version": message.version,
        "kind": str(message.kind),
        "urgency": str(message.urgency),
        "purpose": message.purpose,
        "title": message.title,
        "body": message.body,
        "audience": message.audience,
        "scheduled_for": at.isoformat() if at else None,
        "unknown_policy": str(message.unknown_policy),
    }


def digest_of(message: Message) -> str:
    """Return the digest of what an approver decides on."""
    return gate.digest(content_of(message))


def audience_of(message: Message) -> Audience:
    """Return the message's audience definition."""
    return Audience.model_validate(message.audience)


def approved_content(message: Message) -> bool:
    """Say whether exactly this version has been approved, by whichever way.

    Whoever sends asks this first: the state alone is not enough.
    """
    ways = [Decision.APPROVED, Decision.BREAK_GLASS, Decision.STANDING]
    return (
        message.approved_version == message.version
        and message.approvals.filter(version=message.version, decision__in=ways).exists()
    )


def approvers(message: Message, *, others: bool = True) -> list[Officer]:
    """Return the officers who may approve the message now.

    :param others: leave those out who wrote some of it.
    """
    officers = Officer.objects.filter(force=message.force, is_active=True)
    holding = officers.filter(grants__revoked_at=None, grants__role__in=_APPROVING).distinct()
    if others:
        holding = holding.exclude(pk__in=gate_of(message).writers)
    return [one for one in holding if permit.may(one, Acts.MESSAGE_APPROVE, message)]


_APPROVING = [role for role, acts in ROLE_ACTS.items() if Acts.MESSAGE_APPROVE in acts]


def findings(message: Message, *, now: datetime) -> tuple[Finding, ...]:
    """Return what the check says about a message as it stands."""
    facts = Facts(
        title=message.title,
        body=message.body,
        urgency=Urgency(message.urgency),
        counted=count(message),
        goes_at=max(now, message.scheduled_for or now),
        outside=outside(message),
        alike=alike(message, now=now),
    )
    return words.examine(facts)


def count(message: Message) -> int:
    """Return how many people the audience holds now."""
    return audiences.count(message.force, audience_of(message)).total


def outside(message: Message) -> tuple[str, ...]:
    """Return the names of chosen areas that the message's unit does not police."""
    chosen = areas_named(message.force, audience_of(message).areas)
    mine = message.unit.path
    strangers = (area for area in chosen if area.unit and not area.unit.path.startswith(mine))
    return tuple(area.name for area in strangers)


def areas_named(force: Force, ids: Iterable[int]) -> QuerySet[Area]:
    """Return areas of the force by number."""
    found = Area.objects.filter(force=force, pk__in=list(ids)).select_related("unit")
    return found.defer("boundary")


def alike(message: Message, *, now: datetime) -> tuple[str, ...]:
    """Return titles of messages of the last week that say much the same to shared ground."""
    recent = Message.objects.filter(force=message.force, approved_at__gte=now - ALIKE_DAYS).exclude(
        pk=message.pk
    )
    if message.follows_id:
        recent = recent.exclude(pk=message.follows_id)
    ours = set(audience_of(message).areas)
    return tuple(
        other.title
        for other in recent.only("title", "body", "audience")[:50]
        if _shares_ground(ours, other) and _similar(message.body, other.body)
    )


def _shares_ground(ours: set[int], other: Message) -> bool:
    theirs = set(other.audience.get("areas", ()))
    return not ours or not theirs or bool(ours & theirs)


def _similar(one: str, other: str) -> bool:
    matcher = SequenceMatcher(None, one[:2000], other[:2000], autojunk=False)
    return matcher.real_quick_ratio() > ALIKE and matcher.ratio() > ALIKE


def mail_account(force: Force) -> Account | None:
    """Return the account that carries messages to members by mail."""
    return active_account(force, "email", Capability.BULK)


# The public -----------------------------------------------------------------


def public(force: Force) -> QuerySet[Message]:
    """Return what everyone may read: sending has begun, newest first.

    A message that was stopped before anybody was told was never public.  The
    correction that follows a recall is shown on the page of what it corrects.
    """
    begun = Message.objects.filter(force=force, state__in=PUBLIC, started_at__isnull=False)
    found = begun.order_by("-started_at", "-pk").select_related("unit", "author")
    return found.prefetch_related("areas__area")


def news(force: Force) -> QuerySet[Message]:
    """Return the public messages that lists and feeds carry."""
    return public(force).exclude(kind="correction")


def news_of_area(area: Area) -> QuerySet[Message]:
    """Return the news that speaks about an area, or about the whole force."""
    return news(area.force).filter(Q(areas__area=area) | Q(areas=None)).distinct()


def areas_of_news(force: Force) -> QuerySet[Area]:
    """Return the areas that public messages speak about, by name."""
    named = MessageArea.objects.filter(message__in=news(force)).values("area")
    return Area.objects.filter(pk__in=named).defer("boundary").order_by("name")


def card(message: Message) -> dict[str, Any]:
    """Return what a public list shows of a message."""
    return {
        "message": message,
        "url": f"/alert/{message.public_id}",
        "kind": labels.KINDS[message.kind],
        "urgent": message.urgency == Urgency.URGENT,
        "areas": [row.area.name for row in message.areas.all()],
        "at": message.started_at or message.changed_at,
        "summary": " ".join(message.body.split())[:180],
        "recalled": message.state == MessageState.RECALLED,
    }


# What became of it ----------------------------------------------------------


def deliveries(message: Message) -> QuerySet[Delivery]:
    """Return a message's deliveries, from their own partition."""
    if message.month is None:
        return Delivery.objects.none()
    return Delivery.objects.filter(month=message.month, message=message)


def told(message: Message) -> QuerySet[Delivery]:
    """Return the deliveries that may have reached somebody: accepted, or answer unknown."""
    return deliveries(message).filter(
        status__in=[DeliveryStatus.ACCEPTED, DeliveryStatus.UNKNOWN],
    )


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
