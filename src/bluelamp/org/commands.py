"""``bluelamp org`` and ``bluelamp import units|officers|grants|shifts|calendars|closures``."""

from __future__ import annotations

import getpass
import json
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bluelamp.kit.cli import emit, json_option, needs_database, talk

if TYPE_CHECKING:
    from bluelamp.audit.values import Actor
    from bluelamp.org.models import Force

slug_option = click.option(
    "--force", "slug", required=True, help="The force's short name, its slug."
)


def operator(command: str) -> Actor:
    """Return whoever sits at the command line, as an actor of the record."""
    from bluelamp.audit.values import Actor, ActorKind

    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = "unknown"
    return Actor(
        ActorKind.OPERATOR, name, f"operator {name}", source=f"{socket.gethostname()}: {command}"
    )


def _force(slug: str) -> Force:
    from bluelamp.org.errors import OrgChangeError
    from bluelamp.org.models import Force

    force = Force.objects.filter(slug=slug).first()
    if force is None:
        known = ", ".join(Force.objects.order_by("slug").values_list("slug", flat=True))
        raise OrgChangeError(f"No force is called “{slug}”. Known: {known or 'none yet'}.")
    return force


@click.group()
def org() -> None:
    """Forces, units, officers and grants."""


# --- what is there ---


@org.command("forces")
@json_option
@needs_database
def forces(as_json: bool) -> None:
    """List the forces."""
    from bluelamp.org.models import Force

    for force in Force.objects.order_by("slug"):
        row = {"slug": force.slug, "name": force.name, "hosts": force.hosts}
        _show(row, as_json)


@org.command("units")
@slug_option
@json_option
@needs_database
def units(slug: str, as_json: bool) -> None:
    """List the units of a force, as they can be imported again."""
    for unit in _force(slug).units.select_related("parent").order_by("path"):
        parent = unit.parent.code if unit.parent else ""
        row = {"code": unit.code, "name": unit.name, "kind": unit.kind, "parent": parent}
        _show({**row, "email": unit.email}, as_json)


@org.command("officers")
@slug_option
@json_option
@needs_database
def list_officers(slug: str, as_json: bool) -> None:
    """List the officers of a force."""
    for officer in _force(slug).officers.select_related("unit").order_by("number"):
        row: dict[str, Any] = {"number": officer.number, "name": officer.name}
        row["rank"] = officer.rank
        row |= {"email": officer.email, "unit": officer.unit.code, "active": officer.is_active}
        _show(row, as_json)


@org.command("grants")
@slug_option
@json_option
@needs_database
def list_grants(slug: str, as_json: bool) -> None:
    """List the grants of a force that are not revoked."""
    from bluelamp.org.models import Grant

    held = Grant.objects.filter(force=_force(slug), revoked_at=None)
    for grant in held.select_related("officer", "unit").order_by("officer__number", "pk"):
        row = {"officer": grant.officer.number, "role": grant.role, "unit": grant.unit.code}
        ends = grant.expires.isoformat() if grant.expires else ""
        row |= {"starts": grant.starts.isoformat(), "expires": ends, "reason": grant.reason}
        _show(row, as_json)


@org.command("calendars")
@slug_option
@json_option
@needs_database
def list_calendars(slug: str, as_json: bool) -> None:
    """List a force's calendars with their weeks."""
    for calendar in _force(slug).calendars.select_related("unit").prefetch_related("closures"):
        row: dict[str, Any] = {"calendar": calendar.name, "zone": calendar.zone}
        row |= {"unit": calendar.unit.code if calendar.unit else "", "week": calendar.week}
        days = {str(one.day): one.reason for one in calendar.closures.all()}
        _show(row | {"exceptions": days}, as_json)


def _show(row: dict[str, Any], as_json: bool) -> None:
    if as_json:
        emit(row)
    else:
        click.echo("\t".join(_plain(value) for value in row.values()))


def _plain(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)


# --- the first steps of an installation ---


@org.command("create-force")
@click.argument("slug")
@click.argument("name")
@click.option("--short-name", default="", help="For narrow places; the name if left out.")
@click.option("--host", "hosts", multiple=True, required=True, help="Host name it answers to.")
@click.option("--colour", default="#0b2545", show_default=True)
@needs_database
def create_force(
    slug: str, name: str, short_name: str, hosts: tuple[str, ...], colour: str
) -> None:
    """Make a force and the unit at its root."""
    from bluelamp.kit.theme import is_colour
    from bluelamp.org import actions
    from bluelamp.org.errors import OrgChangeError
    from bluelamp.org.models import Force

    if Force.objects.filter(slug=slug).exists():
        raise OrgChangeError(f"A force called “{slug}” is there already.")
    if not is_colour(colour):
        raise OrgChangeError(f"“{colour}” is not a colour of the form #rrggbb.")
    actions.create_force(
        by=operator("org create-force"), slug=slug, name=name, short_name=short_name or name[:40],
        hosts=list(hosts), colour=colour,
    )  # fmt: skip
    talk.print(f"{name} is made. Next: bluelamp org create-administrator --force {slug} …")


