"""``bluelamp cases``: the routing rules; ``bluelamp import articles`` and ``tags``."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path

import click

from bluelamp.kit.cli import emit, json_option, needs_database, talk

_force = click.option("--force", "slug", required=True, help="The force's short name, its slug.")
_sheet = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@click.group()
def cases() -> None:
    """Cases: the rules that route them."""


@cases.command()
@_force
@needs_database
def rules(slug: str) -> None:
    """Print the routing rules that hold, as a sheet that set-rules takes."""
    from bluelamp.cases.rulesheet import written
    from bluelamp.places.queries.areas import force_named

    click.echo(written(force_named(slug)))


@cases.command()
@click.argument("unit")
@_force
@click.option("--since", type=click.DateTime(), help="From then until now, instead of the last.")
@json_option
@needs_database
def briefing(unit: str, slug: str, since: datetime | None, as_json: bool) -> None:
    """Print the last beat briefing of the unit with the code UNIT, or one since a moment.

    It names cases by reference and says how many, never what anybody said.  The reading is
    recorded; nothing is kept and nobody told.  --since is local time without an offset.
    """
    from bluelamp.cases.briefing import facts_of
    from bluelamp.kit import clock
    from bluelamp.org.commands import operator
    from bluelamp.org.rules.walls import LONDON
    from bluelamp.places.queries.areas import force_named, unit_coded

    found = facts_of(
        unit_coded(force_named(slug), unit), since=since.replace(tzinfo=LONDON) if since else None,
        now=clock.now(), by=operator("cases briefing"),
    )  # fmt: skip
    if as_json:
        emit(found)
        return
    for name, value in found.items():
        talk.print(f"{name}: {value}", markup=False)


@cases.command("set-rules")
@_sheet
@_force
@click.option("--reason", required=True, help="Why; it stands in the record.")
@needs_database
def set_rules(file: Path, slug: str, reason: str) -> None:
    """Let the rules of the sheet FILE hold, in the place of those that do."""
    from bluelamp.cases.actions import rules as acts
    from bluelamp.cases.rulesheet import read_rules
    from bluelamp.org.commands import operator
    from bluelamp.places.queries.areas import force_named

    force = force_named(slug)
    made = read_rules(force, file.read_text(encoding="utf-8-sig"))
    acts.set_rules(force, made, actor=operator("cases set-rules"), reason=reason)
    talk.print(f"{len(made)} rules hold.")


@cases.command()
@_sheet
@_force
@click.option("--days", default=30, show_default=True, help="How far back.")
@json_option
@needs_database
def would(file: Path, slug: str, days: int, as_json: bool) -> None:
    """Say where the rules of the sheet FILE would have sent the cases of the last days.

    With --json each case is a line: reference, opened_at, went, would, because.
    Nothing is changed.
    """
    from dataclasses import asdict

    from bluelamp.cases.queries.dryrun import would_have
    from bluelamp.cases.rulesheet import read_rules
    from bluelamp.kit import clock
    from bluelamp.places.queries.areas import force_named

    force = force_named(slug)
    moved: Counter[tuple[str, str]] = Counter()
    seen = 0
    given = read_rules(force, file.read_text(encoding="utf-8-sig"))
    for one in would_have(force, given, now=clock.now(), days=days):
        seen += 1
        if one.differs:
            moved[one.went, one.would] += 1
        if as_json:
            emit(asdict(one))
    for (went, to), count in moved.most_common():
        talk.print(f"{count:>6} from {went} to {to}", markup=False)
    talk.print(f"{sum(moved.values())} of {seen} cases would have gone elsewhere.")


def _importer(name: str, words: str) -> click.Command:
    @click.command(name, help=words)
    @_sheet
    @_force
    @click.option("--dry-run", is_flag=True, help="Show what would change, change nothing.")
    @json_option
    @needs_database
    def run(file: Path, slug: str, dry_run: bool, as_json: bool) -> None:
        _take_in(name, file, slug, dry_run=dry_run, as_json=as_json)

    return run


def _take_in(name: str, file: Path, slug: str, *, dry_run: bool, as_json: bool) -> None:
    """Take in a file whole, or nothing of it."""
    from bluelamp.audit.actions import acting
    from bluelamp.cases.actions.articlesheet import plan_articles, plan_tags
    from bluelamp.kit import clock
    from bluelamp.org.commands import operator
    from bluelamp.places.queries.areas import force_named

    by, force = operator(f"import {name}"), force_named(slug)
    with acting(by, f"cases.import_{name}"):
        if name == "tags":
            plan = plan_tags(force, file, by=by)
        else:
            plan = plan_articles(force, file, by=by, now=clock.now())
        if not dry_run:
            plan.apply()
    for change in plan.changes:
        if as_json:
            emit(change)
        else:
            click.echo(f"row {change['row']}: {change['change']} {change['key']}")
    would = "would change" if dry_run else "changed"
    talk.print(f"{len(plan.changes)} {would}, {plan.same} the same.")


@click.command("articles")
@_force
@needs_database
def export_articles(slug: str) -> None:
    """Print the guidance as CSV, such as import articles takes."""
    from bluelamp.cases.actions.articlesheet import written
    from bluelamp.places.queries.areas import force_named

    click.echo(written(force_named(slug)), nl=False)


IMPORTS = [
    _importer(
        "articles",
        "Take in guidance: code,title,body"
        "[,reply,short_reply,language,tags,unit,owner,review_on,state,version].",
    ),
    _importer("tags", "Take in tags of cases: name[,description,active]."),
]
EXPORTS = [export_articles]
