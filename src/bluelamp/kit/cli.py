"""What every command shares: the database made ready, data on stdout, talk on stderr."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

P = ParamSpec("P")
R = TypeVar("R")

talk = Console(stderr=True, highlight=False)
"""For people: progress, warnings, summaries."""

prepare: list[Callable[[], None]] = []
"""What ``site`` wants done before a command touches the database."""

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout.")


def needs_database(command: Callable[P, R]) -> Callable[P, R]:
    """Make Django and the database ready before the command runs."""

    @wraps(command)
    def ready(*args: P.args, **kwargs: P.kwargs) -> R:
        for step in prepare:
            step()
        return command(*args, **kwargs)

    return ready


def emit(row: Any) -> None:
    """Print one JSON object on a line of its own on stdout."""
    click.echo(json.dumps(row, ensure_ascii=False, default=str))


def emit_rows(rows: Iterable[Any]) -> None:
    """Print rows as JSON lines."""
    for row in rows:
        emit(row)


@contextmanager
def progress(words: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """Show a bar on stderr; yield ``advance(n)``."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=talk, transient=True) as bar:
        task = bar.add_task(words, total=total)
        yield lambda n: bar.advance(task, n)
