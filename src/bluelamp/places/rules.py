"""Decisions from values alone: what is a postcode, a coordinate, a change."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence

from bluelamp.places.values import Change

_POSTCODE = re.compile(r"(GIR|NPT|[A-Z]{1,2}[0-9][A-Z0-9]?)([0-9][ABD-HJLNP-UW-Z]{2})")
"""BS 7666: outward code, then a digit and two letters that are none of C I K M O V."""

GRID_EAST = (0.0, 700_000.0)
GRID_NORTH = (0.0, 1_300_000.0)
"""The British National Grid's extent in metres."""


def normalise_postcode(text: str) -> str | None:
    """Return ``LU1 2AB`` for any spacing and case of it, ``None`` where it is no postcode."""
    squeezed = "".join(text.split()).upper()
    match = _POSTCODE.fullmatch(squeezed)
    return f"{match[1]} {match[2]}" if match else None


def is_longitude(value: float) -> bool:
    """Say whether a number is a longitude in degrees."""
    return math.isfinite(value) and -180 <= value <= 180


def is_latitude(value: float) -> bool:
    """Say whether a number is a latitude in degrees."""
    return math.isfinite(value) and -90 <= value <= 90


def is_position(longitude: float, latitude: float) -> bool:
    """Say whether two numbers are a longitude and a latitude in degrees."""
    return is_longitude(longitude) and is_latitude(latitude)


def on_grid(east: float, north: float) -> bool:
    """Say whether a point lies within the British National Grid."""
    return GRID_EAST[0] <= east <= GRID_EAST[1] and GRID_NORTH[0] <= north <= GRID_NORTH[1]


def looks_swapped(west: float, south: float, east: float, north: float) -> bool:
    """Say whether a box of "longitudes" and "latitudes" is Britain with the two exchanged.

    Taken as written it lies in the Indian Ocean, where no force polices.
    """
    return west >= 49 and east <= 61.5 and south >= -9 and north <= 3


def find_column(header: Sequence[str], names: Iterable[str]) -> int | None:
    """Return the place of the first of ``names`` (lower case) in a header of any case."""
    places = {title.strip().lower(): place for place, title in reversed(list(enumerate(header)))}
    return next((places[name] for name in names if name in places), None)


def compare(
    kept: Mapping[str, tuple[object, ...]],
    live: Iterable[str],
    incoming: Mapping[str, tuple[object, ...]],
) -> dict[str, Change]:
    """Say what an import does to each code.

    :param kept: facts of the areas we have, by code.
    :param live: codes that this import's source brought before and that are in use.
    :param incoming: facts of the areas in the file, by code.
    """
    changes: dict[str, Change] = {}
    for code, facts in incoming.items():
        if code not in kept:
            changes[code] = Change.NEW
        else:
            changes[code] = Change.UNCHANGED if kept[code] == facts else Change.CHANGED
    return changes | {code: Change.RETIRED for code in live if code not in incoming}
