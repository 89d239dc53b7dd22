"""A file of members as rows of text: encodings, delimiters, columns, truncation.

What is wrong with the file as a whole is one line, and nothing is read further.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from bluelamp.members.errors import ImportRefusedError

COLUMNS: dict[str, tuple[str, ...]] = {
    "email": ("email", "e-mail", "email address", "e-mail address", "mail"),
    "postcode": ("postcode", "post code"),
    "name": ("name", "full name"),
    "topics": ("topics", "interests"),
    "language": ("language",),
    "joined": ("joined", "joined on", "date joined"),
    "reference": ("reference", "id", "member number"),
    "consent_source": ("consent source", "consent_source"),
    "consent_wording": ("consent wording", "consent_wording", "consent"),
}
"""Each column under the names, in any case, that files give it."""
REQUIRED = ("email", "postcode")
DELIMITERS = (",", ";", "\t")


@dataclass(frozen=True, slots=True)
class Line:
    """A row with the line of the file it begins on and its cells by column."""

    number: int
    cells: dict[str, str]
    problem: str = ""


def read_table(content: bytes, name: str) -> list[Line]:
    """Return the rows of a CSV.

    :raises ImportRefusedError: the file is in no known encoding, lacks or does
        not know a column, or was cut off.
    """
    text = _decoded(content, name)
    first = text.partition("\n")[0]
    delimiter = max(DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        header = _columns(next(reader, []), name)
        lines = _lines(reader, header)
    except csv.Error as error:
        words = _("%(file)s, line %(line)s: the file is cut off or not a CSV (%(problem)s).")
        raise ImportRefusedError(
            words % {"file": name, "line": reader.line_num, "problem": error}
        ) from error
    if lines and lines[-1].problem and not text.endswith("\n"):
        words = _("%(file)s, line %(line)s: the file ends in the middle of a row.")
        raise ImportRefusedError(words % {"file": name, "line": lines[-1].number})
    return lines


def _decoded(content: bytes, name: str) -> str:
    """Read UTF-8, or what Excel saves: UTF-16 with a mark, or Windows-1252."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    if b"\0" not in content or encodings == ["utf-16"]:
        for encoding in encodings:
            try:
                return content.decode(encoding)
            except UnicodeDecodeError:
                continue
    words = _("%(file)s: not text. Save it as “CSV UTF-8” in your spreadsheet.")
    raise ImportRefusedError(words % {"file": name})


def _columns(titles: Sequence[str], name: str) -> list[str]:
    known = {title: column for column, titles in COLUMNS.items() for title in titles}
    header = []
    for place, title in enumerate(titles, 1):
        column = known.get(" ".join(title.split()).lower())
        if column is None or column in header:
            what = _("is not known") if column is None else _("is there twice")
            words = _("%(file)s, line 1: column %(place)s, “%(title)s”, %(what)s.")
            facts = {"file": name, "place": place, "title": title, "what": what}
            raise ImportRefusedError(words % facts)
        header.append(column)
    for column in REQUIRED:
        if column not in header:
            words = _("%(file)s, line 1: there is no column “%(column)s”.")
            raise ImportRefusedError(words % {"file": name, "column": column})
    return header


def _lines(reader: csv._reader, header: Sequence[str]) -> list[Line]:  # type: ignore[name-defined]
    lines, begins, width = [], reader.line_num + 1, len(header)
    for cells in reader:
        if any(cell.strip() for cell in cells):
            problem = ""
            if len(cells) != width:
                words = _("%(found)s columns, not %(wanted)s")
                problem = words % {"found": len(cells), "wanted": width}
            pairs = zip(header, map(_plain, cells), strict=False)
            lines.append(Line(begins, dict(pairs), problem))
        begins = reader.line_num + 1
    return lines


def _plain(cell: str) -> str:
    """Take off blanks, and the mark by which our export keeps text from being a formula."""
    cell = cell.strip()
    return cell[1:] if cell[:1] == "'" and cell[1:2] in ("=", "+", "-", "@") else cell
