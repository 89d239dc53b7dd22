"""``bluelamp receive-mail`` and ``bluelamp thread``: what comes in, and what of it repeats."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from bluelamp.kit.cli import emit, json_option, needs_database, talk


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=int, default=None, help="Port; BLUELAMP_LMTP_PORT without.")
@needs_database
def receive_mail(host: str, port: int | None) -> None:
    """Take in mail by LMTP until stopped: stored raw first, understood by the worker."""
    from bluelamp.channels import registry
    from bluelamp.kit.config import config

    serve = registry.receiver()
    at = port if port is not None else config().lmtp_port
    talk.print(f"Taking in mail on {host}:{at}.")
    serve(take, host=host, port=at)


def take(raw: bytes, envelope_from: str, recipients: Sequence[str]) -> bool:
    """Store one mail; say whether one of its recipients is ours.

    Whatever else fails is raised, so that the sending relay keeps the mail and
    tries again.
    """
    from django.db import close_old_connections

    from bluelamp.inbound import ingest
    from bluelamp.inbound.errors import NobodysMailError
    from bluelamp.kit import clock

    close_old_connections()
    try:
        ingest.store_mail(raw, envelope_from, recipients, now=clock.now())
    except NobodysMailError:
        return False
    return True


@click.group()
def thread() -> None:
    """Find what repeats an earlier text."""


@thread.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--text", required=True, metavar="COLUMN", help="The column with the texts.")
@click.option("--group", metavar="COLUMN", help="The column that says what belongs together.")
@json_option
def evaluate(file: Path, text: str, group: str | None, as_json: bool) -> None:
    """Measure how well re-posts and near-copies are found in the CSV FILE.

    Rows are taken in the order of the file.  Printed are n (rows), groups (true
    groups of two rows or more), precision (share of the judged pairs found that are
    true), recall (share of the true pairs that were found) and unjudged (pairs found
    of which the truth says nothing).  No database is needed.

    With --group rows of the same name belong together, a row without a name is
    alone, texts are seen as they are, and every pair is judged.

    Without it the truth is the re-post marks in the texts ("RT @user: ...", "comment
    RT @user: ...", "MT @user", "“@user: ...”", "@user: ..."), which are taken from every
    text before it is matched.  Two rows, one at least marked, belong together if the
    words that they pass on are the same, or if those of one were cut by an ellipsis
    after eight words or more and the other goes on from there; so do rows that belong
    to the same row.  An unmarked row passes on all its words, so an original belongs to
    its re-posts.  Case, accents, punctuation, entities and links do not count.

    Marks do not tell of two unmarked rows whether they repeat each other, nor of rows of
    which one holds all words of the other (six or more) or that share nine words in a
    row, beside words that no mark sets apart.  Such pairs are left unjudged unless they
    belong together as above.
    """
    from bluelamp.inbound.rules.likeness import group as grouped
    from bluelamp.inbound.rules.marked import agreement, by_column, by_marks, unmarked
    from bluelamp.kit.columns import read_columns

    rows = read_columns(file, text, group) if group else read_columns(file, text)
    texts = [row[0] for row in rows]
    if group:
        truth, found = by_column(row[1] for row in rows), grouped(texts)
    else:
        truth, found = by_marks(texts), grouped(unmarked(texts))
    measured = agreement(found, truth)
    facts = {
        "n": len(rows),
        "groups": truth.count(),
        "precision": round(measured.precision, 4),
        "recall": round(measured.recall, 4),
        "unjudged": measured.unjudged,
    }
    if as_json:
        emit(facts)
    else:
        for name, value in facts.items():
            click.echo(f"{name:9}  {value}")
