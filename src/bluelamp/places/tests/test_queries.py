from __future__ import annotations

import json

import numpy as np
import pytest
from shapely.geometry import box

from bluelamp.org.models import Force, Officer, Unit
from bluelamp.places import queries
from bluelamp.places.cells import cells_of_points
from bluelamp.places.errors import ShapeRefusedError, UnknownAreaError
from bluelamp.places.ground import Ground
from bluelamp.places.models import Area, Postcode
from bluelamp.places.tests.making import (
    SIDE,
    SOUTH,
    WEST,
    collection,
    feature,
    make_wards,
    square,
    take_in,
)
from bluelamp.places.values import AreaKind, Circle


def _grid(n: int = 60) -> tuple[np.ndarray, np.ndarray]:
    xs = np.linspace(WEST - SIDE, WEST + 4 * SIDE, n)
    ys = np.linspace(SOUTH - SIDE, SOUTH + 2 * SIDE, n)
    lons, lats = np.meshgrid(xs, ys)
    return lons.ravel(), lats.ravel()


def _by_cells(ground: Ground, lons: np.ndarray, lats: np.ndarray) -> np.ndarray:
    cells = cells_of_points(lons, lats)
    edge = np.isin(cells, ground.edge_cells)
    edge[edge] = ground.contains(lons[edge], lats[edge])
    return np.isin(cells, ground.whole_cells) | edge


def test_neighbours_together_need_no_asking_along_their_border(force: Force) -> None:
    areas = make_wards(force)
    apart = [queries.ground_of(force, [area.pk]) for area in areas]
    joined = queries.ground_of(force, [area.pk for area in areas])
    border = cells_of_points(np.array([WEST + SIDE]), np.array([SOUTH + SIDE / 2]))[0]
    assert border in apart[0].edge_cells
    assert border in apart[1].edge_cells
    assert border in joined.whole_cells
    lons, lats = _grid()
    expected = [
        box(WEST, SOUTH, WEST + 3 * SIDE, SOUTH + SIDE).covers(p) for p in _points(lons, lats)
    ]
    assert _by_cells(joined, lons, lats).tolist() == expected


def _points(lons: np.ndarray, lats: np.ndarray) -> list[object]:
    import shapely

    return list(shapely.points(lons, lats))


def test_areas_with_a_gap_between_them_are_asked_for(force: Force) -> None:
    a, _b, c = make_wards(force)
    ground = queries.ground_of(force, [a.pk, c.pk])
    middle = np.array([WEST + 1.5 * SIDE]), np.array([SOUTH + SIDE / 2])
    assert not _by_cells(ground, *middle)[0]
    border = cells_of_points(np.array([WEST + SIDE]), np.array([SOUTH + SIDE / 2]))[0]
    assert border in ground.edge_cells


def test_areas_of_two_kinds_do_not_count_for_each_other(force: Force) -> None:
    make_wards(force, "A")
    take_in(force, collection(feature("D", square(1, 0))), kind="district")
    ground = queries.ground_of(force, list(Area.objects.values_list("pk", flat=True)))
    lons, lats = _grid()
    outline = box(WEST, SOUTH, WEST + 2 * SIDE, SOUTH + SIDE)
    assert _by_cells(ground, lons, lats).tolist() == [
        outline.covers(p) for p in _points(lons, lats)
    ]


def test_ground_is_read_again_when_a_boundary_or_a_neighbour_changes(force: Force) -> None:
    a, b, _c = make_wards(force)
    assert queries.ground_of(force, [a.pk]).contains(
        *map(np.array, ([WEST + 0.001], [SOUTH + 0.001]))
    )
    both = queries.ground_of(force, [a.pk, b.pk])
    take_in(force, collection(*(feature(k, square(n, 3)) for n, k in enumerate("ABC"))))
    moved = queries.ground_of(force, [a.pk, b.pk])
    assert not moved.contains(np.array([WEST + 0.001]), np.array([SOUTH + 0.001]))[0]
    assert moved.contains(np.array([WEST + 0.001]), np.array([SOUTH + 3 * SIDE + 0.001]))[0]
    assert set(moved.whole_cells) != set(both.whole_cells)


