"""What a force's desk promises itself: what officers needed are counted for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from bluelamp.org.rules.settings import Part, Record, Setting, Whole

PERCENT = Whole(1, 99, "in a hundred")
WITHIN = Whole(0, 1440, "minutes")
HANDLING = Whole(1, 240, "minutes")
UNMEASURED = 10
"""Minutes that one takes where too few answers were given to measure it."""


@dataclass(frozen=True, slots=True)
class Desk:
    """The level of service that a force sets for itself."""

    target: Annotated[int, Part("Answered in time", PERCENT)] = 80
    within: Annotated[int, Part("In time means within", WITHIN)] = 15
    handling: Annotated[
        int | None,
        Part("One takes", HANDLING, "Leave it empty to go by what is measured.",
             none="as measured, else 10 minutes"),
    ] = None  # fmt: skip


DESK = Setting(
    "desk", "Officers needed",
    "What the control room’s page of officers needed counts with, unless other numbers are asked "
    "for there.",
    Record(Desk), Desk(),
)  # fmt: skip


def handling(desk: Desk, measured: int | None) -> int:
    """Return how many minutes one takes: what the force says, else what was measured."""
    return desk.handling or measured or UNMEASURED
