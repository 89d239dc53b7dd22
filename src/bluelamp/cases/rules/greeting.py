"""The answers that go by themselves: neutral words, once, and only where they are safe."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

EMERGENCY = (
    "If you or someone else is in danger now, call 999. If you cannot speak: on a mobile, press "
    "55 when you are asked to; on a landline, stay on the line. If you cannot hear or speak, text "
    "999 (emergencySMS) or use 999 BSL. We cannot promise to read this at once."
)
"""Fits 300 graphemes and names nothing that the person wrote: somebody else may see the phone."""
OUT_OF_HOURS = "Thank you for your message. Somebody will read it {when}. In an emergency call 999."
LOOK = "Your reference is {reference}. See how it stands: {page}"
_LONDON = ZoneInfo("Europe/London")


def emergency_words(settings: Mapping[str, Any]) -> str:
    """Return the force's words for somebody in danger; ``settings["emergency_answer"]``."""
    return str(settings.get("emergency_answer") or EMERGENCY)


def closed_words(settings: Mapping[str, Any], opens: datetime) -> str:
    """Return the words that say when somebody will read; ``settings["closed_answer"]``."""
    words = str(settings.get("closed_answer") or OUT_OF_HOURS)
    return words.replace("{when}", when(opens))


def look_words(settings: Mapping[str, Any], reference: str, page: str) -> str:
    """Return how a case can be looked at; ``settings["look_answer"]``, empty to say nothing."""
    words = str(settings.get("look_answer", LOOK)).strip()
    filled = words.replace("{reference}", reference).replace("{page}", page)
    return f" {filled}" if filled else ""


def when(opens: datetime) -> str:
    """Return an opening as people say it: ``on Monday from 8am``."""
    local = opens.astimezone(_LONDON)
    hour = local.hour % 12 or 12
    minutes = f":{local.minute:02}" if local.minute else ""
    return f"on {local:%A} from {hour}{minutes}{'am' if local.hour < 12 else 'pm'}"
