"""Identity claims: what people told, in a batch of items, of how else they are reached."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db.models import F

from bluelamp.cases.models import CaseItem, Claim
from bluelamp.cases.queries.identities import found_in, key_of, speaks_for_itself
from bluelamp.cases.rules.identities import EMAIL, Source


def keep(rows: Iterable[CaseItem], *, now: datetime) -> None:
    """Keep what these items tell; what was told before stays with the item it was told in."""
    made = [claim for row in rows if speaks_for_itself(row) for claim in _claims(row, now)]
    Claim.objects.bulk_create(made, ignore_conflicts=True)


def _claims(row: CaseItem, now: datetime) -> Iterator[Claim]:
    point = row.item.contact_point
    if point is None:
        return
    for one in found_in(row.item):
        if one.source == Source.OWN and one.identity.kind == EMAIL:
            continue  # the contact point says so itself
        yield Claim(
            force_id=row.item.force_id, contact_id=point.contact_id, item=row.item,
            source=one.source, kind=one.identity.kind, key=key_of(one.identity), at=now,
        )  # fmt: skip


def drop_lost() -> dict[int, set[int]]:
    """Delete claims whose item was emptied or edited; return whose they were, by force.

    What was edited is read again, so that what still stands there is found again.
    """
    gone = Claim.objects.filter(item__text="", item__deleted_at__isnull=False)
    edited = Claim.objects.filter(item__edited_at__gt=F("at"))
    rows = [*gone.values_list("pk", "force", "contact", "item"),
            *edited.values_list("pk", "force", "contact", "item")]  # fmt: skip
    people: dict[int, set[int]] = {}
    for _pk, force, contact, _item in rows:
        people.setdefault(force, set()).add(contact)
    Claim.objects.filter(pk__in=[row[0] for row in rows]).delete()
    CaseItem.objects.filter(item__in=[row[3] for row in rows]).update(identified_at=None)
    return people


def again(contacts: Iterable[int]) -> None:
    """Let the newest item of each of these contacts be read once more: something is new of them."""
    for contact in contacts:
        found = CaseItem.objects.filter(item__contact_point__contact=contact).order_by("-pk")
        newest = found.values("pk")[:1]
        CaseItem.objects.filter(pk__in=newest).update(identified_at=None)
