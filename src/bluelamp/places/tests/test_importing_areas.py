from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import shapely
from django.db import connection

from bluelamp.audit.models import Entry
from bluelamp.org.models import Force, Unit
from bluelamp.places import grid
from bluelamp.places.errors import FileRefusedError
from bluelamp.places.importing.areas import guess_properties, names_from, read_areas
from bluelamp.places.importing.files import Handed
from bluelamp.places.models import Area, AreaCell
from bluelamp.places.tests.making import (
    NOW,
    SIDE,
    SOUTH,
    WEST,
    collection,
    crs,
    feature,
    make_wards,
    real,
    square,
    take_in,
)
from bluelamp.places.values import Change

A, B = square(0, 0), square(1, 0)
METRES = [[508000.0, 221000.0], [509000.0, 221000.0], [509000.0, 222000.0], [508000.0, 221000.0]]
BOW_TIE = [A[0], A[2], A[1], A[3], A[0]]
POINT = {"type": "Point", "coordinates": [WEST, SOUTH]}


def _with_geometry(geometry: Any) -> str:
    properties = {"CODE": "A", "NAME": "A"}
    return collection({"type": "Feature", "properties": properties, "geometry": geometry})


BROKEN = {
    "empty": ("", "the file is empty"),
    "cut short": (collection(feature("A", A))[:-40], "line 1: the file is cut short"),
    "not JSON": ("code;name", "line 1: is not JSON"),
    "binary": ("PK\x03\x04\x00\x00", "is no text file"),
    "not GeoJSON": ('{"hello": 1}', "is JSON, but not GeoJSON"),
    "no features": (collection(), "holds no areas"),
    "no property": (
        collection({"type": "Feature", "properties": {"X": 1}, "geometry": None}),
        "feature 1: has no property CODE; it has X",
    ),
    "empty code": (collection(feature("A", A), feature(" ", B)), "feature 2: its CODE is empty"),
    "no geometry": (_with_geometry(None), "feature 1 (A): there is no geometry"),
    "a point": (_with_geometry(POINT), "feature 1 (A): a Point is no area"),
    "too few points": (collection(feature("A", [A[0], A[1], A[0]])), "too few points (3;"),
    "open ring": (collection(feature("A", A[:-1])), "feature 1 (A): a ring is open"),
    "bow tie": (
        collection(feature("A", A), feature("B", BOW_TIE)),
        "feature 2 (B): the shape crosses itself near",
    ),
    "hole outside": (collection(feature("A", A, square(3, 3))), "crosses itself"),
    "flat": (collection(feature("A", [A[0], A[1], A[0], A[0]])), "encloses nothing"),
    "text for numbers": (collection(feature("A", [["x", "y"]] * 4)), "not a pair of numbers"),
    "metres": (
        collection(feature("A", METRES)),
        "wrong CRS: 508000, 221000 is no longitude and latitude",
    ),
    "swapped": (collection(feature("A", [p[::-1] for p in A])), "latitude are swapped"),
    "unknown CRS": (collection(feature("A", A), **crs("EPSG:3857")), "wrong CRS: EPSG:3857"),
    "degrees said to be metres": (
        collection(feature("A", A), **crs("EPSG:27700")),
        "wrong CRS: -0.43, 51.88 is not on the British National Grid",
    ),
    "twice": (collection(feature("A", A), feature("A", B)), "feature 2: the code A is there twice"),
    "long code": (collection(feature("A" * 61, A)), "longer than 60 characters"),
}  # fmt: skip


@pytest.mark.parametrize("broken", BROKEN)
def test_a_broken_file_is_refused_in_one_line_and_changes_nothing(
    broken: str, force: Force
) -> None:
    text, words = BROKEN[broken]
    with pytest.raises(FileRefusedError) as refused:
        take_in(force, text)
    said = str(refused.value)
    assert said.startswith("wards.geojson: ")
    assert words in said
    assert "\n" not in said
    assert not Area.objects.exists()


def test_a_fault_in_the_last_feature_leaves_the_first_out_too(force: Force) -> None:
    make_wards(force)
    before = list(Area.objects.values())
    with pytest.raises(FileRefusedError):
        take_in(force, collection(feature("A", square(5, 5)), feature("Z", BOW_TIE)))
    assert list(Area.objects.values()) == before


def test_again_changes_nothing_and_writes_nothing(force: Force) -> None:
    make_wards(force)
    entries, before = Entry.objects.count(), list(Area.objects.values())
    report = take_in(force, collection(*(feature(c, square(n, 0)) for n, c in enumerate("ABC"))))
    assert [line.change for line in report.lines] == [Change.UNCHANGED] * 3
    assert list(Area.objects.values()) == before
    assert Entry.objects.count() == entries