def test_areas_shapes_and_circles_are_one_ground(force: Force) -> None:
    a, *_ = make_wards(force)
    drawn = {"type": "Polygon", "coordinates": [square(2, 0)]}
    circle = Circle(WEST + SIDE, SOUTH + SIDE / 2, 900)
    ground = queries.ground_of(force, [a.pk], [drawn], [circle])
    lons, lats = _grid()
    alone = [
        queries.ground_of(force, [a.pk]),
        queries.ground_of(force, shapes=[drawn]),
        queries.ground_of(force, circles=[circle]),
    ]
    expected = np.any([part.contains(lons, lats) for part in alone], axis=0)
    assert ground.contains(lons, lats).tolist() == expected.tolist()
    assert _by_cells(ground, lons, lats).tolist() == expected.tolist()
    assert 0 < expected.sum() < len(expected)


def test_another_forces_area_is_no_ground(force: Force, other_force: Force) -> None:
    (theirs,) = make_wards(other_force, "A")
    with pytest.raises(UnknownAreaError):
        queries.ground_of(force, [theirs.pk])


def test_a_drawn_shape_that_crosses_itself_is_refused(force: Force) -> None:
    a = square(0, 0)
    drawn = {"type": "Polygon", "coordinates": [[a[0], a[2], a[1], a[3], a[0]]]}
    with pytest.raises(ShapeRefusedError, match="crosses itself"):
        queries.ground_of(force, shapes=[drawn])


def test_no_ground_is_nobody(force: Force) -> None:
    assert queries.ground_of(force).whole_cells == []


def test_postcode_to_areas(force: Force, other_force: Force) -> None:
    make_wards(force)
    make_wards(other_force, "Z")
    on_border = WEST + SIDE, SOUTH + SIDE / 2
    Postcode.objects.create(
        postcode="LU1 1AA", longitude=on_border[0], latitude=on_border[1], cell=0
    )
    position, found = queries.areas_of_postcode(force, "lu11aa")
    assert (position.postcode, [area.code for area in found]) == ("LU1 1AA", ["A", "B"])
    assert queries.areas_of_postcode(force, "lu11aa", kinds=["district"])[1] == []


def test_every_point_has_the_areas_that_cover_it(force: Force) -> None:
    areas = make_wards(force)
    outlines = {
        area.code: shape for area, shape in zip(areas, queries.shapes_of(areas), strict=True)
    }
    lons, lats = _grid(25)
    for point in _points(lons, lats):
        found = [area.code for area in queries.area_at(force, point.x, point.y)]
        assert found == [code for code, outline in outlines.items() if outline.covers(point)]


def test_a_retired_area_is_in_no_list_but_still_ground(force: Force, carol: Officer) -> None:
    *_, c = make_wards(force)
    make_wards(force, "AB")
    assert [area.code for area in queries.areas(force)] == ["A", "B"]
    assert queries.area_at(force, WEST + 2.5 * SIDE, SOUTH + SIDE / 2) == []
    assert queries.ground_of(force, [c.pk]).whole_cells
    assert queries.area_for(carol, c.pk) == c


def test_a_map_keeps_neighbours_together_and_hides_what_is_not_asked(force: Force) -> None:
    make_wards(force)
    take_in(force, collection(feature("H", square(1, 1))), kind=AreaKind.HOT_SPOT)
    drawn = queries.map_of(force, kinds=["ward"], zoom=10)
    features = json.loads(drawn.body)["features"]
    assert [f["properties"]["name"] for f in features] == ["Ward A", "Ward B", "Ward C"]
    corners = [{tuple(p) for p in f["geometry"]["coordinates"][0]} for f in features]
    assert len(corners[0] & corners[1]) == 2
    import gzip

    assert gzip.decompress(drawn.zipped) == drawn.body
    assert queries.map_of(force, kinds=["ward"], zoom=11).etag != drawn.etag


def test_units_and_forces_by_code(force: Force, team: Unit) -> None:
    from bluelamp.places.errors import PlacesError

    assert queries.unit_coded(force, "NW1") == team
    with pytest.raises(PlacesError, match="no unit with the code XX"):
        queries.unit_coded(force, "XX")
    with pytest.raises(PlacesError, match="There is: brackenshire"):
        queries.force_named("nowhere")


def test_neighbours_of_every_kind_are_joined(force: Force) -> None:
    make_wards(force, "AB")
    pair = collection(feature("D", square(0, 5)), feature("E", square(1, 5)))
    take_in(force, pair, kind="district")
    ground = queries.ground_of(force, list(Area.objects.values_list("pk", flat=True)))
    lons, lats = np.full(2, WEST + SIDE), SOUTH + np.array([0.5, 5.5]) * SIDE
    assert np.isin(cells_of_points(lons, lats), ground.whole_cells).all()
