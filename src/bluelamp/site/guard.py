"""The supervisor's side of the watchdog."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
from pathlib import Path

from bluelamp.site import watchdog

_LOOK_SECONDS = 1.0


class Guard:
    """Ends the groups it was told of when we are killed."""

    def __init__(self) -> None:
        """Start the watchdog."""
        self._groups: set[int] = set()
        self._pipe = -1
        self._process = self._start()

    def add(self, group: int) -> None:
        """Have ``group`` ended when we die."""
        self._groups.add(group)
        self._tell(f"+{group}")

    def remove(self, group: int) -> None:
        """Forget ``group``: it has ended."""
        self._groups.discard(group)
        self._tell(f"-{group}")

    async def mind(self) -> None:
        """Start the watchdog again whenever it is killed, with what it should know."""
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            if self._process.poll() is not None:
                os.close(self._pipe)
                self._process = self._start()
                for group in self._groups:
                    self._tell(f"+{group}")

    def finish(self) -> None:
        """Send the watchdog home."""
        self._tell("done")
        os.close(self._pipe)
        self._process.wait()

    def _start(self) -> subprocess.Popen[bytes]:
        theirs, self._pipe = os.pipe()
        try:
            return subprocess.Popen(
                [sys.executable, "-I", "-S", str(Path(watchdog.__file__))],
                stdin=theirs,
                start_new_session=True,
            )
        finally:
            os.close(theirs)

    def _tell(self, line: str) -> None:
        with contextlib.suppress(BrokenPipeError):
            os.write(self._pipe, f"{line}\n".encode())
