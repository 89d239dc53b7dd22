from __future__ import annotations

import h3.api.basic_int as h3
import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, Polygon, box

from bluelamp.places.cells import cell_of, cells_of, cells_of_points
from bluelamp.places.shapes import Ground2D
from bluelamp.places.values import CELL_RESOLUTION

near = st.floats(-0.5, -0.3), st.floats(51.8, 51.95)


@st.composite
def grounds(draw: st.DrawFn) -> Ground2D:
    """Ragged polygons with holes, islands and slivers, valid as they come."""
    parts = []
    for _ in range(draw(st.integers(1, 3))):
        x, y = draw(near[0]), draw(near[1])
        steps = draw(st.lists(st.floats(0.15, 1.0), min_size=5, max_size=14))
        size = draw(st.sampled_from([0.0004, 0.004, 0.02]))
        angles = np.linspace(0, 2 * np.pi, len(steps), endpoint=False)
        ring = [
            (x + size * r * np.cos(a), y + size * r * np.sin(a))
            for r, a in zip(steps, angles, strict=True)
        ]
        blob = Polygon(ring).buffer(0)
        if draw(st.booleans()):
            blob = blob.difference(Polygon(ring).buffer(-size / 8).centroid.buffer(size / 6))
        parts.append(blob)
    joined = shapely.union_all(parts)
    return MultiPolygon([part for part in shapely.get_parts(joined) if part.area > 0])


@given(grounds(), st.integers(0, 2**32 - 1))
@settings(max_examples=60, deadline=None)
def test_whole_is_inside_and_unnamed_is_outside(ground: Ground2D, seed: int) -> None:
    found = cells_of(ground)
    west, south, east, north = ground.buffer(0.004).bounds
    rng = np.random.default_rng(seed)
    lons, lats = rng.uniform(west, east, 400), rng.uniform(south, north, 400)
    vertices = shapely.get_coordinates(ground)[:200]
    lons, lats = np.append(lons, vertices[:, 0]), np.append(lats, vertices[:, 1])
    cells = cells_of_points(lons, lats)
    covered = np.array([ground.covers(shapely.Point(p)) for p in zip(lons, lats, strict=True)])
    assert covered[np.isin(cells, found.whole_cells)].all()
    assert not covered[~np.isin(cells, found.cells)].any()


def test_a_ground_smaller_than_a_cell_is_not_lost() -> None:
    found = cells_of(box(-0.42, 51.88, -0.41999, 51.88001))
    assert found.cells.tolist() == [cell_of(-0.42, 51.88)]
    assert not found.whole.any()


def test_corners_of_whole_cells_are_inside() -> None:
    ground = box(-0.45, 51.85, -0.40, 51.90)
    for cell in cells_of(ground).whole_cells.tolist():
        for lat, lon in h3.cell_to_boundary(cell):
            assert ground.contains(shapely.Point(lon, lat))


def test_cells_are_of_one_resolution_and_ascending() -> None:
    cells = cells_of(box(-0.45, 51.85, -0.40, 51.90)).cells
    assert {h3.get_resolution(cell) for cell in cells.tolist()} == {CELL_RESOLUTION}
    assert (np.diff(cells) > 0).all()
