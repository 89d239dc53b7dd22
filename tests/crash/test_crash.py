"""kill -9 at random moments, many rounds, against a receiver that counts by Message-ID.

* reconcile: nothing lost and nothing twice;
* at most once: nothing twice, and every loss is shown as unknown;
* at least once: nothing lost, and every second copy carries the same Message-ID.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest

from bluelamp.outbound.values import DeliveryStatus
from bluelamp.site.bench_fanout import free_port, wait_for
from bluelamp.site.postgres import temporary_postgres

ROOT = Path(__file__).resolve().parents[2]
PEOPLE = 2_500
ROUNDS = 8


class Scene:
    """A database, a receiver and workers that die."""

    def __init__(self, url: str, folder: Path) -> None:
        self.log = folder / "receiver.log"
        self.port = free_port()
        self._environment = {
            **os.environ, "DATABASE_URL": url, "BLUELAMP_VAR": str(folder), "PYTHONPATH": str(ROOT),
        }  # fmt: skip

    def run(self, *arguments: str) -> dict[str, Any]:
        done = subprocess.run(
            self._command(*arguments), env=self._environment, cwd=ROOT, check=True,
            capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        return dict(json.loads(done.stdout.strip().splitlines()[-1]))

    @contextmanager
    def receiver(self) -> Iterator[None]:
        options = ["--port", str(self.port), "--log", str(self.log), "--delay", "0.001"]
        process = subprocess.Popen(
            [sys.executable, "-m", "simulators.smtp_sink", *options], cwd=ROOT,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            wait_for(self.port)
            yield
        finally:
            process.terminate()
            process.wait()

    def worker(self, message: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            self._command("work", message), env=self._environment, cwd=ROOT, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        assert process.stdout is not None
        process.stdout.readline()
        return process

    def accepted(self) -> Counter[str]:
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return Counter(line.split()[2] for line in lines if line.startswith("accept "))

    def _command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "tests.crash.scene", *arguments]


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with temporary_postgres() as url:
        made = Scene(url, tmp_path)
        made.run("migrate")
        with made.receiver():
            yield made


def torment(scene: Scene, message: str, chance: random.Random) -> int:
    """Kill workers, and now and then the server, until the message is done; return kills."""
    kills = 0
    for number in range(ROUNDS):
        worker = scene.worker(message)
        time.sleep(chance.uniform(0.02, 0.35))
        if worker.poll() is not None:
            break
        if number % 4 == 3:
            _kill_database(scene)
            worker.wait(timeout=60)
        else:
            worker.kill()
            worker.wait()
        kills += 1
    return kills


def _kill_database(scene: Scene) -> None:
    with psycopg.connect(scene._environment["DATABASE_URL"]) as connection:
        postmaster = psutil.Process(connection.info.backend_pid).ppid()
    os.kill(postmaster, signal.SIGKILL)


def finish(scene: Scene, message: str) -> dict[str, Any]:
    for _ in range(30):  # the server may still be coming back
        worker = scene.worker(message)
        if worker.wait(timeout=120) == 0:
            return scene.run("verdict", message)
        time.sleep(0.5)
    pytest.fail("delivery never ended")


@pytest.mark.parametrize("policy", ["reconcile", "at_most_once", "at_least_once"])
def test_kills_lose_and_double_only_what_the_policy_allows(scene: Scene, policy: str) -> None:
    arguments = [str(PEOPLE), policy, str(scene.port), str(scene.log)]
    message = str(scene.run("prepare", *arguments)["message"])
    kills = torment(scene, message, random.Random(policy))
    assert kills >= 3, "the message was done before it could be interrupted"
    said = finish(scene, message)
    accepted, recorded = scene.accepted(), said["recorded"]
    audience = set(said["audience"])
    assert said["state"] == "sent"
    assert len(audience) == PEOPLE
    assert set(recorded) == audience, "everyone has exactly one line"
    assert set(accepted) <= audience, "no mail under any other Message-ID"
    lost = audience - set(accepted)
    twice = {name for name, times in accepted.items() if times > 1}
    shown_unknown = {n for n, status in recorded.items() if status == DeliveryStatus.UNKNOWN}
    if policy != "at_least_once":
        assert not twice
    if policy == "at_most_once":
        assert lost <= shown_unknown
    else:
        assert not lost
        assert not shown_unknown
