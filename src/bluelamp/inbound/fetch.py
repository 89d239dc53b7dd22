"""Fetch: pictures and films that a platform serves, once the item is in.

Only from the hosts that the account's provider names, and never from a private network
(``files.remote``).  The claim is committed before the platform is asked, and no
transaction is open while it answers; what is there then is kept and checked as files
are that came by mail.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from bluelamp.channels import registry, vault
from bluelamp.channels.contract import Capability, ChannelError
from bluelamp.channels.models import Account
from bluelamp.files.actions import keep
from bluelamp.files.errors import RemoteError
from bluelamp.files.models import File
from bluelamp.files.remote import Guard
from bluelamp.files.remote import fetch as fetch_bytes
from bluelamp.files.rules import is_media
from bluelamp.inbound.models import ItemFile
from bluelamp.inbound.rules.retrying import next_fetch
from bluelamp.inbound.values import Fetch

CLAIMED_FOR = timedelta(minutes=2)
"""Longer than any fetch lasts: after it the worker is dead."""


def waits(*, now: datetime) -> bool:
    """Say whether anything is to be fetched now."""
    return ItemFile.objects.filter(fetch=Fetch.WAITING, due_at__lte=now).exists()


def fetch(*, now: datetime, guard: Guard | None = None) -> bool:
    """Fetch one thing that is due; say whether there was any.

    :param guard: what may be reached, for tests with a server of their own; else what
        the provider of the item's account names.
    """
    link = _claim(now)
    if link is None:
        return False
    try:
        if not _have_it(link):
            _keep(link, _content(link, guard or _guard(link.item.account)), now=now)
    except RemoteError as error:
        _failed(link, error, now=now)
    return True


def _claim(now: datetime) -> ItemFile | None:
    due = ItemFile.objects.filter(fetch=Fetch.WAITING, due_at__lte=now).order_by("due_at", "pk")
    with transaction.atomic():
        rows = due.select_for_update(skip_locked=True, of=("self",))
        link = rows.select_related("item__account", "force").first()
        if link is not None:
            link.attempts, link.due_at = link.attempts + 1, now + CLAIMED_FOR
            link.save(update_fields=["attempts", "due_at"])
    return link


def _guard(account: Account | None) -> Guard:
    """Return what may be reached for an account.

    :raises RemoteError: permanent; its platform names no hosts any more.
    """
    adapter = registry.adapter(account.provider) if account is not None else None
    if account is None or adapter is None or Capability.MEDIA not in adapter.capabilities:
        raise RemoteError("Its platform names no place for it.", permanent=True)
    try:
        return Guard(adapter.media_hosts(vault.settings_of(account)))
    except ChannelError as error:
        raise RemoteError(str(error), permanent=True) from error


def _content(link: ItemFile, guard: Guard) -> bytes:
    if link.item.deleted_at is not None:
        raise RemoteError("Its author took it down.", permanent=True)
    content = fetch_bytes(link.url, guard)
    if not is_media(content):
        raise RemoteError("What is there is no picture, film or recording.", permanent=True)
    return content


def _have_it(link: ItemFile) -> bool:
    """Take over what was fetched from the same address: a thousand shares are one picture."""
    with transaction.atomic():
        done = ItemFile.objects.filter(force=link.force_id, url=link.url, fetch=Fetch.DONE)
        known = done.exclude(file=None).values("file")[:1]
        file = File.objects.select_for_update().filter(pk__in=known).first()  # not away meanwhile
        return file is not None and _settle(link, fetch=Fetch.DONE, file=file, problem="")


def _keep(link: ItemFile, content: bytes, *, now: datetime) -> None:
    """Keep what came, unless the item was forgotten while it came."""
    with transaction.atomic():
        if _mine(link).select_for_update().exists():
            file = keep(link.force, link.name, content, now=now)
            _settle(link, fetch=Fetch.DONE, file=file, problem="")


def _failed(link: ItemFile, error: RemoteError, *, now: datetime) -> None:
    problem = str(error)[:200]
    wait = None if error.permanent else next_fetch(link.attempts, asked=error.retry_after)
    if wait is None:
        _settle(link, fetch=Fetch.GIVEN_UP, problem=problem)
    else:
        _settle(link, due_at=now + wait, problem=problem)


def _mine(link: ItemFile) -> QuerySet[ItemFile]:
    return ItemFile.objects.filter(pk=link.pk, fetch=Fetch.WAITING, attempts=link.attempts)


def _settle(link: ItemFile, **found: object) -> bool:
    """Write what came of it, unless another took it over; say whether it was written."""
    return bool(_mine(link).update(**found))
