"""Triage: how soon a person must look at an item, what it is about, and where; with the words.

The machine proposes (``rules.triage``); what an officer decides later is kept in the case.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from bluelamp.inbound.models import Item
from bluelamp.inbound.rules.triage import Assessment
from bluelamp.inbound.stuck import carefully
from bluelamp.inbound.values import BATCH, Stage
from bluelamp.inbound.wordbook import Wordbook, wordbooks
from bluelamp.kit import bulk
from bluelamp.kit.queue import moved
from bluelamp.places.models import Area, Postcode

_READ = ("force", "subject", "text", "findings", "language", "longitude", "latitude")


def triage(*, now: datetime, limit: int = BATCH) -> int:
    """Triage a batch; return how many items went on."""
    return carefully(_batch, _waiting(), now=now, limit=limit)


def _waiting() -> QuerySet[Item]:
    return Item.objects.filter(stage=Stage.THREADED).order_by("pk")


def _batch(waiting: QuerySet[Item], *, now: datetime, limit: int) -> int:
    del now
    with transaction.atomic():
        claimed = list(
            waiting.select_for_update(skip_locked=True)
            .only(*_READ).prefetch_related("force")[:limit]
        )  # fmt: skip
        books = wordbooks(item.force for item in claimed)
        found = [(item, _assessed(item, books[item.force_id])) for item in claimed]
        _put_on_the_map(found)
        for item in claimed:
            item.stage = Stage.TRIAGED
        bulk.update(claimed, ["severity", "findings", "language", "longitude", "latitude", "stage"])
        if claimed:
            moved("inbound.triage")
    return len(claimed)


def _assessed(item: Item, book: Wordbook) -> Assessment:
    found = book.triage.assess(f"{item.subject}\n{item.text}".strip(), book.places)
    item.severity = found.severity
    item.findings = item.findings | _findings(found)
    item.language = item.language or found.tongue.code
    return found


def _findings(found: Assessment) -> dict[str, Any]:
    """Return what is kept, each with the words that led to it."""
    return {
        "score": found.score,
        "emergency": list(found.danger.kinds),
        "signs": [mark.words for mark in found.danger.signs],
        "headings": {one.heading.value: list(one.words) for one in found.proposals},
        "because": [
            [mark.words, mark.term.heading, mark.points] for mark in found.contributions[:8]
        ],
        "unsafe": [f"{mark.term.heading}: {mark.words}" for mark in found.unsafe],
        "places": [place.name for place in found.places],
        "postcodes": [one.postcode for one in found.postcodes],
    }


def _put_on_the_map(found: Sequence[tuple[Item, Assessment]]) -> None:
    """Place items by the postcode in them, else by the one area they name."""
    wanted = {one.postcode for _item, seen in found for one in seen.postcodes if one.whole}
    codes = {row.postcode: row for row in Postcode.objects.filter(postcode__in=wanted)}
    named = {
        item.pk: int(seen.places[0].keys[0])
        for item, seen in found
        if len(seen.places) == 1 and len(seen.places[0].keys) == 1
    }
    areas = Area.objects.in_bulk(set(named.values())) if named else {}
    for item, seen in found:
        if item.longitude is not None:
            continue
        code = next((codes[one.postcode] for one in seen.postcodes if one.postcode in codes), None)
        area = areas.get(named.get(item.pk, 0))
        if code is not None:
            item.longitude, item.latitude = code.longitude, code.latitude
        elif area is not None:
            item.longitude = (area.west + area.east) / 2
            item.latitude = (area.south + area.north) / 2
