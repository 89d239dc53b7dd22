"""Columns of any CSV by name, for commands that measure against a file somebody has."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from bluelamp.kit.errors import BluelampError

DELIMITERS = (",", ";", "\t", "|")
_LONGEST_CELL = 10_000_000


class ColumnsRefusedError(BluelampError):
    """A file that cannot be read as a CSV with the columns asked for."""

    def __init__(self, path: Path, words: str) -> None:
        super().__init__(f"{path.name}: {words}")


def read_columns(path: Path, *names: str) -> list[tuple[str, ...]]:
    """Return the cells of the named columns, row by row, without blanks around them.

    The first line names the columns; blanks around names and their case do not count.
    The delimiter is a comma, semicolon, tab or bar, whichever the names are found with.
    Text is UTF-8, with or without a mark, UTF-16 with one, or Windows-1252.  Empty
    lines are passed over.

    :raises ColumnsRefusedError: the file cannot be read, lacks a column or rows, or is
        cut off; in one line that names the file.
    """
    text = _decoded(path)
    delimiter = _delimiter(text, names)
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        header = next(reader, [])
        places = [_place(path, header, name) for name in names]
        rows = list(_cells(path, reader, len(header), places))
    except csv.Error as error:
        words = f"line {reader.line_num}: cut off or not a CSV ({error})."
        raise ColumnsRefusedError(path, words) from error
    if not rows:
        raise ColumnsRefusedError(path, "there are no rows under the names of the columns.")
    return rows


def _decoded(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ColumnsRefusedError(path, f"cannot be read ({error.strerror}).") from error
    wide = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if wide or b"\0" not in raw:
        for encoding in ["utf-16"] if wide else ["utf-8-sig", "cp1252"]:
            try:
                return raw.decode(encoding)
            except UnicodeDecodeError:
                continue
    raise ColumnsRefusedError(path, "not text. Save it as “CSV UTF-8” in your spreadsheet.")


def _delimiter(text: str, names: Sequence[str]) -> str:
    """Return the delimiter that finds most of the names, of equals the commonest."""
    first = text.partition("\n")[0]

    def fitness(delimiter: str) -> tuple[int, int]:
        header = [_plain(title) for title in next(csv.reader([first], delimiter=delimiter), [])]
        return sum(_plain(name) in header for name in names), first.count(delimiter)

    return max(DELIMITERS, key=fitness)


def _place(path: Path, header: Sequence[str], name: str) -> int:
    places = [at for at, title in enumerate(header) if _plain(title) == _plain(name)]
    if len(places) == 1:
        return places[0]
    if places:
        raise ColumnsRefusedError(path, f"column “{name}” is there {len(places)} times.")
    known = ", ".join(f"“{title.strip()}”" for title in header) or "none"
    raise ColumnsRefusedError(path, f"there is no column “{name}”; there are: {known}.")


def _cells(
    path: Path, reader: Iterator[list[str]], width: int, places: Sequence[int]
) -> Iterator[tuple[str, ...]]:
    for number, row in enumerate(reader, 1):
        if not any(row):
            continue
        if len(row) < width or any(row[width:]):
            words = f"row {number} has {len(row)} columns where the first line has {width}."
            raise ColumnsRefusedError(path, words)
        yield tuple(row[place].strip() for place in places)


def _plain(title: str) -> str:
    return " ".join(title.split()).casefold()
