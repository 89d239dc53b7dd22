"""The pump: window after window of a message's chunks, intent before wire, record behind it.

Two windows are ever on the wire.  One transaction records window *k* and
states the intent for *k + 2*; only when it has committed is *k + 2* handed to
the provider.  So what a death leaves unknown is two windows at most, and the
wire never waits for the database.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from bluelamp.channels.contract import BulkSession, Outcome, OutcomeKind, Recipient
from bluelamp.kit import clock
from bluelamp.outbound.engine import ledger
from bluelamp.outbound.engine.ledger import (
    Ahead,
    Chunk,
    Connection,
    Entry,
    Landed,
    Recording,
    Retry,
    Row,
)
from bluelamp.outbound.engine.letters import Addresser
from bluelamp.outbound.engine.settle import Terms, domain_of, settle, wait, withheld
from bluelamp.outbound.rules.backoff import Knowledge, learn
from bluelamp.outbound.values import WINDOW, DeliveryStatus, UnknownPolicy

IN_FLIGHT = 2
"""Windows between intent and record."""

Progress = Callable[[Connection], Awaitable[None]]


class RelayDownError(Exception):
    """Whole windows were deferred by a relay that cannot be reached: stop and come back."""


@dataclass(slots=True)
class Sessions:
    """Open ways to the provider: the plain template and, where there is one, the tracked."""

    plain: BulkSession
    tracked: BulkSession | None = None

    async def send(self, plain: Sequence[Recipient], tracked: Sequence[Recipient]) -> list[Outcome]:
        """Send both piles of a window."""
        if not tracked or self.tracked is None:
            return await self.plain.send_window(plain) if plain else []
        first, second = await asyncio.gather(
            self.plain.send_window(plain), self.tracked.send_window(tracked)
        )
        return [*first, *second]

    def halt(self) -> None:
        """Start nothing more."""
        for session in (self.plain, self.tracked):
            if session is not None:
                session.halt()

    async def close(self) -> None:
        """Close both."""
        for session in (self.plain, self.tracked):
            if session is not None:
                await session.close()


@dataclass(slots=True)
class Window:
    """Positions ``start`` to ``stop`` of a chunk, and what is to be done with them."""

    chunk: Chunk
    start: int
    stop: int
    known: list[Row] = field(default_factory=list)
    """Lines that are settled without sending."""
    plain: list[Recipient] = field(default_factory=list)
    tracked: list[Recipient] = field(default_factory=list)
    held: list[Retry] = field(default_factory=list)
    """People of a domain that asks to be left alone for now."""
    task: asyncio.Task[list[Outcome]] | None = None


class Pump:
    """Delivers one message over one connection to the database and one provider."""

    def __init__(
        self, connection: Connection, sessions: Sessions, addresser: Addresser,
        recording: Recording, terms: Terms, *, window: int = WINDOW, progress: Progress,
    ) -> None:  # fmt: skip
        self._db, self._sessions, self._addresser = connection, sessions, addresser
        self._recording, self._terms = recording, terms
        self._window, self._progress = window, progress
        self._flying: deque[Window] = deque()
        self._held: dict[int, Chunk] = {}
        self._stopping = False
        self._down = 0
        self._known = Knowledge()

    async def run(self) -> None:
        """Work until no chunk is left, the message is stopped, or the relay is down.

        :raises RelayDownError: three windows in a row reached no relay.
        :raises bluelamp.outbound.engine.ledger.TakenOverError: our lock was lost.
        """
        try:
            async with contextlib.aclosing(self._windows()) as windows:
                async for window in windows:
                    await self._step(window)
            await self._drain()
        finally:
            await self._let_go()

    async def _step(self, window: Window) -> None:
        """Ready one window while others fly; record the oldest; launch."""
        await self._prepare(window)
        done = await self._landed() if len(self._flying) >= IN_FLIGHT else None
        await self._commit(done, None if self._stopping else window)
        self._launch(window)

    async def _windows(self) -> AsyncGenerator[Window, None]:
        while not self._stopping:
            chunk = await ledger.claim(self._db, self._recording.message, self._held)
            if chunk is None:
                return
            self._held[chunk.id] = chunk
            async for window in self._unknown(chunk):
                yield window
            for start in range(chunk.intent, len(chunk.points), self._window):
                yield Window(chunk, start, min(start + self._window, len(chunk.points)))

    async def _unknown(self, chunk: Chunk) -> AsyncGenerator[Window, None]:
        """Yield what a dead worker left between ``acked`` and ``intent``, settled by policy."""
        left = chunk.points[chunk.acked : chunk.intent]
        if not left:
            return
        arrived = await self._ask(left)
        for start in range(chunk.acked, chunk.intent, self._window):
            stop = min(start + self._window, chunk.intent)
            window = Window(chunk, start, stop)
            for point in chunk.points[start:stop]:
                if point in arrived:
                    window.known.append(Row(point, DeliveryStatus.ACCEPTED))
                elif not self._terms.resends_unknown:
                    window.known.append(Row(point, DeliveryStatus.UNKNOWN))
            yield window

    async def _ask(self, points: Sequence[int]) -> set[int]:
        terms = self._terms
        if terms.lookup is None or terms.policy is not UnknownPolicy.RECONCILE:
            return set()
        by_id = dict(zip(self._addresser.message_ids(points), points, strict=True))
        return {by_id[found] for found in await terms.lookup(list(by_id))}

    async def _prepare(self, window: Window) -> None:
        settled = {row.contact_point for row in window.known}
        points = [p for p in window.chunk.points[window.start : window.stop] if p not in settled]
        if not points:
            return
        letters = await self._addresser.letters(
            self._db, points, tracking=self._sessions.tracked is not None
        )
        window.plain = self._hold_back(window, letters.plain)
        window.tracked = self._hold_back(window, letters.tracked)
        window.known += withheld(letters.withheld)

    def _hold_back(self, window: Window, recipients: Sequence[Recipient]) -> list[Recipient]:
        """Set aside those whose domain has deferred us; return the others.

        A pause of the relay itself holds nobody back here: :meth:`_watch_relay`
        ends the run instead of writing the whole audience into the waiting list.
        """
        now, domains = clock.now(), self._known.domains
        ready = []
        for one in recipients:
            pause = domains.get(domain_of(one)) if domains else None
            if pause is None or pause.until <= now:
                ready.append(one)
            else:
                attempts = window.chunk.attempt
                window.held.append(Retry(one.contact_point, domain_of(one), attempts, pause.until))
        return ready

    async def _landed(self) -> tuple[Window, Entry]:
        """Wait for the oldest window and turn its outcomes into lines."""
        window = self._flying.popleft()
        outcomes = await window.task if window.task else []
        self._watch_relay(outcomes)
        recipients, now = [*window.plain, *window.tracked], clock.now()
        self._learn(recipients, outcomes)
        entry = await settle(
            outcomes, recipients, self._terms, now=now, attempt=window.chunk.attempt,
            known=self._known,
        )  # fmt: skip
        entry.rows += window.known
        for retry in window.held:
            wait(entry, retry, self._terms)
        return window, entry

    def _learn(self, recipients: Sequence[Recipient], outcomes: Sequence[Outcome]) -> None:
        """Remember which domains deferred us; the usual window, all accepted, costs nothing."""
        quiet = not self._known.domains and self._known.relay is None
        if quiet and all(one.kind is not OutcomeKind.DEFERRED for one in outcomes):
            return
        domains = {one.contact_point: domain_of(one) for one in recipients}
        told = [(domains[one.contact_point], one) for one in outcomes]
        self._known = learn(self._known, told, now=clock.now(), chance=random.random)

    def _watch_relay(self, outcomes: Sequence[Outcome]) -> None:
        unreached = [one for one in outcomes if one.kind is OutcomeKind.DEFERRED and not one.code]
        self._down = self._down + 1 if outcomes and len(unreached) == len(outcomes) else 0
        if self._down >= 3:
            self._stopping = True

    async def _commit(self, done: tuple[Window, Entry] | None, following: Window | None) -> None:
        """In one transaction: record what landed, state the next intent, look for a stop."""
        landed = Landed(done[0].chunk, done[0].stop, done[1]) if done else None
        ahead = Ahead(following.chunk, following.stop) if following else None
        if not await ledger.commit(self._db, self._recording, landed, ahead):
            self._stopping = True
        if done is not None:
            await self._finished(done[0].chunk)
            await self._progress(self._db)

    async def _finished(self, chunk: Chunk) -> None:
        if chunk.acked >= len(chunk.points) and chunk.id in self._held:
            del self._held[chunk.id]
            await ledger.release(self._db, chunk.id)

    def _launch(self, window: Window) -> None:
        if self._stopping:
            return
        if window.plain or window.tracked:
            window.task = asyncio.create_task(self._sessions.send(window.plain, window.tracked))
        self._flying.append(window)

    async def _drain(self) -> None:
        """Let what is on the wire land; after a stop nothing more is begun."""
        if self._stopping:
            self._sessions.halt()
        while self._flying:
            await self._commit(await self._landed(), None)
            if self._stopping:
                self._sessions.halt()
        if self._down >= 3:
            raise RelayDownError

    async def _let_go(self) -> None:
        """Free the locks; if something broke, wait first for what is on the wire."""
        self._sessions.halt()
        tasks = [window.task for window in self._flying if window.task]
        await asyncio.gather(*tasks, return_exceptions=True)
        for chunk in list(self._held):
            with contextlib.suppress(Exception):  # a dead connection has freed them already
                await ledger.release(self._db, chunk)
        self._held.clear()
