"""Kinds of area, the resolution of cells, and what an import says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

CELL_RESOLUTION = 9
"""H3 resolution that joins ground to people: about 0.1 km² a cell."""


class AreaKind(StrEnum):
    """What a named piece of ground is."""

    FORCE = "force"
    DISTRICT = "district"
    NEIGHBOURHOOD = "neighbourhood"
    WARD = "ward"
    HOT_SPOT = "hot_spot"
    DRAWN = "drawn"


class Change(StrEnum):
    """What an import does to one area."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class AreaLine:
    """One line of an import's report."""

    change: Change
    code: str
    name: str
    note: str = ""
    """What was repaired, or which parts changed; empty where there is nothing to say."""


@dataclass(frozen=True, slots=True)
class AreaReport:
    """What an import of areas did, or would do."""

    lines: tuple[AreaLine, ...]
    dry_run: bool

    def count(self, change: Change) -> int:
        """Return how many areas met this change."""
        return sum(line.change is change for line in self.lines)

    def facts(self) -> dict[str, object]:
        """Return the report as one JSON object."""
        noted = [line for line in self.lines if line.note]
        return {
            **{change.value: self.count(change) for change in Change},
            "dry_run": self.dry_run,
            "notes": [{"code": line.code, "note": line.note} for line in noted],
        }


@dataclass(frozen=True, slots=True)
class PostcodeReport:
    """What an import of postcodes did."""

    rows: int
    new: int
    changed: int
    unchanged: int
    without_position: int
    """Rows whose file gives no position (Code-Point quality 90): left out."""
    terminated: int
    """Rows of postcodes that are no longer in use: left out."""


@dataclass(frozen=True, slots=True)
class Position:
    """A postcode with its longitude and latitude in WGS 84 degrees."""

    postcode: str
    longitude: float
    latitude: float


@dataclass(frozen=True, slots=True)
class Circle:
    """All ground within ``metres`` (geodesic) of a point."""

    longitude: float
    latitude: float
    metres: float
