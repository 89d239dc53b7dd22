"""Backfill: items from a CSV or JSON Lines file come in by the door, as if they had been posted.

The columns of a CSV, and the fields of a line of JSON, are those of
``channels/written.py`` (documented in the webhook provider's README); a CSV has no
attachments.  A row's ``id`` makes a repeated import change nothing; a row without
one is named by the hash of what it says.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from pydantic import ValidationError

from bluelamp.channels import registry
from bluelamp.channels.contract import RawInbound
from bluelamp.channels.models import Account
from bluelamp.channels.written import Written, problem
from bluelamp.inbound import ingest
from bluelamp.inbound.errors import ImportRefusedError
from bluelamp.inbound.models import RawItem
from bluelamp.inbound.values import BATCH

COLUMNS = tuple(name for name in Written.model_fields if name != "attachments")


class Bad(NamedTuple):
    """A row that was left out."""

    line: int
    problem: str
    """Never its words."""


@dataclass
class Report:
    """What became of a file."""

    rows: int = 0
    new: int = 0
    known: int = 0
    bad: list[Bad] = field(default_factory=list)
    dry_run: bool = False

    def facts(self) -> dict[str, object]:
        """Return it as JSON has it."""
        return asdict(self) | {"bad": [one._asdict() for one in self.bad]}


class Row(NamedTuple):
    """A row of the file, and the line that it begins on."""

    line: int
    fields: object


def bring(
    account: Account, content: bytes, *, lines: bool, now: datetime, dry_run: bool = False
) -> Report:
    """Take in a file; rows that do not fit are left out and named.

    :param lines: it is JSON Lines and not a CSV.
    :raises ImportRefusedError: the account takes only its platform's own payloads, or the
        file as a whole cannot be read.
    """
    if not getattr(registry.adapter(account.provider), "takes_written", False):
        raise ImportRefusedError(f"“{account}” takes only what its platform sends.")
    text, report = _decoded(content), Report(dry_run=dry_run)
    rows = _json_rows(text) if lines else _csv_rows(text)
    for batch in _batches(_raws(rows, account.provider, report, now)):
        new = _count_new(account, batch) if dry_run else ingest.store_many(account, batch)
        report.new, report.known = report.new + new, report.known + len(batch) - new
    return report


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise ImportRefusedError(f"The file is not UTF-8 (line {line}).") from None


def _csv_rows(text: str) -> Iterator[Row]:
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        _check_columns(reader.fieldnames or ())
        for row in reader:
            filled = {name: cell for name, cell in row.items() if cell}
            yield Row(reader.line_num, None if None in row else filled)
    except csv.Error as error:
        at = reader.line_num
        raise ImportRefusedError(f"The file breaks off in line {at}: {error}.") from None


def _check_columns(names: Sequence[str]) -> None:
    strange = sorted(set(names) - set(COLUMNS))
    if strange or "text" not in names:
        named = f"unknown columns: {', '.join(strange)}" if strange else "no column “text”"
        raise ImportRefusedError(f"The file has {named}. Columns are: {', '.join(COLUMNS)}.")


def _json_rows(text: str) -> Iterator[Row]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                yield Row(number, json.loads(line))
            except ValueError:
                yield Row(number, None)


def _raws(
    rows: Iterator[Row], provider: str, report: Report, now: datetime
) -> Iterator[RawInbound]:
    for row in rows:
        report.rows += 1
        try:
            made = Written.model_validate(row.fields)
        except ValidationError as error:
            report.bad.append(Bad(row.line, _words(row, error)))
            continue
        payload = made.model_dump_json(exclude_defaults=True).encode()
        name = made.id or f"sha256 {hashlib.sha256(payload).hexdigest()}"
        yield RawInbound(provider, f"import {name}", now, payload)


def _words(row: Row, error: ValidationError) -> str:
    return problem(error) if row.fields is not None else "It cannot be read as a row."


def _batches(raws: Iterator[RawInbound]) -> Iterator[tuple[RawInbound, ...]]:
    while batch := tuple(islice(raws, BATCH)):
        yield batch


def _count_new(account: Account, raws: tuple[RawInbound, ...]) -> int:
    names = {raw.external_id for raw in raws}
    return len(names) - RawItem.objects.filter(account=account, external_id__in=names).count()
