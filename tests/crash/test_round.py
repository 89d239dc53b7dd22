"""kill -9 while everybody of an incident is told: each is told once, and all are in the end."""

from __future__ import annotations

import random
import time
from pathlib import Path

from tests.crash.nursery import nursery

PEOPLE = 120
MOST_KILLS = 8


def test_nobody_is_told_twice_and_everybody_once(database: str, tmp_path: Path) -> None:
    chance, kills = random.Random(5), 0
    with nursery("rounds", database, tmp_path) as crew:
        assert crew.run("prepare", str(PEOPLE)) == {"cases": PEOPLE}
        while kills < MOST_KILLS:
            working = [crew.begin("work"), crew.begin("work")]
            time.sleep(chance.uniform(0.02, 0.2))
            alive = [one for one in working if one.alive]
            for one in working:
                one.kill()
            kills += len(alive)
            if not alive:
                break
        assert kills >= 2, "it was done before it could be hurt"
        assert crew.run("work") == {"done": True}
        said = crew.run("verdict")
    assert said["told"] == sorted(f"n{number}@example.test" for number in range(PEOPLE))
    assert (said["replies"], said["drafts"]) == (PEOPLE, 0)
    assert said["states"] == ["sent"] * PEOPLE
