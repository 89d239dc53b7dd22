"""Making the database ready before the first page: migrations and the demo force.

Asking Django whether anything is to be migrated takes longer than all the rest
of a start, so what was found is remembered: for which code, and for which
database in which state.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

import bluelamp
from bluelamp.kit.errors import BluelampError

OLDEST_SERVER = 15
_STATE = """
SELECT (SELECT oid FROM pg_database WHERE datname = current_database())::text,
       count(*), max(applied)::text FROM django_migrations
"""


class DatabaseError(BluelampError):
    """The database cannot be used."""


@dataclass(frozen=True)
class Login:
    """A demo officer's way in."""

    email: str
    words: str
    password: str


def check_server(url: str) -> None:
    """Refuse a server that does not answer or is too old."""
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            major = connection.info.server_version // 10000
    except psycopg.OperationalError as problem:
        said = str(problem).strip().splitlines()[-1].strip()
        raise DatabaseError(f"The database in DATABASE_URL does not answer: {said}") from None
    if major < OLDEST_SERVER:
        raise DatabaseError(
            f"The database in DATABASE_URL is PostgreSQL {major}; "
            f"Bluelamp needs {OLDEST_SERVER} or newer."
        )


def is_prepared(var: Path, url: str, *, demo: bool) -> bool:
    """Whether this code has prepared this database, and nobody has migrated it since."""
    remembered = _remembered(var)
    return bool(remembered) and remembered == {
        "code": _code(),
        "state": _state(url),
        "logins": remembered.get("logins"),
        "demo": demo,
    }


def logins(var: Path) -> list[Login]:
    """Give the demo's log-ins, if there is a demo force."""
    return [Login(**login) for login in _remembered(var).get("logins", ())]


def prepare(var: Path, url: str, *, demo: bool) -> None:
    """Migrate, make the demo force if it is wanted, and remember it; Django is set up."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    found = _make_demo() if demo else []
    state = {"code": _code(), "state": _state(url), "demo": demo, "logins": found}
    fresh = _file(var).with_suffix(".new")
    fresh.write_text(json.dumps(state, indent=1))
    fresh.replace(_file(var))


def _make_demo() -> list[dict[str, str]]:
    from bluelamp.site.demo import ensure_demo
    from bluelamp.site.demo.people import LOGINS, PASSWORD

    ensure_demo()
    return [
        {"email": login.email, "words": str(login.words), "password": PASSWORD} for login in LOGINS
    ]


def _file(var: Path) -> Path:
    return var / "prepared.json"


def _remembered(var: Path) -> dict[str, Any]:
    try:
        found = json.loads(_file(var).read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _state(url: str) -> list[Any] | None:
    """Which database it is and how far it is migrated; None when it never was."""
    with psycopg.connect(url) as connection:
        try:
            row = connection.execute(_STATE).fetchone()
        except psycopg.errors.UndefinedTable:
            return None
    return list(row) if row else None


def _code() -> str:
    """A hash of all migrations: ours, and those of what the lock installs."""
    source = Path(bluelamp.__file__).parent
    files = sorted(source.glob("**/migrations/*.py"))
    total = hashlib.sha256(os.fsencode(source))
    lock = source.parents[1] / "requirements" / "run.txt"
    for file in [*files, *([lock] if lock.exists() else [])]:
        total.update(hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()


def main() -> None:
    """Prepare as the environment says: what ``run`` starts in a process of its own."""
    import django

    from bluelamp.kit.config import config

    django.setup()
    settings = config()
    prepare(settings.var, settings.database_url, demo=settings.demo)
