"""Route: each triaged item joins a case, opens one, or is kept aside and findable.

A batch is one transaction.  Most urgent first: an emergency never waits behind
a thousand thank-yous.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Q, QuerySet

from bluelamp.audit.actions import acting
from bluelamp.audit.values import SYSTEM
from bluelamp.cases import milestones
from bluelamp.cases.greet import greet
from bluelamp.cases.models import Assessment, Case, CaseItem
from bluelamp.cases.queries.desk import Desk
from bluelamp.cases.rules.reference import new_reference
from bluelamp.cases.rules.sorting import Heard, goes_aside, title_of
from bluelamp.cases.shelter import shelter
from bluelamp.cases.values import ROUTING_LOCK, CaseState, Joined
from bluelamp.inbound.models import Item
from bluelamp.inbound.stuck import carefully
from bluelamp.inbound.values import BATCH, EXCHANGE, PASSED_ON, Part, Severity, Stage
from bluelamp.kit import bulk, live
from bluelamp.kit.locks import lock, lock_if_free
from bluelamp.members.merging import people_of
from bluelamp.members.models import ContactPoint

REOPEN_WITHIN = timedelta(days=14)
"""Words about a case closed longer ago open a new one."""
_EXCHANGE = re.compile(rf"{EXCHANGE}([0-9]{{1,18}})", re.ASCII)

_READ = (
    "force", "kind", "channel", "account", "visibility", "conversation", "contact_point", "message",
    "thread", "part", "subject", "text", "language", "longitude", "latitude", "received_at",
    "said_at", "edited_at", "listened", "severity", "findings",
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


def _batch(*, now: datetime, limit: int) -> int:
    with transaction.atomic():
        if not lock_if_free(ROUTING_LOCK, 0):
            return 0
        claimed = list(
            _waiting().select_for_update(skip_locked=True)
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
    contacts = _contacts(items)
    finder = _Finder(force, items, contacts, now=now)
    desk = Desk(force, now=now)
    for item in sorted(items, key=_passes_on):  # what they share comes before those who share it
        there, found = finder.already(item), finder.case_of(item)
        if there is not None:
            _hear(batch, *there, item)
        elif found is not None:
            _join(batch, found[0], item, found[1])
        elif not goes_aside(_heard(item)):
            case = _open(batch, item, desk, contacts.get(item.contact_point_id or 0))
            finder.remember(case)
    _write(batch)
    if batch.joined:
        live.publish(f"cases:{force}", {"opened": len(batch.opened), "items": len(batch.joined)})


def _passes_on(item: Item) -> bool:
    return item.part in PASSED_ON


def _contacts(items: Iterable[Item]) -> dict[int, int]:
    """Return whose the contact points of items are."""
    points = {item.contact_point_id for item in items if item.contact_point_id}
    return dict(ContactPoint.objects.filter(pk__in=points).values_list("pk", "contact_id"))


def _heard(item: Item) -> Heard:
    return Heard(
        human=item.kind == "human", public=item.visibility == "public",
        to_us=not item.listened,
        severity=item.severity, passed_on=_passes_on(item),
    )  # fmt: skip


# To a case that is there ------------------------------------------------------


class _Finder:
    """Finds the case that an item belongs to; each of a batch's cases is read once."""

    def __init__(
        self, force: int, items: Sequence[Item], contacts: dict[int, int], *, now: datetime
    ) -> None:
        self._points: dict[int, Case] = {}
        self._exchanges: dict[tuple[int | None, str], Case] = {}
        self._threads: dict[int, Case] = {}
        self._people: dict[int, Case] = {}
        self._contacts = contacts
        self._persons = people_of(contacts.values())
        self._already = _rows_of(items)
        firsts = _cases_of_firsts(items)
        named = {_named(item) for item in items} | set(firsts.values())
        named |= {row.case_id for row in self._already.values()}
        since = now - REOPEN_WITHIN
        live_ = ~Q(state=CaseState.CLOSED) | Q(closed_at__gte=since)
        found = Case.objects.filter(Q(pk__in=named) | (live_ & self._about(items)), force=force)
        read = found.select_for_update().prefetch_related("force").defer("routed", "title")
        self._cases = {case.pk: case for case in read.order_by("opened_at", "pk")}
        for case in self._cases.values():
            if case.closed_at is None or case.closed_at >= since:
                self._learn(case, [one for one in firsts if firsts[one] == case.pk])

    def already(self, item: Item) -> tuple[Case, Joined] | None:
        """Return the case that an item is in, and why: edited since, or put there by others."""
        row = self._already.get(item.pk)
        return (self._cases[row.case_id], Joined(row.why)) if row else None

    def _learn(self, case: Case, begun: Sequence[int] = ()) -> None:
        """Let later items find a case; ``begun`` are threads whose first words are in it."""
        if case.contact_point_id:
            self._points[case.contact_point_id] = case
        if case.contact_id:
            self._people[case.contact_id] = case
        if case.conversation:
            self._exchanges[case.account_id, case.conversation] = case
        for thread in (*([case.thread_id] if case.thread_id else []), *begun):
            self._threads.setdefault(thread, case)

    def case_of(self, item: Item) -> tuple[Case, Joined] | None:
        """Return the case and why, or ``None``.

        What is passed on in public joins the case of the thing it repeats: nobody
        waits for an answer to a share.  Words of one's own, in private, never do.
        """
        named = self._cases.get(_named(item))
        if named is not None:
            return named, Joined.CONVERSATION
        exchange = self._exchanges.get((item.account_id, item.conversation))
        if item.conversation and exchange:
            return exchange, Joined.CONVERSATION
        if item.thread_id and item.visibility == "public" and item.thread_id in self._threads:
            return self._threads[item.thread_id], Joined.REPEATS
        same = self._of_person(item.contact_point_id)
        return (same, Joined.SAME_PERSON) if same else None

    def _of_person(self, point: int | None) -> Case | None:
        """Return the case of who speaks: from this address, or from another that is theirs."""
        if point is None or point in self._points:
            return self._points.get(point or 0)
        person = self._persons.get(self._contacts.get(point, 0), ())
        return next((self._people[one] for one in person if one in self._people), None)

    def _about(self, items: Sequence[Item]) -> Q:
        others = {one for person in self._persons.values() for one in person}
        return _about(items) | Q(contact__in=others)

    def remember(self, case: Case) -> None:
        """Let later items of the batch find a case that is about to be opened."""
        self._learn(case)


