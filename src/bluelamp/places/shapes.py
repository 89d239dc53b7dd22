"""From GeoJSON-like geometry to proper ground, or a sentence saying why it is none.

Ground is a valid Polygon or MultiPolygon in WGS 84, longitude first.  Real
boundary files hold polygons that are invalid by a hair: a ring that touches
itself, a spike without width.  Such a shape is repaired when the repair moves
less than a millionth of its area, and the report says so; a shape that truly
crosses itself is refused, because nobody can know which ground was meant.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, cast

import numpy as np
import shapely
from django.utils.translation import gettext_lazy as _
from numpy.typing import NDArray
from shapely.geometry import MultiPolygon, Polygon

from bluelamp.places import rules
from bluelamp.places.errors import ShapeRefusedError

Ground2D = Polygon | MultiPolygon
Coordinates = NDArray[np.float64]
Project = Callable[[Coordinates], Coordinates]
"""Takes an (n, 2) array in the file's reference system and returns longitude, latitude."""

REPAIR_LIMIT = 1e-6
"""The part of its area that a repair may move."""


def _ring(points: Any, project: Project | None) -> Coordinates:
    """Return a ring's (n, 2) coordinates in degrees."""
    try:
        ring = np.array([[float(p[0]), float(p[1])] for p in points], dtype=np.float64)
    except (TypeError, ValueError, IndexError, KeyError):
        raise ShapeRefusedError(_("a position is not a pair of numbers")) from None
    if len(ring) < 4:
        raise ShapeRefusedError(
            _("a ring has too few points (%(count)s; a ring needs four)"), count=len(ring)
        )
    if not np.array_equal(ring[0], ring[-1]):
        raise ShapeRefusedError(_("a ring is open: its last point is not its first"))
    return ring if project is None else project(ring)


def _check_range(ring: Coordinates) -> None:
    west, south = ring.min(axis=0)
    east, north = ring.max(axis=0)
    if not (rules.is_longitude(west) and rules.is_longitude(east)) or not (
        rules.is_latitude(south) and rules.is_latitude(north)
    ):
        raise ShapeRefusedError(
            _(
                "wrong CRS: %(x)s, %(y)s is no longitude and latitude. Save the file as WGS 84"
                " (EPSG:4326), or name its CRS (EPSG:27700 for the British National Grid)"
            ),
            x=f"{ring[0][0]:.10g}",
            y=f"{ring[0][1]:.10g}",
        )
    if rules.looks_swapped(west, south, east, north):
        raise ShapeRefusedError(
            _("wrong CRS: longitude and latitude are swapped. Longitude comes first")
        )


def _polygon(rings: Any, project: Project | None) -> Polygon:
    if not isinstance(rings, Sequence) or isinstance(rings, str) or not rings:
        raise ShapeRefusedError(_("a polygon has no rings"))
    read = [_ring(ring, project) for ring in rings]
    for ring in read:
        _check_range(ring)
    return Polygon(read[0], read[1:])


def _parts(geometry: Any) -> Iterable[Any]:
    """Yield the rings of each polygon of a GeoJSON geometry."""
    if not isinstance(geometry, Mapping):
        raise ShapeRefusedError(_("there is no geometry"))
    kind = geometry.get("type")
    if kind == "Polygon":
        yield geometry.get("coordinates")
    elif kind == "MultiPolygon":
        yield from geometry.get("coordinates") or ()
    elif kind == "GeometryCollection":
        for part in geometry.get("geometries") or ():
            yield from _parts(part)
    else:
        raise ShapeRefusedError(
            _("a %(kind)s is no area; only Polygon and MultiPolygon are"), kind=kind
        )


def ground_from(geometry: Any, project: Project | None = None) -> tuple[Ground2D, str]:
    """Return a GeoJSON geometry as ground, with a note where it was repaired.

    :param geometry: a Polygon, a MultiPolygon or a collection of them, as parsed JSON.
    :raises ShapeRefusedError: it is no proper ground.
    """
    polygons = [_polygon(rings, project) for rings in _parts(geometry)]
    if not polygons:
        raise ShapeRefusedError(_("there is no geometry"))
    return checked(polygons[0] if len(polygons) == 1 else MultiPolygon(polygons))


def shape_of(boundary: bytes | memoryview) -> Ground2D:
    """Return an area's stored boundary, WKB of ground, as ground."""
    return cast("Ground2D", shapely.from_wkb(bytes(boundary)))


def checked(shape: Ground2D) -> tuple[Ground2D, str]:
    """Return ground that is valid, with a note where it had to be repaired.

    :raises ShapeRefusedError: it crosses itself, or encloses nothing.
    """
    repaired = shape if shape.is_valid else _polygons_of(shapely.make_valid(shape))
    if repaired.area == 0:
        raise ShapeRefusedError(_("the shape encloses nothing"))
    if repaired is shape:
        return shape, ""
    if abs(repaired.area - shape.area) > REPAIR_LIMIT * shape.area:
        raise ShapeRefusedError(_("the shape crosses itself%(near)s"), near=_near(shape))
    return repaired, str(shapely.is_valid_reason(shape)).partition("[")[0].lower()


def _near(shape: Ground2D) -> str:
    """Return where a shape is broken, `` near -0.43417, 52.11651``."""
    found = re.search(r"\[(\S+) (\S+?)\]", shapely.is_valid_reason(shape))
    return f" near {float(found[1]):.5f}, {float(found[2]):.5f}" if found else ""


def _polygons_of(shape: Any) -> Ground2D:
    """Keep the polygons of a repaired shape; lines and points hold no ground."""
    parts = [
        polygon
        for part in shapely.get_parts(shape)
        for polygon in shapely.get_parts(part)
        if isinstance(polygon, Polygon) and polygon.area > 0
    ]
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)
