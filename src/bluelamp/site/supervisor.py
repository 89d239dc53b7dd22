"""Several processes run as one: started in order, minded, stopped together.

Each process is the leader of a group of its own, so that a Ctrl-C at the
terminal reaches only the supervisor, which then stops them in order.  What it
started ends when it is killed: on Linux by the kernel's word to the child,
everywhere by a watchdog that holds the other end of a pipe.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bluelamp.site.children import die_with_parent
from bluelamp.site.guard import Guard
from bluelamp.site.output import Output
from bluelamp.site.spawned import Spawned, listen_for_ends

_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0
_STEADY_SECONDS = 60.0
"""A process that ran this long has earned a quick restart."""
_TRIES_BEFORE_READY = 5
_KILL_SECONDS = 5.0


@dataclass(frozen=True)
class ProcessSpec:
    """A process to run."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    """Added to our own."""
    after: tuple[str, ...] = ()
    """Names of those that must be ready before it starts; the rest starts at once."""
    port: int | None = None
    """Ready when something answers on this port of 127.0.0.1."""
    path: str | None = None
    """Ready when an HTTP GET of this path on ``port`` is answered, whatever the answer."""
    line: str | None = None
    """Ready when it writes a line with these words."""
    once: bool = False
    """Ready when it ends well; not started again, and its failure stops all."""
    grace: float = 10.0
    """Seconds to end by itself when asked, before it is killed."""


@dataclass(frozen=True)
class Chore:
    """Something to see to regularly, in a thread, while the processes run."""

    name: str
    every: float
    """Seconds."""
    do: Callable[[], str | None]
    """Gives a line to show, or None."""


def run(
    processes: Sequence[ProcessSpec],
    *,
    output: Output | None = None,
    chores: Sequence[Chore] = (),
    on_ready: Callable[[], None] = lambda: None,
    on_stop: Callable[[], None] = lambda: None,
) -> int:
    """Run until told to stop by Ctrl-C, SIGTERM or SIGHUP; the exit code.

    ``on_ready`` is called once, when all are ready for the first time;
    ``on_stop`` when stopping begins.
    """

    async def begin() -> int:
        supervisor = Supervisor(processes, output or Output(sys.stdout))
        return await supervisor.run(chores, on_ready, on_stop)

    return asyncio.run(begin())


class Supervisor:
    """Runs a set of processes; use :func:`run`."""

    def __init__(self, processes: Sequence[ProcessSpec], output: Output) -> None:
        """Prepare, in the loop that will run them."""
        self.output = output
        self.stopping = asyncio.Event()
        self.exit_code = 0
        self.guard = Guard()
        self.children = {spec.name: _Child(spec, self) for spec in processes}

    async def run(
        self, chores: Sequence[Chore], on_ready: Callable[[], None], on_stop: Callable[[], None]
    ) -> int:
        """Start all, mind them, stop them."""
        listen_for_ends()
        self._listen_for_signals()
        minding = [asyncio.create_task(child.mind()) for child in self.children.values()]
        besides: list[Coroutine[Any, Any, None]] = [self.guard.mind(), self._announce(on_ready)]
        besides.extend(self._see_to(chore) for chore in chores)
        others = [asyncio.create_task(other) for other in besides]
        await self.stopping.wait()
        for task in others:
            task.cancel()
        on_stop()
        self.output.say("Stopping. Ctrl-C again to stop at once.")
        await asyncio.gather(*minding)
        self.guard.finish()
        return self.exit_code

    def stop(self, exit_code: int = 0) -> None:
        """Begin to stop all; a second call kills what does not stop."""
        if self.stopping.is_set():
            for child in self.children.values():
                child.kill()
        self.exit_code = self.exit_code or exit_code
        self.stopping.set()

    async def ready(self, names: Sequence[str]) -> None:
        """Wait until all of ``names`` are ready."""
        await asyncio.gather(*(self.children[name].ready.wait() for name in names))

    def _listen_for_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for sign in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(sign, self.stop)
        # A closing terminal may say so more than once, and that is no impatience.
        loop.add_signal_handler(signal.SIGHUP, self.stopping.set)

    async def _announce(self, on_ready: Callable[[], None]) -> None:
        await self.ready(list(self.children))
        on_ready()

    async def _see_to(self, chore: Chore) -> None:
        while True:
            await asyncio.sleep(chore.every)
            said = await asyncio.to_thread(_guarded, chore.do)
            if said:
                self.output.line(chore.name, said)


class _Child:
    """One process over its lives."""

    def __init__(self, spec: ProcessSpec, supervisor: Supervisor) -> None:
        self.spec = spec
        self.ready = asyncio.Event()
        self._supervisor = supervisor
        self._spawned: Spawned | None = None
        self._pause = _FIRST_PAUSE
        self._tries = 0

    async def mind(self) -> None:
        """Run it again and again until all is to stop."""
        if not await self._unless_stopped(self._supervisor.ready(self.spec.after)):
            return
        while not self._supervisor.stopping.is_set():
            began = asyncio.get_running_loop().time()
            code = await self._live()
            lived = asyncio.get_running_loop().time() - began
            if self._supervisor.stopping.is_set() or not self._is_wanted_again(code):
                return
            await self._pause_for_breath(code, lived)

    def kill(self) -> None:
        """End its whole group now."""
        if self._spawned is not None:
            self._spawned.kill()

    def _is_wanted_again(self, code: int) -> bool:
        self._tries += 1
        if self.spec.once and code == 0:
            self.ready.set()
        elif self.spec.once:
            self._give_up(_how(code))
        elif not self.ready.is_set() and self._tries >= _TRIES_BEFORE_READY:
            self._give_up(f"It ended {self._tries} times before it was ready.")
        else:
            return True
        return False

    async def _pause_for_breath(self, code: int, lived: float) -> None:
        if lived > _STEADY_SECONDS:
            self._pause = _FIRST_PAUSE
        self._say(f"{_how(code)} Starting it again in {self._pause:g} seconds.")
        await self._unless_stopped(asyncio.sleep(self._pause))
        self._pause = min(self._pause * 2, _LONGEST_PAUSE)

    async def _live(self) -> int:
        """Start it and wait for its end, which also ends what it started; the exit code."""
        environment = {**os.environ, **self.spec.environment}
        try:
            spawned = Spawned(self.spec.command, environment, die_with_parent(signal.SIGTERM))
        except OSError as problem:
            self._say(f"It cannot be started: {problem}")
            return 1
        self._spawned = spawned
        self._supervisor.guard.add(spawned.group)
        reading = asyncio.create_task(self._read(spawned))
        waiting = asyncio.create_task(self._await_port(spawned))
        code = await self._await_end(spawned)
        waiting.cancel()
        await spawned.end_rest(_KILL_SECONDS)
        self._supervisor.guard.remove(spawned.group)
        self._spawned = None
        await asyncio.wait([reading], timeout=1)  # its last words
        reading.cancel()
        return code

    async def _await_end(self, spawned: Spawned) -> int:
        """Wait until it ends by itself or, when all stops, make it end."""
        if await self._unless_stopped(spawned.wait()):
            return await spawned.wait()
        spawned.ask_to_stop()
        try:
            return await asyncio.wait_for(spawned.wait(), self.spec.grace)
        except TimeoutError:
            self._say("It does not stop. Killing it.")
            spawned.kill()
            return await spawned.wait()

    async def _read(self, spawned: Spawned) -> None:
        async for line in spawned.lines():
            self._supervisor.output.line(self.spec.name, line)
            if self.spec.line is not None and self.spec.line in line:
                self.ready.set()

    async def _await_port(self, spawned: Spawned) -> None:
        if self.spec.once or self.spec.line is not None:
            return
        while self.spec.port and not await _answers(self.spec.port, self.spec.path):
            await asyncio.sleep(0.05)
        if not spawned.has_ended():
            self.ready.set()

    async def _unless_stopped(self, awaitable: Awaitable[object]) -> bool:
        """Wait for it, or until all is to stop; whether it came first."""
        wanted = asyncio.ensure_future(awaitable)
        stop = asyncio.create_task(self._supervisor.stopping.wait())
        await asyncio.wait([wanted, stop], return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
        if wanted.done():
            return True
        wanted.cancel()
        return False

    def _give_up(self, reason: str) -> None:
        self._say(f"{reason} Bluelamp cannot run without it.")
        self._supervisor.stop(1)

    def _say(self, text: str) -> None:
        self._supervisor.output.say(f"{self.spec.name}: {text}")


async def _answers(port: int, path: str | None) -> bool:
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            if path is None:
                return True
            writer.write(
                f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
            )
            return await reader.read(5) == b"HTTP/"
        finally:
            writer.close()
    except OSError:
        return False


def _how(code: int) -> str:
    if code < 0:
        return f"It was ended by {signal.Signals(-code).name}."
    return f"It ended with exit code {code}."


def _guarded(do: Callable[[], str | None]) -> str | None:
    try:
        return do()
    except Exception as problem:
        return str(problem)
