"""Route: each triaged item joins a case, opens one, or is kept aside and findable.

A batch is one transaction.  Most urgent first: an emergency never waits behind
a thousand thank-yous.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import QuerySet

from bluelamp.audit.actions import acting
from bluelamp.audit.values import SYSTEM
from bluelamp.cases import milestones
from bluelamp.cases.greet import greet
from bluelamp.cases.models import Assessment, Case, CaseItem
from bluelamp.cases.queries.belonging import Belonging
from bluelamp.cases.queries.desk import Desk
from bluelamp.cases.rules.reference import new_reference
from bluelamp.cases.rules.sorting import Heard, goes_aside, title_of
from bluelamp.cases.shelter import shelter
from bluelamp.cases.values import ROUTING_LOCK, CaseState, Joined
from bluelamp.inbound.models import Item
from bluelamp.inbound.rules.mail import vouched
from bluelamp.inbound.stuck import carefully
from bluelamp.inbound.values import BATCH, EXCHANGE, PASSED_ON, Part, Severity, Stage
from bluelamp.kit import bulk, live
from bluelamp.kit.locks import lock, lock_if_free
from bluelamp.members.contacts import is_of
from bluelamp.members.models import ContactPoint

_READ = (
    "force", "kind", "channel", "account", "visibility", "conversation", "contact_point", "message",
    "thread", "part", "subject", "text", "language", "longitude", "latitude", "received_at",
    "said_at", "edited_at", "listened", "severity", "findings", "sender", "proven",
)  # fmt: skip


class _Joining(NamedTuple):
    """An item that comes into a case, and how."""

    case: Case
    item: Item
    why: Joined


@dataclass(slots=True)
class _Batch:
    """What one force's batch changes, gathered to be written at once."""

    now: datetime
    opened: list[Case] = field(default_factory=list)
    joined: list[_Joining] = field(default_factory=list)
    there: list[tuple[Case, Item]] = field(default_factory=list)
    """Items that are in their case already."""
    reassessed: dict[int, tuple[Case, Item]] = field(default_factory=dict)
    """Cases that were there and whose severity is another now, and which item's it is."""
    retitled: list[Case] = field(default_factory=list)
    repeated: dict[int, Case] = field(default_factory=dict)
    """Cases of which something is repeated."""
    vouched: list[Item] = field(default_factory=list)
    """Items of which it is known now whether they come from their sender."""
    woken: dict[int, Case] = field(default_factory=dict)
    """Cases that somebody has said something new in."""
    first: dict[int, Item] = field(default_factory=dict)
    """Position in ``opened`` -> the item that opened it."""


def route(*, now: datetime, limit: int = BATCH) -> int:
    """Route a batch; return how many items went on: none while another worker routes.

    It would only wait, for most of the work is done under the force's lock.
    """
    return carefully(_batch, _waiting(), now=now, limit=limit)


def waits() -> bool:
    """Say whether anything is to be routed."""
    return _waiting().exists()


def _waiting() -> QuerySet[Item]:
    return Item.objects.filter(stage=Stage.TRIAGED).order_by("-severity", "pk")


def _batch(waiting: QuerySet[Item], *, now: datetime, limit: int) -> int:
    with transaction.atomic():
        if not lock_if_free(ROUTING_LOCK, 0):
            return 0
        claimed = list(
            waiting.select_for_update(skip_locked=True)
            .only(*_READ).prefetch_related("force", "message")[:limit]
        )  # fmt: skip
        for force in {item.force_id for item in claimed}:
            with acting(SYSTEM, "cases.route"):
                _route(force, [item for item in claimed if item.force_id == force], now=now)
        Item.objects.filter(pk__in=[item.pk for item in claimed]).update(stage=Stage.ROUTED)
    return len(claimed)


def _route(force: int, items: Sequence[Item], *, now: datetime) -> None:
    lock(ROUTING_LOCK, force)  # two batches must not open two cases for one person
    batch = _Batch(now)
    points = _points(items)
    contacts = {pk: point.contact_id for pk, point in points.items()}
    finder = Belonging(force, items, contacts, now=now)
    desk = Desk(force, now=now)
    for item in sorted(items, key=_passes_on):  # what they share comes before those who share it
        there, found = finder.already(item), finder.case_of(item)
        if there is not None:
            _hear(batch, *there, item)
        elif found is not None:
            _join(batch, found[0], item, found[1])
            _vouch(batch, found[0], item, points)
        elif not goes_aside(_heard(item)):
            case = _open(batch, item, desk, contacts.get(item.contact_point_id or 0))
            finder.remember(case)
    _write(batch)
    if batch.joined:
        live.publish(f"cases:{force}", {"opened": len(batch.opened), "items": len(batch.joined)})


def _passes_on(item: Item) -> bool:
    return item.part in PASSED_ON


def _points(items: Iterable[Item]) -> dict[int, ContactPoint]:
    """Return the contact points of items by their number."""
    points = {item.contact_point_id for item in items if item.contact_point_id}
    return ContactPoint.objects.only("contact", "channel", "key").in_bulk(points)


def _heard(item: Item) -> Heard:
    return Heard(
        human=item.kind == "human", public=item.visibility == "public",
        to_us=not item.listened,
        severity=item.severity, passed_on=_passes_on(item),
    )  # fmt: skip


