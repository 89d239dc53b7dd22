"""Processes that must not outlive the one that started them."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1


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
