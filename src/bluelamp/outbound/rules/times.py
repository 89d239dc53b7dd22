"""Quiet hours: when a message goes."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bluelamp.outbound.values import Urgency

LONDON = ZoneInfo("Europe/London")
QUIET_FROM, QUIET_UNTIL = time(21), time(8)
"""Routine messages rest from nine in the evening until eight, by the reader's clock."""


def quiet(at: datetime, zone: ZoneInfo = LONDON) -> bool:
    """Say whether ``at`` (aware) lies in the quiet hours of ``zone``."""
    clock = at.astimezone(zone).time()
    return clock >= QUIET_FROM or clock < QUIET_UNTIL


def send_time(
    now: datetime, wished: datetime | None, urgency: Urgency, zone: ZoneInfo = LONDON
) -> datetime:
    """Return when a message goes: as wished, never in the past, routine ones not at night.

    A routine message that would go in the quiet hours goes when they end, by the
    clock on the wall, also where the clocks change in that night.
    """
    at = max(now, wished) if wished else now
    if urgency is Urgency.URGENT or not quiet(at, zone):
        return at
    local = at.astimezone(zone)
    day = local.date() + timedelta(days=1) if local.time() >= QUIET_FROM else local.date()
    return datetime.combine(day, QUIET_UNTIL, zone).astimezone(at.tzinfo)
