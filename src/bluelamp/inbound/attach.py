"""Attach: what came with items is kept as files, to be checked before anybody opens it.

Bytes that were handed over are kept at once.  What a platform says it serves is noted
with its address, to be fetched from the platform's own hosts (``fetch``); from any other
address that a stranger gave nothing is ever fetched.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bluelamp.channels import registry
from bluelamp.channels.contract import Attachment, Capability
from bluelamp.files.actions import keep
from bluelamp.files.models import File
from bluelamp.inbound.models import Item, ItemFile
from bluelamp.inbound.values import Fetch
from bluelamp.kit.queue import app, nudge

MOST = 50
"""Attachments of one item; what a mail has more than that is in its raw payload alone."""


def attach(came: Iterable[tuple[Item, tuple[Attachment, ...]]], *, now: datetime) -> None:
    """Link items that were just stored with what came with them."""
    links = [
        _link(item, attachment, now) for item, all_of_it in came for attachment in all_of_it[:MOST]
    ]
    ItemFile.objects.bulk_create(links)
    if any(link.fetch for link in links):
        nudge(app.tasks["bluelamp.inbound.jobs.fetch"])


def _link(item: Item, attachment: Attachment, now: datetime) -> ItemFile:
    file = _file(item, attachment, now)
    wanted = file is None and bool(attachment.url) and _has_hosts(item)
    return ItemFile(
        force_id=item.force_id, item=item, file=file,
        name=(attachment.name or "file")[:200], url=attachment.url[:500],
        description=attachment.description[:1500],
        fetch=Fetch.WAITING if wanted else "", due_at=now if wanted else None,
    )  # fmt: skip


def _has_hosts(item: Item) -> bool:
    """Say whether its platform keeps media on hosts of its own."""
    if item.account is None:
        return False
    return Capability.MEDIA in registry.adapter(item.account.provider).capabilities


def _file(item: Item, attachment: Attachment, now: datetime) -> File | None:
    if attachment.content:
        return keep(item.force, attachment.name, attachment.content, now=now)
    if attachment.stored:
        return File.objects.filter(force=item.force_id, sha256=attachment.stored).first()
    return None
