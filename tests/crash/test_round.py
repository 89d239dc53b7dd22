"""kill -9 while everybody of an incident is told: each is told once, and all are in the end."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from bluelamp.site.postgres import temporary_postgres

ROOT = Path(__file__).resolve().parents[2]
PEOPLE = 120
MOST_KILLS = 8


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "tests.crash.rounds", *arguments]


def run(environment: dict[str, str], *arguments: str) -> dict[str, Any]:
    done = subprocess.run(
        command(*arguments), env=environment, cwd=ROOT, check=True, capture_output=True,
        text=True, timeout=600,
    )  # fmt: skip
    return dict(json.loads(done.stdout.strip().splitlines()[-1]))


def crew(environment: dict[str, str]) -> list[subprocess.Popen[str]]:
    """Start two workers at the same round, and wait until both are at it."""
    made = [
        subprocess.Popen(
            command("work"), env=environment, cwd=ROOT, text=True, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(2)
    ]  # fmt: skip
    for one in made:
        assert one.stdout is not None
        one.stdout.readline()
    return made


def test_nobody_is_told_twice_and_everybody_once(tmp_path: Path) -> None:
    chance, kills = random.Random(5), 0
    with temporary_postgres() as url:
        environment = {
            **os.environ, "DATABASE_URL": url, "BLUELAMP_VAR": str(tmp_path),
            "PYTHONPATH": str(ROOT),
        }  # fmt: skip
        assert run(environment, "prepare", str(PEOPLE)) == {"cases": PEOPLE}
        while kills < MOST_KILLS:
            working = crew(environment)
            time.sleep(chance.uniform(0.02, 0.2))
            alive = [one for one in working if one.poll() is None]
            for one in working:
                one.kill()
                one.wait()
            kills += len(alive)
            if not alive:
                break
        assert kills >= 2, "it was done before it could be hurt"
        assert run(environment, "work") == {"done": True}
        said = run(environment, "verdict")
    assert said["told"] == sorted(f"n{number}@example.test" for number in range(PEOPLE))
    assert (said["replies"], said["drafts"]) == (PEOPLE, 0)
    assert said["states"] == ["sent"] * PEOPLE
