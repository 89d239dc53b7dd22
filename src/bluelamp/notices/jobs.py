"""What the worker calls for notices."""

from __future__ import annotations

from bluelamp.kit import clock
from bluelamp.kit.queue import app, nudge
from bluelamp.notices import actions, paging


@app.task(name="bluelamp.notices.jobs.send", queue="notices", priority=10)
def send(notice: int) -> None:
    """Send one notice, if it still waits."""
    claimed = actions.claim(notice, now=clock.now())
    if claimed is not None:
        actions.send(claimed, now=clock.now())


@app.periodic(cron="* * * * *")
@app.task(name="bluelamp.notices.jobs.sweep", queue="notices", queueing_lock="notices.sweep")
def sweep(timestamp: int) -> None:  # noqa: ARG001 - procrastinate gives it
    """Nudge whatever is due: what a lost job or a dead worker left."""
    for pk in actions.due(clock.now()):
        nudge(send, notice=pk)


@app.periodic(cron="* * * * * */5")
@app.task(name="bluelamp.notices.jobs.tick", queue="alarm", queueing_lock="notices.tick")
def tick(timestamp: int) -> None:  # noqa: ARG001
    """Ring the next rung of what nobody has answered."""
    ring()


@app.task(name="bluelamp.notices.jobs.ring", queue="alarm", priority=20)
def ring() -> None:
    """Ring what is due."""
    while paging.ring(now=clock.now()):
        pass
