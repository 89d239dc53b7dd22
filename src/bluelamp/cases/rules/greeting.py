"""The answers that go by themselves: neutral words, once, and only where they are safe."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bluelamp.cases.rules.wording import (
    CLOSED_ANSWER,
    EMERGENCY_ANSWER,
    LOOK_ANSWER,
    holding,
)

_LONDON = ZoneInfo("Europe/London")


def emergency_words(settings: Mapping[str, Any]) -> str:
    """Return the force's words for somebody in danger; ``settings["emergency_answer"]``."""
    return holding(settings, EMERGENCY_ANSWER)


def closed_words(settings: Mapping[str, Any], opens: datetime) -> str:
    """Return the words that say when somebody will read; ``settings["closed_answer"]``."""
    return holding(settings, CLOSED_ANSWER).replace("{when}", when(opens))


def look_words(settings: Mapping[str, Any], reference: str, page: str) -> str:
    """Return how a case can be looked at; ``settings["look_answer"]``, empty to say nothing."""
    words = holding(settings, LOOK_ANSWER)
    filled = words.replace("{reference}", reference).replace("{page}", page)
    return f" {filled}" if filled else ""


def when(opens: datetime) -> str:
    """Return an opening as people say it: ``on Monday from 8am``."""
    local = opens.astimezone(_LONDON)
    hour = local.hour % 12 or 12
    minutes = f":{local.minute:02}" if local.minute else ""
    return f"on {local:%A} from {hour}{minutes}{'am' if local.hour < 12 else 'pm'}"
