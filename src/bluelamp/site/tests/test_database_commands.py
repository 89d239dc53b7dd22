"""A backup comes back whole, and a broken one changes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner
from psycopg.conninfo import make_conninfo

from bluelamp.kit import config as settings
from bluelamp.site.database_commands import RestoreError, database
from bluelamp.site.postgres import temporary_postgres


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with temporary_postgres() as url:
        yield url


@pytest.fixture
def url(server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database with one row, which the commands take for the product's."""
    chosen = settings.Config(var=tmp_path, DATABASE_URL=server)
    monkeypatch.setattr("bluelamp.site.database_commands.config", lambda: chosen)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS lamp")
        connection.execute("CREATE TABLE lamp AS SELECT 'lit' AS state")
    return server


def state(url: str) -> str:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT string_agg(state, ' ') FROM lamp").fetchone()
        assert row is not None
        return str(row[0])


def call(*arguments: str) -> str:
    done = CliRunner().invoke(database, arguments, catch_exceptions=False)
    assert done.exit_code == 0
    return done.stdout


def test_backup_comes_back_and_what_was_there_is_kept(url: str, tmp_path: Path) -> None:
    backup = tmp_path / "lamp.dump"
    call("dump", str(backup))
    assert backup.stat().st_mode & 0o077 == 0
    with psycopg.connect(url) as connection:
        connection.execute("UPDATE lamp SET state = 'broken'")
    call("restore", str(backup))
    assert state(url) == "lit"
    with psycopg.connect(url) as connection:
        [[kept]] = connection.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE 'bluelamp_before_%'"
        ).fetchall()
    assert state(make_conninfo(url, dbname=kept)) == "broken"


def test_broken_backup_changes_nothing(url: str, tmp_path: Path) -> None:
    broken = tmp_path / "broken.dump"
    broken.write_text("this is no backup")
    with pytest.raises(RestoreError, match="as it was"):
        call("restore", str(broken))
    assert state(url) == "lit"


def test_status_says_what_answers(url: str) -> None:
    facts = json.loads(call("status", "--json"))
    assert facts["answers"] is True
    assert facts["version"] == 18
    assert facts["embedded"] is False


def test_status_of_a_server_that_is_away(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    away = settings.Config(DATABASE_URL="postgresql://127.0.0.1:1/none")
    monkeypatch.setattr("bluelamp.site.database_commands.config", lambda: away)
    assert json.loads(call("status", "--json"))["answers"] is False
