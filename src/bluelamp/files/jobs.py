"""What the worker calls for files."""

from __future__ import annotations

from bluelamp.files import check as checking
from bluelamp.kit import clock
from bluelamp.kit.queue import app


@app.task(name="bluelamp.files.jobs.check", queue="files", queueing_lock="files.check")
def check() -> None:
    """Check whatever waits."""
    while checking.check(now=clock.now()):
        pass


@app.periodic(cron="* * * * *")
@app.task(name="bluelamp.files.jobs.sweep", queue="files")
def sweep(timestamp: int) -> None:  # noqa: ARG001 - procrastinate gives it
    """Check what a lost nudge left, and what waited for the scanner."""
    check()
