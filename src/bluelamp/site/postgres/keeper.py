"""The process that keeps one embedded server: python -m bluelamp.site.postgres.keeper HOME.

It says ``ready`` or why not on its standard output, and ends when nobody holds
the users' lock any more, or on SIGTERM.
"""

from __future__ import annotations

import signal
import sys
import threading
import time
from pathlib import Path

from bluelamp.kit.errors import BluelampError
from bluelamp.site.postgres.cluster import Cluster
from bluelamp.site.postgres.layout import ANOTHER_KEEPS, READY, keeper_lock, users_lock
from bluelamp.site.postgres.locks import FileLock

_LOOK_SECONDS = 0.1
_LONGEST_PAUSE = 10.0


class Keeper:
    """Starts the server, starts it again when it dies, stops it when it is not used."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.over = threading.Event()

    def watch_users(self) -> None:
        """Say that it is over once every user has gone; new ones wait while we stop."""
        lock = FileLock(users_lock(self.cluster.home))

        def wait() -> None:
            lock.wait_exclusive()
            self.over.set()

        threading.Thread(target=wait, daemon=True).start()

    def keep(self) -> None:
        """Mind the server until it is over."""
        pause = _LOOK_SECONDS
        while not self.over.wait(pause):
            if self.cluster.is_running():
                pause = _LOOK_SECONDS
            elif not self.cluster.home.exists():
                return
            else:
                pause = self._start_again(pause)

    def _start_again(self, pause: float) -> float:
        """One try; gives the seconds to wait before the next look."""
        _say("The server ended by itself. Starting it again.")
        try:
            self.cluster.start()
        except (BluelampError, OSError) as problem:
            _say(str(problem))
            return min(pause * 2, _LONGEST_PAUSE)
        return _LOOK_SECONDS


def main(home: Path, *, temporary: bool) -> int:
    """Keep the server below ``home``; the exit code."""
    keeper = Keeper(Cluster(home, temporary=temporary))
    for ignored in (signal.SIGINT, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: keeper.over.set())
    if not FileLock(keeper_lock(home)).exclusive():
        return ANOTHER_KEEPS
    try:
        keeper.cluster.start()
    except (BluelampError, OSError) as problem:
        _answer(str(problem))
        return 1
    _answer(READY)
    keeper.watch_users()
    keeper.keep()
    keeper.cluster.stop()
    return 0


def _answer(line: str) -> None:
    sys.stdout.write(line.replace("\n", " ") + "\n")
    sys.stdout.close()


def _say(line: str) -> None:
    sys.stderr.write(f"{time.strftime('%Y-%m-%d %H:%M:%SZ', time.gmtime())} {line}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), temporary="--temporary" in sys.argv[2:]))
