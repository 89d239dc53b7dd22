"""Shelter: hide from the citizen's page what would endanger who brought it, if another looked.

In the transaction that brings an item into its case, so that no moment shows it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bluelamp.cases.models import Case, Showing
from bluelamp.cases.rules.leaving import JOIN
from bluelamp.cases.rules.showing import dangers
from bluelamp.cases.values import Origin
from bluelamp.inbound.models import Item
from bluelamp.kit import bulk

MOST_WORDS = 12
"""Signs that are kept as the reason; more say no more."""


def shelter(heard: Iterable[tuple[Case, Item]], *, now: datetime) -> None:
    """Hide the cases of items with signs of danger; those that are hidden stay so."""
    hidden: dict[int, Case] = {}
    rows: list[Showing] = []
    for case, item in heard:
        found = _found(case, item)
        if found:
            case.shown_to_citizen = False
            hidden[case.pk] = case
            reason = JOIN.join(found[:MOST_WORDS])
            rows.append(Showing(
                force_id=case.force_id, case=case, at=now, shown=False, origin=Origin.FOUND,
                reason=reason,
            ))  # fmt: skip
    bulk.update(hidden.values(), ["shown_to_citizen"])
    bulk.insert(rows)


def _found(case: Case, item: Item) -> tuple[str, ...]:
    """Return the signs of danger; nothing is read of the force where triage saw none."""
    signs = item.findings.get("emergency") or item.findings.get("unsafe")
    if not signs or not case.shown_to_citizen:
        return ()
    return dangers(item.findings, case.force.settings)
