"""Child processes for an event loop.

asyncio's own have their end reported only when the last holder of their pipes
is gone, so a killed leader whose worker lives on would look alive.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import weakref
from collections.abc import AsyncIterator, Callable, Mapping, Sequence

from bluelamp.site.children import is_group_alive

_LONGEST_LINE = 65536
_alive: weakref.WeakSet[Spawned] = weakref.WeakSet()


def listen_for_ends() -> None:
    """Have the running loop notice the ends of children; to be called once in each loop."""
    asyncio.get_running_loop().add_signal_handler(signal.SIGCHLD, _look_at_all)


class Spawned:
    """A child in a session and process group of its own."""

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        tie: Callable[[], None] | None,
    ) -> None:
        """Start it; OSError when that is not possible."""
        self._ours, theirs = os.pipe()
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=theirs,
                stderr=theirs,
                env=environment,
                start_new_session=True,
                preexec_fn=tie,
            )
        except OSError:
            os.close(self._ours)
            raise
        finally:
            os.close(theirs)
        self.group = self._process.pid
        self._ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        _alive.add(self)
        self.look()

    async def wait(self) -> int:
        """Wait for the end of the process itself, whatever became of its children."""
        return await asyncio.shield(self._ended)

    def look(self) -> None:
        """Notice its end."""
        code = self._process.poll()
        if code is not None and not self._ended.done():
            self._ended.set_result(code)

    def has_ended(self) -> bool:
        """Whether the process itself is gone."""
        return self._ended.done()

    async def lines(self) -> AsyncIterator[str]:
        """Give what it and its children write, until the last of them closes it."""
        stream = asyncio.StreamReader()
        pipe = os.fdopen(self._ours, "rb", buffering=0)
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(stream), pipe
        )
        with contextlib.closing(transport):
            async for line in _split(stream):
                yield line.decode(errors="replace").rstrip()

    def ask_to_stop(self) -> None:
        """Ask the process alone: it knows best how to stop those that it started."""
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End its whole group now."""
        signal_group(self.group, signal.SIGKILL)

    async def end_rest(self, seconds: float) -> None:
        """End what the dead leader left, or its port would stay taken."""
        if not signal_group(self.group, signal.SIGTERM):
            return
        for _ in range(int(seconds / 0.05)):
            if not is_group_alive(self.group):
                return
            await asyncio.sleep(0.05)
        self.kill()


def signal_group(group: int, sign: int) -> bool:
    """Signal a process group; whether there is one."""
    try:
        os.killpg(group, sign)
    except ProcessLookupError:
        return False
    return True


async def _split(stream: asyncio.StreamReader) -> AsyncIterator[bytes]:
    rest = b""
    while chunk := await stream.read(_LONGEST_LINE):
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            yield line
        if len(rest) > _LONGEST_LINE:
            yield rest
            rest = b""
    if rest:
        yield rest


def _look_at_all() -> None:
    for child in list(_alive):
        child.look()
