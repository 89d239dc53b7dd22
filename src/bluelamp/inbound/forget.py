"""Forget: what its author took down on the platform leaves us too, within a day.

Only what a case holds under recorded grounds stays (``Item.held``).  The row
itself stays, empty: that something was said and taken down is part of a conversation.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from bluelamp.inbound.models import Item, RawItem

GRACE = timedelta(hours=12)
"""Time for an officer to hold what matters; the platforms' terms allow 24 hours."""


def forget(*, now: datetime, limit: int = 500) -> int:
    """Empty items that were taken down long enough ago; return how many."""
    with transaction.atomic():
        gone = Item.objects.filter(deleted_at__lte=now - GRACE, held=False).exclude(text="")
        claimed = gone.select_for_update(skip_locked=True).order_by("pk")[:limit]
        rows = {item.pk: item.raw_id for item in claimed}
        Item.objects.filter(pk__in=rows).update(text="", subject="", likeness={}, findings={})
        RawItem.objects.filter(pk__in=rows.values()).update(payload=b"")
        return len(rows)
