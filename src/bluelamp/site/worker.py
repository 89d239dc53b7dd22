"""The worker: one process that does every job, with lanes for what must never wait.

However many long jobs there are, an alarm rings and a notice goes: each of their
queues has slots that nothing else can take.  A free slot of the main lane helps.
What comes in flows in a lane alone: it is work for the processor, of which one job fills
a core; so two workers share it, where several threads of one would only take turns.
"""

from __future__ import annotations

import asyncio
import gc
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from procrastinate import App
from procrastinate.contrib.django import app
from procrastinate.contrib.django.utils import connector_params
from procrastinate.psycopg_connector import PsycopgConnector

from bluelamp.kit.queue import RIVER


@dataclass(frozen=True, slots=True)
class Lane:
    """Slots that only these queues can take."""

    queue: str
    slots: int
    alone: bool = False
    """Whether the main lane leaves its jobs alone."""


LANES = (Lane("alarm", 1), Lane("notices", 2), Lane(RIVER, 1, alone=True))
"""What rings by the clock asks only the database; what goes out may wait for a mail server."""
_ALONE = {lane.queue for lane in LANES if lane.alone}
_LOOK = 1.0
"""Seconds between looks at the queue; a job that comes in is heard of at once besides."""
_YOUNG_OBJECTS = 20_000
"""New objects between two looks of the cycle collector, which usually looks after 700: batches
make tens of thousands, hardly any of them in cycles, and the looks took a tenth of the time."""
_CONNECTIONS = 4 + 2 * len(LANES)
"""Of the queue itself at most: each lane listens by one of its own."""


def work(concurrency: int) -> None:
    """Work until stopped by a signal; end as well when a lane ends, to be started again."""
    gc.freeze()  # what is loaded by now stays
    gc.set_threshold(_YOUNG_OBJECTS, *gc.get_threshold()[1:])
    asyncio.run(_work(concurrency))


async def _work(concurrency: int) -> None:
    # jobs run in threads, and by default two cores would have six of these
    threads = concurrency + sum(lane.slots for lane in LANES)
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(threads))
    connector = PsycopgConnector(
        kwargs=connector_params(), min_size=1 + len(LANES), max_size=_CONNECTIONS
    )
    with app.replace_connector(connector) as connected:
        async with connected.open_async():
            await _until_one_ends(connected, concurrency)


async def _until_one_ends(connected: App, concurrency: int) -> None:
    main = connected.run_worker_async(
        queues=_helped(connected),
        concurrency=concurrency,
        delete_jobs="successful",
        fetch_job_polling_interval=_LOOK,
    )
    lanes = [_lane(_without_timetable(connected), lane) for lane in LANES]
    tasks = [asyncio.create_task(one) for one in (main, *lanes)]
    try:
        ended, _others = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()  # jobs that run are finished
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in ended:
        task.result()


def _helped(connected: App) -> list[str]:
    """Return the queues that the main lane works through."""
    return sorted({task.queue for task in connected.tasks.values()} - _ALONE)


async def _lane(connected: App, lane: Lane) -> None:
    await connected.run_worker_async(
        queues=[lane.queue], concurrency=lane.slots, delete_jobs="successful",
        fetch_job_polling_interval=_LOOK, install_signal_handlers=False,
    )  # fmt: skip


def _without_timetable(connected: App) -> App:
    """Return an app with the same jobs whose worker leaves the timetable to the main lane."""
    lane = App(connector=connected.connector)
    lane.tasks = connected.tasks
    return lane
