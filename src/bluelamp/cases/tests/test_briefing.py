"""Beat briefings: made once, of the right ground and time, by number, for who may know."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from django.db import connection, connections, transaction
from django.test import Client

from bluelamp.audit.actions import acting
from bluelamp.audit.models import Entry
from bluelamp.audit.values import SYSTEM
from bluelamp.cases import commands
from bluelamp.cases.actions import answer as answering
from bluelamp.cases.actions import assess, close, handover, own
from bluelamp.cases.briefing import brief, due
from bluelamp.cases.models import Briefing, Case, RoutingRule
from bluelamp.cases.queries import briefing as found_in
from bluelamp.cases.rules.briefing import FIRST, LEAD
from bluelamp.cases.tests.helpers import STORE, open_case
from bluelamp.channels.models import Account
from bluelamp.inbound.forget import GRACE, forget
from bluelamp.inbound.models import Item, Thread
from bluelamp.inbound.tests.helpers import make_page
from bluelamp.inbound.values import Part, Severity
from bluelamp.kit import clock
from bluelamp.members.models import Consent
from bluelamp.notices.models import Notice
from bluelamp.org.models import Force, Officer, Shift, Unit
from bluelamp.org.values import Role
from bluelamp.outbound.models import Message
from bluelamp.outbound.tests.helpers import SOUTH, STEP, WEST, make_areas, make_member
from bluelamp.places.models import Area
from conftest import make_officer, make_unit

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def at(ward: int) -> dict[str, float]:
    """Return the middle of a ward."""
    return {"longitude": WEST + (ward + 0.5) * STEP, "latitude": SOUTH + STEP / 2}


def work(unit: Unit, officer: Officer, starts: datetime, length: timedelta = 8 * HOUR) -> Shift:
    with acting(SYSTEM, "test.shift"):
        return Shift.objects.create(
            force=unit.force, unit=unit, officer=officer, starts=starts, ends=starts + length
        )


@pytest.fixture
def wards(force: Force, team: Unit, now: datetime) -> dict[str, Area]:
    """Northwick is the team's; Castle another's."""
    found = make_areas(force, now - 60 * DAY)
    castle = make_unit(force, "CA1", "Castle neighbourhood team")
    with acting(SYSTEM, "test.setup"):
        Area.objects.filter(pk=found["Northwick"].pk).update(unit=team)
        Area.objects.filter(pk=found["Castle"].pk).update(unit=castle)
    return found


@pytest.fixture
def page(force: Force, wards: dict[str, Area], now: datetime) -> Account:
    """An account whose cases wait at headquarters: only places lead to the team."""
    return make_page(force, now - 60 * DAY)


@pytest.fixture
def starts(team: Unit, alice: Officer, now: datetime) -> datetime:
    """Alice's shift is about to begin."""
    return work(team, alice, now + 10 * MINUTE).starts


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch, now: datetime) -> Iterator[None]:
    monkeypatch.setattr(clock, "now", lambda: now)
    STORE.clear()
    yield
    STORE.clear()


def made(now: datetime) -> Briefing:
    brief(now=now)
    return Briefing.objects.select_related("unit", "force").latest("until")


def as_officer(officer: Officer) -> Client:
    client = Client()
    client.force_login(officer)
    return client


def text(response: Any) -> str:
    return str(response.content.decode())


def shown(officer: Officer, one: Briefing) -> str:
    return text(as_officer(officer).get(f"/console/briefings/{one.pk}/"))


# When ---------------------------------------------------------------------------


def test_it_is_made_ten_minutes_before_the_shift_and_tells_of_the_time_up_to_then(
    page: Account, starts: datetime, team: Unit, now: datetime
) -> None:
    assert brief(now=now - MINUTE) == 0
    assert brief(now=now) == 1
    one = Briefing.objects.get()
    assert (one.unit, one.starts, one.until) == (team, starts, starts - LEAD)
    assert one.until - one.since == FIRST


def test_the_next_begins_where_the_last_one_ended_however_late_it_is_made(
    page: Account, starts: datetime, team: Unit, bob: Officer, now: datetime
) -> None:
    work(team, bob, starts + 8 * HOUR)
    first = made(now + 3 * HOUR)
    second = made(starts + 14 * HOUR)
    assert (second.since, second.until) == (first.until, starts + 8 * HOUR - LEAD)


def test_nothing_is_made_twice_nor_for_who_comes_in_with_the_others(
    page: Account, starts: datetime, team: Unit, bob: Officer, carol: Officer, now: datetime
) -> None:
    work(team, bob, starts + 30 * MINUTE)
    work(team, carol, starts)
    assert [brief(now=now + n * MINUTE) for n in range(60)] == [1] + [0] * 59
    one = Briefing.objects.get()
    assert [each.name for each in found_in.shift_of(one)] == [
        "Alice Fenn",
        "Bob Marsh",
        "Carol Heath",
    ]


