"""kill -9 at every stage between door and case: nothing lost, nothing doubled.

The door's process and the worker's die at random moments, and now and then the
server does; what was acknowledged is in exactly one case in the end, whoever
spoke is one contact, and what rings and answers does so once.
"""

from __future__ import annotations

import random
import time
from pathlib import Path

from tests.crash.nursery import Nursery, nursery
from tests.crash.river import SENDERS

ITEMS = 480
ROUNDS = 9


def torment(crew: Nursery, steps: tuple[tuple[str, ...], ...], chance: random.Random) -> int:
    """Kill the door, the worker or the server, round after round; return the kills."""
    kills = 0
    for number in range(ROUNDS):
        working = [crew.begin(*step) for step in steps]
        time.sleep(chance.uniform(0.05, 0.6))
        alive = [one for one in working if one.alive]
        if number % 4 == 3:
            crew.kill_server()
        for one in alive:
            one.kill()
        kills += len(alive)
    return kills


def test_nothing_is_lost_and_nothing_doubled(database: str, tmp_path: Path) -> None:
    receipts = tmp_path / "receipts"
    with nursery("river", database, tmp_path) as crew:
        crew.run("prepare")
        steps = ("door", str(ITEMS), str(receipts)), ("work", str(ITEMS))
        kills = torment(crew, steps, random.Random(3))
        assert kills >= ROUNDS // 2, "it was done before it could be hurt"
        crew.finish(*steps)
        said = crew.run("verdict")
    everything = sorted(f"m{number}" for number in range(ITEMS))
    acknowledged = set(receipts.read_text().split())
    assert acknowledged == set(everything)
    assert said["raw"] == said["items"] == said["in_cases"] == everything
    assert said["points"] == said["cases"] == SENDERS
    assert said["cases_of_a_person"] == [1]
    assert said["milestones_of_a_case"] == [3]
    assert said["emergencies"] == ITEMS // 40
    assert len(said["rung"]) == len(set(said["rung"])) == ITEMS // 40
    assert said["answers"] == said["cases_answered"], "the safe words go once to a person"
