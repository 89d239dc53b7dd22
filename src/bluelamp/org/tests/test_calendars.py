from __future__ import annotations

import json
import socket
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bluelamp.audit.actions import acting
from bluelamp.audit.models import Act, Entry
from bluelamp.audit.values import SYSTEM
from bluelamp.org import calendars, queries
from bluelamp.org.commands import IMPORTS, org
from bluelamp.org.errors import NotPermittedError, OrgChangeError, RotaPatternError
from bluelamp.org.models import Calendar, Closure, Force, Officer, Unit
from bluelamp.org.tests.minutes import at, span
from bluelamp.org.values import Nation, Role
from conftest import make_force, make_officer, make_unit

OFFICE = [[["09:00", "17:00"]]] * 5 + [[], []]
MAY_DAY = date(2026, 5, 4)


@pytest.fixture
def counter(force: Force) -> Calendar:
    return calendars.define_calendar(force, name="Front counter", week=OFFICE, by=SYSTEM)


@pytest.fixture
def chief(team: Unit) -> Officer:
    """An administrator of one team alone."""
    return make_officer(team, "1010", "Kim Vale", Role.ADMINISTRATOR)


# --- what changes them ---


def test_a_calendar_s_hours_are_its_week_without_its_closures(counter: Calendar) -> None:
    calendars.except_day(counter, MAY_DAY, reason="Bank holiday", by=SYSTEM)
    calendars.except_day(
        counter, date(2026, 5, 9), opens=[["10:00", "12:00"]], reason="Open day", by=SYSTEM
    )
    hours = queries.hours_of(counter)
    assert hours.after(at("2026-05-01 16:00"), span("2h")) == at("2026-05-05 10:00")
    assert hours.open_between(at("2026-05-09 00:00"), at("2026-05-10 00:00")) == span("2h")


def test_a_day_is_excepted_once_and_restored(counter: Calendar) -> None:
    first = calendars.except_day(counter, MAY_DAY, reason="Bank holiday", by=SYSTEM)
    again = calendars.except_day(
        counter, MAY_DAY, reason="Open after all", opens=[("09:00", "12:00")], by=SYSTEM
    )
    assert (again.pk, again.opens) == (first.pk, [["09:00", "12:00"]])
    calendars.restore_day(again, by=SYSTEM)
    assert queries.hours_of(counter).is_open(at("2026-05-04 16:00"))


def test_a_calendar_is_changed_under_its_name(counter: Calendar, force: Force) -> None:
    nights = [[["22:00", "06:00"]]] * 7
    again = calendars.define_calendar(force, name="Front counter", week=nights, by=SYSTEM)
    assert (again.pk, again.week) == (counter.pk, nights)


def test_every_change_is_on_record(counter: Calendar) -> None:
    calendars.except_day(counter, MAY_DAY, reason="Bank holiday", by=SYSTEM)
    tables = set(Entry.objects.values_list("table", flat=True))
    assert {"org_calendar", "org_closure"} <= tables
    assert Act.objects.filter(act="org.rota", reason="Bank holiday").exists()


def test_what_cannot_be_is_refused(counter: Calendar, force: Force) -> None:
    overlapping = [[["09:00", "12:00"], ["11:00", "13:00"]]] + [[]] * 6
    with pytest.raises(RotaPatternError, match="day 1: two stretches overlap"):
        calendars.define_calendar(force, name="Front counter", week=overlapping, by=SYSTEM)
    with pytest.raises(RotaPatternError):
        calendars.except_day(counter, MAY_DAY, opens=[["9", "?"]], reason="x", by=SYSTEM)
    with pytest.raises(OrgChangeError, match="No time zone is called “Europe/Brigadoon”"):
        calendars.define_calendar(force, name="B", week=OFFICE, zone="Europe/Brigadoon", by=SYSTEM)
    stranger = make_unit(make_force("elsewhere", "Elsewhere", "elsewhere.example"), "X", "X")
    with pytest.raises(OrgChangeError, match="different forces"):
        calendars.define_calendar(force, name="B", week=OFFICE, unit=stranger, by=SYSTEM)