def test_a_shift_that_is_over_and_a_unit_without_ground_have_none(
    page: Account, team: Unit, alice: Officer, carol: Officer, now: datetime
) -> None:
    work(team, alice, now - 9 * HOUR)
    work(carol.unit, carol, now)
    assert due(now) == []


@pytest.mark.django_db(transaction=True)
def test_eight_workers_at_once_make_one_and_tell_nobody_twice(
    page: Account, starts: datetime, team: Unit, bob: Officer, now: datetime
) -> None:
    work(team, bob, starts)
    ready = threading.Barrier(8)
    count: list[int] = []

    def worker() -> None:
        try:
            ready.wait()
            count.append(brief(now=now))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=worker) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(count) == [0] * 7 + [1], "none of them failed"
    assert Briefing.objects.count() == 1
    assert sorted(Notice.objects.values_list("address", flat=True)) == [alice_mail(), bob.email]


def alice_mail() -> str:
    return Officer.objects.get(name="Alice Fenn").email


# What ---------------------------------------------------------------------------


def test_what_was_said_belongs_to_a_team_by_its_place(
    page: Account, starts: datetime, now: datetime
) -> None:
    here = open_case(page, "Cars race here", now - HOUR, severity=2, said=at(0))
    there = open_case(page, "Cars race there", now - HOUR, by="b@example.test", said=at(1))
    nowhere = open_case(page, "Cars race", now - HOUR, by="c@example.test")
    one = made(now)
    assert one.refs["cases"] == [here.pk]
    assert {there.pk, nowhere.pk}.isdisjoint(one.refs["risks"])
    assert one.refs["said"] == len(one.items) == 1


def test_the_home_of_a_member_counts_while_they_agree_and_have_named_no_place(
    page: Account, starts: datetime, force: Force, now: datetime
) -> None:
    for n, name in enumerate(("ann", "bea", "cem")):
        point = make_member(force, f"{name}@example.test", now - 50 * DAY, ward=0)
        place = at(1) if name == "bea" else None
        open_case(page, f"It is {name}", now - (n + 1) * MINUTE * 10, said=place)
        Item.objects.filter(text=f"It is {name}").update(contact_point=point)
        if name == "cem":
            with acting(SYSTEM, "test.withdraw"):
                Consent.objects.filter(contact=point.contact).update(withdrawn_at=now)
    one = made(now)
    assert [Item.objects.get(pk=pk).text for pk in one.items] == ["It is ann"]
    assert found_in.points(one) == [], "a home is nothing to show"


def test_what_was_routed_to_the_team_is_its_own_wherever_it_is(
    page: Account, starts: datetime, team: Unit, force: Force, now: datetime
) -> None:
    with acting(SYSTEM, "test.rule"):
        RoutingRule.objects.create(force=force, order=1, name="All", when={}, unit=team)
    case = open_case(page, "Is the office open?", now - HOUR)
    assert made(now).refs["cases"] == [case.pk]


def test_what_came_late_is_told_by_the_next_and_only_once(
    page: Account, starts: datetime, team: Unit, bob: Officer, now: datetime
) -> None:
    work(team, bob, starts + 8 * HOUR)
    early = open_case(page, "Told at once", now - HOUR, said=at(0))
    assert made(now).refs["cases"] == [early.pk]
    late = open_case(page, "Routed late", now - 2 * HOUR, by="b@example.test", said=at(0))
    assert made(starts + 8 * HOUR).refs["cases"] == [late.pk]


def test_risks_answers_endings_handovers_and_vulnerability_are_told(
    page: Account, starts: datetime, alice: Officer, team: Unit, force: Force, now: datetime
) -> None:
    with acting(SYSTEM, "test.rule"):
        RoutingRule.objects.create(force=force, order=1, name="All", when={}, unit=team)
    old = now - 3 * DAY
    risk, done, frail = (
        open_case(page, words, old, by=f"{n}@example.test", severity=severity)
        for n, (words, severity) in enumerate([("He has a key", 3), ("Lost glove", 1), ("Fell", 1)])
    )  # fmt: skip
    close.close(done, reason="Found", by=alice, now=now - HOUR)
    assess.assess(frail, Severity.ROUTINE, reason="Lives alone", by=alice, now=now - HOUR,
                  headings={"vulnerability": ["alone"]})  # fmt: skip
    answering.answer(frail, "We come tomorrow", by=alice, now=now - HOUR, seen=None)
    own.take(risk, by=alice, now=now - HOUR)
    waits = handover.begin(team, by=alice, now=now - HOUR)
    refs = made(now).refs
    assert (refs["risks"], refs["closed"], refs["vulnerable"]) == ([risk.pk], [done.pk], [frail.pk])
    assert (refs["answered"], refs["handovers"]) == ([frail.pk], [waits.pk])
    assert refs["cases"] == []


