"""Forget: a case keeps no copy of words that their author took down.

The floor below empties the items (``inbound.forget``).  Copies stand in the title, in what the
machine proposed, in why the case is hidden, in the record of these, and at other case systems.
What was found in the case's other items, and in what is held, stays.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from bluelamp.audit.actions import acting, erase
from bluelamp.audit.values import SYSTEM
from bluelamp.cases.models import Assessment, Case, CaseItem, Link, Showing
from bluelamp.cases.rules.leaving import headings_without, reason_without
from bluelamp.cases.rules.showing import HIDDEN_KINDS, KINDS
from bluelamp.cases.rules.sorting import TAKEN_DOWN
from bluelamp.cases.values import Joined, Origin
from bluelamp.inbound.models import Item
from bluelamp.inbound.wordbook import UNSAFE
from bluelamp.language.queries import words_of
from bluelamp.org.models import Force

Found = Sequence[dict[str, Any]]
"""What triage found in each item of a case that keeps its words."""


def forget(*, now: datetime, limit: int = 500) -> int:
    """Take the words of emptied items out of their cases, once for each; return how many items.

    ``CaseItem.forgotten_at`` is the queue.
    """
    emptied = CaseItem.objects.filter(
        forgotten_at=None, item__text="", item__deleted_at__isnull=False, item__held=False
    )
    with transaction.atomic(), acting(SYSTEM, "cases.forget"):
        claimed = emptied.select_for_update(skip_locked=True, of=("self",)).order_by("pk")[:limit]
        rows = list(claimed)
        cases = {row.case_id for row in rows}
        _retitle({row.case_id for row in rows if row.why == Joined.OPENED})
        for case in Case.objects.filter(pk__in=cases).select_related("force").order_by("pk"):
            _forget(case)
        CaseItem.objects.filter(pk__in=[row.pk for row in rows]).update(forgotten_at=now)
    return len(rows)


def _retitle(cases: Collection[int]) -> None:
    """Give cases a title that says what happened, and tell it to other systems too."""
    named = Case.objects.filter(pk__in=cases).exclude(title=TAKEN_DOWN)
    stale = list(named.select_for_update(of=("self",)).values_list("pk", flat=True))
    Case.objects.filter(pk__in=stale).update(title=TAKEN_DOWN)
    Link.objects.filter(case__in=stale).update(seen=None)


def _forget(case: Case) -> None:
    left = Item.objects.filter(in_case__case=case).exclude(findings={})
    found = list(left.values_list("findings", flat=True))
    _empty_headings(case, found)
    _empty_reasons(case, found)


def _empty_headings(case: Case, found: Found) -> None:
    changed = []
    for one in Assessment.objects.filter(case=case, by=None):
        fewer = headings_without(one.headings, found)
        if fewer != one.headings:
            one.headings = fewer
            changed.append(one)
    Assessment.objects.bulk_update(changed, ["headings"])
    if changed:
        erase("cases_assessment", [one.pk for one in changed])


def _empty_reasons(case: Case, found: Found) -> None:
    hidden = list(Showing.objects.filter(case=case, origin=Origin.FOUND).exclude(reason=""))
    kinds = _kinds(case.force) if hidden else frozenset()
    changed = []
    for one in hidden:
        fewer = reason_without(one.reason, found, kinds)
        if fewer != one.reason:
            one.reason = fewer
            changed.append(one)
    Showing.objects.bulk_update(changed, ["reason"])
    if changed:
        erase("cases_showing", [one.pk for one in changed])


def _kinds(force: Force) -> frozenset[str]:
    """Return what a sign of danger may be called in a force."""
    named = {term.heading for term in words_of(force, UNSAFE)}
    return KINDS | named | HIDDEN_KINDS.read(force.settings)