def test_only_who_looks_after_the_rota_there_may(
    counter: Calendar, force: Force, team: Unit, alice: Officer, chief: Officer
) -> None:
    with pytest.raises(NotPermittedError):
        calendars.except_day(counter, MAY_DAY, reason="x", by=alice)
    with pytest.raises(NotPermittedError):  # the force's, not the team's
        calendars.add_bank_holidays(counter, [2026], nation=Nation.SCOTLAND, by=chief)
    with pytest.raises(NotPermittedError):  # nor taken into the team
        calendars.define_calendar(force, name=counter.name, week=OFFICE, unit=team, by=chief)
    own = calendars.define_calendar(force, name="Team", week=OFFICE, unit=team, by=chief)
    closure = calendars.except_day(own, MAY_DAY, reason="x", by=chief)
    with pytest.raises(NotPermittedError):
        calendars.restore_day(closure, by=alice)
    calendars.restore_day(closure, by=chief)


# --- bank holidays ---


@pytest.mark.parametrize(
    ("nation", "day", "closed"),
    [
        (Nation.ENGLAND_AND_WALES, date(2026, 4, 6), True),  # Easter Monday
        (Nation.SCOTLAND, date(2026, 4, 6), False),
        (Nation.SCOTLAND, date(2026, 11, 30), True),  # St Andrew's Day
        (Nation.NORTHERN_IRELAND, date(2026, 7, 13), True),  # for the Boyne, a Sunday
        (Nation.ENGLAND_AND_WALES, date(2026, 7, 13), False),
        (Nation.ENGLAND_AND_WALES, date(2026, 12, 28), True),  # for Boxing Day, a Saturday
        (Nation.ENGLAND_AND_WALES, date(2023, 5, 8), True),  # proclaimed: the Coronation
    ],
)
def test_bank_holidays_are_the_nation_s(nation: Nation, day: date, closed: bool) -> None:
    assert (day in calendars.bank_holidays(nation, day.year)) is closed


def test_bank_holidays_need_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket.socket, "connect", lambda *_: pytest.fail("asked the network"))
    assert len(calendars.bank_holidays(Nation.ENGLAND_AND_WALES, 2026)) == 8


def test_a_year_that_is_not_published_is_refused() -> None:
    with pytest.raises(OrgChangeError, match="are known from 20"):
        calendars.bank_holidays(Nation.SCOTLAND, 2099)


def test_bank_holidays_close_and_leave_what_was_decided(counter: Calendar) -> None:
    calendars.except_day(
        counter, MAY_DAY, opens=[["10:00", "12:00"]], reason="Skeleton crew", by=SYSTEM
    )
    years = [2026, 2027]
    nation = Nation.ENGLAND_AND_WALES
    added = calendars.add_bank_holidays(counter, years, nation=nation, by=SYSTEM)
    assert len(added) == 15  # eight a year, one decided already
    assert counter.closures.get(day=MAY_DAY).reason == "Skeleton crew"
    assert counter.closures.get(day=date(2026, 12, 25)).reason.startswith("Christmas")
    assert calendars.add_bank_holidays(counter, years, nation=nation, by=SYSTEM) == []


# --- files and commands ---

WEEK = """calendar,unit,weekday,opens,closes
Desk,HQ,Mon-Fri,09:00,12:30
Desk,HQ,Mon-Fri,13:30,17:00
Desk,HQ,Saturday,22:00,02:00
"""
CLOSED = """calendar,day,opens,closes,reason
Desk,2026-05-04,,,Early May bank holiday
Desk,2026-06-13,10:00,12:00,Summer fair
Desk,2026-06-13,13:00,15:00,Summer fair
"""


def run(kind: str, folder: Path, text: str, *options: str) -> Any:
    command = next(command for command in IMPORTS if command.name == kind)
    path = folder / f"{kind}.csv"
    path.write_text(text, encoding="utf-8")
    return CliRunner().invoke(command, [str(path), "--force", "brackenshire", "--json", *options])


def rows(result: Any) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.output + repr(result.exception)
    return [json.loads(line) for line in result.stdout.splitlines() if line.startswith("{")]


