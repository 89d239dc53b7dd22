"""Postcodes as files hold them: Code-Point Open, ONSPD, and plain latitude and longitude.

Which of them a file is, its first row says.  Code-Point Open has no header and
gives eastings and northings in metres; ONSPD has ``pcds`` and ``lat``/``long``
(or ``oseast1m``/``osnrth1m``) and ``doterm``, the month of termination.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from django.utils.translation import gettext_lazy as _
from numpy.typing import NDArray

from bluelamp.places import grid, rules
from bluelamp.places.errors import FileRefusedError
from bluelamp.places.importing.files import Table

Floats = NDArray[np.float64]

_NO_QUALITY = "90"
"""Code-Point Open's quality of a postcode that has no grid reference."""
_NO_LATITUDE = 99.999
"""ONSPD writes 99.999999 where there is no grid reference."""
_HEADER_FILE = ({"pc", "pq"}, {"postcode", "positional_quality_indicator"})
"""Ordnance Survey's own file of column names opens with these two rows."""


@dataclass(slots=True)
class ReadPostcodes:
    """Postcodes with positions in WGS 84 degrees, and counts of what was left out."""

    postcodes: list[str] = field(default_factory=list)
    x: array[float] = field(default_factory=lambda: array("d"))
    y: array[float] = field(default_factory=lambda: array("d"))
    on_grid: bool = False
    """Whether ``x`` and ``y`` are eastings and northings in metres."""
    without_position: int = 0
    terminated: int = 0

    def degrees(self) -> tuple[Floats, Floats]:
        """Return longitudes and latitudes."""
        x, y = np.frombuffer(self.x, dtype=np.float64), np.frombuffer(self.y, dtype=np.float64)
        if not len(x):
            return np.empty(0), np.empty(0)
        return grid.to_degrees(x, y) if self.on_grid else (x, y)


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where a file keeps what we need; -1 where it has no such column."""

    postcode: int
    x: int
    y: int
    on_grid: bool
    quality: int = -1
    ended: int = -1


_CODE_POINT = _Layout(postcode=0, x=2, y=3, on_grid=True, quality=1)
_PRESENT = ("pcds", "pcd", "pcd7", "pcd8", "postcode", "pc")


def _layout_of(file: str, first: Sequence[str]) -> tuple[_Layout, bool]:
    """Return a file's layout and whether its first row is a header."""
    if len(first) >= 4 and rules.normalise_postcode(first[0]):
        return _CODE_POINT, False
    postcode = rules.find_column(first, _PRESENT)
    if postcode is None:
        raise FileRefusedError(
            file,
            "line 1",
            _("has no postcode column (%(wanted)s); it has %(there)s"),
            wanted="postcode, pcds, pcd",
            there=", ".join(first),
        )
    quality = rules.find_column(first, ("positional_quality_indicator", "pq"))
    ended = rules.find_column(first, ("doterm",))
    extra = {"quality": -1 if quality is None else quality, "ended": -1 if ended is None else ended}
    for names_x, names_y, on_grid in (
        (("longitude", "long", "lon", "lng"), ("latitude", "lat"), False),
        (("oseast1m", "east1m", "eastings", "easting", "ea"),
         ("osnrth1m", "north1m", "northings", "northing", "no"), True),
    ):  # fmt: skip
        x, y = rules.find_column(first, names_x), rules.find_column(first, names_y)
        if x is not None and y is not None:
            return _Layout(postcode, x, y, on_grid, **extra), True
    raise FileRefusedError(
        file,
        "line 1",
        _("has no position columns (%(wanted)s); it has %(there)s"),
        wanted="latitude and longitude, or eastings and northings",
        there=", ".join(first),
    )


def read_postcodes(path: Path, advance: Callable[[int], None] = lambda _: None) -> ReadPostcodes:
    """Return the postcodes of a file.

    :param advance: told of every thousand rows, for a progress bar.
    :raises FileRefusedError: a row is wrong; nothing of the file is returned.
    """
    with Table.at(path) as table:
        return _read(table, advance)


def _read(table: Table, advance: Callable[[int], None]) -> ReadPostcodes:
    rows = iter(table)
    first = next(rows)
    layout, has_header = _layout_of(table.name, first)
    found = ReadPostcodes(on_grid=layout.on_grid)
    seen: dict[str, int] = {}
    if not has_header:
        _take(table, layout, first, found, seen)
    for number, row in enumerate(rows, 1):
        if number == 1 and has_header and _is_header_file(first, row):
            continue
        _take(table, layout, row, found, seen)
        if number % 1000 == 0:
            advance(1000)
    return found


def _is_header_file(first: Sequence[str], second: Sequence[str]) -> bool:
    pairs = zip(_HEADER_FILE, (first, second), strict=True)
    return all(names <= {title.lower() for title in row} for names, row in pairs)


def _take(
    table: Table, layout: _Layout, row: Sequence[str], found: ReadPostcodes, seen: dict[str, int]
) -> None:
    """Take one row into ``found``, or count why it is left out."""
    postcode = rules.normalise_postcode(row[layout.postcode])
    if postcode is None:
        raise FileRefusedError(
            table.name, table.place, _("%(text)r is no postcode"), text=row[layout.postcode]
        )
    if layout.ended >= 0 and row[layout.ended].strip():
        found.terminated += 1
        return
    position = _position(table, layout, row)
    if position is None:
        found.without_position += 1
        return
    if postcode in seen:
        raise FileRefusedError(
            table.name,
            table.place,
            _("%(postcode)s is there twice; it was on %(before)s"),
            postcode=postcode,
            before=f"line {seen[postcode]}",
        )
    seen[postcode] = table.line
    found.postcodes.append(postcode)
    found.x.append(position[0])
    found.y.append(position[1])


def _position(table: Table, layout: _Layout, row: Sequence[str]) -> tuple[float, float] | None:
    """Return a row's x and y, ``None`` where the file says that it has none."""
    text_x, text_y = row[layout.x].strip(), row[layout.y].strip()
    if (layout.quality >= 0 and row[layout.quality].strip() == _NO_QUALITY) or (
        not text_x and not text_y
    ):
        return None
    try:
        x, y = float(text_x), float(text_y)
    except ValueError:
        raise FileRefusedError(
            table.name, table.place, _("%(x)r, %(y)r are no numbers"), x=text_x, y=text_y
        ) from None
    if x == 0 and (y == 0 if layout.on_grid else y > _NO_LATITUDE):
        return None
    if not (rules.on_grid(x, y) if layout.on_grid else rules.is_position(x, y)):
        words = _("%(x)s, %(y)s is not on the British National Grid")
        if not layout.on_grid:
            words = _("wrong CRS: %(x)s, %(y)s is no longitude and latitude")
        raise FileRefusedError(table.name, table.place, words, x=text_x, y=text_y)
    return x, y


def read_all(
    paths: Sequence[Path], advance: Callable[[int], None] = lambda _: None
) -> Iterator[tuple[Path, ReadPostcodes]]:
    """Yield each file with its postcodes.

    :raises FileRefusedError: a file is wrong, or none of them holds a postcode.
    """
    total = 0
    for path in paths:
        found = read_postcodes(path, advance)
        total += len(found.postcodes) + found.terminated + found.without_position
        yield path, found
    if not total:
        name = paths[0].name if paths else ""
        raise FileRefusedError(name, "", _("holds no postcodes"))
