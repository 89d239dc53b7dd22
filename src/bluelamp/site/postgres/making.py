"""Making a data folder: whole, or not at all."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from bluelamp.site.children import die_with_parent
from bluelamp.site.postgres.account import Account
from bluelamp.site.postgres.binaries import MAJOR, shared_folder
from bluelamp.site.postgres.errors import PostgresError
from bluelamp.site.postgres.layout import DATABASE, ROLE, SUPERUSER, data_folder, short_name
from bluelamp.site.postgres.processes import end_orphans

# The product's own role is no superuser, so that what runs here also runs on
# a managed server.  CREATEDB is for the tests, CREATEROLE for the roles that
# keep equality data apart.
_BOOTSTRAP = f"""
CREATE ROLE {ROLE} LOGIN CREATEDB CREATEROLE;
CREATE DATABASE {DATABASE} OWNER {ROLE};
"""


def make_data(home: Path, account: Account, programs: Path, *, temporary: bool) -> None:
    """Make the data folder of ``home``.

    It is made beside its place and moved there, so that a start that is killed
    leaves nothing half made.  Where ``account`` cannot reach ``home``, the
    place is in a shared folder of root's, and ``home`` has a link to it.
    """
    data = data_folder(home)
    place = data if account.can_reach(home) else _place_elsewhere(home)
    for left in place.parent.glob(f".{place.name}-making-*"):
        end_orphans(left)
        shutil.rmtree(left, ignore_errors=True)
    making = Path(tempfile.mkdtemp(prefix=f".{place.name}-making-", dir=place.parent))
    account.give(making)
    _initialise(account, programs, making, temporary=temporary)
    making.rename(place)
    if place != data:
        data.unlink(missing_ok=True)  # a link whose target was removed
        data.symlink_to(place)


def check_version(data: Path) -> None:
    """Refuse a folder that this PostgreSQL cannot open."""
    try:
        found = (data / "PG_VERSION").read_text().strip()
    except FileNotFoundError:
        raise PostgresError(
            f"{data} is not a PostgreSQL data folder. Move it away and start again."
        ) from None
    if found != str(MAJOR):
        raise PostgresError(
            f"{data} was written by PostgreSQL {found}, and this Bluelamp "
            f"brings PostgreSQL {MAJOR}. Dump it with the Bluelamp that wrote it, move the folder "
            "away, start again and restore the dump. docs/operating.md has the commands."
        )


def environment() -> dict[str, str]:
    """Give the server's programs nothing that changes where or how they work."""
    keep = ("PATH", "LD_LIBRARY_PATH", "TMPDIR")
    return {name: os.environ[name] for name in keep if name in os.environ} | {
        "LC_ALL": "C",
        "TZ": "UTC",
    }


def _place_elsewhere(home: Path) -> Path:
    place = shared_folder() / f"data-{short_name(home)}"
    if (
        place.exists()
    ):  # its link is gone: somebody wanted a new start, but data is never thrown away
        place.rename(place.with_name(f"{place.name}-before-{int(time.time())}"))
    return place


def _initialise(account: Account, programs: Path, folder: Path, *, temporary: bool) -> None:
    access = ["--username", SUPERUSER, "--auth-local=trust", "--auth-host=reject"]
    # The built-in locale does not change with the machine's C library, so indexes stay valid.
    text = [
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
    ]
    other = ["--no-instructions", *(["--no-sync", "--wal-segsize=4"] if temporary else [])]
    _run([str(programs / "initdb"), "-D", str(folder), *access, *text, *other], account)
    single = ["--single", "-D", str(folder), *(["-F"] if temporary else []), SUPERUSER]
    _run([str(programs / "postgres"), *single], account, typed=_BOOTSTRAP)


def _run(command: list[str], account: Account, typed: str = "") -> None:
    done = subprocess.run(
        command,
        input=typed,
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env=environment(),
        preexec_fn=die_with_parent(signal.SIGKILL),
        **account.options,
    )
    said = (done.stdout + done.stderr).strip().splitlines()
    # In single-user mode a refused statement does not change the exit code.
    wrong = [line.strip() for line in said if "ERROR:" in line or "FATAL:" in line]
    if done.returncode or wrong:
        last = " ".join(wrong or said[-3:])
        raise PostgresError(
            f"The database could not be set up: {Path(command[0]).name} said: {last}"
        )