# To a case that is there ------------------------------------------------------


def _join(batch: _Batch, case: Case, item: Item, why: Joined) -> None:
    batch.joined.append(_Joining(case, item, why))
    if why is Joined.REPEATS:
        case.thread_id = case.thread_id or item.thread_id
        case.changed_at = max(case.changed_at, batch.now)
        if case.pk:
            batch.repeated[case.pk] = case
    if not _only_shares(case, item):
        _wake(batch, case, item)


def _vouch(batch: _Batch, case: Case, item: Item, points: Mapping[int, ContactPoint]) -> None:
    """Note whether what came to a case's own address comes from who brought the case.

    The address shows only that whoever writes has had a mail of that case: its citizen passes
    one on, others read their mailbox.  Any sender can be written into what is sent there.
    """
    if item.conversation != f"{EXCHANGE}{case.pk}":
        return
    point = points.get(item.contact_point_id or 0)
    theirs = item.contact_point_id == case.contact_point_id and is_of(point, item.sender)
    item.proven = vouched(item.proven, theirs)
    batch.vouched.append(item)


def _only_shares(case: Case, item: Item) -> bool:
    """Say whether somebody passes on what is known: that opens nothing again, and is no answer.

    Who brought the case and says the same again passes nothing on: they still wait.
    """
    graver = item.severity > case.severity or item.severity >= Severity.EMERGENCY
    theirs = item.contact_point_id is not None and item.contact_point_id == case.contact_point_id
    again = theirs and item.part == Part.COPY
    return item.visibility == "public" and _passes_on(item) and not (graver or again)


def _hear(batch: _Batch, case: Case, why: Joined, item: Item) -> None:
    """Hear what somebody made of their words: it may have become an emergency."""
    batch.there.append((case, item))
    if why is Joined.OPENED and item.edited_at:
        case.title = title_of(item.subject, item.text)
        batch.retitled.append(case)
    _wake(batch, case, item)


def _wake(batch: _Batch, case: Case, item: Item) -> None:
    """Let a case go on: graver if the new words are; a closed one as grave as they are."""
    case.heard_at = case.changed_at = max(case.heard_at, item.received_at)
    least = 1 if case.state == CaseState.CLOSED else case.severity
    severity, case.severity = case.severity, max(least, item.severity)
    if case.pk and case.severity != severity:
        batch.reassessed[case.pk] = (case, item)
    if case.state in {CaseState.WAITING, CaseState.CLOSED}:
        case.state = CaseState.OPEN
        case.closed_at = None
    if case.pk:
        batch.woken[case.pk] = case


# To a case of its own -----------------------------------------------------------


def _open(batch: _Batch, item: Item, desk: Desk, contact: int | None) -> Case:
    place = desk.place(item)
    case = Case(
        force=item.force, reference=new_reference(), unit_id=place.unit,
        owner_id=place.officer, state=CaseState.NEW, severity=max(item.severity, 1),
        title=title_of(item.subject, item.text), contact_point_id=item.contact_point_id,
        contact_id=contact, account_id=item.account_id, conversation=item.conversation,
        message_id=item.message_id, thread_id=item.thread_id,
        longitude=item.longitude, latitude=item.latitude, routed=place.why | {"unit": place.unit},
        opened_at=batch.now, changed_at=batch.now, heard_at=item.received_at,
    )  # fmt: skip
    batch.first[len(batch.opened)] = item
    batch.opened.append(case)
    batch.joined.append(_Joining(case, item, Joined.OPENED))
    return case


def _write(batch: _Batch) -> None:
    bulk.insert(batch.opened)
    bulk.add(CaseItem, map(_row, batch.joined))
    milestones.start(batch.opened)
    bulk.add(Assessment, _proposals(batch))
    heard = [*((row.case, row.item) for row in batch.joined), *batch.there]
    shelter(heard, now=batch.now)
    greet(heard, now=batch.now)
    bulk.update(batch.vouched, ["proven"])
    bulk.update(batch.retitled, ["title"])
    bulk.update(batch.repeated.values(), ["thread", "changed_at"])
    if batch.woken:
        fields = ["heard_at", "changed_at", "severity", "state", "closed_at"]
        bulk.update(batch.woken.values(), fields)
        milestones.heard(batch.woken.values(), now=batch.now)
    for case, _item in batch.reassessed.values():
        milestones.reassessed(case, now=batch.now)


def _row(joining: _Joining) -> dict[str, Any]:
    case, item, why = joining
    return {"case_id": case.pk, "item_id": item.pk, "at": item.received_at, "why": why}


def _proposals(batch: _Batch) -> Iterable[dict[str, Any]]:
    """Yield what the machine thinks of new cases, where it thinks anything, and of graver ones."""
    first = ((batch.opened[position], item) for position, item in batch.first.items())
    for case, item in (*first, *batch.reassessed.values()):
        headings = item.findings.get("headings", {})
        if headings or case.pk in batch.reassessed:
            yield {
                "force_id": item.force_id, "case_id": case.pk, "at": batch.now,
                "severity": item.severity, "headings": headings,
            }  # fmt: skip
