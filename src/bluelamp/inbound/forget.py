"""Forget: what its author took down on the platform leaves us too, within a day.

Only what a case holds under recorded grounds stays (``Item.held``).  The row
itself stays, empty: that something was said and taken down is part of a conversation.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import reduce
from operator import or_

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from bluelamp.files.actions import discard
from bluelamp.files.models import File
from bluelamp.inbound.models import Item, ItemFile, RawItem

GRACE = timedelta(hours=12)
"""Time for an officer to hold what matters; the platforms' terms allow 24 hours."""


def forget(*, now: datetime, limit: int = 500) -> int:
    """Empty items that were taken down long enough ago; return how many."""
    with transaction.atomic():
        files = Exists(ItemFile.objects.filter(item=OuterRef("pk")))
        full = ~Q(text="") | files | ~Q(raw__payload=b"")
        gone = Item.objects.filter(full, deleted_at__lte=now - GRACE, held=False).order_by("pk")
        claimed = list(gone.select_for_update(skip_locked=True, of=("self",))[:limit])
        rows = [item.pk for item in claimed]
        Item.objects.filter(pk__in=rows).update(text="", subject="", likeness={}, findings={})
        _empty(claimed)
        _detach(rows)
        return len(rows)


def _empty(items: Sequence[Item]) -> None:
    """Empty every payload that holds these items: the first, the later, what passes them on."""
    with_them = [*items, *_passing_on(items)]
    later = _places(with_them, "about")
    raws = RawItem.objects.filter(Q(pk__in=[item.raw_id for item in with_them]) | later)
    raws.exclude(payload=b"").update(payload=b"")


def _passing_on(items: Sequence[Item]) -> QuerySet[Item]:
    """Return what re-posts or quotes items: a platform sends the whole of them with it."""
    return Item.objects.filter(_places(items, "passes_on"), held=False)


def _places(items: Iterable[Item], name: str) -> Q:
    """Return the condition that a field names one of these items, on its own account."""
    ids: dict[int | None, set[str]] = defaultdict(set)
    for item in items:
        if item.external_id:
            ids[item.account_id].add(item.external_id)
    none: Q = Q(pk__in=())
    return reduce(or_, (Q(account=a, **{f"{name}__in": named}) for a, named in ids.items()), none)


def _detach(items: Iterable[int]) -> None:
    """Take files from items, and away where nothing else has them."""
    links = ItemFile.objects.filter(item__in=items)
    files = set(links.exclude(file=None).values_list("file", flat=True))
    links.delete()
    still = set(ItemFile.objects.filter(file__in=files).values_list("file", flat=True))
    for file in File.objects.filter(pk__in=files - still):
        discard(file)
