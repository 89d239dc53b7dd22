"""kill -9 at every stage between door and case: nothing lost, nothing doubled.

The door's process and the worker's die at random moments, and now and then the
server does; what was acknowledged is in exactly one case in the end, whoever
spoke is one contact, and what rings and answers does so once.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest

from bluelamp.site.postgres import temporary_postgres
from tests.crash.river import SENDERS

ROOT = Path(__file__).resolve().parents[2]
ITEMS = 480
ROUNDS = 9


class River:
    """A database, a door and a worker that die."""

    def __init__(self, url: str, folder: Path) -> None:
        self.receipts = folder / "receipts"
        self.url = url
        self._environment = {
            **os.environ, "DATABASE_URL": url, "BLUELAMP_VAR": str(folder), "PYTHONPATH": str(ROOT),
        }  # fmt: skip

    def run(self, *arguments: str) -> dict[str, Any]:
        done = subprocess.run(
            self._command(*arguments), env=self._environment, cwd=ROOT, check=True,
            capture_output=True, text=True, timeout=180,
        )  # fmt: skip
        return dict(json.loads(done.stdout.strip().splitlines()[-1]))

    def begin(self, *arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            self._command(*arguments), env=self._environment, cwd=ROOT, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        assert process.stdout is not None
        process.stdout.readline()
        return process

    def door(self) -> subprocess.Popen[str]:
        return self.begin("door", str(ITEMS), str(self.receipts))

    def worker(self) -> subprocess.Popen[str]:
        return self.begin("work", str(ITEMS))

    def kill_server(self) -> None:
        with psycopg.connect(self.url) as connection:
            postmaster = psutil.Process(connection.info.backend_pid).ppid()
        os.kill(postmaster, signal.SIGKILL)

    def _command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "tests.crash.river", *arguments]


@pytest.fixture
def river(tmp_path: Path) -> Iterator[River]:
    with temporary_postgres() as url:
        made = River(url, tmp_path)
        made.run("prepare")
        yield made


def torment(river: River, chance: random.Random) -> int:
    """Kill the door, the worker or the server, round after round; return the kills."""
    kills = 0
    for number in range(ROUNDS):
        crew = [river.door(), river.worker()]
        time.sleep(chance.uniform(0.05, 0.6))
        alive = [one for one in crew if one.poll() is None]
        if number % 4 == 3:
            river.kill_server()
        for one in alive:
            one.kill()
            one.wait()
        kills += len(alive)
    return kills


def finish(river: River) -> dict[str, Any]:
    for _ in range(30):  # the server may still be coming back
        if river.door().wait(timeout=120) == 0 and river.worker().wait(timeout=120) == 0:
            return river.run("verdict")
        time.sleep(0.5)
    pytest.fail("the river never ran dry")


def test_nothing_is_lost_and_nothing_doubled(river: River) -> None:
    assert torment(river, random.Random(3)) >= ROUNDS // 2, "it was done before it could be hurt"
    said = finish(river)
    everything = sorted(f"m{number}" for number in range(ITEMS))
    acknowledged = set(river.receipts.read_text().split())
    assert acknowledged == set(everything)
    assert said["raw"] == said["items"] == said["in_cases"] == everything
    assert said["points"] == said["cases"] == SENDERS
    assert said["cases_of_a_person"] == [1]
    assert said["milestones_of_a_case"] == [3]
    assert said["emergencies"] == ITEMS // 40
    assert len(said["rung"]) == len(set(said["rung"])) == ITEMS // 40
    assert said["answers"] == said["cases_answered"], "the safe words go once to a person"
