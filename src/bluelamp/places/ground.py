"""Ground held in memory: which points lie on it, exactly and fast.

``Ground`` is the union of polygons and circles, for one question about many
points.  ``locate`` answers the other one: in which of many areas each point is.
Both are exact: a point on a boundary counts as inside, as shapely's
``polygon.covers(point)`` has it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import h3.api.basic_int as h3
import numpy as np
import shapely
from numpy.typing import NDArray

from bluelamp.places.cells import Cells, CellSet, hexagons
from bluelamp.places.shapes import Ground2D
from bluelamp.places.values import CELL_RESOLUTION, Circle

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
_NO_CELLS: Cells = np.empty(0, dtype=np.int64)


@cache
def _geod() -> Any:
    from pyproj import Geod  # slow to import, needed by circles alone

    return Geod(ellps="WGS84")


def distances(longitude: float, latitude: float, lons: Floats, lats: Floats) -> Floats:
    """Return the geodesic distance in metres from one point to each of many (WGS 84)."""
    here = np.full(len(lons), longitude), np.full(len(lons), latitude)
    return np.asarray(_geod().inv(*here, lons, lats)[2])


def ready(shape: Ground2D) -> Ground2D:
    """Return the shape prepared for many points.

    GEOS builds its index on the first question; asking one here makes the
    shape safe to share between threads afterwards.
    """
    shapely.prepare(shape)
    shapely.intersects_xy(shape, *shape.bounds[:2])
    return shape


def _in_box(bounds: Sequence[float], lons: Floats, lats: Floats) -> NDArray[np.intp]:
    west, south, east, north = bounds
    inside = (lons >= west) & (lons <= east) & (lats >= south) & (lats <= north)
    return np.flatnonzero(inside)


@dataclass(frozen=True, slots=True)
class Patch:
    """A polygon of the ground, prepared, with its bounds."""

    shape: Ground2D
    bounds: tuple[float, float, float, float]

    @classmethod
    def of(cls, shape: Ground2D) -> Patch:
        """Make a patch of valid ground."""
        return cls(ready(shape), shape.bounds)

    def points_in(self, lons: Floats, lats: Floats) -> NDArray[np.intp]:
        """Return the indices of the points that the polygon covers."""
        near = _in_box(self.bounds, lons, lats)
        # a point intersects a polygon exactly when the polygon covers it
        return near[shapely.intersects_xy(self.shape, lons[near], lats[near])]


@dataclass(frozen=True, slots=True)
class Ground:
    """The union of patches and circles.

    A member in one of ``whole_cells`` is on the ground; one in ``edge_cells``
    has to be asked for by :meth:`contains`; any other is not.  Both are
    ascending and share no cell.
    """

    whole: Cells = field(default_factory=lambda: _NO_CELLS)
    edge: Cells = field(default_factory=lambda: _NO_CELLS)
    patches: tuple[Patch, ...] = ()
    circles: tuple[Circle, ...] = ()

    @property
    def whole_cells(self) -> list[int]:
        """Return the cells that lie on the ground entirely."""
        cells: list[int] = self.whole.tolist()
        return cells

    @property
    def edge_cells(self) -> list[int]:
        """Return the cells that lie on the ground in part."""
        cells: list[int] = self.edge.tolist()
        return cells

    def contains(self, lons: Floats, lats: Floats) -> Mask:
        """Say of each point (degrees, shape ``(n,)``) whether it is on the ground."""
        lons, lats = np.asarray(lons, dtype=np.float64), np.asarray(lats, dtype=np.float64)
        found = np.zeros(len(lons), dtype=bool)
        for patch in self.patches:
            found[patch.points_in(lons, lats)] = True
        for circle in self.circles:
            left = np.flatnonzero(~found)
            found[left] = _within(circle, lons[left], lats[left])
        return found


def _within(circle: Circle, lons: Floats, lats: Floats) -> Mask:
    return distances(circle.longitude, circle.latitude, lons, lats) <= circle.metres


def cells_of_circle(circle: Circle) -> CellSet:
    """Return the cells that a circle touches, ascending."""
    middle = h3.latlng_to_cell(circle.latitude, circle.longitude, CELL_RESOLUTION)
    rings = int(circle.metres / 250) + 2  # a ring is at least 250 m wide over Britain
    cells = np.array(sorted(h3.grid_disk(middle, rings)), dtype=np.int64)
    corners, owner = shapely.get_coordinates(hexagons(cells), return_index=True)
    away = distances(circle.longitude, circle.latitude, corners[:, 0], corners[:, 1])
    farthest = np.full(len(cells), -np.inf)
    nearest = np.full(len(cells), np.inf)
    np.maximum.at(farthest, owner, away)
    np.minimum.at(nearest, owner, away)
    # it may enter between two corners (half a side is below 150 m), or lie inside one cell
    touching = (nearest <= circle.metres + 150) | (cells == middle)
    return CellSet(cells[touching], farthest[touching] <= circle.metres)


def union(
    whole: Iterable[Cells],
    edge: Iterable[Cells],
    patches: Iterable[Patch],
    circles: Iterable[Circle],
) -> Ground:
    """Join ground that may overlap: a cell whole in one part is whole, and counts once."""
    all_whole = np.unique(np.concatenate([_NO_CELLS, *whole]))
    all_edge = np.unique(np.concatenate([_NO_CELLS, *edge]))
    only_edge = np.setdiff1d(all_edge, all_whole, assume_unique=True)
    return Ground(all_whole, only_edge, tuple(patches), tuple(circles))


def locate(areas: Sequence[Ground2D], lons: Floats, lats: Floats) -> list[tuple[int, ...]]:
    """Return for each point the places in ``areas`` of those that cover it, ascending."""
    hits = [Patch.of(area).points_in(lons, lats) for area in areas]
    points = np.concatenate([np.empty(0, dtype=np.intp), *hits])
    owners = np.repeat(np.arange(len(areas)), [len(hit) for hit in hits])
    found: list[tuple[int, ...]] = [()] * len(lons)
    for point, owner in zip(points.tolist(), owners.tolist(), strict=True):
        found[point] += (owner,)
    return found