def test_where_a_ring_starts_and_which_way_it_runs_is_no_change(force: Force) -> None:
    make_wards(force, "A")
    turned = [*A[2:-1], *A[:3]][::-1]
    report = take_in(force, collection(feature("A", turned)))
    assert report.count(Change.UNCHANGED) == 1


def test_new_changed_and_retired_are_told_apart(force: Force) -> None:
    make_wards(force)
    report = take_in(
        force,
        collection(
            feature("A", square(0, 0)),
            feature("B", square(1, 0), name="Renamed"),
            feature("D", square(2, 0)),
        ),
    )
    assert {line.code: (line.change, line.note) for line in report.lines} == {
        "A": (Change.UNCHANGED, ""),
        "B": (Change.CHANGED, "name"),
        "D": (Change.NEW, ""),
        "C": (Change.RETIRED, ""),
    }
    assert Area.objects.get(code="C").retired_at == NOW
    assert Area.objects.get(code="B").name == "Renamed"


def test_a_retired_area_comes_back_into_use(force: Force) -> None:
    make_wards(force)
    make_wards(force, "AB")
    again = collection(*(feature(c, square(n, 0)) for n, c in enumerate("ABC")))
    assert take_in(force, again).count(Change.CHANGED) == 1
    assert Area.objects.get(code="C").retired_at is None


def test_another_file_of_the_kind_retires_nothing(force: Force) -> None:
    make_wards(force)
    report = take_in(force, collection(feature("Z", square(0, 4))), name="bedford.geojson")
    assert report.count(Change.RETIRED) == 0
    assert Area.objects.filter(retired_at=None).count() == 4


def test_a_dry_run_reports_and_changes_nothing(force: Force) -> None:
    report = take_in(force, collection(feature("A", A)), dry_run=True)
    assert report.facts()["new"] == 1
    assert report.facts()["dry_run"] is True
    assert not Area.objects.exists()


def test_the_unit_is_set_and_kept_by_later_imports(force: Force, team: Unit) -> None:
    make_wards(force, "A", unit=team)
    take_in(force, collection(feature("A", A, name="Renamed")))
    area = Area.objects.get()
    assert (area.unit, area.name) == (team, "Renamed")


def test_forces_share_codes_but_not_areas(force: Force, other_force: Force) -> None:
    make_wards(force, "A")
    make_wards(other_force, "A")
    take_in(force, collection(feature("B", B)))
    assert Area.objects.get(force=other_force).retired_at is None


def test_a_ring_that_touches_itself_is_repaired_and_noted(force: Force) -> None:
    x, y = WEST, SOUTH
    ring = [[x, y], [x + 0.02, y], [x + 0.01, y + 0.01], [x + 0.02, y + 0.02], [x, y + 0.02],
            [x + 0.01, y + 0.01], [x, y]]  # fmt: skip
    report = take_in(force, collection(feature("A", ring)))
    assert report.lines[0].note == "repaired: ring self-intersection"
    stored = shapely.from_wkb(bytes(Area.objects.get().boundary))
    assert stored.is_valid
    assert stored.area == pytest.approx(shapely.Polygon(ring).area, rel=1e-9)


@pytest.mark.parametrize(
    "name",
    ["urn:ogc:def:crs:EPSG::27700", "EPSG:27700", "http://www.opengis.net/def/crs/EPSG/0/27700"],
)
def test_national_grid_is_transformed_where_it_is_declared(name: str) -> None:
    file = Handed("grid.json", collection(feature("A", METRES), **crs(name)).encode())
    shape = read_areas(file, "CODE")[0].shape
    assert shapely.get_coordinates(shape) == pytest.approx(grid.project(np.array(METRES)))


@pytest.mark.parametrize(
    "name", ["urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326", "urn:ogc:def:crs:EPSG::4326"]
)
def test_degrees_are_taken_as_they_are(name: str) -> None:
    file = Handed("w.json", collection(feature("A", A), **crs(name)).encode())
    assert shapely.get_coordinates(read_areas(file, "CODE")[0].shape).tolist() == A


def test_heights_are_dropped_and_codes_kept_as_written() -> None:
    high = [[x, y, 100.0] for x, y in A]
    area = read_areas(Handed("w.json", collection(feature(17, high)).encode()), "CODE")[0]
    assert area.code == 17
    assert not area.shape.has_z


KML = """<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{marks}</Document></kml>"""


def _mark(name: str, *rings: list[list[float]], more: str = "") -> str:
    sides = ["outerBoundaryIs"] + ["innerBoundaryIs"] * (len(rings) - 1)
    drawn = "".join(
        f"<{side}><LinearRing><coordinates>"
        + " ".join(f"{x},{y},0" for x, y in ring)
        + f"</coordinates></LinearRing></{side}>"
        for side, ring in zip(sides, rings, strict=True)
    )
    title = f"<name>{name}</name>" if name else ""
    return f"<Placemark>{title}{more}<Polygon>{drawn}</Polygon></Placemark>"


