"""Identify: what came into cases is read once more, for who speaks and how they fare.

A batch is one transaction; ``CaseItem.identified_at`` is the queue.  Whoever changes
what is known of a person puts one of their items back into it (``identity_claims.again``).
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from bluelamp.audit.actions import acting
from bluelamp.audit.values import SYSTEM
from bluelamp.cases import identity_claims, review_prompts, suggest_merges
from bluelamp.cases.models import CaseItem
from bluelamp.kit.locks import lock
from bluelamp.org.models import Force

READ_AT_ONCE = 200
"""Items that are read in one transaction."""
_LOCK = 0x72656764
"""First half of the advisory lock's key ("regd"); the second is the force."""


def identify(*, now: datetime, limit: int = READ_AT_ONCE) -> int:
    """Read a batch; return how many items it had."""
    with transaction.atomic():
        waiting = CaseItem.objects.filter(identified_at=None).order_by("pk")
        claimed = list(
            waiting.select_for_update(skip_locked=True, of=("self",))
            .select_related("item__contact_point", "item__raw__account")[:limit]
        )  # fmt: skip
        forces = Force.objects.in_bulk({row.item.force_id for row in claimed})
        for force in forces.values():
            _identify(force, [row for row in claimed if row.item.force_id == force.pk], now)
        done = CaseItem.objects.filter(pk__in=[row.pk for row in claimed])
        done.update(identified_at=now)
    return len(claimed)


def _identify(force: Force, rows: list[CaseItem], now: datetime) -> None:
    with acting(SYSTEM, "cases.identify"):
        lock(_LOCK, force.pk)  # two batches must not make the same suggestion
        identity_claims.keep(rows, now=now)
        points = [row.item.contact_point for row in rows if row.item.contact_point]
        people = {point.contact_id for point in points}
        suggest_merges.weigh(force.pk, people, now=now)
        review_prompts.prompt(force, people, now=now)


def forget(*, now: datetime) -> int:
    """Drop what stood in items that are forgotten, and what was suggested for it."""
    with acting(SYSTEM, "cases.identify"):
        lost = identity_claims.drop_lost()
        for force, people in lost.items():
            lock(_LOCK, force)
            suggest_merges.weigh(force, people, now=now)
    return sum(map(len, lost.values()))
