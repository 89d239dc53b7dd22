"""Processes that must not outlive the one that started them."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
from collections.abc import Callable

import psutil

_PR_SET_PDEATHSIG = 1
_MANY_FILES = 1_048_576


def die_with_parent(sign: signal.Signals) -> Callable[[], None] | None:
    """Make what ``subprocess`` calls in a child so that it gets ``sign`` when we die.

    Linux only (prctl(2), PR_SET_PDEATHSIG); elsewhere None, and the watchdog
    alone does it.  The signal comes when the *thread* that started the child
    ends, so start children from a thread that lives as long as the process.
    """
    if sys.platform != "linux":
        return None
    parent = os.getpid()
    libc = ctypes.CDLL(None)

    def tie() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, int(sign))
        if os.getppid() != parent:  # it died before the tie was made
            os.kill(os.getpid(), sign)

    return tie


def tie_to_parent(sign: signal.Signals) -> None:
    """Ask to get ``sign`` ourselves when the process that started us dies (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(sign))


def is_group_alive(group: int) -> bool:
    """Whether a process group has a member that is more than a zombie."""
    return any(_runs_in(process, group) for process in psutil.process_iter())


def _runs_in(process: psutil.Process, group: int) -> bool:
    try:
        return os.getpgid(process.pid) == group and process.status() != psutil.STATUS_ZOMBIE
    except (ProcessLookupError, psutil.NoSuchProcess):
        return False


def raise_file_limit() -> int:
    """Raise our soft limit of open files to the hard one, for us and our children; the limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MANY_FILES if hard == resource.RLIM_INFINITY else min(hard, _MANY_FILES)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return _MANY_FILES if soft == resource.RLIM_INFINITY else soft
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    except (ValueError, OSError):  # macOS refuses what its kernel does not allow
        return soft
    return wanted
