"""The commands that measure."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from bluelamp.inbound.commands import thread
from bluelamp.kit.columns import ColumnsRefusedError

WORDS = "Residents are asked to move valuables upstairs, the river is still rising"
ROWS = f"""id; Said ;group
1;{WORDS};a
2;RT @gmpolice: {WORDS};a
3;Thank you all for your help tonight;
4;Thank you all for your help tonight;
"""


def run(folder: Path, *options: str) -> dict[str, float]:
    path = folder / "said.csv"
    path.write_text(ROWS, encoding="utf-8-sig")
    ran = CliRunner().invoke(thread, ["evaluate", str(path), "--text", "Said", "--json", *options])
    assert ran.exit_code == 0, ran.output
    facts: dict[str, float] = json.loads(ran.stdout)
    return facts


def test_marks_are_the_truth_without_a_column_of_groups(tmp_path: Path) -> None:
    facts = {"n": 4, "groups": 1, "precision": 1.0, "recall": 1.0, "unjudged": 1}
    assert run(tmp_path) == facts


def test_a_column_of_groups_judges_every_pair(tmp_path: Path) -> None:
    facts = {"n": 4, "groups": 1, "precision": 0.5, "recall": 1.0, "unjudged": 0}
    assert run(tmp_path, "--group", "group") == facts


def test_people_get_the_same_figures(tmp_path: Path) -> None:
    path = tmp_path / "said.csv"
    path.write_text(ROWS, encoding="utf-8")
    ran = CliRunner().invoke(thread, ["evaluate", str(path), "--text", "said"])
    assert " ".join(ran.stdout.split()) == "n 4 groups 1 precision 1.0 recall 1.0 unjudged 1"


def test_a_column_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = tmp_path / "said.csv"
    path.write_text(ROWS, encoding="utf-8")
    ran = CliRunner().invoke(thread, ["evaluate", str(path), "--text", "Said", "--group", "none"])
    assert isinstance(ran.exception, ColumnsRefusedError)
    assert str(ran.exception).startswith("said.csv: there is no column “none”")
