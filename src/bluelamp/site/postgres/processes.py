"""Finding the server's processes and ending them, whoever started them."""

from __future__ import annotations

import contextlib
import signal
from pathlib import Path

import psutil


def postmaster(data: Path) -> psutil.Process | None:
    """Find the live server on ``data`` named by its pid file; a stale file gives None."""
    pid = recorded_pid(data)
    if pid is None:
        return None
    try:
        process = psutil.Process(pid)
    except psutil.NoSuchProcess:
        return None
    return process if _is_one(process, data) else None


def recorded_pid(data: Path) -> int | None:
    """Read the first line of ``postmaster.pid``, whether or not it is true any more."""
    lines = _pid_file(data)
    return int(lines[0]) if lines and lines[0].strip().isdigit() else None


def is_ready(data: Path) -> bool:
    """Whether the pid file says that connections are accepted (its eighth line)."""
    lines = _pid_file(data)
    return len(lines) > 7 and lines[7].strip() == "ready"


def end_orphans(data: Path, *, patience: float = 5.0) -> int:
    """End what a killed server left behind, and say how many that were.

    Backends in the middle of a long query notice their postmaster's death
    late, and no new server starts while one of them holds the shared memory.
    """
    left = all_on(data)
    for sign in (signal.SIGQUIT, signal.SIGKILL):
        left = _signalled(left, sign, patience) if left else left
    return len(left)


def wait_gone(process: psutil.Process, seconds: float) -> bool:
    """Wait until ``process`` is gone or is a zombie of somebody else's."""
    gone, _ = psutil.wait_procs([process], timeout=seconds)
    return bool(gone) or not is_alive(process)


def is_alive(process: psutil.Process) -> bool:
    """Whether it runs; a zombie does not."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _signalled(
    processes: list[psutil.Process], sign: signal.Signals, patience: float
) -> list[psutil.Process]:
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(sign)
    _, alive = psutil.wait_procs(processes, timeout=patience)
    return [process for process in alive if is_alive(process)]


def all_on(data: Path) -> list[psutil.Process]:
    """Every live PostgreSQL process whose working folder is ``data``."""
    return [process for process in psutil.process_iter() if _is_one(process, data)]


def _is_one(process: psutil.Process, data: Path) -> bool:
    try:
        return _serves(process, data)
    except psutil.Error:
        return False


def _serves(process: psutil.Process, data: Path) -> bool:
    if not process.name().startswith("postgres") or not is_alive(process):
        return False
    try:
        return Path(process.cwd()) == data.resolve()
    except psutil.AccessDenied:
        return str(data.resolve()) in process.cmdline()


def _pid_file(data: Path) -> list[str]:
    try:
        return (data / "postmaster.pid").read_text().splitlines()
    except (FileNotFoundError, PermissionError):
        return []
