from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bluelamp.audit.models import Act
from bluelamp.org.commands import IMPORTS, org
from bluelamp.org.models import Force, Grant, Officer, Shift, Unit
from bluelamp.org.values import Role

UNITS = """code,name,kind,parent,email
N,North area,area,,
N1,Northwick team,team,N,northwick@example.test
S,South area,area,,
"""
OFFICERS = """number,name,email,unit,rank
501,Jo Reed,jo.reed@example.test,N1,PC
502,Ali Marsh,ali.marsh@example.test,N,Sgt
"""
GRANTS = """officer,role,unit,expires,reason
501,writer,N1,2030-01-01,posting
502,approver,N,,sergeant
"""
SHIFTS = """officer,unit,starts,ends,on_call
501,N1,2026-10-24T22:00,2026-10-25T06:00,
502,N,2026-10-24T22:00,2026-10-25T06:00,yes
"""

pytestmark = pytest.mark.usefixtures("ready")


@pytest.fixture
def ready(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test run's database is ready; commands need not start one."""
    monkeypatch.setattr("bluelamp.kit.cli.prepare", [])


def run(kind: str, folder: Path, text: str, *options: str) -> Any:
    command = next(command for command in IMPORTS if command.name == kind)
    path = folder / f"{kind}.csv"
    path.write_text(text, encoding="utf-8")
    return CliRunner().invoke(command, [str(path), "--force", "brackenshire", "--json", *options])


def rows(result: Any) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.output + repr(result.exception)
    return [json.loads(line) for line in result.stdout.splitlines() if line.startswith("{")]


@pytest.fixture
def all_in(force: Force, tmp_path: Path) -> Path:
    for kind, text in (("units", UNITS), ("officers", OFFICERS), ("grants", GRANTS)):
        assert len(rows(run(kind, tmp_path, text))) == text.count("\n") - 1
    return tmp_path


def test_a_force_is_taken_in_from_three_files(all_in: Path, force: Force) -> None:
    team = Unit.objects.get(code="N1")
    assert team.parent
    assert team.parent.code == "N"
    assert team.path == f"{team.parent.path}{team.pk}/"
    jo = Officer.objects.get(number="501")
    assert (jo.label, jo.unit, jo.has_usable_password()) == ("PC Jo Reed 501", team, False)
    assert Grant.objects.get(officer=jo).role == Role.WRITER
    act = Act.objects.filter(act="org.import_officers").latest("id")
    assert act.actor_kind == "operator"


@pytest.mark.parametrize(
    ("kind", "text"), [("units", UNITS), ("officers", OFFICERS), ("grants", GRANTS)]
)
def test_the_same_file_twice_changes_nothing(all_in: Path, kind: str, text: str) -> None:
    assert rows(run(kind, all_in, text)) == []


def test_a_dry_run_tells_and_changes_nothing(force: Force, tmp_path: Path) -> None:
    told = rows(run("units", tmp_path, UNITS, "--dry-run"))
    assert [(row["row"], row["change"], row["key"]) for row in told] == [
        (2, "add", "N"), (3, "add", "N1"), (4, "add", "S"),
    ]  # fmt: skip
    assert force.units.count() == 1


def test_a_unit_moves_with_all_below(all_in: Path) -> None:
    told = rows(run("units", all_in, UNITS.replace("N,North area,area,,", "N,North area,area,S,")
                    .replace("S,South area,area,,\n", "").replace(
                        "email\n", "email\nS,South area,area,,\n")))  # fmt: skip
    assert [(row["key"], row["change"]) for row in told] == [("N", "change")]
    south, team = Unit.objects.get(code="S"), Unit.objects.get(code="N1")
    assert team.path.startswith(south.path)


def test_a_changed_officer_is_told_by_what_is_new(all_in: Path) -> None:
    told = rows(run("officers", all_in, OFFICERS.replace("502,Ali", "502,Alison")))
    assert told == [{"row": 3, "change": "change", "key": "502", "name": "Alison Marsh"}]


def test_who_is_missing_is_told_and_deactivated_only_when_asked(all_in: Path) -> None:
    short = "\n".join(OFFICERS.splitlines()[:2]) + "\n"
    assert rows(run("officers", all_in, short)) == [
        {"row": None, "change": "missing", "key": "502"}
    ]
    assert Officer.objects.get(number="502").is_active
    assert rows(run("officers", all_in, short, "--deactivate-missing"))[0]["change"] == "deactivate"
    assert not Officer.objects.get(number="502").is_active
    assert rows(run("officers", all_in, short)) == []


MISTAKES = [
    ("units", "code,name\nX,x\n", "row 1: column “kind” is missing; column “parent” is missing"),
    ("units", UNITS.replace("email\n", "mail\n"), "row 1: column “mail” is not known"),
    ("units", UNITS.replace("team,N,", "team,NOWHERE,"), "row 3, column parent: “NOWHERE” is not"),
    ("units", UNITS.replace("team,", "gang,"), "row 3, column kind: “gang” cannot be read"),
    ("units", UNITS.replace("S,South", "N1,South"), "row 4, column code: “N1” is in row 3 already"),
    ("units", UNITS.replace("Northwick team", ""), "row 3, column name: is empty"),
    (
        "units",
        UNITS.replace("North area,area,,", "North area,area,N1,"),
        "row 2, column parent: lies",
    ),
    ("units", UNITS + "X,too,team,N,few,many\n", "row 5 has not 5 columns"),
    ("units", UNITS + "X,too\n", "row 5 has not 5 columns"),
    (
        "officers",
        OFFICERS.replace("jo.reed@example.test", "nonsense"),
        "row 2, column email: “nons",
    ),
    (
        "officers",
        OFFICERS.replace("jo.reed", "ali.marsh"),
        "column email: “ali.marsh@example.test”",
    ),
    ("officers", OFFICERS.replace(",N,Sgt", ",XX,Sgt"), "row 3, column unit: “XX” is not known"),
    ("grants", GRANTS.replace("writer", "king"), "row 2, column role: “king” cannot be read"),
    ("grants", GRANTS.replace("501,", "999,"), "row 2, column officer: “999” is not known"),
    ("grants", GRANTS.replace("2030-01-01", "2001-01-01"), "row 2, column expires: is not after"),
    (
        "grants",
        GRANTS.replace("2030-01-01", "soon"),
        "row 2, column expires: “soon” cannot be read",
    ),
    ("shifts", SHIFTS.replace("2026-10-25T06:00,\n", "2026-10-23T06:00,\n"), "is not after"),
    ("shifts", SHIFTS.replace("502,N,", "501,N1,"), "row 3, column starts: overlaps another shift"),
]


@pytest.mark.parametrize(("kind", "text", "words"), MISTAKES)
def test_a_mistake_is_named_by_row_and_column_and_nothing_is_taken(
    all_in: Path, kind: str, text: str, words: str
) -> None:
    counts = [model.objects.count() for model in (Unit, Officer, Grant, Shift)]
    result = run(kind, all_in, text)
    assert result.exit_code == 1
    assert words in str(result.exception)
    assert f"{kind}.csv, row" in str(result.exception)
    assert counts == [model.objects.count() for model in (Unit, Officer, Grant, Shift)]


def test_a_file_of_another_encoding_is_refused(force: Force, tmp_path: Path) -> None:
    path = tmp_path / "units.csv"
    path.write_bytes("code,name,kind,parent\nN,Café,area,\n".encode("cp1252"))
    command = IMPORTS[0]
    result = CliRunner().invoke(command, [str(path), "--force", "brackenshire"])
    assert "not UTF-8" in str(result.exception)


def test_a_file_saved_by_a_spreadsheet_is_taken(force: Force, tmp_path: Path) -> None:
    assert len(rows(run("units", tmp_path, "\ufeff" + UNITS.replace("\n", "\r\n")))) == 3


def test_an_address_of_another_force_s_officer_is_refused(all_in: Path, mallory: Officer) -> None:
    result = run("officers", all_in, OFFICERS.replace("jo.reed@example.test", mallory.email))
    assert "belongs to another officer" in str(result.exception)


def test_shifts_are_taken_in_local_time(all_in: Path) -> None:
    rows(run("shifts", all_in, SHIFTS))
    jo = Shift.objects.get(officer__number="501")
    assert (jo.ends - jo.starts).total_seconds() == 9 * 3600  # the clocks went back
    assert Shift.objects.get(officer__number="502").on_call
    assert rows(run("shifts", all_in, SHIFTS)) == []


# --- bluelamp org ---


def cli(*arguments: str, stdin: str = "") -> Any:
    return CliRunner().invoke(org, list(arguments), input=stdin)


def test_the_first_steps_of_an_installation(db: None) -> None:
    assert cli("create-force", "new", "New Police", "--host", "new.test").exit_code == 0
    made = cli(
        "create-administrator", "--force", "new", "--email", "Ada@example.test", "--number", "1",
        "--name", "Ada Stone", "--password-stdin", stdin="correct horse battery staple\n",
    )  # fmt: skip
    assert made.exit_code == 0, made.exception
    ada = Officer.objects.get(email="ada@example.test")
    assert ada.check_password("correct horse battery staple")
    assert ada.grants.get().role == Role.ADMINISTRATOR
    weak = cli("set-password", "ada@example.test", "--password-stdin", stdin="short\n")
    assert "too short" in str(weak.exception)
    again = cli("create-force", "new", "New Police", "--host", "new.test")
    assert "there already" in str(again.exception)


def test_what_is_listed_can_be_taken_in_again(all_in: Path) -> None:
    listed = rows(cli("units", "--force", "brackenshire", "--json"))
    assert [row["code"] for row in listed] == ["HQ", "N", "N1", "S"]
    people = rows(cli("officers", "--force", "brackenshire", "--json"))
    assert people[0]["unit"] == "N1"
    held = rows(cli("grants", "--force", "brackenshire", "--json"))
    assert [row["role"] for row in held] == ["writer", "approver"]
    assert "new police" not in cli("forces").output.lower()


def test_an_unknown_force_is_told_with_those_known(force: Force) -> None:
    assert "Known: brackenshire" in str(cli("units", "--force", "nowhere").exception)
