"""Jobs: nudges to look at a state column, enqueued in the transaction that causes them.

A job that is lost or run twice changes nothing: every stage claims its work
from the state column, and a sweeper nudges every minute.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import JobDeferrer
from procrastinate.manager import JobManager
from procrastinate.tasks import Task

__all__ = ["RIVER", "app", "follow", "moved", "nudge", "to_the_end"]

RIVER = "river"
"""The queue of what carries items from the door to their cases, most of it the processor's work."""

_OURS = JobManager(DjangoConnector())
"""Enqueues by Django's own connection.  A worker's app has another one: a nudge of its jobs would
be seen, and done for nothing, before what it is about is committed."""


def nudge(task: Task[Any, Any, Any], **arguments: Any) -> bool:
    """Enqueue ``task`` unless the very same nudge already waits; say whether it was new.

    The queueing lock is the task's name with its arguments.  Runs in the
    caller's transaction: a rollback takes the nudge back.  Whether the one that waits will
    see what this is about is not certain, for a worker may begin with it before the caller
    commits: so it is asked for once more then.
    """
    lock = f"{task.name}:{sorted(arguments.items())!r}" if arguments else task.name
    if _enqueued(task, lock, arguments):
        return True
    if connection.in_atomic_block:
        transaction.on_commit(lambda: _enqueued(task, lock, arguments), robust=True)
    return False


def _enqueued(task: Task[Any, Any, Any], lock: str, arguments: dict[str, Any]) -> bool:
    try:
        with transaction.atomic():  # a refused duplicate must not poison the caller
            job = task.configure(queueing_lock=lock).job
            JobDeferrer(_OURS, job).defer(**arguments)
    except AlreadyEnqueued:
        return False
    return True


_followers: dict[str, list[str]] = {}


def follow(stage: str, task: str) -> None:
    """Ask for a nudge of ``task`` whenever ``stage`` of a floor below has moved something.

    Said where the task is defined.  It is only a nudge: the sweeper finds the same work.
    """
    tasks = _followers.setdefault(stage, [])
    if task not in tasks:
        tasks.append(task)


def moved(stage: str) -> None:
    """Nudge whoever follows ``stage``; in the transaction that moved its rows."""
    for task in _followers.get(stage, ()):
        nudge(app.tasks[task])


_LOOKS = 3
"""At what came in the meantime; somebody may hold a row of it a little longer."""


def to_the_end(batch: Callable[[], int], waits: Callable[[], bool]) -> int:
    """Carry on a batch of a stage that one worker works at a time; return how much went on.

    Another worker that comes meanwhile finds it taken and goes elsewhere.  So whoever was at
    it looks again when its lock is gone: nothing stays lying that came in between.

    :param batch: moves what it finds, in transactions of its own; 0 where another is at it.
    :param waits: says whether there is anything for it.
    """
    for _look in range(_LOOKS):
        moved = batch()
        if moved or not waits():
            return moved
    return 0
