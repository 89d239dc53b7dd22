"""What the worker calls for what came in."""

from __future__ import annotations

from collections.abc import Callable

from bluelamp.inbound import fetch as fetching
from bluelamp.inbound import forget as forgetting
from bluelamp.inbound import poll as polling
from bluelamp.inbound import revisit as revisiting
from bluelamp.inbound import thread as threading
from bluelamp.inbound import understand as understanding
from bluelamp.inbound.moderate import moderate
from bluelamp.inbound.triage import triage
from bluelamp.inbound.values import BATCH
from bluelamp.kit import clock
from bluelamp.kit.queue import RIVER, app, nudge, to_the_end

ROUNDS = 3
"""Batches of each stage in one job; then what lies further down the river has its turn."""


def _all(stage: Callable[..., int]) -> None:
    while stage(now=clock.now()) == BATCH:
        pass


@app.task(name="bluelamp.inbound.jobs.understand", queue=RIVER, priority=1)
def understand() -> None:
    """Read what is stored, a few batches at a time."""
    for _round in range(ROUNDS):
        if understanding.understand(now=clock.now()) < BATCH:
            return
    nudge(understand)


@app.task(name="bluelamp.inbound.jobs.flow", queue=RIVER, priority=2)
def flow() -> None:
    """Carry what was read down the river, moderated, threaded, triaged, a few batches at a time."""
    for _round in range(ROUNDS):
        moved = (moderate(now=clock.now()), _thread(), triage(now=clock.now()))
        if not any(moved):
            return
    nudge(flow)


def _thread() -> int:
    return to_the_end(lambda: threading.thread(now=clock.now()), threading.waits)


@app.periodic(cron="* * * * *")
@app.task(name="bluelamp.inbound.jobs.sweep", queue="inbound")
def sweep(timestamp: int) -> None:  # noqa: ARG001 - procrastinate gives it
    """Nudge again whatever a lost nudge left."""
    nudge(understand)
    nudge(flow)


@app.periodic(cron="17 * * * *")
@app.task(name="bluelamp.inbound.jobs.forget", queue="inbound")
def forget(timestamp: int) -> None:  # noqa: ARG001
    """Empty what was taken down on its platform."""
    _all(forgetting.forget)


@app.task(
    name="bluelamp.inbound.jobs.fetch", queue="files", queueing_lock="inbound.fetch",
    lock="inbound.fetch",
)  # fmt: skip
def fetch() -> None:
    """Fetch pictures and films from their platforms, one after the other."""
    while fetching.fetch(now=clock.now()):
        pass


@app.periodic(cron="* * * * * 25")
@app.task(name="bluelamp.inbound.jobs.fetch_again", queue="inbound")
def fetch_again(timestamp: int) -> None:  # noqa: ARG001
    """Nudge the fetching of what is to be tried again."""
    if fetching.waits(now=clock.now()):
        nudge(fetch)


@app.task(name="bluelamp.inbound.jobs.poll", queue="inbound")
def poll(account: int) -> None:
    """Fetch what was said to one account."""
    polling.poll(account, now=clock.now())


@app.periodic(cron="* * * * * */20")
@app.task(name="bluelamp.inbound.jobs.listen", queue="inbound", queueing_lock="inbound.listen")
def listen(timestamp: int) -> None:  # noqa: ARG001
    """Nudge a poll of each account that can be polled."""
    for account in polling.due(clock.now()):
        nudge(poll, account=account)


@app.task(name="bluelamp.inbound.jobs.revisit", queue="inbound")
def revisit(account: int) -> None:
    """Look again at some of what was said to one account."""
    revisiting.revisit(account, now=clock.now())


@app.periodic(cron="* * * * * 40")
@app.task(name="bluelamp.inbound.jobs.look_again", queue="inbound", queueing_lock="inbound.again")
def look_again(timestamp: int) -> None:  # noqa: ARG001
    """Nudge a look at what became of earlier things, for each account that needs it."""
    for account in revisiting.watched():
        nudge(revisit, account=account)