@pytest.fixture
def ready(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test run's database is ready; commands need not start one."""
    monkeypatch.setattr("bluelamp.kit.cli.prepare", [])


@pytest.mark.usefixtures("ready")
def test_weeks_and_exceptional_days_are_taken_in(force: Force, tmp_path: Path) -> None:
    told = rows(run("calendars", tmp_path, WEEK, "--dry-run"))
    assert [(row["row"], row["change"], row["key"]) for row in told] == [(2, "add", "Desk")]
    assert not Calendar.objects.exists()
    assert rows(run("calendars", tmp_path, WEEK)) == told
    assert [row["key"] for row in rows(run("closures", tmp_path, CLOSED))] == [
        "Desk 2026-05-04", "Desk 2026-06-13",
    ]  # fmt: skip
    desk = Calendar.objects.get(name="Desk")
    assert desk.week[0] == [["09:00", "12:30"], ["13:30", "17:00"]]
    assert desk.week[5] == [["22:00", "02:00"]]
    assert desk.week[6] == []
    assert desk.unit == force.units.get(code="HQ")
    fair = desk.closures.get(day=date(2026, 6, 13))
    assert fair.opens == [["10:00", "12:00"], ["13:00", "15:00"]]
    assert (rows(run("calendars", tmp_path, WEEK)), rows(run("closures", tmp_path, CLOSED))) == (
        [], [],
    )  # fmt: skip
    changed = rows(run("closures", tmp_path, CLOSED.replace("10:00,12:00", "09:00,12:00")))
    assert [(row["change"], row["key"]) for row in changed] == [("change", "Desk 2026-06-13")]
    assert rows(run("calendars", tmp_path, WEEK.replace("12:30", "12:00")))[0]["change"] == "change"


MISTAKES = [
    ("calendars", WEEK.replace("Saturday", "Caturday"), "row 4, column weekday: “Caturday” cannot"),
    ("calendars", WEEK.replace("Mon-Fri", "Fri-Mon", 1), "row 2, column weekday: “Fri-Mon” cannot"),
    ("calendars", WEEK.replace("12:30", "25:00"), "row 2, column closes: “25:00” cannot be read"),
    ("calendars", WEEK.replace("12:30", "14:00"), "row 2, column opens: Week 1, day 1: two stre"),
    ("calendars", WEEK.replace("HQ,Sat", ",Sat"), "row 4, column unit: is not that of row 2"),
    ("calendars", WEEK.replace("HQ", "NO"), "row 2, column unit: “NO” is not known"),
    ("closures", CLOSED.replace("Desk,2026-05", "Disk,2026-05"), "row 2, column calendar: “Disk”"),
    ("closures", CLOSED.replace("2026-05-04", "4 May"), "row 2, column day: “4 May” cannot be"),
    ("closures", CLOSED.replace("Early May bank holiday", ""), "row 2, column reason: is empty"),
    ("closures", CLOSED.replace("10:00,12:00", "10:00,"), "row 3, column closes: “” cannot be"),
    ("closures", CLOSED.replace("10:00,12:00", "10:00,14:00"), "row 3, column opens: Week 1, day"),
]


@pytest.mark.usefixtures("ready")
@pytest.mark.parametrize(("kind", "text", "words"), MISTAKES)
def test_a_mistake_is_named_and_nothing_is_taken_in(
    force: Force, tmp_path: Path, kind: str, text: str, words: str
) -> None:
    if kind == "closures":
        assert run("calendars", tmp_path, WEEK).exit_code == 0
    result = run(kind, tmp_path, text)
    assert result.exit_code != 0
    assert words in " ".join((result.output + str(result.exception)).split())
    assert not (Closure if kind == "closures" else Calendar).objects.exists()


@pytest.mark.usefixtures("ready")
def test_bank_holidays_are_added_and_listed_by_command(counter: Calendar, force: Force) -> None:
    command = ["add-bank-holidays", "Front counter", "--force", force.slug, "--json"]
    options = ["--nation", "scotland", "--year", "2026", "--year", "2027"]
    told = rows(CliRunner().invoke(org, [*command, *options]))
    assert {"day": "2026-11-30", "reason": "St Andrew’s Day"} in told
    (listed,) = rows(CliRunner().invoke(org, ["calendars", "--force", force.slug, "--json"]))
    assert listed["calendar"] == "Front counter"
    assert len(listed["exceptions"]) == len(told) == counter.closures.count()
    command[1] = "Nowhere"
    result = CliRunner().invoke(org, [*command, *options])
    assert "No calendar is called “Nowhere”" in result.output + str(result.exception)


def test_an_officer_sees_the_calendars_of_their_own_force(
    counter: Calendar, alice: Officer
) -> None:
    other = make_force("elsewhere", "Elsewhere", "elsewhere.example")
    with acting(SYSTEM, "test.setup"):
        Calendar.objects.create(force=other, name="Theirs", week=OFFICE)
    assert list(queries.calendars_seen(alice)) == [counter]
