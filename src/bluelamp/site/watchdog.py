"""Ends process groups when whoever wrote to its standard input is gone.

The supervisor writes ``+group`` and ``-group`` lines; when the pipe closes
without ``done``, it was killed.  Run as a script, with the standard library
alone, so that it is small and starts at once.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time

GRACE_SECONDS = 5.0


def watch() -> None:
    """Read until the other end closes, then end what is left."""
    for ignored in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(ignored, signal.SIG_IGN)
    groups: set[int] = set()
    for line in sys.stdin:
        if line.strip() == "done":
            return
        change = groups.add if line.startswith("+") else groups.discard
        change(int(line[1:]))
    end(groups)


def end(groups: set[int]) -> None:
    """Ask all of ``groups`` to stop, and make them after a grace."""
    left = {group for group in groups if _signal(group, signal.SIGTERM)}
    until = time.monotonic() + GRACE_SECONDS
    while left and time.monotonic() < until:
        time.sleep(0.05)
        left = {group for group in left if _signal(group, 0)}
    for group in left:
        _signal(group, signal.SIGKILL)


def _signal(group: int, sign: int) -> bool:
    """Signal a group; whether there is one."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, sign)
        return True
    return False


if __name__ == "__main__":
    watch()
