"""Commands of the composition: migrate, worker, demo, bench, import, export."""

from __future__ import annotations

import importlib
from typing import cast

import click

from bluelamp.kit.cli import needs_database, talk


@click.command()
@needs_database
def migrate() -> None:
    """Bring the database up to date."""
    from django.core.management import call_command

    call_command("migrate", verbosity=1)


@click.command()
@click.option("--concurrency", default=4, show_default=True, help="Jobs at the same time.")
@needs_database
def worker(concurrency: int) -> None:
    """Work through jobs, the timetable and deliveries until stopped."""
    from bluelamp.site.worker import work

    talk.print("worker ready")
    work(concurrency)


class _Benches(click.Group):
    """The benches, each imported when it is asked for: a worker needs none of what they need."""

    names = ("fanout", "audience", "inbound", "shift")

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the benches."""
        del ctx
        return list(self.names)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return one."""
        del ctx
        if cmd_name not in self.names:
            return None
        module = importlib.import_module(f"bluelamp.site.bench_{cmd_name}")
        return cast("click.Command", getattr(module, cmd_name))


@click.group(cls=_Benches)
def bench() -> None:
    """Measure the hot paths; every figure that matters is a ratio within one run."""


@click.command(
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
    add_help_option=False,
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@needs_database
def manage(arguments: tuple[str, ...]) -> None:
    """Run one of Django's management commands, e.g. ``manage makemigrations``."""
    from django.core.management import execute_from_command_line

    execute_from_command_line(["bluelamp manage", *arguments])


def _collect(name: str, words: str, attribute: str) -> click.Group:
    """Gather the floors' commands of one verb: ``IMPORTS``, ``EXPORTS`` of commands.py."""
    group = click.Group(name, help=words)
    for floor in ("org", "places", "language", "members", "inbound", "cases"):
        if importlib.util.find_spec(f"bluelamp.{floor}.commands") is not None:
            module = importlib.import_module(f"bluelamp.{floor}.commands")
            for command in getattr(module, attribute, ()):
                group.add_command(command)
    return group


import_group = _collect("import", "Take in areas, postcodes, members and staff.", "IMPORTS")
export_group = _collect("export", "Hand out members and records.", "EXPORTS")
