"""``bluelamp bench shift``: a borough's shift on a simulated clock, and its alarms in real time.

A sergeant's real shift: 90 officers, 400 emergencies and over a thousand less serious
requests.  Simulated are the people and the clock; everything between is the product,
and its jobs run at the cadence of its own timetable.  What a simulated clock cannot
show, that the machine keeps up, ``--real-time`` measures with real workers.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import click

from bluelamp.kit.cli import emit, json_option, progress
from bluelamp.site.bench_fanout import scratch_database
from bluelamp.site.shift.plan import Plan


@click.command()
@click.option("--requests", default=1400, show_default=True, help="Of them all; 0: no simulation.")
@click.option("--emergencies", default=400, show_default=True, help="Of these.")
@click.option("--officers", default=90, show_default=True, help="On the shift.")
@click.option("--hours", default=8, show_default=True, help="How long it is.")
@click.option("--seed", default=1, show_default=True, help="The same shift for the same seed.")
@click.option("--speed", default=0.0, help="Simulated seconds a second at most; 0: no limit.")
@click.option("--real-time", default=0, help="Seconds of alarms with real workers, besides.")
@json_option
def shift(
    requests: int, emergencies: int, officers: int, hours: int, seed: int, speed: float,
    real_time: int, as_json: bool,
) -> None:  # fmt: skip
    """Simulate a shift and see who waits how long, and that every promise's moment is told."""
    alone = _alone(real_time) if real_time and requests else None
    with scratch_database():
        result = (
            measure(real_time)
            if not requests
            else simulate(Plan(requests, emergencies, officers, hours, seed, speed))
        )
    if alone is not None:
        result["real_time"] = alone
    if as_json:
        emit(result)
    else:
        for name, value in result.items():
            click.echo(f"{name:>26}  {value}")


def _alone(seconds: int) -> dict[str, Any]:
    """Measure alarms in a process and a database of their own: a process has one database."""
    program = str(Path(sys.executable).with_name("bluelamp"))
    command = [program, "bench", "shift", "--requests", "0", "--real-time", str(seconds), "--json"]
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return dict(json.loads(told.stdout))


def measure(seconds: int) -> dict[str, Any]:
    """Measure alarms in real time in the database that Django has."""
    from bluelamp.site.shift import real_time

    return real_time.measure(seconds)


def _hurry() -> None:
    """Wait for no disk: on a simulated clock nothing that this slows down is measured."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")


def simulate(plan: Plan) -> dict[str, Any]:
    """Run a shift in the database that Django has; return its figures.

    Whatever is said to the memory provider besides is lost.
    """
    from bluelamp.kit import clock
    from bluelamp.site.shift.night import Night

    _hurry()
    night = Night(plan)
    with clock.shown(night.course.tell), progress("Minutes", plan.hours * 60) as advance:
        night.run(advance)
        return night.figures()
