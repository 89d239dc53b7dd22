"""A nudge belongs to the transaction that causes it, also within a worker's job."""

from __future__ import annotations

import asyncio
from typing import cast

import pytest
from asgiref.sync import sync_to_async
from django.db import connection, transaction
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.models import ProcrastinateJob

from bluelamp.kit import direct
from bluelamp.kit.queue import app, nudge, to_the_end

TASK = "bluelamp.cases.jobs.route"


@pytest.fixture
def empty() -> None:
    """A queue without what tests that commit have left in it."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


def waiting() -> int:
    return ProcrastinateJob.objects.filter(task_name=TASK, status="todo").count()


@pytest.mark.django_db
@pytest.mark.usefixtures("empty")
def test_the_same_nudge_waits_once() -> None:
    assert [nudge(app.tasks[TASK]), nudge(app.tasks[TASK]), waiting()] == [True, False, 1]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("empty")
def test_nobody_sees_a_nudge_of_a_job_before_its_transaction_commits() -> None:
    seen: list[int] = []

    def job() -> None:  # as the worker runs one: in a thread with a connection of its own
        try:
            with transaction.atomic():
                nudge(app.tasks[TASK])
                transaction.set_rollback(True)
            seen.append(waiting())
        finally:
            connection.close()

    async def work() -> None:
        connector = cast("DjangoConnector", app.connector).get_worker_connector()
        with app.replace_connector(connector) as connected:
            async with connected.open_async():
                await sync_to_async(job, thread_sensitive=False)()

    asyncio.run(work())
    assert seen == [0]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("empty")
def test_a_job_that_began_before_the_commit_is_followed_by_another() -> None:
    nudge(app.tasks[TASK])
    with transaction.atomic():
        assert not nudge(app.tasks[TASK]), "one waits"
        begin = "UPDATE procrastinate_jobs SET status = 'doing' WHERE task_name = %s"
        with direct.connect(name="test") as worker:
            worker.execute(begin, [TASK])
        assert waiting() == 0
    assert waiting() == 1


def test_what_came_in_while_others_were_refused_is_looked_for() -> None:
    moved, waiting_ = iter([0, 2]), iter([True])
    assert to_the_end(lambda: next(moved), lambda: next(waiting_)) == 2


def test_a_stage_that_another_worker_carries_on_is_left_to_it() -> None:
    assert to_the_end(lambda: 0, lambda: True) == 0
