"""One data folder and the server on it: started, adopted, stopped."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import psutil

from bluelamp.site.children import die_with_parent
from bluelamp.site.postgres import processes
from bluelamp.site.postgres.account import Account, account_for
from bluelamp.site.postgres.binaries import binaries_for
from bluelamp.site.postgres.errors import PostgresError
from bluelamp.site.postgres.layout import data_folder, socket_folder
from bluelamp.site.postgres.making import check_version, environment, make_data
from bluelamp.site.postgres.settings import configuration

_START_SECONDS = 300.0  # replaying a long log after a crash takes its time
_STOP_SECONDS = 60.0


class Cluster:
    """The server whose home folder is ``home``.

    Only whoever holds the keeper's lock may start or stop it.
    """

    def __init__(self, home: Path, *, temporary: bool = False) -> None:
        self.home = home
        self.data = data_folder(home)
        self.temporary = temporary
        self.process: psutil.Process | None = None

    def start(self) -> None:
        """Adopt the server that runs, or make the data if need be and start one."""
        self.process = processes.postmaster(self.data)
        if self.process is None:
            account = account_for(self.data)
            programs = binaries_for(account)
            self._prepare(account, programs)
            self._launch(account, programs)
        self._wait_ready()

    def is_running(self) -> bool:
        """Whether the server that we started or adopted is still there."""
        return self.process is not None and processes.is_alive(self.process)

    def stop(self) -> None:
        """Stop the server: politely, then roughly, then for certain; and clean up."""
        server = processes.postmaster(self.data)
        if server is not None:
            self._ask_to_stop(server)
        processes.end_orphans(self.data)
        outside = socket_folder(self.data)
        if outside != self.data.resolve():
            shutil.rmtree(outside, ignore_errors=True)
        if self.temporary:
            shutil.rmtree(self.home, ignore_errors=True)

    def _ask_to_stop(self, server: psutil.Process) -> None:
        polite = [] if self.temporary else [(signal.SIGINT, _STOP_SECONDS)]
        for sign, seconds in [*polite, (signal.SIGQUIT, 5.0)]:
            with contextlib.suppress(psutil.NoSuchProcess):
                server.send_signal(sign)
            if processes.wait_gone(server, seconds):
                return

    def _prepare(self, account: Account, programs: Path) -> None:
        if not self.data.exists():
            make_data(self.home, account, programs, temporary=self.temporary)
        check_version(self.data)
        processes.end_orphans(self.data)
        self._make_socket_folder(account)
        self._remove_stale_files()
        text = configuration(socket_folder(self.data), temporary=self.temporary)
        _write(self.data / "postgresql.conf", text, account)

    def _remove_stale_files(self) -> None:
        # Their process number may by now be another program's, or a zombie's that nobody
        # collects, and PostgreSQL would believe it.  It finds shared memory that is still
        # in use by other means.
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        for left in socket_folder(self.data).glob(".s.PGSQL.*"):
            left.unlink(missing_ok=True)

    def _make_socket_folder(self, account: Account) -> None:
        folder = socket_folder(self.data)
        if folder == self.data.resolve():
            return
        folder.mkdir(mode=0o700, exist_ok=True)
        if folder.is_symlink() or folder.stat().st_uid not in {os.geteuid(), account.uid}:
            raise PostgresError(
                f"{folder} belongs to somebody else. Remove it, or use a shorter path."
            )
        account.give(folder)

    def _launch(self, account: Account, programs: Path) -> None:
        # A temporary server dies with its keeper; a kept one is adopted by the next.
        tie = die_with_parent(signal.SIGQUIT) if self.temporary else None
        with self._log.open("wb") as log:
            self.process = psutil.Popen(
                [str(programs / "postgres"), "-D", str(self.data.resolve())],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=environment(),
                start_new_session=True,
                preexec_fn=tie,
                **account.options,
            )

    def _wait_ready(self) -> None:
        until = time.monotonic() + _START_SECONDS
        while not self._is_ready():
            if not self.is_running():
                raise PostgresError(f"PostgreSQL did not start. {self._last_words()}")
            if time.monotonic() > until:
                raise PostgresError(f"PostgreSQL was not ready after {_START_SECONDS:.0f} seconds.")
            time.sleep(0.01)

    def _is_ready(self) -> bool:
        pid = self.process.pid if self.process else None
        return processes.recorded_pid(self.data) == pid and processes.is_ready(self.data)

    @property
    def _log(self) -> Path:
        return self.home / "server.log"

    def _last_words(self) -> str:
        written = sorted((self.data / "log").glob("*.log"), key=os.path.getmtime)[-1:]
        logs = [log for log in (self._log, *written) if log.exists()]
        lines = [line for log in logs for line in log.read_text(errors="replace").splitlines()]
        return " ".join(
            [line for line in lines if "FATAL" in line or "ERROR" in line][-2:] or lines[-2:]
        )


def _write(path: Path, text: str, account: Account) -> None:
    """Write a file for ``account`` in a folder that is its own, so never through a link."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    with open(
        fresh, "x", opener=lambda name, flags: os.open(name, flags | os.O_NOFOLLOW, 0o600)
    ) as file:
        file.write(text)
    account.give(fresh)
    fresh.replace(path)
