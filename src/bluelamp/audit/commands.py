"""``bluelamp audit``: seal the record, verify it."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import Any

import click

from bluelamp.kit import clock
from bluelamp.kit.cli import emit, json_option, needs_database, progress, talk
from bluelamp.kit.errors import BluelampError

SHOWN = 200
"""How many findings are told one by one; all are counted."""


@click.group()
def audit() -> None:
    """Seal and verify the record of who did and who read what."""


@audit.command("seal")
@click.option("--restored", is_flag=True, help="State that the database came from a backup.")
@click.option("--lost-from", type=int, default=0, help="First seal whose rows the backup lacks.")
@json_option
@needs_database
def seal_command(restored: bool, lost_from: int, as_json: bool) -> None:
    """Seal what is not sealed yet (the worker does so each minute)."""
    from bluelamp.audit.seal import Restored, seal

    if lost_from and not restored:
        raise click.UsageError("--lost-from needs --restored.")
    made = seal(now=clock.now(), restored=Restored(lost_from) if restored else None)
    for sealed in made:
        if as_json:
            emit({**asdict(sealed.body), "key": sealed.key_id, "signature": sealed.signature})
        else:
            talk.print(f"Seal {sealed.body.id}: {sealed.body.leaves} rows.")
    if not made:
        talk.print("Nothing new to seal.")


@audit.command("verify")
@json_option
@needs_database
def verify_command(as_json: bool) -> None:
    """Recompute the whole record outside the database and hold it against the seals.

    Exit code 0: intact.  1: broken; each line says where.
    """
    from bluelamp.audit.verify import verify

    findings: list[Any] = []
    with progress("Verifying") as advance:
        report = verify(
            lambda finding: findings.append(finding) if len(findings) < SHOWN else None,
            batched(advance),
        )
    if as_json:
        emit({"intact": report.intact, **asdict(report), "findings": [asdict(f) for f in findings]})
    else:
        _tell(report, findings)
    sys.exit(0 if report.intact else 1)


def batched(advance: Any, size: int = 1000) -> Any:
    """Pass on every thousandth step, so that the bar costs nothing."""
    waiting = 0

    def step(number: int) -> None:
        nonlocal waiting
        waiting += number
        if waiting >= size:
            advance(waiting)
            waiting = 0

    return step


def _tell(report: Any, findings: list[Any]) -> None:
    for note in report.notes:
        click.echo(note)
    for finding in findings:
        click.echo(finding.text)
    if report.broken > len(findings):
        click.echo(f"… and {report.broken - len(findings)} more.")
    click.echo(
        f"{report.acts:,} acts, {report.entries:,} entries, {report.seals:,} seals;"
        f" {report.unsealed:,} rows not sealed yet, {report.erased:,} rows erased."
    )
    click.echo("The record is intact." if report.intact else "THE RECORD IS BROKEN.")


@audit.command("seals")
@json_option
@needs_database
def seals_command(as_json: bool) -> None:
    """List the seals that are published outside the database."""
    from bluelamp.audit import ledger, rules

    for number, sealed in ledger.published(ledger.seals_file()):
        if sealed is None:
            raise BluelampError(f"{ledger.seals_file()}: line {number} is not a seal.")
        if as_json:
            click.echo(rules.to_line(sealed))
        else:
            click.echo(f"{sealed.body.id}\t{sealed.body.leaves} rows\t{sealed.body.root}")
