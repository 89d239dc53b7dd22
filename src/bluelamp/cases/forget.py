"""Forget: a case keeps no title made of words that their author took down.

The floor below empties the items (``inbound.forget``); the title is a copy of the first one's.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from bluelamp.audit.actions import acting
from bluelamp.audit.values import SYSTEM
from bluelamp.cases.models import Case
from bluelamp.cases.rules.sorting import TAKEN_DOWN
from bluelamp.cases.values import Joined


def forget(*, now: datetime, limit: int = 500) -> int:
    """Give cases whose first words are forgotten a title that says so; return how many."""
    del now
    with transaction.atomic(), acting(SYSTEM, "cases.forget"):
        opened = Case.objects.filter(
            items__why=Joined.OPENED, items__item__text="", items__item__deleted_at__isnull=False
        )
        stale = opened.exclude(title=TAKEN_DOWN).select_for_update(skip_locked=True, of=("self",))
        rows = [case.pk for case in stale.only("pk")[:limit]]
        return Case.objects.filter(pk__in=rows).update(title=TAKEN_DOWN)
