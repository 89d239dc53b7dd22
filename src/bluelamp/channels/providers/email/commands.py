"""``bluelamp mail ...``: look at mail files without the database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from bluelamp.channels.providers.email.understand import Finding, understand
from bluelamp.kit.cli import emit, json_option, progress, talk


class UnreadableFolderError(click.ClickException):
    """The folder cannot be listed (exit code 1)."""


@click.group()
def mail() -> None:
    """Understand mail: bounces, complaints, automatic and human answers."""


@mail.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@json_option
def classify(folder: Path, as_json: bool) -> None:
    """Say what each mail in DIR is, and about whom.

    DIR holds one mail a file, at any depth.  With --json each recipient found
    is a line: file, kind, recipient, status, hard, reason.  A file that cannot
    be read is named on stderr and left out; the exit code stays 0.
    """
    files = _files(folder)
    counts: Counter[tuple[str, str, str]] = Counter()
    with progress("Reading mail", total=len(files)) as advance:
        for path in files:
            for finding in _findings(path):
                if as_json:
                    emit(_row(path.relative_to(folder).as_posix(), finding))
                counts[_key(finding)] += 1
            advance(1)
    if not as_json:
        Console(highlight=False).print(_table(counts))
    talk.print(f"{len(files)} files, {counts.total()} recipients.")


def _files(folder: Path) -> list[Path]:
    """All files below ``folder`` in order, hidden ones left out."""
    try:
        if not folder.is_dir():
            raise UnreadableFolderError(f"{folder} is not a folder.")
        next(folder.iterdir(), None)  # rglob keeps silent about a folder it may not list
        return sorted(path for path in folder.rglob("*") if _is_mail(path, folder))
    except OSError as error:
        raise UnreadableFolderError(f"{folder} cannot be read: {error.strerror}.") from error


def _is_mail(path: Path, folder: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
    return not hidden and not path.is_dir()


def _findings(path: Path) -> Iterator[Finding]:
    try:
        yield from understand(path.read_bytes())
    except OSError as error:
        talk.print(f"{path}: cannot be read: {error.strerror}", markup=False)


def _row(name: str, finding: Finding) -> dict[str, str | bool | None]:
    return {
        "file": name,
        "kind": finding.kind.value,
        "recipient": finding.recipient,
        "status": finding.status,
        "hard": finding.hard,
        "reason": finding.reason.value,
    }


def _key(finding: Finding) -> tuple[str, str, str]:
    hardness = {True: "hard", False: "soft", None: ""}[finding.hard]
    return finding.kind.value, hardness, finding.reason.value


def _table(counts: Counter[tuple[str, str, str]]) -> Table:
    table = Table("Kind", "Hard or soft", "Reason")
    table.add_column("Recipients", justify="right")
    for (kind, hardness, reason), count in sorted(counts.items()):
        table.add_row(kind, hardness, reason, f"{count:,}")
    return table
