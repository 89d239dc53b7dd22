"""Moderate: say what in an item an officer should be warned of, by the force's own lists.

Nothing is hidden or dropped here: what is found is noted with the words that were
found, and whoever opens the item sees a warning first.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from bluelamp.inbound.models import Item
from bluelamp.inbound.stuck import carefully
from bluelamp.inbound.values import BATCH, Stage
from bluelamp.inbound.wordbook import Wordbook, wordbooks
from bluelamp.kit import bulk
from bluelamp.language.rules.lexicon import prepare

_READ = ("force", "text", "findings")


def moderate(*, now: datetime, limit: int = BATCH) -> int:
    """Moderate a batch; return how many items went on."""
    return carefully(_batch, _waiting(), now=now, limit=limit)


def _waiting() -> QuerySet[Item]:
    return Item.objects.filter(stage=Stage.UNDERSTOOD).order_by("pk")


def _batch(waiting: QuerySet[Item], *, now: datetime, limit: int) -> int:
    del now
    with transaction.atomic():
        claimed = list(
            waiting.select_for_update(skip_locked=True)
            .only(*_READ).prefetch_related("force")[:limit]
        )  # fmt: skip
        books = wordbooks(item.force for item in claimed)
        marked = [item for item in claimed if _mark(item, books[item.force_id])]
        bulk.update(marked, ["findings"])
        Item.objects.filter(pk__in=[item.pk for item in claimed]).update(stage=Stage.MODERATED)
    return len(claimed)


def _mark(item: Item, book: Wordbook) -> bool:
    """Note what an officer should be warned of; say whether there is anything."""
    marks = book.moderation.marks(prepare(item.text)) if book.moderation else ()
    if not marks:
        return False
    found: dict[str, list[str]] = {}
    for mark in marks:
        found.setdefault(mark.term.heading, []).append(mark.words)
    item.findings = item.findings | {"warned_of": found}
    return True
