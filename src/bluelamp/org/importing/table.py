"""A CSV with known columns, and what it would change."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.utils import timezone

from bluelamp.org.errors import ImportRefusedError
from bluelamp.org.models import Officer

MOST_PROBLEMS = 50
"""How many mistakes of a file are told at once."""
T = TypeVar("T")


@dataclass
class Plan:
    """What a file would change."""

    changes: list[dict[str, Any]] = field(default_factory=list)
    """One for each row that changes something: ``row``, ``change``, ``key`` and what is new."""
    steps: list[Callable[[], object]] = field(default_factory=list)
    same: int = 0
    missing: list[Officer] = field(default_factory=list)
    """Active officers whom a file of officers does not name."""

    def add(self, row: int, change: str, key: str, step: Callable[[], object], **new: Any) -> None:
        """Note a change and how it is made."""
        self.changes.append({"row": row, "change": change, "key": key, **new})
        self.steps.append(step)

    def apply(self) -> None:
        """Make every change; to be called inside ``acting``."""
        for step in self.steps:
            step()


class File:
    """A CSV with known columns; gathers what is wrong with it."""

    def __init__(self, path: Path, required: tuple[str, ...], optional: tuple[str, ...]) -> None:
        self.path = path
        self._required = required
        self._known = required + optional
        self._problems: list[str] = []

    def rows(self) -> Iterator[Line]:
        """Yield the data rows; the header is row 1, as a spreadsheet counts."""
        try:
            with self.path.open(encoding="utf-8-sig", newline="") as file:
                yield from self._read(csv.DictReader(file, restkey="", strict=True))
        except OSError as error:
            raise ImportRefusedError([f"{self.path}: {error.strerror}."]) from error
        except UnicodeDecodeError as error:
            raise ImportRefusedError([f"{self.path.name}: the file is not UTF-8."]) from error
        except csv.Error as error:
            raise ImportRefusedError([f"{self.path.name}: not a CSV file ({error})."]) from error

    def _read(self, reader: csv.DictReader[str]) -> Iterator[Line]:
        header = [name.strip().lower() for name in reader.fieldnames or ()]
        reader.fieldnames = header
        self._check_header(header)
        for cells in reader:
            row = reader.line_num
            if "" in cells or None in cells.values():
                self.wrong(row, "", f"has not {len(header)} columns")
                continue
            yield Line(self, row, {name: (text or "").strip() for name, text in cells.items()})

    def _check_header(self, header: list[str]) -> None:
        missing = [name for name in self._required if name not in header]
        unknown = [name for name in header if name not in self._known]
        if missing or unknown:
            words = [f"column “{name}” is missing" for name in missing]
            words += [f"column “{name}” is not known" for name in unknown]
            known = ", ".join(self._known)
            raise ImportRefusedError(
                [f"{self.path.name}, row 1: {'; '.join(words)}. Columns are {known}."]
            )

    def wrong(self, row: int, column: str, words: str) -> None:
        """Note a mistake."""
        where = f", column {column}:" if column else ""
        self._problems.append(f"{self.path.name}, row {row}{where} {words}.")

    def refuse(self) -> None:
        """Refuse the file if anything is wrong with it."""
        if self._problems:
            more = len(self._problems) - MOST_PROBLEMS
            tail = [f"… and {more} more."] if more > 0 else []
            raise ImportRefusedError(self._problems[:MOST_PROBLEMS] + tail)


@dataclass
class Line:
    """A data row that knows its place."""

    file: File
    row: int
    cells: dict[str, str]

    def text(self, column: str, longest: int) -> str:
        """Return a cell that must not be empty."""
        found = self.cells[column]
        if not found:
            self.wrong(column, "is empty")
        elif len(found) > longest:
            self.wrong(column, f"is longer than {longest} characters")
        return found

    def get(self, column: str) -> str:
        """Return a cell of an optional column."""
        return self.cells.get(column, "")

    def read(self, column: str, turn: Callable[[str], T]) -> T | None:
        """Turn a cell into a value; ``None`` and a mistake where it is none."""
        try:
            return turn(self.cells[column])
        except (ValueError, ValidationError):
            self.wrong(column, f"“{self.cells[column]}” cannot be read")
            return None

    def known(self, column: str, things: dict[str, T]) -> T | None:
        """Look a cell up; ``None`` and a mistake where nothing has that name."""
        found = things.get(self.cells[column])
        if found is None:
            self.wrong(column, f"“{self.cells[column]}” is not known")
        return found

    def wrong(self, column: str, words: str) -> None:
        """Note a mistake in this row."""
        self.file.wrong(self.row, column, words)


def once(line: Line, column: str, seen: dict[str, int]) -> None:
    """Note a mistake where a cell repeats what an earlier row has."""
    key = line.cells[column].lower()
    if key in seen:
        line.wrong(column, f"“{line.cells[column]}” is in row {seen[key]} already")
    seen[key] = line.row


def moment(text: str) -> datetime:
    """Read an ISO date or moment; without an offset it is the force's local time."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else timezone.make_aware(found)
