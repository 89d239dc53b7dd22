"""An alarm rings while every other slot is taken."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from django.db import connections

from bluelamp.kit.queue import RIVER, app, nudge
from bluelamp.site import worker
from bluelamp.site.worker import LANES

SLOTS = 8
"""More than a small machine has threads by default."""
PATIENCE = 60.0
"""Seconds after which a wait is held to be for ever; never what is measured."""


class Jobs:
    """Long jobs that go on until they are let go, and one job in each lane's queue."""

    def __init__(self) -> None:
        self.begun, self.go = threading.Semaphore(0), threading.Event()
        self.rung = {lane.queue: threading.Event() for lane in LANES}
        self.names = [self._task("cases", self._long)]
        self.names += [self._task(lane.queue, self.rung[lane.queue].set) for lane in LANES]

    def _task(self, queue: str, function: Callable[[], None]) -> str:
        name = f"test.{queue}"
        app.task(name=name, queue=queue)(function)
        return name

    def _long(self) -> None:
        self.begun.release()
        self.go.wait(PATIENCE)


@pytest.fixture
def jobs() -> Iterator[Jobs]:
    found = Jobs()
    yield found
    found.go.set()
    for name in found.names:
        del app.tasks[name]


@pytest.mark.django_db(transaction=True)
def test_an_alarm_rings_while_every_other_slot_is_taken(
    jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.periodic_registry, "periodic_tasks", {})
    for _ in range(SLOTS):
        app.tasks["test.cases"].defer()

    def enqueue_and_wait() -> list[bool]:
        try:
            taken = [jobs.begun.acquire(timeout=PATIENCE) for _ in range(SLOTS)]
            for lane in LANES:
                nudge(app.tasks[f"test.{lane.queue}"])
            return taken + [one.wait(PATIENCE / 4) for one in jobs.rung.values()]
        finally:
            jobs.go.set()
            connections.close_all()

    async def scene() -> list[bool]:
        working = asyncio.create_task(worker._work(SLOTS))
        seen = await asyncio.to_thread(enqueue_and_wait)
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
        return seen

    assert all(asyncio.run(scene()))


def _acquired(done: threading.Semaphore, times: int) -> bool:
    return all(done.acquire(timeout=PATIENCE) for _ in range(times))


@pytest.mark.django_db(transaction=True)
def test_what_fills_a_core_runs_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.periodic_registry, "periodic_tasks", {})
    at_once, most, done = 0, 0, threading.Semaphore(0)
    counting = threading.Lock()

    def fill() -> None:
        nonlocal at_once, most
        with counting:
            at_once += 1
            most = max(most, at_once)
        time.sleep(0.05)  # others would begin, if they could
        with counting:
            at_once -= 1
        done.release()

    app.task(name="test.river", queue=RIVER)(fill)
    for _ in range(SLOTS):
        app.tasks["test.river"].defer()

    async def scene() -> bool:
        working = asyncio.create_task(worker._work(SLOTS))
        try:
            return await asyncio.to_thread(_acquired, done, SLOTS)
        finally:
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)

    try:
        assert asyncio.run(scene())
    finally:
        del app.tasks["test.river"]
    assert most == 1
