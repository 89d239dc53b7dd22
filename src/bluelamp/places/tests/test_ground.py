from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyproj import Geod
from shapely.geometry import MultiPolygon, Point, box, shape

from bluelamp.places.cells import cells_of, cells_of_points
from bluelamp.places.ground import Ground, Patch, cells_of_circle, locate, union
from bluelamp.places.importing.areas import read_areas
from bluelamp.places.importing.files import Handed, parse_json
from bluelamp.places.shapes import Ground2D
from bluelamp.places.tests.making import real
from bluelamp.places.tests.test_cells import grounds
from bluelamp.places.values import Circle


def _points(grounds: list[Ground2D], seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Random points about the ground, all its corners, and points on its sides."""
    rng = np.random.default_rng(seed)
    west, south, east, north = shapely.union_all(grounds).buffer(0.003).bounds
    corners = np.concatenate([shapely.get_coordinates(ground) for ground in grounds])[:300]
    middles = (corners[1:] + corners[:-1]) / 2
    lons = np.concatenate([rng.uniform(west, east, 300), corners[:, 0], middles[:, 0]])
    lats = np.concatenate([rng.uniform(south, north, 300), corners[:, 1], middles[:, 1]])
    return lons, lats


@given(st.lists(grounds(), min_size=1, max_size=4), st.integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None)
def test_locate_is_covers(areas: list[Ground2D], seed: int) -> None:
    lons, lats = _points(areas, seed)
    expected = [
        tuple(n for n, area in enumerate(areas) if area.covers(Point(x, y)))
        for x, y in zip(lons, lats, strict=True)
    ]
    assert locate(areas, lons, lats) == expected


@given(st.lists(grounds(), min_size=1, max_size=4), st.integers(0, 2**32 - 1))
@settings(max_examples=30, deadline=None)
def test_ground_is_the_union_by_cells_and_by_points(areas: list[Ground2D], seed: int) -> None:
    sets = [cells_of(area) for area in areas]
    ground = union(
        [s.whole_cells for s in sets], [s.edge_cells for s in sets], map(Patch.of, areas), ()
    )
    lons, lats = _points(areas, seed)
    expected = [any(area.covers(Point(p)) for area in areas) for p in zip(lons, lats, strict=True)]
    assert ground.contains(lons, lats).tolist() == expected
    cells = cells_of_points(lons, lats)
    edge = np.isin(cells, ground.edge_cells)
    by_cells = np.isin(cells, ground.whole_cells) | (edge & ground.contains(lons, lats))
    assert by_cells.tolist() == expected
    assert not set(ground.whole_cells) & set(ground.edge_cells)


circles = st.builds(
    Circle,
    longitude=st.floats(-6, 1.7),
    latitude=st.floats(50, 60.5),
    metres=st.floats(1, 6000),
)


@given(circles, st.integers(0, 2**32 - 1))
@settings(max_examples=80, deadline=None)
@example(Circle(0.0, 56.44962990161988, 1.0), 0)  # smaller than a cell
def test_a_circle_is_its_geodesic_distance(circle: Circle, seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = 400
    away = rng.uniform(0, circle.metres * 1.3, n)
    away[:100] = circle.metres + rng.uniform(-0.01, 0.01, 100)  # a hair to either side
    start = np.full(n, circle.longitude), np.full(n, circle.latitude)
    lons, lats, _ = Geod(ellps="WGS84").fwd(*start, rng.uniform(0, 360, n), away)
    found = cells_of_circle(circle)
    ground = union([found.whole_cells], [found.edge_cells], (), [circle])
    inside = away <= circle.metres
    sure = np.abs(away - circle.metres) > 1e-6
    assert (ground.contains(lons, lats) == inside)[sure].all()
    cells = cells_of_points(lons, lats)
    assert inside[np.isin(cells, found.whole_cells) & sure].all()
    assert not inside[~np.isin(cells, found.cells) & sure].any()


def test_ground_of_nothing_holds_nobody() -> None:
    assert Ground().contains(np.array([-0.4]), np.array([51.9])).tolist() == [False]
    assert Ground().whole_cells == Ground().edge_cells == []


def test_a_point_without_a_position_is_nowhere() -> None:
    assert locate([box(-180, -90, 180, 90)], np.array([np.nan]), np.array([np.nan])) == [()]


def test_an_island_in_a_lake_is_found_in_both_ways() -> None:
    lake = box(-0.4, 51.8, -0.3, 51.9).difference(box(-0.38, 51.82, -0.32, 51.88))
    ground = MultiPolygon([lake, box(-0.36, 51.84, -0.34, 51.86)])
    lons, lats = np.array([-0.39, -0.37, -0.35, -0.38]), np.array([51.85] * 4)
    assert locate([ground], lons, lats) == [(0,), (), (0,), (0,)]


@pytest.mark.parametrize("seed", [7])
def test_real_boundaries_as_shapely_has_them(seed: int) -> None:
    """Real files where they are, invalid rings included, against the file's own geometry."""
    for path in real("boundaries/wards-*.geojson", "boundaries/lsoa2011-bedford*.geojson"):
        file = Handed.at(path)
        raw = [shape(f["geometry"]) for f in parse_json(path.name, file.text())["features"]]
        areas = _read(file)
        lons, lats = _points(areas, seed)
        expected = [
            tuple(n for n, area in enumerate(raw) if area.covers(Point(p)))
            for p in zip(lons, lats, strict=True)
        ]
        assert locate(areas, lons, lats) == expected, path.name


def _read(file: Handed) -> list[Ground2D]:
    from bluelamp.places.importing.areas import guess_properties, properties_of

    code, _name = guess_properties(properties_of(file))
    return [area.shape for area in read_areas(file, code)]
