"""Items for tests of this floor and those above it."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from bluelamp.audit.actions import acting
from bluelamp.audit.values import SYSTEM
from bluelamp.channels.models import Account
from bluelamp.inbound import ingest
from bluelamp.inbound.models import Item
from bluelamp.inbound.understand import understand
from bluelamp.inbound.values import Stage
from bluelamp.org.models import Force


def make_page(force: Force, now: datetime, name: str = "Page") -> Account:
    """Return an account of the memory provider."""
    with acting(SYSTEM, "test.setup"):
        return Account.objects.create(force=force, provider="memory", name=name, created_at=now)


def say(
    account: Account, text: str, now: datetime, *, by: str = "ann@example.test",
    said: dict[str, Any] | None = None, name: str = "", **facts: Any,
) -> Item:  # fmt: skip
    """Let somebody say something that comes in by the door; return the item."""
    name = name or f"{by} {text} {now.isoformat()}"
    change(account, text, now, by=by, name=name, said=said, **facts)
    return Item.objects.filter(raw__external_id=name[:300], account=account).get()


def change(
    account: Account, text: str, now: datetime, *, name: str, by: str = "ann@example.test",
    said: dict[str, Any] | None = None, **facts: Any,
) -> None:  # fmt: skip
    """Let a payload come in; ``said`` may name what it changes."""
    body = {"kind": "human", "sender": by, "text": text} | facts
    if said is not None:
        body["said"] = {"external_id": name, "at": now.isoformat()} | said
    ingest.store(account, name, json.dumps(body).encode(), {}, now)
    understand(now=now)


def carry(item: Item, stage: Stage, **facts: Any) -> Item:
    """Put an item at a stage, as the stages before it would have left it."""
    Item.objects.filter(pk=item.pk).update(stage=stage, **facts)
    item.refresh_from_db()
    return item
