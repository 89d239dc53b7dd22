"""``bluelamp members …``, ``bluelamp import members`` and ``bluelamp export members``."""

from __future__ import annotations

import csv
import getpass
import json
import sys
from pathlib import Path
from typing import Any

import click

from bluelamp.kit.cli import emit, json_option, needs_database, progress, talk

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
force_option = click.option(
    "--force", "slug", required=True, help="The force's short name in addresses."
)


def _force(slug: str) -> Any:
    from bluelamp.members.errors import MembersError
    from bluelamp.org.models import Force

    force = Force.objects.filter(slug=slug).first()
    if force is None:
        known = ", ".join(Force.objects.order_by("slug").values_list("slug", flat=True)) or "none"
        raise MembersError(f"There is no force {slug}. There is: {known}.")
    return force


def _operator(force: Any, command: str) -> Any:
    from bluelamp.audit.values import Actor, ActorKind

    name = getpass.getuser()
    return Actor(ActorKind.OPERATOR, name, name, force=force.pk, source=f"bluelamp {command}")


@click.group()
def members() -> None:
    """Count audiences, keep the lists clean."""


@members.command()
@force_option
@click.option("--audience", "definition", default="{}", help="An audience as JSON.")
@click.option("--reasons", is_flag=True, help="Say also who fits and is not reached, and why.")
@json_option
@needs_database
def count(slug: str, definition: str, reasons: bool, as_json: bool) -> None:
    """Count the members that an audience reaches now."""
    from pydantic import ValidationError

    from bluelamp.members import audience
    from bluelamp.members.errors import AudienceError
    from bluelamp.members.values import Audience

    force = _force(slug)
    try:
        asked = Audience.model_validate_json(definition)
    except ValidationError as error:
        raise AudienceError(f"Not an audience: {error.errors()[0]['msg']}.") from error
    found = audience.count(force, asked, reasons=reasons)
    if as_json:
        emit({"count": found.total, "left_out": dict(found.left_out)})
        return
    click.echo(f"{found.total:,} — {audience.explain(force, asked)}")
    for why, number in found.left_out.items():
        click.echo(f"  {why.replace('_', ' ')}: {number:,}")


@members.command()
@force_option
@json_option
@needs_database
def refresh(slug: str, as_json: bool) -> None:
    """Derive anew how each member can be reached; 0 corrections is what is expected."""
    from bluelamp.audit.actions import acting
    from bluelamp.members import standing

    force = _force(slug)
    with acting(_operator(force, "members refresh"), "members.refresh"):
        corrected = standing.refresh_force(force)
    if as_json:
        emit({"corrected": corrected})
    else:
        click.echo(f"{corrected:,} corrected.")


@click.command("members")
@click.argument("file", type=FILE)
@force_option
@click.option("--dry-run", is_flag=True, help="Check and report; take nobody in.")
@click.option("--consent-source", default="", help="Where rows that do not say it agreed.")
@click.option("--consent-wording", default="", help="To what words rows that do not say it agreed.")
@click.option("--unverified", is_flag=True, help="The addresses were never confirmed by code.")
@click.option("--rejects", type=click.Path(path_type=Path), help="Write rows left out to this CSV.")
@json_option
@needs_database
def import_members(
    file: Path,
    slug: str,
    dry_run: bool,
    consent_source: str,
    consent_wording: str,
    unverified: bool,
    rejects: Path | None,
    as_json: bool,
) -> None:
    """Take in members from a CSV; bad rows are reported by line and left out.

    Columns: e-mail, postcode (both needed), name, topics (several parted by
    semicolons), language, joined, reference, consent source, consent wording.
    """
    from bluelamp.kit import clock
    from bluelamp.members.importing import store

    force = _force(slug)
    content = file.read_bytes()
    defaults = store.Consenting(consent_source, consent_wording, verified=not unverified)
    with progress("Members", 2 * max(1, content.count(b"\n") - 1)) as advance:
        report = store.import_members(
            force, content, file.name, by=_operator(force, "import members"), now=clock.now(),
            defaults=defaults, dry_run=dry_run, advance=advance,
        )  # fmt: skip
    if report.joined and not dry_run:
        store.tidy()
    if rejects:
        with rejects.open("w", newline="", encoding="utf-8") as out:
            store.write_rejects(report.rejected, out)
    _tell(report, as_json=as_json)


def _tell(report: Any, *, as_json: bool) -> None:
    facts = report.facts()
    if as_json:
        emit(facts)
        return
    for problem in facts["problems"][:20]:
        talk.print(f"line {problem['line']}: {problem['reason']}", style="yellow")
    if facts["rejected"] > 20:
        talk.print(f"… and {facts['rejected'] - 20:,} more; --rejects FILE writes them all.")
    verb = "would join" if facts["dry_run"] else "joined"
    click.echo(
        f"{facts['rows']:,} rows: {facts['joined']:,} {verb}, {facts['merged']:,} merged,"
        f" {facts['known']:,} members already, {facts['suppressed']:,} on the suppression list,"
        f" {facts['rejected']:,} left out."
    )


@click.command("members")
@force_option
@click.option("--output", type=click.Path(path_type=Path), help="The file; stdout without.")
@click.option("--reason", required=True, help="Why; it is kept in the record.")
@click.option("--audience", "definition", default="", help="Only this audience, as JSON.")
@click.option("--postcode", default="", help="Only this postcode.")
@click.option("--state", default="joined", show_default=True, help="joined, left, or all.")
@json_option
@needs_database
def export_members(
    slug: str,
    output: Path | None,
    reason: str,
    definition: str,
    postcode: str,
    state: str,
    as_json: bool,
) -> None:
    """Hand out members as a CSV (or JSON lines); who, what and why is recorded first."""
    from bluelamp.members.exporting import Criteria, export

    force = _force(slug)
    criteria = Criteria(state=state, postcode=postcode, audience=definition)
    rows = export(force, criteria, by=_operator(force, "export members"), reason=reason)
    if output is None:
        _write(rows, sys.stdout, as_json=as_json)
        return
    with output.open("w", newline="", encoding="utf-8") as out:
        _write(rows, out, as_json=as_json)
    talk.print(f"{len(rows):,} members written to {output}.")


def _write(rows: list[dict[str, Any]], out: Any, *, as_json: bool) -> None:
    from bluelamp.members.exporting import COLUMNS

    if as_json:
        out.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        return
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    writer.writerows(rows)


IMPORTS = [import_members]
EXPORTS = [export_members]
