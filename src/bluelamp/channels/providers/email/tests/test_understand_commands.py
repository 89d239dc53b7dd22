"""``bluelamp mail classify``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bluelamp.channels.providers.email.commands import mail
from bluelamp.channels.providers.email.tests.corpora import FIXTURES


def run(*arguments: str) -> Result:
    return CliRunner().invoke(mail, ["classify", *arguments])


def rows(result: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_line_a_recipient() -> None:
    result = run(str(FIXTURES), "--json")
    assert result.exit_code == 0
    found = [row for row in rows(result) if row["file"] == "postfix_two_recipients.eml"]
    assert found == [
        {
            "file": "postfix_two_recipients.eml",
            "kind": "bounce",
            "recipient": "otto.lane@example.net",
            "status": "5.1.1",
            "hard": True,
            "reason": "userunknown",
        },
        {
            "file": "postfix_two_recipients.eml",
            "kind": "bounce",
            "recipient": "petra.hill@example.net",
            "status": "4.2.2",
            "hard": False,
            "reason": "mailboxfull",
        },
    ]


def test_a_table_with_counts() -> None:
    result = run(str(FIXTURES))
    assert result.exit_code == 0
    assert "userunknown" in result.stdout
    assert "{" not in result.stdout


def test_folders_inside_are_read_and_hidden_files_are_not(tmp_path: Path) -> None:
    inside = tmp_path / "new"
    inside.mkdir()
    (inside / "1").write_bytes(b"From: jo@example.org\nSubject: hi\n\nHello\n")
    (tmp_path / ".index").write_bytes(b"\x00")
    found = rows(run(str(tmp_path), "--json"))
    assert [(row["file"], row["kind"], row["hard"]) for row in found] == [("new/1", "human", None)]


def test_an_unreadable_file_does_not_stop_the_rest(tmp_path: Path) -> None:
    (tmp_path / "a.eml").symlink_to(tmp_path / "gone")
    (tmp_path / "b.eml").write_bytes(b"From: jo@example.org\n\nHello\n")
    result = run(str(tmp_path), "--json")
    assert result.exit_code == 0
    assert [row["file"] for row in rows(result)] == ["b.eml"]
    assert "a.eml" in result.stderr


@pytest.mark.parametrize("name", ["nowhere", "file"])
def test_no_folder_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("x")
    result = run(str(tmp_path / name), "--json")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert name in result.stderr
