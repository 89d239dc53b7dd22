"""What the worker does for the record: seal each minute, make next months' partitions."""

from __future__ import annotations

from bluelamp.audit.actions import keep_partitions
from bluelamp.audit.seal import seal
from bluelamp.kit import clock
from bluelamp.kit.queue import app


@app.periodic(cron="* * * * *")
@app.task(name="audit.seal", queueing_lock="audit.seal")
def seal_record(timestamp: int) -> None:  # noqa: ARG001 - procrastinate names the minute
    """Seal what finished transactions wrote."""
    seal(now=clock.now())


@app.periodic(cron="17 3 * * *")
@app.task(name="audit.partitions", queueing_lock="audit.partitions")
def make_partitions(timestamp: int) -> None:  # noqa: ARG001 - procrastinate names the minute
    """Make the partitions of the months to come."""
    keep_partitions(clock.now().date())
