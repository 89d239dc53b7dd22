"""``bluelamp receive-mail``, ``inbound``, ``thread``, ``triage``: what comes in and matters."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bluelamp.kit.cli import emit, json_option, needs_database, talk

if TYPE_CHECKING:
    from bluelamp.channels.models import Account


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
def inbound() -> None:
    """What came in: have what could not be read tried again."""


@inbound.command("read-again")
@click.option("--force", "slug", required=True, help="The force's short name in addresses.")
@needs_database
def again(slug: str) -> None:
    """Put all that could not be read back before the reader, after a fix; the worker reads it."""
    from bluelamp.inbound.actions import read_again
    from bluelamp.org.commands import operator
    from bluelamp.places.queries.areas import force_named

    count = read_again(force_named(slug), by=operator("inbound read-again"))
    click.echo(f"{count:,} are read again.")


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


@click.group()
def triage() -> None:
    """Find what needs a person first."""


@triage.command("evaluate")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--text", required=True, metavar="COLUMN", help="The column with the texts.")
@click.option("--label", required=True, metavar="COLUMN", help="The column with the labels.")
@click.option(
    "--positive",
    "positives",
    required=True,
    multiple=True,
    metavar="VALUE",
    help="A label of what matters; repeatable.",
)
@json_option
def evaluate_triage(
    file: Path, text: str, label: str, positives: tuple[str, ...], as_json: bool
) -> None:
    """Measure how well triage puts what matters first, in the CSV FILE.

    Texts are ordered by the score that triage gives them with the word lists that
    are shipped; no database is needed.  Printed are n (rows), positives (rows with
    one of the labels named), average_precision, precision_at_100 and recall_at_20pct
    (share of the positives among the first fifth), each beside what random order is
    expected to give, and lift, (average_precision - random) / (1 - random), with the
    ends of its 95 % bootstrap interval.  Of equal scores no order is assumed: every
    figure is the mean over all of them.
    """
    from bluelamp.inbound.rules.ordering import measure
    from bluelamp.inbound.rules.triage import Triage
    from bluelamp.kit.columns import read_columns
    from bluelamp.language.sheets import shipped

    rows = read_columns(file, text, label)
    marks = positive_rows(file, label, [row[1] for row in rows], positives)
    ready = Triage(shipped("emergency"), shipped("thrive"), shipped("relevance"))
    facts = measure([ready.assess(row[0]).score for row in rows], marks)
    if as_json:
        emit(facts)
    else:
        for name, value in facts.items():
            click.echo(f"{name:24}  {value}")


def positive_rows(
    file: Path, column: str, labels: Sequence[str], positives: Sequence[str]
) -> list[bool]:
    """Say which labels are among the positives; blanks around and case do not count.

    A positive that the column does not hold is named on stderr.

    :raises InboundError: no row is positive, or every one.
    """
    from bluelamp.inbound.errors import InboundError

    wanted = {value.strip().casefold() for value in positives}
    marks = [label.casefold() in wanted for label in labels]
    there = {label.casefold() for label in labels}
    missing = [value for value in positives if value.strip().casefold() not in there]
    if not any(marks):
        known = ", ".join(f"“{label}”" for label in sorted(set(labels))[:20])
        words = f"no row is positive in column “{column}”; there are: {known}."
        raise InboundError(f"{file.name}: {words}")
    if all(marks):
        raise InboundError(f"{file.name}: every row is positive; there is nothing to order.")
    for value in missing:
        talk.print(f"{file.name}: no row has “{value}” in column “{column}”.", style="yellow")
    return marks


@click.command("items")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--force", "slug", required=True, help="The force's short name in addresses.")
@click.option("--account", "name", required=True, help="The account they came through, by name.")
@click.option("--dry-run", is_flag=True, help="Say what would happen, change nothing.")
@json_option
@needs_database
def import_items(file: Path, slug: str, name: str, dry_run: bool, as_json: bool) -> None:
    """Take in what was said elsewhere from a CSV, or from JSON Lines (.jsonl).

    Columns: text (needed), kind, change, id, at (ISO 8601 with offset), sender, channel,
    sender_name, subject, where, phone, visibility, author_id, url, answers, repeats,
    conversation, reach, language, longitude, latitude; in JSON also attachments.  Rows
    that do not fit are named by line and left out.  A row whose id is there already
    changes nothing.
    """
    from bluelamp.inbound import backfill
    from bluelamp.kit import clock

    report = backfill.bring(
        _account(slug, name), file.read_bytes(), lines=file.suffix.lower() in (".jsonl", ".ndjson"),
        now=clock.now(), dry_run=dry_run,
    )  # fmt: skip
    if as_json:
        emit(report.facts())
        return
    for line, words in report.bad[:20]:
        talk.print(f"line {line}: {words}", style="yellow")
    verb = "would be stored" if dry_run else "stored"
    click.echo(
        f"{report.rows:,} rows: {report.new:,} {verb}, {report.known:,} were there,"
        f" {len(report.bad):,} left out."
    )


def _account(slug: str, name: str) -> Account:
    """Return a force's account.

    :raises ImportRefusedError: there is none of this name; those there are are named.
    """
    from bluelamp.channels.models import Account
    from bluelamp.inbound.errors import ImportRefusedError

    accounts = Account.objects.filter(force__slug=slug).order_by("name")
    found = accounts.filter(name=name).select_related("force")[:2]
    if len(found) != 1:
        known = ", ".join(f"“{one}”" for one in accounts) or "none"
        raise ImportRefusedError(f"{slug} has no single account “{name}”. There is: {known}.")
    return found[0]


IMPORTS = [import_items]
