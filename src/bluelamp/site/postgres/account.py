"""The system account that runs the server: PostgreSQL refuses to run as root."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bluelamp.site.postgres.errors import PostgresError

OWN_NAME = "bluelamp"
"""The account made for the database when Bluelamp is started by root."""

_SBIN = "/usr/sbin:/sbin:/usr/bin:/bin"


@dataclass(frozen=True)
class Account:
    """An unprivileged system account to run the server as."""

    name: str
    uid: int
    gid: int

    @property
    def options(self) -> dict[str, Any]:
        """Keyword arguments that make ``subprocess`` run a child as this account."""
        if os.geteuid() == self.uid:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def give(self, path: Path) -> None:
        """Hand ``path`` over to this account."""
        if os.geteuid() != self.uid:
            os.chown(path, self.uid, self.gid)

    def can_reach(self, path: Path) -> bool:
        """Whether this account may enter the folder ``path``."""
        if os.geteuid() == self.uid:
            return os.access(path, os.X_OK)
        command = ["/bin/sh", "-c", 'cd "$1"', "sh", str(path)]
        return self._succeeds(command)

    def can_run(self, program: Path) -> bool:
        """Whether this account may execute ``program --version``."""
        return self._succeeds([str(program), "--version"])

    def _succeeds(self, command: list[str]) -> bool:
        try:
            done = subprocess.run(
                command, cwd="/", capture_output=True, check=False, **self.options
            )
        except PermissionError:
            return False
        return done.returncode == 0


def account_for(data: Path) -> Account:
    """Choose the account to run a server on ``data`` with.

    The folder's owner when it exists, since only the owner may use it;
    otherwise whoever we are; for root, an account without rights.
    """
    if os.geteuid() != 0:
        return _ordinary(data)
    if data.exists() and (owner := data.stat().st_uid) != 0:
        return _of(pwd.getpwuid(owner))
    account = _find(OWN_NAME) or _make() or _find("postgres") or _find("nobody")
    if account is None:
        raise PostgresError(
            "PostgreSQL does not run as root, and there is no other account to run it as."
        )
    return _usable(account)


def _ordinary(data: Path) -> Account:
    if data.exists() and (owner := data.stat().st_uid) != os.geteuid():
        raise PostgresError(
            f"The database in {data} belongs to the system account number {owner}. "
            "Start Bluelamp as the one who made it, or move that folder away."
        )
    try:
        return _of(pwd.getpwuid(os.geteuid()))
    except KeyError:
        raise PostgresError(
            f"PostgreSQL needs a named account, and user number {os.geteuid()} "
            "has no name on this machine."
        ) from None


def _find(name: str) -> Account | None:
    try:
        return _of(pwd.getpwnam(name))
    except KeyError:
        return None


def _of(entry: pwd.struct_passwd) -> Account:
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _make() -> Account | None:
    program = shutil.which("useradd", path=_SBIN)
    if program is None:
        return None
    options = ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    shell = ["--shell", shutil.which("nologin", path=_SBIN) or "/bin/false"]
    # Two starters may try at once: whoever loses finds the account made.
    subprocess.run([program, *options, *shell, OWN_NAME], capture_output=True, check=False)
    return _find(OWN_NAME)


def _usable(account: Account) -> Account:
    if account.can_reach(Path("/")):
        return account
    raise PostgresError(
        "PostgreSQL does not run as root, and this process may not become another user. "
        "Start Bluelamp as an ordinary user, or set DATABASE_URL to a server of your own."
    )
