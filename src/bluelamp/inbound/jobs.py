"""What the worker calls for what came in."""

from __future__ import annotations

from bluelamp.inbound import ingest
from bluelamp.kit import clock
from bluelamp.kit.queue import app


@app.task(
    name="bluelamp.inbound.jobs.understand", queue="inbound", queueing_lock="inbound.understand"
)
def understand() -> None:
    """Read whatever is stored, batch after batch."""
    while ingest.understand(now=clock.now()) == ingest.CLAIM:
        pass


@app.periodic(cron="* * * * *")
@app.task(name="bluelamp.inbound.jobs.sweep", queue="inbound")
def sweep(timestamp: int) -> None:  # noqa: ARG001 - procrastinate gives it
    """Read whatever a lost nudge left."""
    understand()
