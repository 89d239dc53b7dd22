"""Revisit: look again at what was said, on platforms that do not tell of edits and deletions.

An account's things of the last week are looked at round and round, the next few at
each turn: 100 a minute see 66,000 things again within eleven hours, so that what was
taken down leaves us (``forget``) within the day that the platforms' terms allow.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from bluelamp.channels import registry, vault
from bluelamp.channels.contract import Capability, ChannelError
from bluelamp.channels.models import Account
from bluelamp.inbound import ingest
from bluelamp.inbound.models import Cursor, Item

SINCE = timedelta(days=7)
"""How long after it came a thing is looked at again."""
A_TURN = 100
"""Things that are looked at in one turn, once a minute."""


def watched() -> list[int]:
    """Return the accounts whose platform has to be asked what became of things."""
    asked = [one.name for one in registry.adapters(Capability.REVISIT)]
    found = Account.objects.filter(active=True, provider__in=asked).order_by("pk")
    return list(found.values_list("pk", flat=True))


def revisit(account: int, *, now: datetime) -> int:
    """Look again at the account's next things; return how many were looked at.

    A platform that refuses or is away is asked about the same things in the next turn.
    """
    held = Account.objects.get(pk=account)
    Cursor.objects.get_or_create(account=held, defaults={"force_id": held.force_id, "due_at": now})
    place = Cursor.objects.get(account=held).revisited
    things = _next(held, place, now=now)
    if not things:
        return _begin_again(held)
    try:
        adapter = registry.adapter(held.provider)
        found = adapter.revisit([name for _pk, name in things], vault.settings_of(held))
    except ChannelError as error:
        Cursor.objects.filter(account=held).update(problem=str(error)[:300])
        return 0
    with transaction.atomic():
        if found:
            ingest.store_many(held, found)
        Cursor.objects.filter(account=held).update(revisited=things[-1][0])
    return len(things)


def _next(account: Account, place: int, *, now: datetime) -> list[tuple[int, str]]:
    """Return ids, ours and the platform's, of the things after ``place``."""
    things = Item.objects.filter(
        account=account, pk__gt=place, received_at__gt=now - SINCE, deleted_at=None
    ).exclude(external_id="")
    return list(things.order_by("pk").values_list("pk", "external_id")[:A_TURN])


def _begin_again(account: Account) -> int:
    Cursor.objects.filter(account=account).update(revisited=0)
    return 0
