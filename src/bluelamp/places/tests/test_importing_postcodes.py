from __future__ import annotations

from pathlib import Path

import pytest

from bluelamp.places import grid, queries
from bluelamp.places.cells import cell_of
from bluelamp.places.errors import FileRefusedError, UnknownPostcodeError
from bluelamp.places.ground import distances
from bluelamp.places.importing.store_postcodes import import_postcodes
from bluelamp.places.models import Postcode
from bluelamp.places.tests.making import real

CODE_POINT = '"LU1 1AA",10,508653,221332,"E92","","","","E06","E05"\n'
NO_POSITION = '"LU1 9ZZ",90,0,0,"","","","","",""\n'
ONSPD = (
    "pcd,pcd2,pcds,dointr,doterm,oseast1m,osnrth1m,lat,long\n"
    '"LU1 1AA","LU1  1AA","LU1 1AA","198001","",508653,0221332,51.879970,-0.422941\n'
    '"LU1 1AB","LU1  1AB","LU1 1AB","198001","199606",508653,0221332,51.879970,-0.422941\n'
    '"JE2 3AB","JE2  3AB","JE2 3AB","198001","",,,99.999999,0.000000\n'
)
PLAIN = "id,LATITUDE,Longitude,PostCode\n1,51.88,-0.42,lu11aa\n"


@pytest.fixture
def file(tmp_path: Path):
    def write(text: str, name: str = "p.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(text.encode("utf-8"))
        return path

    return write


@pytest.mark.django_db
def test_code_point_open(file) -> None:
    report = import_postcodes([file(CODE_POINT + NO_POSITION)])
    assert (report.rows, report.new, report.without_position) == (2, 1, 1)
    found = Postcode.objects.get()
    assert found.cell == cell_of(found.longitude, found.latitude)
    assert queries.position_of(" lu11aa ").postcode == "LU1 1AA"


@pytest.mark.django_db
def test_onspd_leaves_out_what_has_ended_or_has_no_position(file) -> None:
    report = import_postcodes([file(ONSPD)])
    assert (report.rows, report.new, report.terminated, report.without_position) == (3, 1, 1, 1)
    assert queries.position_of("LU1 1AA").latitude == 51.87997


@pytest.mark.django_db
def test_onspd_and_code_point_agree_within_five_metres(file) -> None:
    import_postcodes([file(ONSPD)])
    first = queries.position_of("LU1 1AA")
    import_postcodes([file(CODE_POINT)])
    second = queries.position_of("LU1 1AA")
    import numpy as np

    away = distances(
        first.longitude, first.latitude, np.array([second.longitude]), np.array([second.latitude])
    )
    assert 0 < away[0] < 5


@pytest.mark.django_db
def test_onspd_without_degrees_goes_by_the_grid(file) -> None:
    text = 'pcds,oseast1m,osnrth1m\n"LU1 1AA",508653,221332\n'
    import_postcodes([file(text)])
    x, y = grid.project(__import__("numpy").array([[508653.0, 221332.0]]))[0]
    assert queries.position_of("LU1 1AA").longitude == pytest.approx(x)
    assert queries.position_of("LU1 1AA").latitude == pytest.approx(y)


@pytest.mark.django_db
def test_plain_columns_in_any_order_case_and_with_a_byte_order_mark(file) -> None:
    import_postcodes([file("\ufeff" + PLAIN)])
    assert queries.position_of("LU1 1AA").longitude == -0.42


@pytest.mark.django_db
def test_again_changes_nothing_and_a_moved_one_is_counted(file) -> None:
    import_postcodes([file(PLAIN)])
    assert import_postcodes([file(PLAIN)]).unchanged == 1
    report = import_postcodes([file(PLAIN.replace("51.88", "51.89"))])
    assert (report.new, report.changed, report.unchanged) == (0, 1, 0)
    assert queries.position_of("LU1 1AA").latitude == 51.89


BROKEN = {
    "empty": ("", "p.csv: the file is empty"),
    "columns": ("name,lat,long\nx,1,2\n", "p.csv: line 1: has no postcode column"),
    "no position": ("postcode,name\nLU1 1AA,x\n", "p.csv: line 1: has no position columns"),
    "no postcode": (PLAIN + "2,51.8,-0.4,HELLO\n", "p.csv: line 3: 'HELLO' is no postcode"),
    "a word": (PLAIN + "2,north,-0.4,LU1 1AB\n", "p.csv: line 3: '-0.4', 'north' are no numbers"),
    "half empty": (PLAIN + "2,,-0.4,LU1 1AB\n", "p.csv: line 3: "),
    "range": (PLAIN + "2,221332,508653,LU1 1AB\n", "p.csv: line 3: wrong CRS"),
    "off the grid": (CODE_POINT.replace("508653", "5086530"), "p.csv: line 1: 5086530, 221332"),
    "twice": (CODE_POINT * 2, "p.csv: line 2: LU1 1AA is there twice; it was on line 1"),
    "cut short": (CODE_POINT + '"LU1 1AB",10,5086', "p.csv: line 2: has 3 columns where"),
    "open quote": (CODE_POINT + '"LU1 1AB', "p.csv: line 2: is not proper CSV"),
    "header only": ("postcode,latitude,longitude\n", "p.csv: holds no postcodes"),
    "nan": (PLAIN + "2,nan,-0.4,LU1 1AB\n", "p.csv: line 3: wrong CRS"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("broken", BROKEN)
def test_a_bad_row_is_named_and_nothing_is_taken(broken: str, file) -> None:
    text, words = BROKEN[broken]
    good = file(CODE_POINT.replace("1AA", "3ZZ"), "good.csv")
    with pytest.raises(FileRefusedError) as refused:
        import_postcodes([good, file(text)] if broken != "header only" else [file(text)])
    assert str(refused.value).startswith(words)
    assert not Postcode.objects.exists()


@pytest.mark.django_db
def test_a_folder_with_the_surveys_own_header_file(tmp_path: Path) -> None:
    (tmp_path / "lu.csv").write_text(CODE_POINT)
    (tmp_path / "heads.csv").write_text(
        "PC,PQ,EA,NO\nPostcode,Positional_quality_indicator,Eastings,Northings\n"
    )
    (tmp_path / "licence.txt").write_text("OGL")
    assert import_postcodes([tmp_path]).new == 1


@pytest.mark.django_db
def test_unknown_and_impossible_postcodes_are_told_apart() -> None:
    with pytest.raises(UnknownPostcodeError, match="do not know the postcode LU9 9ZZ"):
        queries.position_of("lu99zz")
    with pytest.raises(UnknownPostcodeError, match="“Luton” is not a postcode"):
        queries.position_of("Luton")


@pytest.mark.django_db
def test_real_files_are_within_five_metres_of_their_grid_references() -> None:
    import csv

    import numpy as np
    from pyproj import Transformer

    for path in real("postcodes/codepoint-open-lu.csv"):
        report = import_postcodes([path])
        rows = [row for row in csv.reader(path.open()) if row[1] != "90"]
        assert report.new == len(rows)
        stored = {p.postcode: (p.longitude, p.latitude) for p in Postcode.objects.all()}
        back = Transformer.from_crs(4326, 27700, always_xy=True, accuracy=5)
        at = np.array([stored[row[0]] for row in rows])
        east, north = back.transform(at[:, 0], at[:, 1])
        away = np.hypot(east - [float(r[2]) for r in rows], north - [float(r[3]) for r in rows])
        assert away.max() < 5
