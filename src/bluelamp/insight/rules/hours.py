"""The hours of a day as the clock on the wall has them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bluelamp.evaluation.arrivals import Slot

ZONE = ZoneInfo("Europe/London")
HOUR = timedelta(hours=1)


def day_of(moment: datetime) -> date:
    """Return the local day of a moment."""
    return moment.astimezone(ZONE).date()


def midnight(day: date) -> datetime:
    """Return when a local day begins, in UTC."""
    return datetime.combine(day, time(), ZONE).astimezone(UTC)


def hours_of(day: date) -> list[datetime]:
    """Return the beginnings of a local day's hours: 23 or 25 where clocks change."""
    begins, ends = (midnight(day + timedelta(days=n)) for n in (0, 1))
    return [begins + n * HOUR for n in range(round((ends - begins) / HOUR))]


def slot_of(hour: datetime) -> Slot:
    """Return an hour as forecasts know it."""
    local = hour.astimezone(ZONE)
    return Slot(local.date(), local.hour)
