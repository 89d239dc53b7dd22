"""What comes on a shift, and who is on: a borough's sergeant's, before any digital channel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bluelamp.evaluation.simulate import LATE_SHIFT

STARTS = datetime(2026, 6, 5, 14, 0, tzinfo=UTC)
"""A Friday afternoon."""
EMERGENCY, OTHER = "emergency", "less serious"


@dataclass(frozen=True, slots=True)
class Plan:
    """A shift to be simulated."""

    requests: int = 1400
    emergencies: int = 400
    """Of the requests."""
    officers: int = 90
    hours: int = 8
    seed: int = 1
    speed: float = 0.0
    """Simulated seconds a second at most; 0: as fast as it goes."""

    @property
    def ends(self) -> datetime:
        """When the officers hand over."""
        return STARTS + timedelta(hours=self.hours)

    @property
    def totals(self) -> dict[str, int]:
        """How many requests of each kind come."""
        return {EMERGENCY: self.emergencies, OTHER: self.requests - self.emergencies}

    @property
    def rates(self) -> list[float]:
        """The hours' rates in proportion: a late shift's, as far as they go."""
        return [LATE_SHIFT[hour % len(LATE_SHIFT)] for hour in range(self.hours)]
