"""What figures are asked for by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Level:
    """What the desk promises itself."""

    target: float = 0.8
    """The share of people that is answered in time."""
    within: timedelta = timedelta(minutes=15)
    handling: timedelta = timedelta(minutes=10)
