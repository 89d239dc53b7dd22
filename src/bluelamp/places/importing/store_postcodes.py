"""Postcodes into the database: all files, or nothing of any."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from bluelamp.places.cells import cells_of_points
from bluelamp.places.importing.files import files_of
from bluelamp.places.importing.postcodes import ReadPostcodes, read_all
from bluelamp.places.values import PostcodeReport

_TABLE = """CREATE TEMPORARY TABLE incoming_postcode (
    n bigint GENERATED ALWAYS AS IDENTITY, postcode varchar(8) NOT NULL,
    longitude double precision NOT NULL, latitude double precision NOT NULL, cell bigint NOT NULL
) ON COMMIT DROP"""

_UPSERT = """INSERT INTO places_postcode AS kept (postcode, longitude, latitude, cell)
SELECT DISTINCT ON (postcode) postcode, longitude, latitude, cell
  FROM incoming_postcode ORDER BY postcode, n DESC
    ON CONFLICT (postcode) DO UPDATE
   SET longitude = EXCLUDED.longitude, latitude = EXCLUDED.latitude, cell = EXCLUDED.cell
 WHERE (kept.longitude, kept.latitude, kept.cell)
       IS DISTINCT FROM (EXCLUDED.longitude, EXCLUDED.latitude, EXCLUDED.cell)
RETURNING xmax = 0"""
"""``xmax`` is 0 for a row that is new.  Of two files with one postcode the later wins."""


def import_postcodes(
    paths: Sequence[Path], *, advance: Callable[[int], None] = lambda _: None
) -> PostcodeReport:
    """Take in postcodes; those that the files do not hold stay as they are.

    Postcodes are public data of no force, hence not recorded.

    :param paths: files, or folders of CSV files.
    :raises FileRefusedError: a row is wrong; nothing was taken in.
    """
    rows = without = ended = 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_TABLE)
        for _path, found in read_all(files_of(paths, (".csv",)), advance):
            _copy(cursor, found)
            rows += len(found.postcodes)
            without += found.without_position
            ended += found.terminated
        cursor.execute(_UPSERT)
        written = [new for (new,) in cursor.fetchall()]
        cursor.execute("SELECT count(DISTINCT postcode) FROM incoming_postcode")
        (distinct,) = cursor.fetchone()
        cursor.execute("DROP TABLE incoming_postcode")  # the caller's transaction may go on
    new = sum(written)
    return PostcodeReport(
        rows=rows + without + ended,
        new=new,
        changed=len(written) - new,
        unchanged=distinct - len(written),
        without_position=without,
        terminated=ended,
    )


def _copy(cursor: Any, found: ReadPostcodes) -> None:
    lons, lats = found.degrees()
    cells = cells_of_points(lons, lats)
    into = "COPY incoming_postcode (postcode, longitude, latitude, cell) FROM STDIN"
    rows = zip(found.postcodes, lons.tolist(), lats.tolist(), cells.tolist(), strict=True)
    with cursor.copy(into) as copy:
        copy.write("".join(f"{p}\t{x!r}\t{y!r}\t{c}\n" for p, x, y, c in rows))
