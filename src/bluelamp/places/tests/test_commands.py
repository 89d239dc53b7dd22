from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from shapely.geometry import Point, shape

from bluelamp.audit.models import Act
from bluelamp.org.models import Force, Unit
from bluelamp.places.commands import import_areas, import_postcodes, places
from bluelamp.places.errors import FileRefusedError
from bluelamp.places.models import Area, Postcode
from bluelamp.places.tests.making import (
    SIDE,
    SOUTH,
    WEST,
    collection,
    feature,
    make_wards,
    real,
    square,
)


def run(command: Any, *arguments: object) -> Result:
    result = CliRunner().invoke(command, [str(argument) for argument in arguments])
    if result.exception and not isinstance(result.exception, (SystemExit, FileRefusedError)):
        raise result.exception
    return result


def lines(result: Result) -> list[Any]:
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def wards(tmp_path: Path) -> Path:
    path = tmp_path / "wards.geojson"
    hole = [[x + SIDE / 4, y + SIDE / 4] for x, y in square(0, 0, SIDE / 2)]
    path.write_text(collection(feature("A", square(0, 0), hole), feature(7, square(1, 0))))
    return path


def points(tmp_path: Path, *rows: str, header: str = "Crime ID,Longitude,Latitude") -> Path:
    path = tmp_path / "points.csv"
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


def test_each_row_gets_its_areas(wards: Path, tmp_path: Path) -> None:
    middle = SOUTH + SIDE / 8
    file = points(
        tmp_path,
        f"x,{WEST + SIDE / 8},{middle}",
        f"x,{WEST + SIDE},{middle}",  # on the border of both
        f"x,{WEST + SIDE / 2},{SOUTH + SIDE / 2}",  # in the hole
        "x,,",
        "",
        f'"a ""quoted"", cell",{WEST + 1.5 * SIDE},{middle}',
    )
    result = run(places, "locate", file, "--areas", wards, "--area-id", "CODE", "--json")
    assert lines(result) == [
        {"row": 1, "areas": ["A"]},
        {"row": 2, "areas": ["A", 7]},
        {"row": 3, "areas": []},
        {"row": 4, "areas": []},
        {"row": 5, "areas": [7]},
    ]


def test_columns_go_by_name_in_any_case_and_order(wards: Path, tmp_path: Path) -> None:
    file = points(tmp_path, f"{SOUTH + 0.001},x,{WEST + 0.001}", header="LAT,id,longitude")
    result = run(places, "locate", file, "--areas", wards, "--area-id", "CODE", "--json")
    assert lines(result) == [{"row": 1, "areas": ["A"]}]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (["x,-0.4,51.9", "x,east,51.9"], "points.csv: row 2: its Longitude is 'east', no number"),
        (["x,-0.4,91"], "row 1: its Latitude is '91', no number between -90 and 90"),
        (["x,nan,51.9"], "row 1: its Longitude is 'nan'"),
        (
            ["x,508000,51", "x,508001,51"],
            "'508000', no number between -180 and 180 (and 1 more like it)",
        ),
        (["x,-0.4,"], "row 1: its Latitude is empty, the other is not"),
        (["x,-0.4,51.9", "x,-0.4"], "line 3: has 2 columns where the first line has 3"),
    ],
)
def test_a_bad_coordinate_is_refused_by_row_and_column_and_nothing_is_printed(
    rows: list[str], words: str, wards: Path, tmp_path: Path
) -> None:
    result = run(
        places, "locate", points(tmp_path, *rows), "--areas", wards, "--area-id", "CODE", "--json"
    )
    assert words in str(result.exception)
    assert result.stdout == ""


def test_a_file_without_the_columns_is_refused(wards: Path, tmp_path: Path) -> None:
    result = run(places, "locate", points(tmp_path, header="a,b"), "--areas", wards)
    assert "has neither Longitude and Latitude nor postcode; it has a, b" in str(result.exception)


def test_rows_by_postcode_against_stored_areas(force: Force, tmp_path: Path) -> None:
    make_wards(force)
    at = WEST + SIDE / 2, SOUTH + SIDE / 2
    Postcode.objects.create(postcode="LU1 1AA", longitude=at[0], latitude=at[1], cell=0)
    file = points(tmp_path, "lu11aa", '""', "LU9 9ZZ", header="Postcode")
    for options in ((), ("--force", "brackenshire"), ("--kind", "ward")):
        result = run(places, "locate", file, "--json", *options)
        assert [line["areas"] for line in lines(result)] == [["A"], [], []]
    assert "1 rows have an unknown postcode, the first is row 3" in result.stderr


def test_real_crimes_and_searches_row_by_row() -> None:
    """Every row of real files where they are, against shapely on the file's own geometry."""
    areas = real("boundaries/wards-luton-*.geojson", "boundaries/lsoa2011-bedford-*.geojson")
    for path, key in zip(areas, ("WD13CD", "LSOA11CD"), strict=False):
        shapes = {
            f["properties"][key]: shape(f["geometry"])
            for f in json.loads(path.read_text())["features"]
        }
        for file in real("police-uk-street/2023-0[13]*.csv"):
            found = lines(run(places, "locate", file, "--areas", path, "--area-id", key, "--json"))
            rows = list(csv.DictReader(file.open(encoding="utf-8")))
            assert [line["row"] for line in found] == list(range(1, len(rows) + 1))
            for row, line in zip(rows, found, strict=True):
                at = row["Longitude"] and Point(float(row["Longitude"]), float(row["Latitude"]))
                inside = [k for k, area in shapes.items() if at and area.covers(at)]
                assert line["areas"] == inside


@pytest.mark.django_db
def test_import_then_ask_for_a_postcode(tmp_path: Path) -> None:
    file = tmp_path / "lu.csv"
    file.write_text('"LU1 1AA",10,508653,221332,"","","","","",""\n')
    assert lines(run(import_postcodes, file, "--json"))[0]["new"] == 1
    (found,) = lines(run(places, "postcode", "lu1  1aa", "--json"))
    assert found.keys() == {"postcode", "longitude", "latitude"}
    assert found["postcode"] == "LU1 1AA"
    assert found["latitude"] == pytest.approx(51.87997, abs=5e-5)


def test_import_areas_reports_and_names_who_did_it(force: Force, team: Unit, wards: Path) -> None:
    options = ("--force", "brackenshire", "--kind", "ward", "--id", "CODE", "--name", "NAME")
    trial = lines(run(import_areas, wards, *options, "--dry-run", "--json"))
    assert trial[0]["new"] == 2
    assert not Area.objects.exists()
    run(import_areas, wards, *options, "--unit", "NW1")
    assert {a.code: a.unit for a in Area.objects.all()} == {"A": team, "7": team}
    act = Act.objects.latest("id")
    assert (act.act, act.actor_kind) == ("places.import", "operator")
    (facts,) = lines(run(import_areas, wards, *options, "--json"))
    assert (facts["unchanged"], facts["new"], facts["retired"]) == (2, 0, 0)


def test_lists_of_areas_and_cells(force: Force, other_force: Force) -> None:
    make_wards(force)
    make_wards(other_force, "Z")
    listed = lines(run(places, "areas", "--force", "brackenshire", "--json"))
    assert [row["code"] for row in listed] == ["A", "B", "C"]
    cells = lines(run(places, "cells", "A", "--force", "brackenshire", "--json"))
    assert len(cells) == Area.objects.get(code="A").cells.count()
    assert {cell["whole"] for cell in cells} == {True, False}
