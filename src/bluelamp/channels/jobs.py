"""What the worker calls for what we change on platforms."""

from __future__ import annotations

from bluelamp.channels import acts
from bluelamp.kit import clock
from bluelamp.kit.queue import app, nudge


@app.task(name="bluelamp.channels.jobs.perform", queue="acts", priority=8)
def perform(account: int, lane: str) -> None:
    """Perform what a lane has to do now, in order."""
    while acts.perform(account, lane, now=clock.now()):
        pass


@app.periodic(cron="* * * * *")
@app.task(name="bluelamp.channels.jobs.sweep", queue="acts", queueing_lock="channels.sweep")
def sweep(timestamp: int) -> None:  # noqa: ARG001 - procrastinate gives it
    """Nudge what a lost job or a dead worker left, and what was to be tried again."""
    for account, lane in acts.waiting(clock.now()):
        nudge(perform, account=account, lane=lane)
