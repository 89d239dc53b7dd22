"""The course of a shift: a clock that goes from event to event, and the product's own worker on it.

Jobs run when the worker would run them: what is on the timetable at the moments of its
own cron lines, later by what procrastinate oversleeps; what is nudged as soon as the
transaction that nudges it has ended.  Time stands still while a job runs: that the
machine keeps up is for the measurement in real time to show.
"""

from __future__ import annotations

import heapq
import itertools
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from procrastinate.periodic import MARGIN, PeriodicTask

from bluelamp.kit.queue import app

FLOORS = ("inbound", "cases", "channels", "notices")
"""Whose jobs a shift needs; the others' have nothing to do in it."""
Event = Callable[[], None]


class Course:
    """What happens when; the same for the same seed."""

    def __init__(self, starts: datetime, *, speed: float = 0) -> None:
        """Begin at a moment.

        :param speed: simulated seconds a second at most; 0: as fast as it goes.
        """
        self.now, self.starts = starts, starts
        self._speed, self._began = speed, time.monotonic()
        self._order = itertools.count()
        self._events: list[tuple[datetime, int, Event]] = []

    def tell(self) -> datetime:
        """Tell the time, as the product's clock."""
        return self.now

    def at(self, moment: datetime, event: Event) -> None:
        """Let something happen; what was due already happens now."""
        heapq.heappush(self._events, (max(moment, self.now), next(self._order), event))

    def after(self, seconds: float, event: Event) -> None:
        """Let something happen so many seconds from now."""
        self.at(self.now + timedelta(seconds=seconds), event)

    def every(self, seconds: float, event: Event, *, first: float = 0) -> None:
        """Let something happen again and again."""

        def again() -> None:
            event()
            self.after(seconds, again)

        self.after(first, again)

    def run(self, until: datetime, between: Event) -> None:
        """Go from event to event; ``between`` runs after each."""
        while self._events and self._events[0][0] <= until:
            moment, _order, event = heapq.heappop(self._events)
            self.now = moment
            self._pace()
            event()
            between()
        self.now = until

    def _pace(self) -> None:
        if self._speed:
            ahead = (self.now - self.starts).total_seconds() / self._speed
            time.sleep(max(0.0, ahead - (time.monotonic() - self._began)))


class Worker:
    """The product's worker, on a simulated clock."""

    def __init__(self, course: Course) -> None:
        self._course = course
        for periodic in app.periodic_registry.periodic_tasks.values():
            if periodic.task.name.split(".")[1] in FLOORS:
                self._plan(periodic, course.now.timestamp())

    def _plan(self, periodic: PeriodicTask[Any, Any, Any], after: float) -> None:
        moment = periodic.croniter.get_next(float, start_time=after)

        def run() -> None:
            periodic.task.func(timestamp=int(moment))
            self._plan(periodic, moment)

        self._course.at(datetime.fromtimestamp(moment + MARGIN, UTC), run)

    def work(self) -> None:
        """Do all that is nudged, the most important first."""
        while (job := self._take()) is not None:
            name, arguments = job
            app.tasks[name].func(**arguments)

    def _take(self) -> tuple[str, dict[str, Any]] | None:
        with connection.cursor() as cursor:
            cursor.execute(_TAKE)
            row = cursor.fetchone()
        if row is None:
            return None
        return row[0], row[1] if isinstance(row[1], dict) else json.loads(row[1])


_TAKE = """
DELETE FROM procrastinate_jobs WHERE id = (
  SELECT id FROM procrastinate_jobs WHERE status = 'todo' ORDER BY priority DESC, id LIMIT 1
) RETURNING task_name, args
"""
