"""What the worker calls for messages: fanout, delivery, retries, receipts."""

from __future__ import annotations

from datetime import timedelta

from bluelamp.kit import clock
from bluelamp.kit.queue import app, nudge
from bluelamp.outbound import deliver as delivering
from bluelamp.outbound import fanout, receipts, retry
from bluelamp.outbound.models import Message
from bluelamp.outbound.values import ChunkState, MessageState

PATIENCE = timedelta(days=1)
"""How long a receipt waits for the delivery it speaks about."""

LANES = 8
"""Delivery jobs at once for one message; a lane that finds no chunk ends."""


@app.task(name="bluelamp.outbound.jobs.fan_out", queue="messages")
def fan_out(message: int) -> None:
    """Write a message's audience and set as many lanes to work as it has chunks."""
    if fanout.fan_out(message, now=clock.now()):
        _set_to_work(message)


@app.task(name="bluelamp.outbound.jobs.deliver", queue="delivery")
def deliver(message: int, lane: int) -> None:  # noqa: ARG001 - the lane keeps the nudges apart
    """Send what is queued of a message."""
    delivering.deliver(message)


def _set_to_work(message: int) -> None:
    queued = Message.objects.get(pk=message).chunks.filter(state=ChunkState.QUEUED).count()
    for lane in range(min(queued, LANES)):
        nudge(deliver, message=message, lane=lane)


@app.periodic(cron="* * * * *")
@app.task(name="bluelamp.outbound.jobs.sweep_messages", queue="messages")
def sweep_messages(timestamp: int) -> None:  # noqa: ARG001 - procrastinate gives it
    """Start what is due, and what a lost nudge or a dead worker left lying."""
    now = clock.now()
    for message in fanout.due(now).values_list("pk", flat=True):
        nudge(fan_out, message=message)
    for message in retry.waiting(now):
        retry.requeue(message, now=now)
    for message in Message.objects.filter(state=MessageState.SENDING).values_list("pk", flat=True):
        _set_to_work(message)
        delivering.finish(message)


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
