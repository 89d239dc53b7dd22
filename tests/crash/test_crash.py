"""kill -9 at random moments, many rounds, against a receiver that counts by Message-ID.

* reconcile: nothing lost and nothing twice;
* at most once: nothing twice, and every loss is shown as unknown;
* at least once: nothing lost, and every second copy carries the same Message-ID.
"""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bluelamp.outbound.values import DeliveryStatus
from bluelamp.site.bench_fanout import free_port, wait_for
from tests.crash.nursery import ROOT, Nursery, nursery

PEOPLE = 2_500
ROUNDS = 8


@contextmanager
def receiver(log: Path) -> Iterator[int]:
    """Run a receiver that writes what it accepts to a log; give its port."""
    port = free_port()
    options = ["--port", str(port), "--log", str(log), "--delay", "0.001"]
    process = subprocess.Popen(
        [sys.executable, "-m", "simulators.smtp_sink", *options], cwd=ROOT,
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait()


def accepted_by(log: Path) -> Counter[str]:
    lines = log.read_text().splitlines() if log.exists() else []
    return Counter(line.split()[2] for line in lines if line.startswith("accept "))


def torment(crew: Nursery, message: str, chance: random.Random) -> int:
    """Kill workers, and now and then the server, until the message is done; return kills."""
    kills = 0
    for number in range(ROUNDS):
        worker = crew.begin("work", message)
        time.sleep(chance.uniform(0.02, 0.35))
        if not worker.alive:
            break
        if number % 4 == 3:
            crew.kill_server()
            worker.ended(timeout=60)
        else:
            worker.kill()
        kills += 1
    return kills


@pytest.mark.parametrize("policy", ["reconcile", "at_most_once", "at_least_once"])
def test_kills_lose_and_double_only_what_the_policy_allows(
    database: str, tmp_path: Path, policy: str
) -> None:
    log = tmp_path / "receiver.log"
    with receiver(log) as port, nursery("scene", database, tmp_path) as crew:
        message = str(crew.run("prepare", str(PEOPLE), policy, str(port), str(log))["message"])
        kills = torment(crew, message, random.Random(policy))
        assert kills >= 3, "the message was done before it could be interrupted"
        crew.finish(("work", message))
        said = crew.run("verdict", message)
    accepted, recorded = accepted_by(log), said["recorded"]
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
