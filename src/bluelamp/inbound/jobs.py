"""What the worker calls for what came in."""

from __future__ import annotations

from collections.abc import Callable

from bluelamp.inbound import forget as forgetting
from bluelamp.inbound import understand as understanding
from bluelamp.inbound.values import BATCH
from bluelamp.kit import clock
from bluelamp.kit.queue import app

STAGES: tuple[Callable[..., int], ...] = ()


def _all(stage: Callable[..., int]) -> None:
    while stage(now=clock.now()) == BATCH:
        pass


@app.task(
    name="bluelamp.inbound.jobs.understand", queue="inbound", queueing_lock="inbound.understand"
)
def understand() -> None:
    """Read whatever is stored, batch after batch."""
    _all(understanding.understand)


@app.task(name="bluelamp.inbound.jobs.flow", queue="inbound", queueing_lock="inbound.flow")
def flow() -> None:
    """Carry what was read down the river: moderated, threaded, triaged."""
    for stage in STAGES:
        _all(stage)


@app.periodic(cron="* * * * *")
@app.task(name="bluelamp.inbound.jobs.sweep", queue="inbound")
def sweep(timestamp: int) -> None:  # noqa: ARG001 - procrastinate gives it
    """Move whatever a lost nudge left."""
    understand()
    flow()


@app.periodic(cron="17 * * * *")
@app.task(name="bluelamp.inbound.jobs.forget", queue="inbound")
def forget(timestamp: int) -> None:  # noqa: ARG001
    """Empty what was taken down on its platform."""
    _all(forgetting.forget)
