"""Opening what people hand in: text, JSON and CSV, with errors that name the place."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from bluelamp.places.errors import FileRefusedError


def read_text(path: Path) -> str:
    """Return a file's text: UTF-8, or Windows-1252 as older spreadsheets save it.

    :raises FileRefusedError: it is missing, empty or no text.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise FileRefusedError(
            path.name, "", _("cannot be read (%(why)s)"), why=error.strerror
        ) from None
    if not raw.strip():
        raise FileRefusedError(path.name, "", _("the file is empty"))
    if b"\x00" in raw[:4096]:
        raise FileRefusedError(path.name, "", _("is no text file; save it as UTF-8"))
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def parse_json(name: str, text: str) -> Any:
    """Return parsed JSON.

    :raises FileRefusedError: it is cut short or is not JSON.
    """
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        cut = error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated")
        words = _("the file is cut short") if cut else _("is not JSON (%(why)s)")
        raise FileRefusedError(name, f"line {error.lineno}", words, why=error.msg) from None
    except RecursionError:
        raise FileRefusedError(name, "", _("is nested too deeply")) from None


class Table:
    """Rows of a CSV, each checked to have as many columns as the first."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self._reader = csv.reader(text.splitlines(keepends=True), strict=True)
        self._width = 0

    def __iter__(self) -> Iterator[list[str]]:
        """Yield rows; blank lines are passed over.

        :raises FileRefusedError: a row has too few or too many columns, or bad quotes.
        """
        try:
            for row in self._reader:
                if not row:
                    continue
                self._width = self._width or len(row)
                if len(row) != self._width:
                    self._refuse_width(row)
                yield row
        except csv.Error as error:
            words = _("is not proper CSV (%(why)s)")
            raise FileRefusedError(self.name, self.place, words, why=error) from None

    def _refuse_width(self, row: Sequence[str]) -> None:
        raise FileRefusedError(
            self.name,
            self.place,
            _("has %(count)s columns where the first line has %(width)s; is the file cut short?"),
            count=len(row),
            width=self._width,
        )

    @property
    def place(self) -> str:
        """Return where the last row ended, ``line 17``."""
        return f"line {self._reader.line_num}"


def files_of(paths: Sequence[Path], suffixes: Sequence[str]) -> list[Path]:
    """Return the files named, and those with one of ``suffixes`` in the folders named.

    :raises FileRefusedError: a path is missing, or a folder holds no such file.
    """
    found: list[Path] = []
    for path in paths:
        if not path.is_dir():
            found.append(path)
            continue
        inside = sorted(p for p in path.rglob("*") if p.suffix.lower() in suffixes and p.is_file())
        if not inside:
            raise FileRefusedError(
                path.name, "", _("the folder holds no %(kinds)s file"), kinds=", ".join(suffixes)
            )
        found += inside
    return found