def _named(item: Item) -> int:
    """Return the case that our address in an answer named; 0 for none."""
    found = _EXCHANGE.fullmatch(item.conversation)
    return int(found[1]) if found else 0


def _rows_of(items: Sequence[Item]) -> dict[int, CaseItem]:
    rows = CaseItem.objects.filter(item__in=[item.pk for item in items])
    return {row.item_id: row for row in rows}


def _cases_of_firsts(items: Sequence[Item]) -> dict[int, int]:
    """Return the cases that hold, in public, what these items repeat, by thread.

    A case is mostly opened before anybody repeats it: then it knows of no thread yet.
    """
    threads = {item.thread_id for item in items if item.thread_id and item.visibility == "public"}
    if not threads:
        return {}
    rows = CaseItem.objects.filter(item__begins__in=threads, item__visibility="public")
    return dict(rows.values_list("item__begins", "case"))


def _about(items: Sequence[Item]) -> Q:
    """Return what cases have in common with any of these items, each part by its index."""
    points = {item.contact_point_id for item in items if item.contact_point_id}
    threads = {item.thread_id for item in items if item.thread_id}
    said = [item for item in items if item.conversation]
    exchange = ~Q(conversation="") & Q(
        account__in={item.account_id for item in said if item.account_id},
        conversation__in={item.conversation for item in said},
    )
    return Q(contact_point__in=points) | Q(thread__in=threads) | exchange


def _join(batch: _Batch, case: Case, item: Item, why: Joined) -> None:
    batch.joined.append(_Joining(case, item, why))
    if why is Joined.REPEATS:
        case.thread_id = case.thread_id or item.thread_id
        case.changed_at = max(case.changed_at, batch.now)
        if case.pk:
            batch.repeated[case.pk] = case
    if not _only_shares(case, item):
        _wake(batch, case, item)


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
