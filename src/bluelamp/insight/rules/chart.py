"""Where the parts of a chart of hours stand: numbers in, places on a drawing out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 720, 220
LEFT, BOTTOM, TOP = 36, 22, 8
_STEPS = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Point:
    """One hour: what came or is there, and what was expected between which two numbers."""

    label: str
    value: int | None
    """Nothing where the hour is not over yet, nor begun."""
    mean: float
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Bar:
    """An hour on the drawing; all in its own units, y from the top."""

    label: str
    x: float
    width: float
    middle: float
    top: float | None
    height: float
    band_top: float
    band_height: float
    mean: float
    right: float
    named: bool
    """Whether there is room for its name."""
    minor: bool
    """Whether that is so only where there is much."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A line across, with what it stands for."""

    value: int
    y: float


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing of hours."""

    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT

    @property
    def ground(self) -> int:
        """Where the bars stand."""
        return HEIGHT - BOTTOM


def chart(points: Sequence[Point]) -> Chart:
    """Lay hours out side by side, all in sight, from nought."""
    step = tick_step(max((max(one.value or 0, one.high) for one in points), default=0))
    most = step * 4
    scale = (HEIGHT - BOTTOM - TOP) / most
    slot = (WIDTH - LEFT) / max(len(points), 1)

    def y(value: float) -> float:
        return round(HEIGHT - BOTTOM - value * scale, 1)

    def bar(place: int, one: Point) -> Bar:
        x = LEFT + place * slot
        return Bar(
            label=one.label, x=round(x + slot * 0.2, 1), width=round(slot * 0.6, 1),
            middle=round(x + slot / 2, 1), top=None if one.value is None else y(one.value),
            height=round((one.value or 0) * scale, 1), band_top=y(one.high),
            band_height=round(max(0, one.high - one.low) * scale, 1), mean=y(one.mean),
            right=round(x + slot * 0.8, 1),
            named=place % 3 == 0, minor=place % 6 != 0,
        )  # fmt: skip

    ticks = tuple(Tick(step * n, y(step * n)) for n in range(5))
    return Chart(tuple(bar(*pair) for pair in enumerate(points)), ticks)


def tick_step(most: int) -> int:
    """Return the least of 1, 2, 5, 10, 20, 50… of which four reach as high as ``most``."""
    tens = 1
    while True:
        for step in _STEPS:
            if step * tens * 4 >= most:
                return step * tens
        tens *= 10
