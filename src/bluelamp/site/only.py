"""One run at a time below one ``var``, and nothing left of the one before."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil

from bluelamp.kit.errors import BluelampError
from bluelamp.site.postgres.locks import FileLock

MARK = "BLUELAMP_RUN"
"""Set in the environment of all that a run starts, to its ``var``."""

_STOP_SECONDS = 60.0
_NOTICE_SECONDS = 1.5
"""How long a run whose terminal has just gone may take to notice."""
_STOPPING = "stopping"
_GRACE_SECONDS = 5.0


class AlreadyRunningError(BluelampError):
    """Another run has this ``var``."""


@contextlib.contextmanager
def only_run(var: Path) -> Iterator[Callable[[], None]]:
    """Be the only run below ``var``; one that is just stopping is waited for.

    Gives what to call when this one begins to stop.
    """
    var.mkdir(parents=True, exist_ok=True)
    path = var / "run.pid"
    lock = FileLock(path)
    try:
        _wait_for_the_other(lock, path)
        path.write_text(f"{os.getpid()}\n")
        yield lambda: _note(path, f"{os.getpid()} {_STOPPING}\n")
    finally:
        lock.close()


def _wait_for_the_other(lock: FileLock, path: Path) -> None:
    began = time.monotonic()
    while not lock.exclusive():
        pid, _, state = path.read_text().strip().partition(" ")
        patience = _STOP_SECONDS if state == _STOPPING else _NOTICE_SECONDS
        if time.monotonic() > began + patience:
            raise AlreadyRunningError(
                f"Bluelamp is already running here as process {pid}. "
                "Stop it with Ctrl-C in its window, or end that process."
            )
        time.sleep(0.05)


def _note(path: Path, text: str) -> None:
    with contextlib.suppress(OSError):
        path.write_text(text)


def end_leftovers(var: Path) -> list[str]:
    """End what an earlier run left behind, to be called by the only run; their names."""
    left = [process for process in psutil.process_iter() if _belongs(process, var)]
    names = [_name(process) for process in left]
    for process in left:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.terminate()
    _, stubborn = psutil.wait_procs(left, timeout=_GRACE_SECONDS)
    for process in stubborn:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(stubborn, timeout=_GRACE_SECONDS)
    return names


def _belongs(process: psutil.Process, var: Path) -> bool:
    if process.pid == os.getpid():
        return False
    try:
        return process.environ().get(MARK) == str(var.resolve())
    except psutil.Error:  # another user's, or gone
        return False


def _name(process: psutil.Process) -> str:
    with contextlib.suppress(psutil.Error):
        return f"{process.name()} ({process.pid})"
    return str(process.pid)
