"""Word lists as CSV: read with every mistake named by file and row, and written again.

The lists that are shipped with the product lie in ``seeds/`` as such files, so
that whatever reads by them works without a database too.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from bluelamp.language.errors import PatternError, WordsRefusedError
from bluelamp.language.rules.pattern import choices, expressions, groups, spelt_out
from bluelamp.language.rules.traits import TRAITS
from bluelamp.language.values import COLUMNS, Term

REQUIRED = ("text", "heading")
MOST_PROBLEMS = 50
"""How many mistakes of a file are told at once."""

_LONGEST = {"text": 1000, "heading": 40, "language": 8, "note": 300}
_FAR = 100
_HEAVY = 1000.0
_NO = frozenset({"no", "false", "0", "off"})
_YES = frozenset({"", "yes", "true", "1", "on"})


def read_terms(name: str, text: str) -> tuple[Term, ...]:
    """Read a list from the text of a CSV.

    :param name: the file's name, for the sentences.
    :raises WordsRefusedError: something in it is wrong; all mistakes are named.
    """
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), strict=True)
    try:
        reader.fieldnames = [cell.strip().lower() for cell in reader.fieldnames or ()]
        _check_header(name, reader.fieldnames)
        rows = [(reader.line_num, cells) for cells in reader]
    except csv.Error as error:
        raise WordsRefusedError([f"{name}, row {reader.line_num}: {error}."]) from error
    return _terms(name, rows)


def read_file(path: Path) -> tuple[Term, ...]:
    """Read a list from a CSV on a disk, UTF-8 or Windows-1252.

    :raises WordsRefusedError: it cannot be read, or something in it is wrong.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise WordsRefusedError([f"{path.name}: cannot be read ({error.strerror})."]) from error
    try:
        return read_terms(path.name, raw.decode("utf-8"))
    except UnicodeDecodeError:
        return read_terms(path.name, raw.decode("cp1252", errors="replace"))


def _check_header(name: str, header: Sequence[str]) -> None:
    missing = [f"column “{column}” is missing" for column in REQUIRED if column not in header]
    unknown = [f"column “{column}” is not known" for column in header if column not in COLUMNS]
    if missing or unknown:
        known = ", ".join(COLUMNS)
        raise WordsRefusedError(
            [f"{name}, row 1: {'; '.join(missing + unknown)}. Columns are {known}."]
        )


def _terms(name: str, rows: Iterable[tuple[int, dict[str, str]]]) -> tuple[Term, ...]:
    problems: list[str] = []
    read: list[tuple[int, Term]] = []
    for row, cells in rows:
        try:
            read.append((row, _term(cells)))
        except ValueError as error:
            problems.append(f"{name}, row {row}: {error}.")
    problems += [f"{name}, row {row}: {words}." for row, words in _unreadable(read)]
    problems += [f"{name}, row {row}: {words}." for row, words in _twice(read)]
    if problems:
        more = len(problems) - MOST_PROBLEMS
        tail = [f"… and {more} more."] if more > 0 else []
        raise WordsRefusedError(problems[:MOST_PROBLEMS] + tail)
    return tuple(term for _, term in read)


def _term(cells: dict[str, str]) -> Term:
    if None in cells or None in cells.values():
        raise ValueError("the row has not as many cells as the first")
    given = {column: cell.strip() for column, cell in cells.items()}
    for column in REQUIRED:
        if not given[column]:
            raise ValueError(f"column {column} is empty")
    for column, longest in _LONGEST.items():
        if len(given.get(column, "")) > longest:
            raise ValueError(f"column {column} is longer than {longest} characters")
    defaults = Term("", "")
    return Term(
        **{column: cell for column, cell in given.items() if column in _TEXTS},
        weight=_number("weight", given.get("weight", ""), defaults.weight, _HEAVY),
        near=int(_number("near", given.get("near", ""), defaults.near, _FAR)),
        active=_active(given.get("active", "")),
    )


_TEXTS = frozenset(COLUMNS) - {"weight", "near", "active"}


def _number(column: str, cell: str, default: float, most: float) -> float:
    if not cell:
        return default
    try:
        number = float(cell)
    except ValueError:
        raise ValueError(f"column {column}: “{cell}” is not a number") from None
    low = 0.0 if column == "near" else -most
    if not low <= number <= most:
        raise ValueError(f"column {column}: {cell} is not from {low:g} to {most:g}")
    return number


def _active(cell: str) -> bool:
    if cell.lower() not in _NO | _YES:
        raise ValueError(f"column active: “{cell}” is neither yes nor no")
    return cell.lower() in _YES


def _unreadable(read: Sequence[tuple[int, Term]]) -> Iterator[tuple[int, str]]:
    """Yield the rows whose expressions or traits mean nothing."""
    named: dict[str, str] = {}
    for row, term in read:
        if term.is_group:
            try:
                named |= groups([term])
            except PatternError as error:
                yield row, str(error)
    for row, term in read:
        try:
            check(term, named)
        except PatternError as error:
            yield row, str(error)


def check(term: Term, named: dict[str, str]) -> None:
    """Refuse a term that cannot be read.

    :param named: the list's groups of words.
    :raises PatternError: what is wrong with it.
    """
    if term.is_trait and term.text[1:-1] not in TRAITS:
        raise PatternError(f"there is no trait {term.text}; there are {', '.join(TRAITS)}")
    if not (term.is_trait or term.is_group):
        expressions(spelt_out(term.text, named))
    for context in (term.needs, term.unless, term.unless_before):
        choices(spelt_out(context, named))


def _twice(read: Sequence[tuple[int, Term]]) -> Iterator[tuple[int, str]]:
    seen: dict[tuple[str, str, str], int] = {}
    for row, term in read:
        key = (term.text, term.heading, term.language)
        if key in seen:
            yield row, f"“{term.text}” stands under {term.heading} in row {seen[key]} already"
        seen.setdefault(key, row)


def written(terms: Iterable[Term]) -> str:
    """Return a list as CSV, such as :func:`read_terms` reads."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for term in terms:
        writer.writerow(_cells(term))
    return out.getvalue()


def digest(terms: Iterable[Term]) -> str:
    """Return what changes whenever one of the lines does."""
    return hashlib.sha256(written(terms).encode()).hexdigest()[:16]


def _cells(term: Term) -> Iterator[str]:
    for column in COLUMNS:
        cell = getattr(term, column)
        if isinstance(cell, bool):
            yield "yes" if cell else "no"
        else:
            yield f"{cell:g}" if isinstance(cell, float) else str(cell)


@lru_cache
def shipped(kind: str) -> tuple[Term, ...]:
    """Return the list of a kind that is shipped with the product; empty where there is none."""
    text = _seed(kind)
    return read_terms(f"{kind}.csv", text) if text else ()


@lru_cache
def shipped_version(kind: str) -> str:
    """Return what changes whenever a shipped list does; empty where there is none."""
    text = _seed(kind)
    return hashlib.sha256(text.encode()).hexdigest()[:16] if text else ""


def shipped_kinds() -> tuple[str, ...]:
    """Return the kinds of which the product ships a list."""
    names = (entry.name for entry in files("bluelamp.language").joinpath("seeds").iterdir())
    return tuple(sorted(name.removesuffix(".csv") for name in names if name.endswith(".csv")))


def _seed(kind: str) -> str:
    found = files("bluelamp.language").joinpath("seeds", f"{kind}.csv")
    return found.read_text(encoding="utf-8") if found.is_file() else ""
