"""``triage evaluate`` on made-up rows, and on real ones where they are at hand."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bluelamp.inbound.commands import triage
from bluelamp.inbound.errors import InboundError
from bluelamp.kit.columns import ColumnsRefusedError

_CHECKOUT = Path(__file__).resolve().parents[4]
_DATA = Path(os.environ.get("BLUELAMP_DATA", _CHECKOUT.parent / "shared" / "data"))
EVENTS = sorted(_DATA.glob("crisislex-t26/*-tweets_labeled.csv"))

ROWS = """id, Tweet Text, Label
1,"Road closed at Elm St, 40 homes without power after flooding. Avoid the area.",useful
2,lol so bored of rain,chatter
3,"Thoughts and prayers, stay safe everyone",chatter
4,"UPDATE: police say 12 people evacuated near the river http://a.test",useful
5,"He's outside with a knife, please come",person
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "rows.csv"
    path.write_text(ROWS)
    return path


def run(file: Path, *positives: str, label: str = "Label", as_json: bool = True) -> Any:
    arguments = [str(file), "--text", "Tweet Text", "--label", label]
    for positive in positives:
        arguments += ["--positive", positive]
    result = CliRunner().invoke(triage, ["evaluate", *arguments, *["--json"] * as_json])
    if result.exception:
        raise result.exception
    return json.loads(result.stdout) if as_json else result


def test_every_figure_stands_beside_that_of_random_order(file: Path) -> None:
    facts = run(file, "useful", "person")
    assert (facts["n"], facts["positives"], facts["average_precision"]) == (5, 3, 1.0)
    assert facts["random_precision_at_100"] == pytest.approx(0.6)
    assert facts["random_recall_at_20pct"] == pytest.approx(0.2)
    assert facts["lift_low"] <= facts["lift"] <= facts["lift_high"]


def test_it_speaks_to_people_too(file: Path) -> None:
    assert "average_precision" in run(file, "useful", as_json=False).stdout


def test_a_positive_that_is_not_there_is_said(file: Path) -> None:
    result = run(file, "useful", "nothing", as_json=False)
    assert "nothing" in result.stderr
    with pytest.raises(InboundError, match="chatter"):
        run(file, "nothing")


def test_where_every_row_is_positive_it_refuses(file: Path) -> None:
    with pytest.raises(InboundError, match="every row"):
        run(file, "useful", "chatter", "person")


def test_a_missing_column_or_file_is_refused(file: Path) -> None:
    with pytest.raises(ColumnsRefusedError, match="Lable"):
        run(file, "useful", label="Lable")
    with pytest.raises(ColumnsRefusedError, match="cannot be read"):
        run(file.with_name("none.csv"), "useful")


def own_event(folder: Path) -> Path:
    """A small flood of our own, for where no real one is at hand."""
    telling = [
        "Mill Road closed both ways at the bridge, police say avoid the area",
        "UPDATE: 40 homes evacuated near the river, shelter open at the school http://a.test",
        "Two people injured and one missing after the wall collapsed, fire crews on scene",
        "Power out across the north of town, 900 homes affected until 6pm, call 01632 960001",
        "Flood warning issued for Elm Street, do not drive through water",
    ]
    idle = [
        "omg this rain lol so bored",
        "thoughts and prayers with everyone tonight, stay safe",
        "why do they never clean the drains, typical government",
        "watching the game with my friends, love this team",
        "free tickets giveaway follow me to win!!",
        "i just want to sleep, i hate mondays haha",
    ]
    path = folder / "own-tweets_labeled.csv"
    rows = [f'"{t}",Related and informative' for t in telling] + [
        f'"{t}",Not related' for t in idle
    ]
    path.write_text("\n".join([" Tweet Text, Informativeness", *rows]) + "\n")
    return path


@pytest.mark.parametrize("event", [None, *EVENTS], ids=lambda path: path.stem if path else "own")
def test_what_informs_stands_before_what_does_not(event: Path | None, tmp_path: Path) -> None:
    file = event or own_event(tmp_path)
    facts = run(file, "Related and informative", label="Informativeness")
    assert facts["lift"] >= 0.25
    assert facts["lift_low"] > 0
