"""``bluelamp demo``: the fictional force, or made-up members on any postcodes."""

from __future__ import annotations

from pathlib import Path

import click

from bluelamp.kit.cli import emit, json_option, needs_database, progress, talk


@click.group()
def demo() -> None:
    """Make the fictional force, or members for tests and trials."""


@demo.command()
@needs_database
def make() -> None:
    """Make Brackenshire Police with ground, officers, members and a fortnight of alerts."""
    from bluelamp.site.demo.make import ensure_demo

    talk.print("Made." if ensure_demo() else "It is there already; nothing was changed.")


@demo.command()
@click.option("--count", default=1000, show_default=True, help="How many members to make.")
@click.option(
    "--postcodes", "files", multiple=True, required=True,
    type=click.Path(exists=True, path_type=Path),
    help="Code-Point Open, ONSPD or plain CSV; imported first. May be repeated.",
)  # fmt: skip
@click.option("--force", "slug", default="", help="Slug of the force; not needed if there is one.")
@json_option
@needs_database
def members(count: int, files: tuple[Path, ...], slug: str, as_json: bool) -> None:
    """Make members at random on the postcodes of the files, inside the force's areas or not."""
    from bluelamp.site.demo.trial import make_trial_members

    with progress("Making members", count) as advance:
        made = make_trial_members(slug, files, count, advance=advance)
    if as_json:
        emit(made)
    else:
        talk.print(f"Made {made['members']:,} members on {made['postcodes']:,} postcodes.")
