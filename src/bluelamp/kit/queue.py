"""Jobs: nudges to look at a state column, enqueued in the transaction that causes them.

A job that is lost or run twice changes nothing: every stage claims its work
from the state column, and a sweeper nudges every minute.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.tasks import Task

__all__ = ["app", "nudge"]


def nudge(task: Task[Any, Any, Any], **arguments: Any) -> bool:
    """Enqueue ``task`` unless the very same nudge already waits; say whether it was new.

    The queueing lock is the task's name with its arguments.  Runs in the
    caller's transaction: a rollback takes the nudge back.
    """
    lock = f"{task.name}:{sorted(arguments.items())!r}" if arguments else task.name
    try:
        with transaction.atomic():  # a refused duplicate must not poison the caller
            task.configure(queueing_lock=lock).defer(**arguments)
    except AlreadyEnqueued:
        return False
    return True
