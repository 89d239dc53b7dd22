"""Kinds of area and the resolution of cells."""

from __future__ import annotations

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
