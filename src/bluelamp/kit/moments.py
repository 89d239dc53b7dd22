"""Moments in words, the British way and in the page's own time (Europe/London)."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import is_aware, localtime
from django.utils.translation import gettext as _


def day(value: date | None) -> str:
    """Write a date the British way: 20 November 2026."""
    return date_format(_here(value), "j F Y") if value else ""


def clock(value: datetime | time | None) -> str:
    """Write a time of day for the public: 7pm, 12:04pm, midday, midnight."""
    if value is None or value == "":
        return ""
    at = _here(value)
    if at.minute == 0 and at.hour in (0, 12):
        return _("midday") if at.hour else _("midnight")
    return date_format(at, "g:iA" if at.minute else "gA").lower()


def when(value: datetime | None) -> str:
    """Write a moment for the public: 20 November 2026 at 7pm."""
    return _("%(day)s at %(time)s") % {"day": day(value), "time": clock(value)} if value else ""


def stamp(value: datetime | None) -> str:
    """Write a moment for officers: 20 Nov 2026, 19:04."""
    return date_format(_here(value), "j M Y, H:i") if value else ""


def _here(value: Any) -> Any:
    return localtime(value) if isinstance(value, datetime) and is_aware(value) else value
