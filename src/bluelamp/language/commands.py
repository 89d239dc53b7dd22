"""``bluelamp import words`` and ``bluelamp export words``."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from bluelamp.kit.cli import emit, json_option, needs_database
from bluelamp.language.values import Term


@click.command("words")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--force", "slug", default="", help="The force whose list this is; all, if empty.")
@click.option("--kind", required=True, help="What it is for: emergency, thrive, relevance, …")
@click.option("--name", default="", help="The list's name; the file's if empty.")
@click.option("--dry-run", is_flag=True, help="Report and change nothing.")
@json_option
@needs_database
def import_words(file: Path, slug: str, kind: str, name: str, dry_run: bool, as_json: bool) -> None:
    """Take in a word list from the CSV FILE, as a whole.

    Columns text and heading are needed; weight, needs, unless, unless_before, near,
    language, note and active may be there.  Lines of the list that the file does
    not hold are removed.  Taking the same file again changes nothing.
    """
    import getpass

    from bluelamp.audit.values import Actor, ActorKind
    from bluelamp.kit import clock
    from bluelamp.language import importing, queries
    from bluelamp.language.sheets import read_file

    force = queries.force_named(slug) if slug else None
    user = getpass.getuser()
    report = importing.import_words(
        force,
        kind,
        name or file.stem,
        read_file(file),
        by=Actor(
            ActorKind.OPERATOR,
            user,
            user,
            force=force.pk if force else None,
            source="bluelamp import words",
        ),
        now=clock.now(),
        dry_run=dry_run,
    )
    if as_json:
        emit(asdict(report))
        return
    for word, count in asdict(report).items():
        if word != "dry_run":
            click.echo(f"{count:>6,} {word}")


@click.command("words")
@click.option("--kind", required=True, help="Which list: emergency, thrive, relevance, …")
@click.option("--force", "slug", default="", help="This force's own lines; without, the product's.")
def export_words(kind: str, slug: str) -> None:
    """Print a word list as CSV, such as import words reads."""
    from bluelamp.language.sheets import shipped, written

    click.echo(written(_own(slug, kind) if slug else shipped(kind)), nl=False)


@needs_database
def _own(slug: str, kind: str) -> tuple[Term, ...]:
    from bluelamp.language import queries

    return queries.own_words(queries.force_named(slug), kind)


IMPORTS = [import_words]
EXPORTS = [export_words]
