"""Alarms in real time: promises that fall due at random moments while real workers run.

Meanwhile people write, and half-way one of the two workers is killed: what it was at
is another's within the same seconds.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from django.db import connection

from bluelamp.audit.actions import acting
from bluelamp.audit.values import SYSTEM
from bluelamp.cases.models import Case, Milestone
from bluelamp.cases.rules.clocks import WARN_SHARE
from bluelamp.cases.values import MilestoneKind, MilestoneState
from bluelamp.evaluation.simulate import Arrival
from bluelamp.kit import clock
from bluelamp.kit.cli import talk
from bluelamp.site.shift import ledger
from bluelamp.site.shift.course import Course
from bluelamp.site.shift.ledger import Ledger
from bluelamp.site.shift.plan import OTHER
from bluelamp.site.shift.public import Public
from bluelamp.site.shift.scene import Scene

WORKERS, LANES = 2, 3
PACE = 5
"""Promises that fall due a second."""
WRITERS = 10
"""People who write, a second."""
PROMISE = timedelta(hours=1)
OFFICERS = 90


def measure(seconds: int, *, seed: int = 1) -> dict[str, Any]:
    """Let promises fall due for so many seconds; return how late they were told."""
    random, now = Random(seed), clock.now()  # noqa: S311
    scene = Scene(now - PROMISE, now + 8 * PROMISE, OFFICERS)
    scene.make()
    with _workers() as crew:
        begins = clock.now() + timedelta(seconds=5)
        made = _promises(scene, begins, seconds, random)
        talk.print(f"{len(made)} promises fall due within {seconds} s …")
        _write(scene, begins, seconds, lambda: crew[0].kill())
        time.sleep(10)
        judged = _judged(made)
        return {
            "seconds": seconds, "workers": WORKERS, "killed": 1, **judged.figures(),
            "notices_not_sent": ledger.unsent(),
        }  # fmt: skip


@contextmanager
def _workers() -> Iterator[list[subprocess.Popen[bytes]]]:
    program = str(Path(sys.executable).with_name("bluelamp"))
    crew = [
        subprocess.Popen([program, "worker"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(WORKERS)
    ]
    try:
        _await_workers()
        yield crew
    finally:
        for one in crew:
            one.terminate()
        for one in crew:
            one.wait()


def _await_workers(patience: float = 120.0) -> None:
    """Wait until all lanes of all workers are there.

    :raises TimeoutError: they are not, after so many seconds.
    """
    end = time.monotonic() + patience
    while time.monotonic() < end:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM procrastinate_workers")
            (there,) = cursor.fetchone()
        if there >= WORKERS * LANES:
            return
        time.sleep(0.2)
    raise TimeoutError("The workers have not begun.")


def _promises(scene: Scene, begins: datetime, seconds: int, random: Random) -> list[int]:
    """Make cases whose promises come near, or fall due, at random moments."""
    with acting(SYSTEM, "bench.make"):
        cases = Case.objects.bulk_create(
            Case(
                force=scene.force, unit=scene.response, reference=f"B{number}", title="Bench",
                state="open", severity=2, opened_at=begins, changed_at=begins, heard_at=begins,
                owner=random.choice([None, *scene.crew]),
            )
            for number in range(seconds * PACE)
        )  # fmt: skip
    rows = [_promise(case, begins + timedelta(seconds=random.random() * seconds), place % 2 == 0)
            for place, case in enumerate(cases)]  # fmt: skip
    return [one.pk for one in Milestone.objects.bulk_create(rows)]


def _promise(case: Case, moment: datetime, near: bool) -> Milestone:
    """Return a promise that comes near (``near``) or falls due at a moment."""
    warned, due = moment, moment
    if near:
        due += PROMISE * (1 - WARN_SHARE)
    else:
        warned -= PROMISE * (1 - WARN_SHARE)
    started = due - PROMISE
    return Milestone(
        force_id=case.force_id, case=case, kind=MilestoneKind.FIRST_RESPONSE, target=PROMISE,
        events=[{"kind": "started", "at": started.isoformat()}], state=MilestoneState.RUNNING,
        due_at=due, warn_at=warned, warned_at=None if near else warned,
    )  # fmt: skip


def _write(scene: Scene, begins: datetime, seconds: int, halfway: Callable[[], None]) -> None:
    """Let people write while it lasts; do something half-way."""
    public, killed = Public(Course(begins), scene, seed=1), False
    for number in range(seconds * WRITERS):
        at = begins + timedelta(seconds=number / WRITERS)
        time.sleep(max(0.0, (at - clock.now()).total_seconds()))
        public.ask(Arrival(number / WRITERS, OTHER))
        if not killed and number >= seconds * WRITERS // 2:
            halfway()
            killed = True


def _judged(made: list[int]) -> Ledger:
    judged = Ledger()
    for one in Milestone.objects.filter(pk__in=made):
        near = one.due_at is not None and one.due_at > clock.now()
        mark, moment = ("warned_at", one.warn_at) if near else ("breached_at", one.due_at)
        if moment is None:
            continue
        judged.due.add((one.pk, mark, moment))
        marked = getattr(one, mark)
        if marked is not None:
            judged.told[one.pk, mark, moment] = marked
    return judged
