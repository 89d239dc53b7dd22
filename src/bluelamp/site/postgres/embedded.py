"""The handle that the product holds on its embedded server."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import bluelamp
from bluelamp.site.postgres import processes
from bluelamp.site.postgres.account import account_for
from bluelamp.site.postgres.cluster import Cluster
from bluelamp.site.postgres.errors import PostgresError
from bluelamp.site.postgres.layout import (
    ANOTHER_KEEPS,
    READY,
    data_folder,
    embedded_url,
    keeper_lock,
    users_lock,
)
from bluelamp.site.postgres.locks import FileLock, is_held

_PATIENCE_SECONDS = 330.0


@dataclass(frozen=True)
class Status:
    """What is known of a server from outside."""

    running: bool
    """Whether it accepts connections."""
    kept: bool
    """Whether a keeper minds it; one that runs without is adopted by the next start."""
    pid: int | None
    url: str
    data: Path


class EmbeddedPostgres:
    """One process's use of the server whose files are below ``home``.

    The server runs as long as any process uses it, and a process that dies
    uses it no longer.  ``start`` may be called again at any time: it repairs
    what was killed in the meantime.
    """

    def __init__(self, home: Path, *, temporary: bool = False) -> None:
        """``temporary`` gives up safety against power cuts, and ``home`` with the last user."""
        self.home = home.absolute()
        self.url = embedded_url(self.home)
        self._temporary = temporary
        self._use: FileLock | None = None

    def start(self) -> str:
        """Have the server running and kept, and give its address; PostgresError if it cannot be."""
        self._begin_use()
        until = time.monotonic() + _PATIENCE_SECONDS
        while not self._is_ready():
            if not is_held(keeper_lock(self.home)):
                self._start_keeper()
            elif time.monotonic() > until:
                raise PostgresError("Another process keeps the database, and it did not get ready.")
            else:
                time.sleep(0.02)
        return self.url

    def stop(self) -> bool:
        """Use it no longer; wait until it has stopped, unless others still use it.

        True when the server is down.
        """
        if self._use is None:
            return not self.status().running
        self._use.release()
        try:
            return self._wait_stopped(self._use)
        finally:
            self._use.close()
            self._use = None

    def status(self) -> Status:
        """How the server is, without using it."""
        data = data_folder(self.home)
        server = processes.postmaster(data)
        running = server is not None and processes.is_ready(data)
        return Status(
            running, is_held(keeper_lock(self.home)), server.pid if server else None, self.url, data
        )

    def _begin_use(self) -> None:
        if self._use is not None:
            return
        try:
            self.home.mkdir(parents=True, exist_ok=True)
            use = FileLock(users_lock(self.home))
        except PermissionError:
            raise PostgresError(
                f"{self.home} belongs to somebody else. Start Bluelamp as the one who made it."
            ) from None
        _wait_for(use.shared, "An earlier use of the database does not come to its end.")
        self._use = use

    def _is_ready(self) -> bool:
        status = self.status()
        return status.running and status.kept

    def _start_keeper(self) -> None:
        options = ["--temporary"] if self._temporary else []
        with (self.home / "keeper.log").open("ab") as log:
            keeper = subprocess.Popen(
                [sys.executable, "-m", "bluelamp.site.postgres.keeper", str(self.home), *options],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                cwd="/",
                env=_environment(),
                start_new_session=True,
            )
        with keeper.stdout or io.StringIO() as answers:
            answer = answers.readline().strip()
        if answer != READY:
            self._explain(keeper.wait(), answer)

    def _explain(self, code: int, answer: str) -> None:
        if code == ANOTHER_KEEPS:
            return
        if self._use is not None:
            self._use.close()
            self._use = None
        raise PostgresError(
            answer or f"The database's keeper ended at once. See {self.home / 'keeper.log'}."
        )

    def _wait_stopped(self, use: FileLock) -> bool:
        until = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < until:
            if use.exclusive():
                if not is_held(keeper_lock(self.home)):
                    self._stop_unkept()
                    return True
                use.release()  # the keeper is about to take it
            elif use.shared():
                use.release()
                return False  # others use it
            time.sleep(0.01)
        return False

    def _stop_unkept(self) -> None:
        """Stop a server whose keeper was killed; nobody can start one meanwhile."""
        if self.home.exists():
            Cluster(self.home, temporary=self._temporary).stop()


@contextlib.contextmanager
def temporary_postgres() -> Iterator[str]:
    """Start a new server for tests in a folder of its own, and give its address.

    Both go afterwards, and also when this process goes, however that ends.
    """
    home = reachable_folder("bluelamp-test-")
    server = EmbeddedPostgres(home, temporary=True)
    try:
        yield server.start()
    finally:
        server.stop()
        shutil.rmtree(home, ignore_errors=True)  # there was no keeper to do it if it never started


def reachable_folder(prefix: str) -> Path:
    """Make a folder for temporary files that the server's account can reach."""
    account = account_for(Path("/nonexistent"))
    for folder in (tempfile.gettempdir(), "/tmp", "/var/tmp"):  # noqa: S108 - mkdtemp makes it safe
        if account.can_reach(Path(folder)):
            home = Path(tempfile.mkdtemp(prefix=prefix, dir=folder))
            home.chmod(0o711)
            return home
    raise PostgresError(
        "There is no folder for temporary files that the database's account can reach."
    )


def _environment() -> dict[str, str]:
    source = str(Path(bluelamp.__file__).parents[1])
    return {**os.environ, "PYTHONPATH": source}


def _wait_for(attempt: Callable[[], bool], complaint: str) -> None:
    until = time.monotonic() + _PATIENCE_SECONDS
    while not attempt():
        if time.monotonic() > until:
            raise PostgresError(complaint)
        time.sleep(0.01)
