"""Which case each item of a batch belongs to, if there is one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Q

from bluelamp.cases.models import Case, CaseItem
from bluelamp.cases.values import CaseState, Joined
from bluelamp.inbound.models import Item
from bluelamp.inbound.values import EXCHANGE
from bluelamp.members.merging import people_of

REOPEN_WITHIN = timedelta(days=14)
"""Words about a case closed longer ago open a new one."""
_EXCHANGE = re.compile(rf"{EXCHANGE}([0-9]{{1,18}})", re.ASCII)


class Belonging:
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
        return about(items) | Q(contact__in=others)

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


def about(items: Sequence[Item]) -> Q:
    """Return what cases have in common with any of these items, each part by its index."""
    points = {item.contact_point_id for item in items if item.contact_point_id}
    threads = {item.thread_id for item in items if item.thread_id}
    said = [item for item in items if item.conversation]
    exchange = ~Q(conversation="") & Q(
        account__in={item.account_id for item in said if item.account_id},
        conversation__in={item.conversation for item in said},
    )
    return Q(contact_point__in=points) | Q(thread__in=threads) | exchange
