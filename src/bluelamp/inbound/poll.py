"""Poll: fetch what was said to an account since last time, and store it with the place reached.

Who polls takes the account for a while (``due_at``) and commits, so that no transaction
is open while the platform answers.  What it brought and the new cursor are written in
one transaction.  A poll that died, or overlapped another because its turn ran out,
loses nothing (the cursor moves only with what was stored) and doubles nothing
(``ingest.store_many`` is unique on account and external id).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from bluelamp.channels import registry, vault
from bluelamp.channels.contract import Capability, ChannelError, Polled
from bluelamp.channels.models import Account
from bluelamp.inbound import ingest
from bluelamp.inbound.models import Cursor

CLAIMED_FOR = timedelta(minutes=3)
"""Longer than any adapter waits for its platform: after it the worker is dead."""
FIRST_DELAY, LONGEST_DELAY = timedelta(seconds=20), timedelta(minutes=15)
PAGES = 50
"""Polls of one turn while the platform says that more is waiting."""


def due(now: datetime) -> list[int]:
    """Return the accounts that can be polled now."""
    resting = Cursor.objects.filter(due_at__gt=now).values("account")
    found = Account.objects.filter(active=True).exclude(pk__in=resting).order_by("pk")
    polling = [one.name for one in registry.adapters(Capability.POLL)]
    return list(found.filter(provider__in=polling).values_list("pk", flat=True))


def poll(account: int, *, now: datetime) -> int:
    """Poll one account until nothing more waits; return how many payloads were new.

    Nothing is done where somebody else polls it, or it has to rest.

    :raises Exception: what an adapter should not raise; noted and backed off like a refusal.
    """
    new = 0
    for _page in range(PAGES):
        cursor = _claim(account, now=now)
        if cursor is None:
            break
        brought = _fetch(cursor, now=now)
        if brought is None:
            break
        new += _keep(cursor, brought, now=now)
        if not brought.more:
            break
    return new


def _claim(account: int, *, now: datetime) -> Cursor | None:
    """Take the account for this worker, unless it is taken or rests."""
    held = Account.objects.filter(pk=account, active=True).first()
    if held is None:
        return None
    Cursor.objects.get_or_create(account=held, defaults={"force_id": held.force_id, "due_at": now})
    with transaction.atomic():
        free = Cursor.objects.filter(account=held, due_at__lte=now)
        cursor = free.select_for_update(skip_locked=True, of=("self",)).first()
        if cursor is None:
            return None
        cursor.account, cursor.due_at = held, now + CLAIMED_FOR
        cursor.save(update_fields=["due_at"])
    return cursor


def _fetch(cursor: Cursor, *, now: datetime) -> Polled | None:
    adapter = registry.adapter(cursor.account.provider)
    try:
        return adapter.poll(cursor.value, vault.settings_of(cursor.account))
    except ChannelError as error:
        _rest(cursor, str(error), error.retry_after, now=now)
        return None
    except Exception as error:
        _rest(cursor, f"{type(error).__name__}: {error}", LONGEST_DELAY, now=now)
        raise


def _rest(cursor: Cursor, problem: str, wait: timedelta | None, *, now: datetime) -> None:
    """Back off, for as long as the platform asks or twice as long as the last time."""
    failures = cursor.failures + 1
    delay = wait or min(FIRST_DELAY * 2 ** min(failures - 1, 10), LONGEST_DELAY)
    Cursor.objects.filter(pk=cursor.pk, due_at=cursor.due_at).update(
        problem=problem.replace("\0", "")[:300], failures=failures, due_at=now + delay
    )


def _keep(cursor: Cursor, brought: Polled, *, now: datetime) -> int:
    """Store what was brought and move the cursor, together.

    Who was overtaken meanwhile stores all the same, but leaves the cursor to the other.
    """
    with transaction.atomic():
        new = ingest.store_many(cursor.account, brought.raws) if brought.raws else 0
        Cursor.objects.filter(pk=cursor.pk, value=cursor.value, due_at=cursor.due_at).update(
            value=brought.cursor, polled_at=now, problem="", failures=0, due_at=now
        )
    return new
