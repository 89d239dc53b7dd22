"""Look into the database, back it up, bring a backup back: with PostgreSQL's own programs."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import click
import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from bluelamp.kit.cli import emit, json_option, talk
from bluelamp.kit.config import config
from bluelamp.kit.errors import BluelampError
from bluelamp.site.database import embedded
from bluelamp.site.only import only_run
from bluelamp.site.postgres.binaries import binaries


class RestoreError(BluelampError):
    """The backup could not be brought back; the database is as it was."""


@click.group()
def database() -> None:
    """Look into the database, back it up, bring a backup back."""


@database.command()
@json_option
def status(as_json: bool) -> None:
    """Say where the database is and whether it answers."""
    facts = _facts(config().database_url or embedded().url)
    if as_json:
        emit(facts)
        return
    for name, value in facts.items():
        talk.print(f"{name}: {value}")


@database.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def psql(arguments: tuple[str, ...]) -> None:
    """Open PostgreSQL's own terminal; ARGUMENTS are psql's."""
    raise SystemExit(_call("psql", _url(), *arguments))


@database.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def dump(file: Path) -> None:
    """Back the database up to FILE. Keep var/keys.json too, and apart from it."""
    fresh = file.with_name(f".{file.name}.new")
    fresh.touch(mode=0o600)
    if _call("pg_dump", "--format=custom", "--no-owner", f"--file={fresh}", _url()):
        fresh.unlink()
        raise BluelampError("The backup could not be made.")
    fresh.replace(file)
    talk.print(f"Wrote {file}, {file.stat().st_size / 1e6:.1f} MB")


@database.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def restore(file: Path) -> None:
    """Put the backup in FILE in the database's place; the old one is kept beside it."""
    with only_run(config().var):
        kept = bring_back(_url(), file)
    talk.print(f"Restored. What was there before is kept as {kept}", soft_wrap=True)


def bring_back(url: str, file: Path) -> str:
    """Restore into a new database and swap the names; gives the old one's new name."""
    name = str(conninfo_to_dict(url)["dbname"])
    fresh, kept = f"{name}_restored", f"{name}_before_{time.strftime('%Y%m%d_%H%M%S')}"
    with psycopg.connect(make_conninfo(url, dbname="postgres"), autocommit=True) as admin:
        _execute(admin, "DROP DATABASE IF EXISTS {}", fresh)
        _execute(admin, "CREATE DATABASE {}", fresh)
        target = make_conninfo(url, dbname=fresh)
        if _call("pg_restore", "--exit-on-error", "--no-owner", f"--dbname={target}", str(file)):
            _execute(admin, "DROP DATABASE {}", fresh)
            raise RestoreError(f"{file} could not be restored. The database is as it was.")
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
        )
        _execute(admin, "ALTER DATABASE {} RENAME TO {}", name, kept)
        _execute(admin, "ALTER DATABASE {} RENAME TO {}", fresh, name)
    return kept


def _execute(admin: psycopg.Connection[tuple[object, ...]], text: str, *names: str) -> None:
    admin.execute(sql.SQL(text).format(*map(sql.Identifier, names)))


def _facts(url: str) -> dict[str, object]:
    parts = conninfo_to_dict(url)
    where = {"embedded": not config().database_url, "host": parts.get("host", "")}
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            size = connection.execute("SELECT pg_database_size(current_database())").fetchone()
            version = connection.info.server_version // 10000
    except psycopg.OperationalError:
        return {**where, "database": parts.get("dbname"), "answers": False}
    found = {"answers": True, "version": version, "megabytes": size[0] // 10**6 if size else None}
    return {**where, "database": parts.get("dbname"), **found}


def _url() -> str:
    return config().database_url or embedded().start()


def _call(program: str, *arguments: str) -> int:
    """Run one of PostgreSQL's programs on our terminal; its exit code."""
    command = [str(binaries() / program), *arguments]
    return subprocess.run(
        command, env={**os.environ, "PGAPPNAME": "bluelamp"}, check=False
    ).returncode
