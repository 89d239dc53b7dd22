"""Opening what people hand in: text, JSON and CSV, with errors that name the place."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from bluelamp.places.errors import FileRefusedError


@dataclass(frozen=True, slots=True)
class Handed:
    """A file as it was handed in: on a disk, or through a page."""

    name: str
    raw: bytes

    @classmethod
    def at(cls, path: Path) -> Handed:
        """Read a file.

        :raises FileRefusedError: it cannot be read.
        """
        try:
            return cls(path.name, path.read_bytes())
        except OSError as error:
            raise FileRefusedError(
                path.name, "", _("cannot be read (%(why)s)"), why=error.strerror
            ) from None

    @property
    def stem(self) -> str:
        """Return the name without its suffix."""
        return Path(self.name).stem

    def text(self) -> str:
        """Return the text: UTF-8, or Windows-1252 as older spreadsheets save it.

        :raises FileRefusedError: it is empty or no text.
        """
        if not self.raw.strip():
            raise FileRefusedError(self.name, "", _("the file is empty"))
        if b"\x00" in self.raw[:4096]:
            raise FileRefusedError(self.name, "", _("is no text file; save it as UTF-8"))
        return _decoded(self.raw)


def _decoded(raw: bytes) -> str:
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

    def __init__(self, name: str, lines: Iterable[str]) -> None:
        self.name = name
        self._reader = csv.reader(lines, strict=True)
        self._width = 0

    @classmethod
    @contextmanager
    def at(cls, path: Path) -> Iterator[Table]:
        """Open a CSV; it is read row by row, because a national file holds millions.

        Letters outside UTF-8 are replaced: what is read here are numbers and postcodes.

        :raises FileRefusedError: it is missing, empty or no text.
        """
        try:
            with path.open("rb") as raw:
                Handed(path.name, raw.read(4096)).text()
            with path.open(encoding="utf-8-sig", errors="replace", newline="") as lines:
                yield cls(path.name, lines)
        except OSError as error:
            raise FileRefusedError(
                path.name, "", _("cannot be read (%(why)s)"), why=error.strerror
            ) from None

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
    def line(self) -> int:
        """Return the line on which the last row ended."""
        return self._reader.line_num

    @property
    def place(self) -> str:
        """Return that line in words, ``line 17``."""
        return f"line {self.line}"


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
