"""A bulk session: windows of recipients over many connections to one relay."""

from __future__ import annotations

import asyncio
import random
import ssl
from collections import deque
from collections.abc import Sequence

from bluelamp.channels.contract import Outcome, OutcomeKind, Recipient

from .errors import RelayError
from .greeting import Abilities, open_wire
from .lane import Lane
from .replies import Reply, outcome_of
from .template import Template
from .values import EmailSettings
from .wire import Wire

_TRIES = 3
"""How often an envelope may be lost with its connection before the recipient is deferred."""
_LONGEST_DELAY = 30.0
_HALTED = "Stopped before it was sent."


class _Window:
    """Recipients handed over together, and what became of them."""

    __slots__ = ("done", "missing", "outcomes")

    def __init__(self, size: int) -> None:
        self.missing = size
        self.outcomes: list[Outcome] = []
        self.done: asyncio.Future[list[Outcome]] = asyncio.get_running_loop().create_future()


class PipelinedSession:
    """Implements :class:`bluelamp.channels.contract.BulkSession` for SMTP.

    Connections are opened as windows need them, take their work from one queue, and are
    opened again when they are lost: at once after one that worked, with growing and randomly
    spread delays after one that did not.  A connection that stays fruitless gives up until the
    next window; when all have, what is left is deferred.
    """

    def __init__(
        self, settings: EmailSettings, template: Template, context: ssl.SSLContext | None
    ) -> None:
        self._settings = settings
        self._template = template
        self._context = context
        self._width = settings.connections
        self._queue: deque[Recipient] = deque()
        self._windows: dict[int, _Window] = {}
        self._tries: dict[int, int] = {}
        self._lanes: set[Lane] = set()
        self._runners: dict[int, asyncio.Task[None]] = {}
        self._spare: tuple[Wire, Abilities] | None = None
        self._work = asyncio.Event()
        self._trouble = "The relay cannot be reached."
        self._halted = False
        self._closing = False

    async def open(self) -> None:
        """Open the first connection.

        :raises RelayError: if the relay cannot be reached or refuses us.
        """
        self._spare = await open_wire(self._settings, self._context)

    async def send_window(self, recipients: Sequence[Recipient]) -> list[Outcome]:
        """Send to ``recipients``; return one outcome each, in the order they became known.

        :raises ValueError: if a contact point occurs twice among those under way.
        """
        if not recipients:
            return []
        window = _Window(len(recipients))
        self._admit(recipients, window)
        if self._halted:
            self._drain(OutcomeKind.SKIPPED, _HALTED)
        else:
            self._work.set()
            self._width = min(self._width + 1, self._settings.connections)
            self._start_runners()
            for lane in tuple(self._lanes):
                lane.wake()
        return await window.done

    def halt(self) -> None:
        """Start nothing more; what is not on the wire yet comes back SKIPPED."""
        self._halted = True
        self._drain(OutcomeKind.SKIPPED, _HALTED)

    async def close(self) -> None:
        """Say QUIT on every connection and wait until the relay has closed them."""
        self._closing = True
        self.halt()
        spare, self._spare = self._spare, None
        if spare:
            self._lanes.add(self._lane(*spare))
        await asyncio.gather(*(lane.close() for lane in tuple(self._lanes)))
        for runner in self._runners.values():
            runner.cancel()
        await asyncio.gather(*self._runners.values(), return_exceptions=True)

    @property
    def connections(self) -> int:
        """How many connections are open now."""
        return len(self._lanes)

    @property
    def unsent(self) -> int:
        """Octets that wait for a relay to read them."""
        return sum(lane.unsent for lane in self._lanes)

    # --- the lanes' side

    def next(self) -> Recipient | None:
        """Hand out the next recipient."""
        if self._queue:
            return self._queue.popleft()
        self._work.clear()
        return None

    def finish(self, outcome: Outcome) -> None:
        """Record an outcome with the window of its recipient."""
        window = self._windows.pop(outcome.contact_point)
        window.outcomes.append(outcome)
        window.missing -= 1
        if not window.missing and not window.done.done():
            window.done.set_result(window.outcomes)
        if self._tries:
            self._tries.pop(outcome.contact_point, None)

    def put_back(self, recipient: Recipient, reply: Reply | None, why: str) -> None:
        """Queue a recipient again whose connection was lost before its body was written."""
        point = recipient.contact_point
        tries = self._tries.get(point, 0) + 1
        if tries >= _TRIES or self._halted:
            self._set_aside(point, reply, why)
            return
        self._tries[point] = tries
        self._queue.appendleft(recipient)
        self._work.set()
        asyncio.get_running_loop().call_soon(self._wake_lanes)

    def _set_aside(self, point: int, reply: Reply | None, why: str) -> None:
        if self._halted:
            self.finish(Outcome(point, OutcomeKind.SKIPPED, 0, "", _HALTED))
        elif reply is not None:
            self.finish(outcome_of(point, reply))
        else:
            self.finish(Outcome(point, OutcomeKind.DEFERRED, 0, "", f"Not sent: {why}."))

    def _wake_lanes(self) -> None:
        for lane in tuple(self._lanes):
            if not self._queue:
                return
            lane.wake()

    # --- windows

    def _admit(self, recipients: Sequence[Recipient], window: _Window) -> None:
        points = [recipient.contact_point for recipient in recipients]
        if len(set(points)) != len(points) or not self._windows.keys().isdisjoint(points):
            raise ValueError("A contact point occurs twice.")
        self._windows.update(dict.fromkeys(points, window))
        self._queue.extend(recipients)

    def _drain(self, kind: OutcomeKind, detail: str) -> None:
        """Answer for everything that nobody has started."""
        waiting, self._queue = self._queue, deque()
        for recipient in waiting:
            self.finish(Outcome(recipient.contact_point, kind, 0, "", detail))

    # --- connections

    def _lane(self, wire: Wire, abilities: Abilities) -> Lane:
        return Lane(wire, abilities, self._template, self, self._settings.timeouts)

    def _start_runners(self) -> None:
        for number in range(min(self._width, len(self._queue))):
            if number not in self._runners:
                task = asyncio.get_running_loop().create_task(self._run(number))
                self._runners[number] = task

    async def _run(self, number: int) -> None:
        """Keep one connection until it proves fruitless or the session closes."""
        try:
            failures = 0
            while not self._closing and failures <= self._settings.reconnects:
                if failures:
                    await asyncio.sleep(self._delay(failures))
                await self._work.wait()
                failures = await self._serve(failures)
        finally:
            del self._runners[number]
            if not self._runners and not self._lanes:
                self._drain(OutcomeKind.DEFERRED, self._trouble)

    def _delay(self, failures: int) -> float:
        ceiling = self._settings.reconnect_delay * 2 ** (failures - 1)
        return random.uniform(0, min(_LONGEST_DELAY, ceiling))  # noqa: S311  # no secret

    async def _serve(self, failures: int) -> int:
        """Open a connection and work over it until it ends; return the failures in a row."""
        try:
            spare, self._spare = self._spare, None
            wire, abilities = spare or await open_wire(self._settings, self._context)
        except RelayError as error:
            return self._refused(error, failures)
        lane = self._lane(wire, abilities)
        self._lanes.add(lane)
        try:
            lane.wake()
            await lane.gone.wait()
        finally:
            self._lanes.discard(lane)
        self._trouble = f"Not sent: {lane.why}."
        return 0 if lane.progress else failures + 1

    def _refused(self, error: RelayError, failures: int) -> int:
        """Return the failures in a row after a connection that did not come about.

        A relay that turns one away while others work has told us its width; each window
        tries one more again.
        """
        self._trouble = str(error)
        full = error.code // 100 == 4 and bool(self._lanes)
        if full:
            self._width = len(self._lanes)
        return self._settings.reconnects + 1 if full or error.permanent else failures + 1
