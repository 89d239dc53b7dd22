"""What the worker calls for the organisation."""

from __future__ import annotations

from bluelamp.kit import clock
from bluelamp.kit.queue import app
from bluelamp.org import limits


@app.periodic(cron="7 * * * *")
@app.task(name="bluelamp.org.jobs.forget_knocks", queue="org", queueing_lock="org.forget_knocks")
def forget_knocks(timestamp: int) -> None:  # noqa: ARG001 - procrastinate gives it
    """Delete from where public forms were sent more than a day ago."""
    limits.forget(now=clock.now())
