"""Attach: what came with items is kept as files, to be checked before anybody opens it.

Only bytes that were handed over are kept.  What a platform merely serves somewhere
is noted with its address; nothing is fetched from an address that a stranger gave.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bluelamp.channels.contract import Attachment
from bluelamp.files.actions import keep
from bluelamp.files.models import File
from bluelamp.inbound.models import Item, ItemFile

MOST = 50
"""Attachments of one item; what a mail has more than that is in its raw payload alone."""


def attach(came: Iterable[tuple[Item, tuple[Attachment, ...]]], *, now: datetime) -> None:
    """Link items that were just stored with what came with them."""
    ItemFile.objects.bulk_create(
        _link(item, attachment, now) for item, all_of_it in came for attachment in all_of_it[:MOST]
    )


def _link(item: Item, attachment: Attachment, now: datetime) -> ItemFile:
    return ItemFile(
        force_id=item.force_id, item=item, file=_file(item, attachment, now),
        name=(attachment.name or "file")[:200], url=attachment.url[:500],
        description=attachment.description[:1500],
    )  # fmt: skip


def _file(item: Item, attachment: Attachment, now: datetime) -> File | None:
    if attachment.content:
        return keep(item.force, attachment.name, attachment.content, now=now)
    if attachment.stored:
        return File.objects.filter(force=item.force_id, sha256=attachment.stored).first()
    return None