@org.command("create-administrator")
@slug_option
@click.option("--email", required=True)
@click.option("--number", required=True)
@click.option("--name", required=True)
@click.option("--password-stdin", is_flag=True, help="Read a password from stdin.")
@needs_database
def create_administrator(
    slug: str, email: str, number: str, name: str, password_stdin: bool
) -> None:
    """Make the first administrator, who then looks after all others in the console."""
    from bluelamp.audit.actions import acting
    from bluelamp.kit import clock
    from bluelamp.org import actions
    from bluelamp.org.values import Role

    root = _force(slug).units.get(parent=None)
    by = operator("org create-administrator")
    password = _password(password_stdin)
    with acting(by, "org.create_administrator"):
        officer = actions.create_officer(
            root, by=by, number=number, name=name, email=email, password=password
        )
        actions.grant(officer, Role.ADMINISTRATOR, root, by=by, now=clock.now(), reason="first")
    talk.print(f"{officer.label} can sign in as {officer.email}.")


@org.command("set-password")
@click.argument("email")
@click.option("--password-stdin", is_flag=True, help="Read it from stdin.")
@needs_database
def set_password(email: str, password_stdin: bool) -> None:
    """Give an officer a new password and sign them out everywhere."""
    from bluelamp.org import actions
    from bluelamp.org.errors import OrgChangeError
    from bluelamp.org.models import Officer

    officer = Officer.objects.filter(email__iexact=email).first()
    if officer is None:
        raise OrgChangeError("No officer has this address.")
    actions.set_password(officer, _password(password_stdin), by=operator("org set-password"))
    talk.print(f"{officer.label} has a new password.")


@org.command("add-bank-holidays")
@click.argument("calendar")
@slug_option
@click.option(
    "--nation",
    required=True,
    type=click.Choice(["england-and-wales", "scotland", "northern-ireland"]),
)
@click.option("--year", "years", type=int, multiple=True, required=True, help="May be repeated.")
@json_option
@needs_database
def add_bank_holidays(
    calendar: str, slug: str, nation: str, years: tuple[int, ...], as_json: bool
) -> None:
    """Close a calendar on the bank holidays of these years, as GOV.UK has published them."""
    from bluelamp.org import calendars
    from bluelamp.org.errors import OrgChangeError
    from bluelamp.org.values import Nation

    found = _force(slug).calendars.filter(name=calendar).first()
    if found is None:
        raise OrgChangeError(f"No calendar is called “{calendar}”.")
    by = operator("org add-bank-holidays")
    for closure in calendars.add_bank_holidays(found, years, nation=Nation(nation), by=by):
        _show({"day": str(closure.day), "reason": closure.reason}, as_json)


def _password(from_stdin: bool) -> str:
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    from bluelamp.org.errors import OrgChangeError

    if from_stdin:
        found = sys.stdin.readline().rstrip("\n")
    else:
        found = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    try:
        validate_password(found)
    except ValidationError as error:
        raise OrgChangeError(" ".join(error.messages)) from error
    return str(found)


# --- CSV ---


def _importer(name: str, words: str) -> click.Command:
    @click.command(name, help=words)
    @click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @slug_option
    @click.option("--dry-run", is_flag=True, help="Show what would change, change nothing.")
    @json_option
    @needs_database
    def run(file: Path, slug: str, dry_run: bool, as_json: bool, **options: bool) -> None:
        _import(name, file, slug, dry_run=dry_run, as_json=as_json, **options)

    return run


def _import(
    name: str, file: Path, slug: str, *, dry_run: bool, as_json: bool,
    deactivate_missing: bool = False,
) -> None:  # fmt: skip
    from bluelamp.audit.actions import acting
    from bluelamp.org import importing

    plans: dict[str, Callable[[Force, Path], importing.Plan]] = {
        "units": importing.plan_units, "officers": importing.plan_officers,
        "grants": importing.plan_grants, "shifts": importing.plan_shifts,
        "calendars": importing.plan_calendars, "closures": importing.plan_closures,
    }  # fmt: skip
    by = operator(f"import {name}")
    with acting(by, f"org.import_{name}"):
        plan = plans[name](_force(slug), file)
        if not dry_run:
            plan.apply()
            if deactivate_missing:
                _deactivate(plan.missing, by)
    _report(plan, dry_run=dry_run, as_json=as_json, gone=deactivate_missing)


def _deactivate(officers: list[Any], by: Actor) -> None:
    from bluelamp.org import actions

    for officer in officers:
        actions.deactivate(officer, by=by, reason="not in the import")


def _report(plan: Any, *, dry_run: bool, as_json: bool, gone: bool) -> None:
    for change in plan.changes:
        words = {k: v for k, v in change.items() if k not in ("row", "change", "key")}
        if as_json:
            emit(change)
        else:
            click.echo(
                f"row {change['row']}: {change['change']} {change['key']} {json.dumps(words)}"
            )
    for officer in plan.missing:
        change = "deactivate" if gone else "missing"
        if as_json:
            emit({"row": None, "change": change, "key": officer.number})
        else:
            click.echo(f"{change}: {officer.number} is active but not in the file")
    would = "would change" if dry_run else "changed"
    talk.print(
        f"{len(plan.changes)} {would}, {plan.same} the same, {len(plan.missing)} not in file."
    )


_officers = _importer("officers", "Take in officers: number,name,email,unit[,rank].")
_officers.params.append(
    click.Option(["--deactivate-missing"], is_flag=True, help="Deactivate who is not in the file.")
)
IMPORTS = [
    _importer("units", "Take in units: code,name,kind,parent[,email]."),
    _officers,
    _importer("grants", "Take in grants: officer,role,unit[,starts,expires,reason]."),
    _importer("shifts", "Take in shifts: officer,unit,starts,ends[,on_call]."),
    _importer("calendars", "Take in opening hours: calendar,weekday,opens,closes[,unit]."),
    _importer("closures", "Take in exceptional days: calendar,day,reason[,opens,closes]."),
]
