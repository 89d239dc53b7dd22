"""The ``bluelamp`` command: each floor's commands under one roof.

A floor (or a provider) offers ``commands.py`` with one or more click commands
in ``COMMANDS``; nothing is imported before it is asked for, so that ``--help``
answers at once.  Data goes to stdout, talk to stderr.  Exit codes: 0 done,
1 refused or failed with a sentence, 2 wrong usage.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any

import click

COMMANDS: dict[str, tuple[str, str]] = {
    "run": ("bluelamp.site.run:command", "Start the whole house and stop it with Ctrl-C."),
    "migrate": ("bluelamp.site.commands:migrate", "Bring the database up to date."),
    "worker": ("bluelamp.site.commands:worker", "Work through jobs and deliveries."),
    "receive-mail": (
        "bluelamp.inbound.commands:receive_mail",
        "Take in replies and bounces (LMTP).",
    ),
    "database": (
        "bluelamp.site.database_commands:database",
        "Look into, back up and restore the database.",
    ),
    "demo": ("bluelamp.site.demo.commands:demo", "Make the fictional force, or members for tests."),
    "bench": ("bluelamp.site.commands:bench", "Measure the hot paths, as ratios in one run."),
    "manage": ("bluelamp.site.commands:manage", "Django's own management commands."),
    "audit": ("bluelamp.audit.commands:audit", "Seal and verify the record."),
    "org": ("bluelamp.org.commands:org", "Units, officers and grants by CSV."),
    "places": ("bluelamp.places.commands:places", "Ask the ground: points, postcodes, cells."),
    "import": ("bluelamp.site.commands:import_group", "Take in areas, word lists, members, staff."),
    "export": ("bluelamp.site.commands:export_group", "Hand out members and records."),
    "members": ("bluelamp.members.commands:members", "Count audiences, keep the lists clean."),
    "messages": ("bluelamp.outbound.commands:messages", "List, follow and stop messages."),
    "cases": ("bluelamp.cases.commands:cases", "Routing rules, and what others would have done."),
    "inbound": ("bluelamp.inbound.commands:inbound", "Try again what could not be read."),
    "triage": ("bluelamp.inbound.commands:triage", "Measure how what matters is put first."),
    "thread": ("bluelamp.inbound.commands:thread", "Measure how re-posts and copies are found."),
    "mail": ("bluelamp.channels.commands:mail", "Understand mail: classify bounces and replies."),
    "accounts": ("bluelamp.channels.commands:accounts", "Accounts and their secrets."),
    "keys": ("bluelamp.channels.commands:keys", "Rotate the keys outside the database."),
}
"""Name -> where it is, and the line ``--help`` shows before loading anything."""


class _Lazy(click.Group):
    """A group that imports a command when it is called and not before."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        found: click.Command = getattr(importlib.import_module(module), attribute)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, words) for name, (_, words) in COMMANDS.items()])


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="bluelamp")
def bluelamp() -> None:
    """Bluelamp: how a police force talks with its public."""


def main(*arguments: Any) -> None:
    """Run the command; a refusal is one line on stderr and exit code 1."""
    from bluelamp.kit.errors import BluelampError

    importlib.import_module("bluelamp.site.database")  # commands find the database ready
    try:
        bluelamp(*arguments)
    except BluelampError as error:
        click.echo(f"bluelamp: {error}", err=True)
        sys.exit(1)
