"""The command line: import, export, count, refresh."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bluelamp.audit.actions import acting
from bluelamp.audit.models import Act, Entry
from bluelamp.audit.values import SYSTEM
from bluelamp.members import commands
from bluelamp.members.errors import AudienceError, ImportRefusedError, MembersError
from bluelamp.members.importing import store
from bluelamp.members.models import Member
from bluelamp.members.tests.people import make_member, make_postcode, make_topics
from bluelamp.org.models import Force


def run(command: Any, *arguments: str) -> str:
    result = CliRunner().invoke(command, arguments, catch_exceptions=True)
    if result.exception:
        raise result.exception
    return result.stdout


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """VACUUM cannot run inside a test's transaction."""
    monkeypatch.setattr(store, "tidy", lambda: None)


@pytest.fixture
def file(tmp_path: Path, force: Force) -> Path:
    make_postcode("BD1 1AA", -0.42, 51.88)
    make_topics(force)
    path = tmp_path / "people.csv"
    path.write_text(
        "email,postcode,topics,reference,consent source,consent wording\n"
        "a@example.org,BD1 1AA,crime;scams,R1,form,I agree\n"
        "b@example.org,BD9 9ZZ,,,form,I agree\n"
    )
    return path


def test_import_reports_as_json_and_writes_rejects(
    file: Path, force: Force, tmp_path: Path
) -> None:
    rejects = tmp_path / "rejects.csv"
    given = [str(file), "--force", force.slug, "--json", "--rejects", str(rejects)]
    dry = json.loads(run(commands.import_members, *given, "--dry-run"))
    assert (dry["joined"], dry["dry_run"]) == (1, True)
    assert not Member.objects.exists()
    told = json.loads(run(commands.import_members, *given))
    assert told["joined"] == 1
    assert told["problems"] == [{"line": 3, "reason": "The postcode BD9 9ZZ is not known here."}]
    assert "b@example.org" in rejects.read_text()
    assert "b@example.org" not in json.dumps(told)
    act = Act.objects.get(act="members.import")
    assert (act.actor_kind, act.source) == ("operator", "bluelamp import members")


def test_import_refuses_a_wrong_file_and_an_unknown_force(file: Path, force: Force) -> None:
    with pytest.raises(MembersError, match="no force nowhere"):
        run(commands.import_members, str(file), "--force", "nowhere")
    file.write_text("nonsense\n")
    with pytest.raises(ImportRefusedError, match=r"people\.csv, line 1"):
        run(commands.import_members, str(file), "--force", force.slug)


def test_what_is_exported_can_be_imported(
    file: Path, force: Force, other_force: Force, tmp_path: Path
) -> None:
    run(commands.import_members, str(file), "--force", force.slug)
    make_topics(other_force)
    out = tmp_path / "out.csv"
    run(commands.export_members, "--force", force.slug, "--output", str(out), "--reason", "Moving")
    rows = list(csv.DictReader(io.StringIO(out.read_text())))
    assert rows[0]["e-mail"] == "a@example.org"
    assert (rows[0]["topics"], rows[0]["consent wording"]) == ("crime;scams", "I agree")
    told = run(commands.import_members, str(out), "--force", other_force.slug, "--json")
    assert json.loads(told)["joined"] == 1


def test_an_export_is_recorded_with_its_criteria_and_reason(
    force: Force, other_force: Force, now: datetime
) -> None:
    make_member(force, "ann@example.org", now=now)
    make_member(other_force, "eve@example.org", now=now)
    given = ("--force", force.slug, "--reason", "Task 9", "--postcode", "BD1 1AA", "--json")
    row = json.loads(run(commands.export_members, *given))
    assert row["e-mail"] == "ann@example.org"
    entry = Entry.objects.get(op="R")
    assert json.loads(entry.content)["count"] == 1
    assert json.loads(entry.content)["criteria"]["postcode"] == "BD1 1AA"
    assert Act.objects.filter(act="members.export", reason="Task 9").exists()


def test_a_formula_in_a_name_stays_text(force: Force, now: datetime) -> None:
    make_member(force, "=cmd@example.org", now=now, name="=1+1")
    out = run(commands.export_members, "--force", force.slug, "--reason", "x")
    assert "'=1+1" in out


def test_count_answers_for_an_audience(force: Force, now: datetime) -> None:
    make_member(force, "ann@example.org", now=now)
    told = json.loads(run(commands.members, "count", "--force", force.slug, "--json", "--reasons"))
    assert told["count"] == 1
    given = ("count", "--force", force.slug, "--audience", '{"age": 3}')
    with pytest.raises(AudienceError):
        run(commands.members, *given)


def test_refresh_mends_what_was_broken(force: Force, now: datetime) -> None:
    make_member(force, "ann@example.org", now=now)
    assert json.loads(run(commands.members, "refresh", "--force", force.slug, "--json")) == {
        "corrected": 0
    }
    with acting(SYSTEM, "test"):
        Member.objects.update(reach=0)
    run(commands.members, "refresh", "--force", force.slug)
    assert Member.objects.get().reach == 3
