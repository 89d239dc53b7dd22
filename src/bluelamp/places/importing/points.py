"""Points as files hold them: rows of ``Longitude,Latitude`` or of ``postcode``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from django.utils.translation import gettext_lazy as _
from numpy.typing import NDArray

from bluelamp.places import rules
from bluelamp.places.errors import FileRefusedError
from bluelamp.places.importing.files import Table

_LONGITUDE = ("longitude", "long", "lon", "lng")
_LATITUDE = ("latitude", "lat")
_POSTCODE = ("postcode", "pcds", "pcd")


@dataclass(frozen=True, slots=True)
class ReadPoints:
    """A file's data rows in order; a row without a position holds NaN twice."""

    longitudes: NDArray[np.float64]
    latitudes: NDArray[np.float64]
    postcodes: tuple[str, ...] | None
    """As written, where the file gives postcodes instead of coordinates."""


def read_points(path: Path) -> ReadPoints:
    """Return the points of a CSV.

    Columns may stand in any order and any case.  Both coordinates empty is a
    row without a position; anything else that is no coordinate is refused,
    because a row quietly put nowhere is a person quietly told nothing.

    :raises FileRefusedError: naming file, row (data rows from 1), and column.
    """
    with Table.at(path) as table:
        rows = iter(table)
        return _read(path.name, next(rows), rows)


def _read(file: str, header: Sequence[str], rows: Iterator[list[str]]) -> ReadPoints:
    lon, lat = rules.find_column(header, _LONGITUDE), rules.find_column(header, _LATITUDE)
    if lon is not None and lat is not None:
        return _from_coordinates(file, header, list(rows), (lon, lat))
    postcode = rules.find_column(header, _POSTCODE)
    if postcode is None:
        raise FileRefusedError(
            file,
            "line 1",
            _("has neither Longitude and Latitude nor postcode; it has %(there)s"),
            there=", ".join(header),
        )
    written = tuple(row[postcode] for row in rows)
    nowhere = np.full(len(written), np.nan)
    return ReadPoints(nowhere, nowhere.copy(), written)


def _from_coordinates(
    file: str, header: Sequence[str], rows: list[list[str]], columns: tuple[int, int]
) -> ReadPoints:
    lon, lat = columns
    for number, row in enumerate(rows, 1):
        if bool(row[lon].strip()) != bool(row[lat].strip()):
            column = header[lat if row[lon].strip() else lon]
            raise FileRefusedError(
                file, f"row {number}", _("its %(column)s is empty, the other is not"), column=column
            )
    return ReadPoints(
        _degrees(file, header[lon], [row[lon] for row in rows], 180.0),
        _degrees(file, header[lat], [row[lat] for row in rows], 90.0),
        None,
    )


def _degrees(file: str, column: str, texts: list[str], limit: float) -> NDArray[np.float64]:
    """Return a column as degrees, NaN where it is empty."""
    values = np.array([_degree(text, limit) for text in texts], dtype=np.float64)
    wrong = np.flatnonzero(np.isinf(values))
    if len(wrong):
        raise FileRefusedError(
            file,
            f"row {wrong[0] + 1}",
            _("its %(column)s is %(text)r, no number between -%(limit)s and %(limit)s%(more)s"),
            column=column,
            text=texts[wrong[0]],
            limit=f"{limit:g}",
            more=_and_more(len(wrong) - 1),
        )
    return values


def _and_more(number: int) -> str:
    return str(_(" (and %(number)s more like it)")) % {"number": number} if number else ""


def _degree(text: str, limit: float) -> float:
    """Return a coordinate, NaN for an empty one, infinity for what is none."""
    try:
        value = float(text)
    except ValueError:
        return float("inf") if text.strip() else float("nan")
    return value if -limit <= value <= limit else float("inf")
