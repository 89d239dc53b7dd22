"""Forget: what its author took down on the platform leaves us too, within a day.

Only what a case holds under recorded grounds stays (``Item.held``).  The row
itself stays, empty: that something was said and taken down is part of a conversation.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from bluelamp.files.actions import discard
from bluelamp.files.models import File
from bluelamp.inbound.models import Item, ItemFile, RawItem

GRACE = timedelta(hours=12)
"""Time for an officer to hold what matters; the platforms' terms allow 24 hours."""


def forget(*, now: datetime, limit: int = 500) -> int:
    """Empty items that were taken down long enough ago; return how many."""
    with transaction.atomic():
        files = Exists(ItemFile.objects.filter(item=OuterRef("pk")))
        gone = Item.objects.filter(~Q(text="") | files, deleted_at__lte=now - GRACE, held=False)
        claimed = gone.select_for_update(skip_locked=True).order_by("pk")[:limit]
        rows = {item.pk: item.raw_id for item in claimed}
        Item.objects.filter(pk__in=rows).update(text="", subject="", likeness={}, findings={})
        RawItem.objects.filter(pk__in=rows.values()).update(payload=b"")
        _detach(rows)
        return len(rows)


def _detach(items: Iterable[int]) -> None:
    """Take files from items, and away where nothing else has them."""
    links = ItemFile.objects.filter(item__in=items)
    files = set(links.exclude(file=None).values_list("file", flat=True))
    links.delete()
    still = set(ItemFile.objects.filter(file__in=files).values_list("file", flat=True))
    for file in File.objects.filter(pk__in=files - still):
        discard(file)
