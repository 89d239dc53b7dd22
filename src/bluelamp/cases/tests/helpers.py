"""Cases for tests."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bluelamp.cases.models import Case
from bluelamp.cases.route import route
from bluelamp.channels.models import Account
from bluelamp.channels.registry import adapter
from bluelamp.inbound.tests.helpers import carry, say
from bluelamp.inbound.values import Stage

STORE: Any = adapter("memory").store  # type: ignore[attr-defined]
"""What was posted on the memory provider; the fixture ``platform`` empties it."""


def open_case(page: Account, text: str, now: datetime, *, severity: int = 1, **facts: Any) -> Case:
    """Let somebody say something and route it; return the case it is in."""
    item = carry(say(page, text, now, **facts), Stage.TRIAGED, severity=severity)
    route(now=now)
    return Case.objects.get(items__item=item)
