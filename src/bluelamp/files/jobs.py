"""What the worker calls for files."""

from __future__ import annotations

from bluelamp.files import check as checking
from bluelamp.files import sweep as sweeping
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


@app.periodic(cron="41 3 * * *")
@app.task(name="bluelamp.files.jobs.sweep_bytes", queue="files", queueing_lock="files.bytes")
def sweep_bytes(timestamp: int) -> None:  # noqa: ARG001
    """Take away bytes that a crash left without a row."""
    sweeping.sweep(now=clock.now())
