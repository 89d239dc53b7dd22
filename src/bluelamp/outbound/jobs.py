"""What the worker calls for messages: the receipts.  Sending has jobs of its own."""

from __future__ import annotations

from datetime import timedelta

from bluelamp.kit import clock
from bluelamp.kit.queue import app
from bluelamp.outbound import receipts

PATIENCE = timedelta(days=1)
"""How long a receipt waits for the delivery it speaks about."""


@app.task(name="bluelamp.outbound.jobs.fold", queue="receipts", queueing_lock="outbound.fold")
def fold() -> None:
    """Fold what came back into the deliveries, batch after batch."""
    while receipts.fold(hopeless=clock.now() - PATIENCE) == receipts.FOLD:
        pass


@app.periodic(cron="* * * * *")
@app.task(name="bluelamp.outbound.jobs.sweep_receipts", queue="receipts")
def sweep_receipts(timestamp: int) -> None:  # noqa: ARG001 - procrastinate gives it
    """Fold whatever a lost nudge left."""
    fold()