def test_what_was_passed_on_is_counted_for_the_time_since(
    page: Account, starts: datetime, force: Force, now: datetime
) -> None:
    case = open_case(page, "Water on Mill Race", now - 2 * DAY, severity=2, said=at(0))
    first = Item.objects.get(in_case__case=case)
    thread = Thread.objects.create(
        force=force, first=first, began_at=first.received_at, last_at=now, repeats=3, reach=900
    )
    with acting(SYSTEM, "test.thread"):
        Case.objects.filter(pk=case.pk).update(thread=thread)
    for n, when in enumerate([now - 2 * HOUR, now - HOUR, now - 40 * HOUR]):
        open_case(page, f"RT {n}", when, by=f"{n}@example.test", said=at(2))
        Item.objects.filter(text=f"RT {n}").update(thread=thread, part=Part.REPOST)
    assert made(now).refs["spread"] == [[thread.pk, 2]]


def test_answers_to_the_team_s_own_alerts_are_told_wherever_they_come_from(
    page: Account, starts: datetime, team: Unit, alice: Officer, now: datetime
) -> None:
    with acting(SYSTEM, "test.message"):
        alert = Message.objects.create(
            force=team.force, unit=team, author=alice, kind="crime", title="Lock your sheds",
            body="They were open.", created_at=now, changed_at=now,
        )  # fmt: skip
    for n in range(2):
        open_case(page, f"Mine too {n}", now - HOUR, by=f"{n}@example.test")
    Item.objects.filter(text__startswith="Mine too").update(message=alert)
    one = made(now)
    assert one.refs["alerts"] == [[str(alert.pk), 2]]
    body = shown(alice, one)
    assert "Lock your sheds" in body
    assert "2 answers" in body


def test_a_theme_is_compared_with_the_same_hours_of_the_weeks_before(
    page: Account, starts: datetime, now: datetime
) -> None:
    def talk(when: datetime, count: int) -> None:
        for n in range(count):
            said = open_case(page, f"{when} {n}", when, by=f"{when:%m%d}-{n}@e.test", said=at(0))
            Item.objects.filter(in_case__case=said).update(
                findings={"headings": {"threat": ["knife"]}}
            )

    for week in range(9, 0, -1):
        talk(now - week * 7 * DAY - 3 * HOUR, 1)
    talk(now - 3 * HOUR, 9)
    one = made(now)
    assert one.themes == [["threat", 9, [1] * 8]]
    [(name, about, _count)] = found_in.compared(one)
    assert name == "threat"
    assert about is not None
    assert about.unusual


# By number: forgetting and correcting show through --------------------------------


def test_words_are_read_from_the_things_and_vanish_with_them(
    page: Account, starts: datetime, carol: Officer, now: datetime
) -> None:
    case = open_case(page, "Zeppelin over the park", now - HOUR, severity=2, said=at(0))
    one = made(now)
    assert "Zeppelin" in shown(carol, one)
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(b)::text FROM cases_briefing b")
        assert "Zeppelin" not in cursor.fetchone()[0]
    item = Item.objects.filter(in_case__case=case)
    item.update(text="Two balloons over the park")
    assert "Two balloons" in shown(carol, one)
    item.update(deleted_at=now)
    assert "balloons" not in shown(carol, one), "from the moment on at which it was taken down"
    forget(now=now + GRACE)
    after = shown(carol, one)
    assert "balloons" not in after
    assert "Its author has taken it down" in after
    assert case.reference in after


def test_a_severity_that_is_corrected_is_shown_as_it_is_now(
    page: Account, starts: datetime, carol: Officer, now: datetime
) -> None:
    case = open_case(page, "A loud bang", now - HOUR, severity=4, said=at(0))
    one = made(now)
    assess.assess(case, Severity.ROUTINE, reason="A car", by=carol, now=now)
    page_shown = shown(carol, one)
    assert "Emergency</strong>" not in page_shown
    assert "No risk is open." in page_shown


# Who may know ----------------------------------------------------------------------


def test_who_may_not_open_a_case_is_told_how_severe_it_is_and_who_has_it(
    page: Account, starts: datetime, alice: Officer, carol: Officer, now: datetime
) -> None:
    case = open_case(page, "Zeppelin over the park", now - HOUR, severity=3, said=at(0))
    one = made(now)
    seen = shown(alice, one)
    assert "Zeppelin" not in seen
    assert case.reference not in seen
    assert "1 case with Brackenshire Police, which you may not open" in seen
    assert case.reference in shown(carol, one)


