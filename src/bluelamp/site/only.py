"""One run at a time below one ``var``, and nothing left of the one before."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from bluelamp.kit.errors import BluelampError
from bluelamp.site.postgres.locks import FileLock

MARK = "BLUELAMP_RUN"
"""Set in the environment of all that a run starts, to its ``var``."""

_WAIT_SECONDS = 10.0
_GRACE_SECONDS = 5.0


class AlreadyRunningError(BluelampError):
    """Another run has this ``var``."""


@contextlib.contextmanager
def only_run(var: Path, *, wait: float = _WAIT_SECONDS) -> Iterator[None]:
    """Be the only run below ``var``; a run that is just stopping is waited for."""
    var.mkdir(parents=True, exist_ok=True)
    path = var / "run.pid"
    lock = FileLock(path)
    until = time.monotonic() + wait
    while not lock.exclusive():
        if time.monotonic() > until:
            lock.close()
            raise AlreadyRunningError(
                f"Bluelamp is already running here as process {path.read_text().strip()}. "
                "Stop it with Ctrl-C in its window, or end that process."
            )
        time.sleep(0.1)
    path.write_text(f"{os.getpid()}\n")
    try:
        yield
    finally:
        lock.close()


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
