"""H3 cells of ground: which lie inside entirely, which only in part.

A cell is judged by its hexagon made one per cent larger (about two metres), so
that no rounding, neither of H3's nor of the hexagon's straight sides, can put a
point of the cell outside what was judged: every point of a ``whole`` cell is
covered, every point of a cell not named is not.
"""

from __future__ import annotations

from dataclasses import dataclass

import h3.api.basic_int as h3
import numpy as np
import shapely
from numpy.typing import NDArray

from bluelamp.places.shapes import Ground2D
from bluelamp.places.values import CELL_RESOLUTION

Cells = NDArray[np.int64]
_MARGIN = 1.01
_REACH = 0.0125
"""Degrees by which ground is widened before it is filled with cells by their centres:
more than a cell's radius, 0.0022 degrees of latitude and 0.011 of longitude at 78° N."""


@dataclass(frozen=True, slots=True)
class CellSet:
    """Cells that ground touches; ``whole[i]`` where ``cells[i]`` lies inside entirely."""

    cells: Cells
    whole: NDArray[np.bool_]

    @property
    def edge_cells(self) -> Cells:
        """Return the cells that lie inside in part."""
        return self.cells[~self.whole]

    @property
    def whole_cells(self) -> Cells:
        """Return the cells that lie inside entirely."""
        return self.cells[self.whole]


def cell_of(longitude: float, latitude: float) -> int:
    """Return the cell that holds a point given in degrees."""
    return int(h3.latlng_to_cell(latitude, longitude, CELL_RESOLUTION))


def cells_of_points(longitudes: NDArray[np.float64], latitudes: NDArray[np.float64]) -> Cells:
    """Return the cell of each point, shape ``(n,)``."""
    find, resolution = h3.latlng_to_cell, CELL_RESOLUTION
    pairs = zip(latitudes.tolist(), longitudes.tolist(), strict=True)
    return np.array([find(lat, lon, resolution) for lat, lon in pairs], dtype=np.int64)


def hexagons(cells: Cells, margin: float = _MARGIN) -> NDArray[np.object_]:
    """Return cells as polygons, grown about their centre by ``margin``."""
    outlines = [_outline(cell, margin) for cell in cells.tolist()]
    made = np.empty(len(outlines), dtype=object)
    made[:] = [shapely.Polygon(outline) for outline in outlines]
    return made


def _outline(cell: int, margin: float) -> NDArray[np.float64]:
    corners = np.array(h3.cell_to_boundary(cell), dtype=np.float64)[:, ::-1]
    middle = corners.mean(axis=0)
    return np.asarray(middle + (corners - middle) * margin)


def _candidates(shape: Ground2D) -> Cells:
    """Return every cell that could touch the shape, and some that do not."""
    wide = shape.simplify(_REACH / 10).buffer(_REACH * 1.2, quad_segs=2)
    found: set[int] = set()
    for part in shapely.get_parts(wide):
        found.update(h3.h3shape_to_cells(h3.geo_to_h3shape(part), CELL_RESOLUTION))
    return np.array(sorted(found), dtype=np.int64)


def cells_of(shape: Ground2D) -> CellSet:
    """Return the cells that valid ground touches, in ascending order."""
    cells = _candidates(shape)
    grown = hexagons(cells)
    shapely.prepare(shape)
    touching = shapely.intersects(shape, grown)
    cells, grown = cells[touching], grown[touching]
    return CellSet(cells, np.asarray(shapely.contains_properly(shape, grown), dtype=bool))