def test_another_team_and_another_force_see_nothing(
    page: Account, starts: datetime, force: Force, mallory: Officer, now: datetime
) -> None:
    one = made(now)
    castle = make_officer(force.units.get(code="CA1"), "3001", "Cass Tull", Role.WRITER)
    for officer in (castle, mallory):
        client = as_officer(officer)
        for path in ("", "map.json"):
            assert client.get(f"/console/briefings/{one.pk}/{path}").status_code == 404
        assert client.post(f"/console/briefings/{one.pk}/read/").status_code == 404
        assert "Northwick" not in text(client.get("/console/briefings/"))


def test_the_mail_leads_there_and_says_nothing_of_it(
    page: Account, starts: datetime, alice: Officer, now: datetime
) -> None:
    open_case(page, "Zeppelin over the park", now - HOUR, severity=4, said=at(0))
    Notice.objects.all().delete()
    one = made(now)
    told = Notice.objects.get(kind="briefing")
    assert told.address == alice.email
    assert f"/console/briefings/{one.pk}/" in told.text
    assert "Zeppelin" not in told.subject + told.text


def test_reading_is_kept_by_name_and_each_opening_is_recorded(
    page: Account, starts: datetime, alice: Officer, carol: Officer, now: datetime
) -> None:
    case = open_case(page, "Cars race here", now - HOUR, said=at(0))
    one = made(now)
    assert found_in.unread(alice, now=now) == [one]
    assert found_in.unread(carol, now=now) == [], "it is not her shift"
    client = as_officer(alice)
    assert "Not yet" in text(client.get(f"/console/briefings/{one.pk}/"))
    for _ in range(2):
        client.post(f"/console/briefings/{one.pk}/read/")
    assert list(found_in.read_by(one)) == [alice.pk]
    assert found_in.unread(alice, now=now) == []
    assert "You read it on" in text(client.get(f"/console/briefings/{one.pk}/"))
    shown(carol, one)
    opened = Entry.objects.filter(op="R", table="cases_briefing", row=str(one.pk))
    assert opened.count() == 3
    assert Entry.objects.filter(op="R", table="cases_case", row=str(case.pk)).count() == 1


def test_the_map_shows_cells_and_no_address(
    page: Account, starts: datetime, alice: Officer, now: datetime
) -> None:
    for n in range(4):
        open_case(page, f"Noise {n}", now - HOUR, by=f"{n}@example.test", said=at(0))
    one = made(now)
    body = as_officer(alice).get(f"/console/briefings/{one.pk}/map.json").content
    [spot] = json.loads(body)["features"]
    assert spot["geometry"]["coordinates"] != list(at(0).values())
    assert "4 things" in spot["properties"]["name"]


def test_a_failed_making_leaves_nothing_and_is_made_again(
    page: Account, starts: datetime, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_given: Any, **_more: Any) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch, transaction.atomic():
        patch.setattr("bluelamp.cases.briefing.tell", broken)
        with pytest.raises(RuntimeError):
            brief(now=now)
    assert not Briefing.objects.exists()
    assert brief(now=now) == 1


# At the command line ---------------------------------------------------------------


def test_the_command_names_cases_by_reference_and_repeats_nobody(
    page: Account, starts: datetime, now: datetime
) -> None:
    case = open_case(page, "Zeppelin over the park", now - HOUR, severity=3, said=at(0))
    made(now)
    run = CliRunner().invoke(
        commands.cases, ["briefing", "NW1", "--force", "brackenshire", "--json"]
    )
    told = json.loads(run.output)
    assert (told["unit"], told["said"], told["risks"]) == ("NW1", 1, [case.reference])
    assert "Zeppelin" not in run.output
    read = Entry.objects.filter(op="R", table="cases_case", row="*").latest("id")
    assert read.act.actor_kind == "operator"


def test_a_time_of_one_s_own_is_told_and_not_kept(
    page: Account, starts: datetime, team: Unit, now: datetime
) -> None:
    open_case(page, "Late in the morning", now - MINUTE, said=at(0))
    brief(now=now)
    arguments = ["briefing", "NW1", "--force", "brackenshire", "--json", "--since"]
    run = CliRunner().invoke(commands.cases, [*arguments, "2026-11-21 09:00:00"])
    assert json.loads(run.output)["said"] == 1
    assert CliRunner().invoke(commands.cases, [*arguments, "2026-11-22 09:00:00"]).exit_code != 0
    assert Briefing.objects.count() == 1