def test_kml_with_holes_names_and_extended_data() -> None:
    hole = square(0, 0, SIDE / 4)
    hole = [[x + 0.004, y + 0.004] for x, y in hole]
    data = '<ExtendedData><Data name="REF"><value>N7</value></Data></ExtendedData>'
    text = KML.format(marks=_mark("North", A, hole, more=data) + _mark("South", B))
    areas = read_areas(Handed("all.kml", text.encode()))
    assert [area.code for area in areas] == ["North", "South"]
    assert areas[0].shape.equals(shapely.Polygon(A, [hole]))
    one = Handed("one.kml", KML.format(marks=_mark("N", A, more=data)).encode())
    assert read_areas(one, "REF")[0].code == "N7"


def test_a_lone_placemark_without_a_name_goes_by_its_file() -> None:
    file = Handed("BC1N.kml", KML.format(marks=_mark("", A)).encode())
    assert read_areas(file)[0].code == "BC1N"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (KML.format(marks=_mark("A", A))[:-60], "the file is cut short"),
        ("<html></html>", "is XML, but not KML"),
        (KML.format(marks=_mark("A", BOW_TIE)), "placemark 1 (A): the shape crosses itself"),
        (KML.format(marks="<Placemark><name>A</name></Placemark>"), "there is no geometry"),
        (KML.format(marks=""), "holds no areas"),
        (
            '<!DOCTYPE kml [<!ENTITY x SYSTEM "file:///x">]><kml><Placemark>&x;</Placemark></kml>',
            "a.kml: ",
        ),
    ],
)
def test_broken_kml(text: str, words: str) -> None:
    with pytest.raises(FileRefusedError) as refused:
        read_areas(Handed("a.kml", text.encode()))
    assert words in str(refused.value)


def test_data_police_uk_boundary_and_names() -> None:
    points = [{"latitude": str(y), "longitude": str(x)} for x, y in A[:-1]]
    areas = read_areas(Handed("NN07.json", json.dumps(points).encode()))
    assert (areas[0].code, areas[0].shape.equals(shapely.Polygon(A))) == ("NN07", True)
    names = names_from(Handed("n.json", b'[{"id": "NN07", "name": "Kingsley"}]'))
    assert names == {"NN07": "Kingsley"}
    with pytest.raises(FileRefusedError, match="not of points"):
        read_areas(Handed("crimes.json", b'[{"category": "burglary"}]'))


def test_properties_are_guessed() -> None:
    rows = [
        {"FID": 1, "WD13CD": "E05", "WD13NM": "Ash", "LAD": "Luton"},
        {"FID": 2, "WD13CD": "E06", "WD13NM": "Elm", "LAD": "Luton"},
    ]
    assert guess_properties([{k: v for k, v in r.items() if k != "FID"} for r in rows]) == (
        "WD13CD",
        "WD13NM",
    )


def test_cells_are_kept_with_the_area_and_stamped(force: Force) -> None:
    areas = make_wards(force)
    assert all(area.cells.exists() and area.cells_stamp for area in areas)
    shared = AreaCell.objects.filter(together=2)
    assert shared.exists()
    assert not shared.filter(whole=True).exists()
    assert {cell.area.code for cell in shared} == {"A", "B", "C"}


def test_a_neighbour_that_goes_takes_the_joint_cells_with_it(force: Force) -> None:
    before = {area.code: area.cells_stamp for area in make_wards(force)}
    make_wards(force, "AB")
    assert not AreaCell.objects.filter(area__code="C", together__gt=0).exists()
    after = dict(Area.objects.values_list("code", "cells_stamp"))
    assert after["A"] == before["A"]
    assert after["B"] != before["B"]


def test_changed_ground_has_new_cells(force: Force) -> None:
    make_wards(force, "A")
    take_in(force, collection(feature("A", square(4, 4))))
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM places_areacell")
        assert cursor.fetchone()[0] == Area.objects.get().cells.count()
    assert Area.objects.get().west == pytest.approx(WEST + 4 * SIDE)


def test_real_files_are_taken_and_again_change_nothing(force: Force) -> None:
    for path in real("boundaries/wards-*.geojson"):
        text = path.read_text(encoding="utf-8")
        options = {"id_property": "WD13CD", "name_property": "WD13NM"}
        text = text.replace('"WD13CD"', '"CODE"').replace('"WD13NM"', '"NAME"')
        first = take_in(force, text, name=path.name)
        assert first.count(Change.NEW) == len(first.lines) > 10, options
        assert take_in(force, text, name=path.name).count(Change.UNCHANGED) == len(first.lines)
