"""The control room's figures on small situations, and the cases behind each."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from bluelamp.audit.actions import acting
from bluelamp.audit.values import SYSTEM
from bluelamp.cases.models import Case, CaseItem, Link, Milestone, Reply, RoutingRule
from bluelamp.cases.tests.helpers import open_case
from bluelamp.cases.tests.systems import cases, salesforce
from bluelamp.cases.values import CaseState, LinkState, MilestoneState, ReplyState
from bluelamp.channels.models import Account
from bluelamp.inbound.models import Cursor
from bluelamp.inbound.tests.helpers import make_page
from bluelamp.insight.queries import board, staffing
from bluelamp.insight.queries.board import About
from bluelamp.insight.rules.hours import hours_of
from bluelamp.insight.values import Level
from bluelamp.kit import clock
from bluelamp.notices import paging
from bluelamp.org.models import Force, Officer, OfficerSkill, Shift, Skill, Unit
from bluelamp.org.values import Role
from conftest import make_officer

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def page(force: Force, now: datetime) -> Account:
    return make_page(force, now)


@pytest.fixture
def sergeant(force: Force) -> Officer:
    root = force.units.get(parent=None)
    return make_officer(root, "3001", "Sam Reeve", Role.SUPERVISOR)


def put(case: Case, **facts: Any) -> Case:
    with acting(SYSTEM, "test.put"):
        Case.objects.filter(pk=case.pk).update(**facts)
    case.refresh_from_db()
    return case


def promise(case: Case, state: MilestoneState, now: datetime, *, warned: bool = False) -> None:
    Milestone.objects.create(
        force=case.force, case=case, kind="update", target=HOUR, state=state, due_at=now + HOUR,
        warned_at=now if warned else None,
    )  # fmt: skip


def shift(officer: Officer, unit: Unit, starts: datetime, ends: datetime, **facts: Any) -> None:
    with acting(SYSTEM, "test.shift"):
        Shift.objects.create(
            force=unit.force, unit=unit, officer=officer, starts=starts, ends=ends, **facts
        )


def today(now: datetime) -> datetime:
    return hours_of(now.date())[0]


def test_each_figure_counts_what_its_list_shows(
    force: Force, sergeant: Officer, alice: Officer, now: datetime
) -> None:
    new, opened, waiting, closed, late, soon = cases(force, 6, now)
    put(new, heard_at=now - HOUR)
    put(opened, state=CaseState.OPEN, owner=alice, heard_at=now - 3 * HOUR)
    put(waiting, state=CaseState.WAITING, heard_at=now - DAY)
    put(closed, state=CaseState.CLOSED, closed_at=now)
    promise(late, MilestoneState.BREACHED, now)
    promise(soon, MilestoneState.RUNNING, now, warned=True)
    promise(new, MilestoneState.RUNNING, now)
    promise(closed, MilestoneState.BREACHED, now)
    said = board.figures(sergeant, since=today(now))
    assert (said.ours, said.unread, said.nobody) == (4, 3, 3)
    assert (said.breached, said.risk, said.oldest) == (1, 1, opened)
    for name in ("ours", "unread", "nobody", "risk", "breached"):
        assert board.cases(sergeant, About(name)).count() == getattr(said, name), name
    assert list(board.cases(sergeant, About("breached"))) == [late]
    assert list(board.cases(sergeant, About("open", owner=alice.pk))) == [opened]
    assert board.by(sergeant, "severity") == {0: 2, 1: 1, 4: 1}


def test_a_case_that_is_overdue_is_not_soon_overdue_as_well(
    force: Force, sergeant: Officer, now: datetime
) -> None:
    (case,) = cases(force, 1, now)
    promise(case, MilestoneState.BREACHED, now)
    Milestone.objects.create(
        force=force, case=case, kind="resolution", target=HOUR, state=MilestoneState.RUNNING,
        warned_at=now,
    )  # fmt: skip
    said = board.figures(sergeant, since=today(now))
    assert (said.breached, said.risk) == (1, 0)


def test_arrivals_are_counted_by_hour_channel_and_severity_without_what_passes_on(
    page: Account, sergeant: Officer, now: datetime
) -> None:
    open_case(page, "Our shed was broken into", now, severity=2)
    open_case(page, "And our barn", now + timedelta(minutes=59), severity=3, by="b@example.test")
    open_case(page, "Yesterday's", now - DAY, by="c@example.test")
    open_case(page, "Later", now + HOUR, severity=2, by="d@example.test")
    came = board.arrivals(sergeant, today(now), today(now) + DAY)
    assert [(one.hour, one.severity, one.count) for one in came] == [
        (now, 2, 1), (now, 3, 1), (now + HOUR, 2, 1)
    ]  # fmt: skip
    assert board.figures(sergeant, since=today(now)).arrived == 3
    behind = board.cases(sergeant, About("arrived", hour=now, severity=3))
    assert [one.title for one in behind] == ["And our barn"]
    assert board.cases(sergeant, About("arrived", since=today(now))).count() == 3
    assert board.cases(sergeant, About("arrived", since=today(now), channel="fax")).count() == 0
    CaseItem.objects.filter(case__severity=3).update(why="repeats")
    assert board.figures(sergeant, since=today(now)).arrived == 2


def test_nothing_of_another_unit_or_force_is_counted(
    force: Force, other_force: Force, team: Unit, sergeant: Officer, now: datetime
) -> None:
    here = make_officer(team, "3002", "Tom Hale", Role.HANDLER)
    cases(other_force, 2, now)
    (root_case, mine) = cases(force, 2, now)
    put(mine, unit=team)
    paging.page(root_case.unit, about="case:1", words="Look", path="/console/", now=now)
    assert board.figures(here, since=today(now)).ours == 1
    assert board.figures(sergeant, since=today(now)).ours == 2
    assert (board.pages(here).count(), board.pages(sergeant).count()) == (0, 1)


def test_who_is_on_is_shown_once_with_load_the_most_loaded_first(
    force: Force, team: Unit, sergeant: Officer, alice: Officer, bob: Officer, now: datetime
) -> None:
    shift(alice, team, now - HOUR, now + HOUR)
    shift(bob, team, now - HOUR, now + 2 * HOUR)
    shift(sergeant, team, now - HOUR, now + HOUR, on_call=True)
    emergency, routine = cases(force, 2, now)
    put(emergency, owner=bob, severity=4)
    put(routine, owner=alice, severity=1)
    found = board.crew(sergeant, now)
    assert [(one.officer, one.cases, one.duty.load) for one in found] == [
        (bob, 1, 8.0), (alice, 1, 1.0)
    ]  # fmt: skip


def test_a_skill_is_short_while_nobody_on_shift_has_it(
    force: Force, team: Unit, sergeant: Officer, alice: Officer, now: datetime
) -> None:
    with acting(SYSTEM, "test.setup"):
        welsh = Skill.objects.create(force=force, code="cy", name="Welsh")
        rule = RoutingRule.objects.create(
            force=force, order=1, name="Welsh", when={}, unit=team, skill="cy"
        )
        OfficerSkill.objects.create(force=force, officer=alice, skill=welsh)
    (case,) = cases(force, 1, now)
    put(case, routed={"by": "rule", "rule": rule.pk})
    (short,) = board.short_skills(sergeant, board.crew(sergeant, now))
    assert (short.name, short.cases) == ("Welsh", 1)
    assert list(board.cases(sergeant, About("nobody", skill="cy"))) == [case]
    shift(alice, team, now - HOUR, now + HOUR)
    assert board.short_skills(sergeant, board.crew(sergeant, now)) == []


def test_what_somebody_has_who_is_not_at_work_is_a_figure_of_its_own(
    force: Force, team: Unit, sergeant: Officer, alice: Officer, bob: Officer
) -> None:
    at = clock.now()
    gone, there, on_call, _nobody, closed = cases(force, 5, at)
    dan = make_officer(team, "3004", "Dan Moor", Role.HANDLER)
    for case, owner in ((gone, alice), (there, bob), (on_call, dan), (closed, alice)):
        put(case, owner=owner, state=CaseState.WAITING)
    put(closed, state=CaseState.CLOSED, closed_at=at)
    shift(alice, team, at - 9 * HOUR, at - HOUR)
    shift(bob, team, at - HOUR, at + HOUR)
    shift(dan, team, at - HOUR, at + HOUR, on_call=True)
    assert board.figures(sergeant, since=today(at)).off_shift == 2
    assert set(board.cases(sergeant, About("off_shift"))) == {gone, on_call}
    client = Client()
    client.force_login(sergeant, BACKEND)
    where = f"{reverse('insight:behind')}?about=off_shift"
    assert where in client.get(reverse("insight:board")).content.decode()
    listed = client.get(where).content.decode()
    assert (gone.reference in listed, there.reference in listed) == (True, False)
    assert client.get(reverse("insight:facts")).json()["facts"]["off_shift"] == 2


# Staffing -----------------------------------------------------------------------


def test_a_day_has_as_many_hours_as_the_clocks_say(now: datetime) -> None:
    days = [datetime(2026, 3, 29), datetime(2026, 10, 25), datetime(2026, 11, 21)]
    assert [len(hours_of(day.date())) for day in days] == [23, 25, 24]
    assert hours_of(datetime(2026, 7, 1).date())[0].hour == 23


def test_expected_is_made_of_whole_days_before_today(
    page: Account, sergeant: Officer, now: datetime
) -> None:
    for day in range(1, 15):
        for person in range(6):
            open_case(page, f"Day {day}", now - day * DAY, by=f"{day}-{person}@example.test")
    open_case(page, "Today", now, by="today@example.test")
    found = staffing.expected(sergeant, now.date(), today=now.date())
    by_hour = {one.slot.hour: one for one in found}
    assert len(found) == 24
    assert by_hour[10].mean > 3
    assert by_hour[3].mean < 1
    assert by_hour[10].low <= 6 <= by_hour[10].high


def test_hours_short_are_marked_against_the_rota(
    page: Account, team: Unit, sergeant: Officer, alice: Officer, now: datetime
) -> None:
    for day in range(1, 15):
        for person in range(20):
            open_case(page, f"Day {day}", now - day * DAY, by=f"{day}-{person}@example.test")
    shift(alice, team, now - 2 * HOUR, now + HOUR)
    level = Level(0.8, timedelta(minutes=5), timedelta(minutes=10))
    hours = staffing.plan(sergeant, now.date(), level, today=now.date())
    at_ten = next(one for one in hours if one.begins == now)
    assert at_ten.rostered == 1
    assert at_ten.needed >= 3
    assert at_ten.short == at_ten.needed - 1
    assert [one.rostered for one in hours if one.begins == now + HOUR] == [0]
    generous = Level(0.8, timedelta(hours=1), timedelta(minutes=1))
    easier = staffing.plan(sergeant, now.date(), generous, today=now.date())
    assert sum(one.short for one in easier) < sum(one.short for one in hours)


def test_handling_is_the_mean_between_answers_of_one_officer(
    force: Force, sergeant: Officer, alice: Officer, bob: Officer, now: datetime
) -> None:
    made = cases(force, 40, now)
    assert staffing.handling(sergeant, now=now) is None
    with acting(SYSTEM, "test.setup"):
        for place, case in enumerate(made):
            Reply.objects.create(
                force=force, case=case, by=(alice, bob)[place % 2], state=ReplyState.SENT,
                changed_at=now, sent_at=now - DAY + (place // 2) * timedelta(minutes=6),
            )  # fmt: skip
    assert staffing.handling(sergeant, now=now) == timedelta(minutes=6)
    assert staffing.handling(sergeant, now=now + 40 * DAY) is None


# Pages --------------------------------------------------------------------------


@pytest.fixture
def client(sergeant: Officer) -> Client:
    client = Client()
    client.force_login(sergeant, BACKEND)
    return client


def test_every_figure_of_the_board_leads_to_its_cases(
    client: Client, page: Account, sergeant: Officer
) -> None:
    at = clock.now()
    case = open_case(page, "He has a knife", at, severity=4)
    put(case, longitude=-0.1, latitude=52.0)
    promise(case, MilestoneState.BREACHED, at)
    paging.page(case.unit, about="case:1", words="An emergency in Northwick", path="/x/", now=at)
    shown = client.get(reverse("insight:board"))
    assert shown.status_code == 200
    text = shown.content.decode()
    assert "An emergency in Northwick" in text
    for what in ("breached", "ours", "unread", "nobody", "arrived"):
        listed = client.get(reverse("insight:behind"), {"about": what})
        assert case.reference in listed.content.decode(), what
    assert case.reference not in client.get(
        reverse("insight:behind"), {"about": "risk"}
    ).content.decode()  # fmt: skip
    told = client.get(reverse("insight:facts")).json()["facts"]
    assert (told["ours"], told["breached"], told["arrived"]) == (1, 1, 1)
    (dot,) = client.get(reverse("insight:dots")).json()["features"]
    assert dot["geometry"]["coordinates"] == [-0.1, 52.0]
    assert "knife" not in str(dot)


def test_the_board_is_for_who_may_read_it(alice: Officer) -> None:
    client = Client()
    client.force_login(alice, BACKEND)  # writes alerts, and works on cases
    for name in ("board", "facts", "dots", "behind", "staffing"):
        assert client.get(reverse(f"insight:{name}")).status_code == 403, name


def test_staffing_can_be_asked_for_another_level(client: Client) -> None:
    asked = {"day": clock.now().date().isoformat(), "target": "90", "within": "1", "handling": "5"}
    assert client.get(reverse("insight:staffing"), asked).status_code == 200
    wrong = client.get(reverse("insight:staffing"), asked | {"target": "100"})
    assert b"There is a problem" in wrong.content


def test_what_other_systems_refused_is_said_and_leads_who_may_to_it(
    client: Client, force: Force, team: Unit, now: datetime
) -> None:
    system = salesforce(force, "http://127.0.0.1:9", now)
    (case,) = cases(force, 1, now)
    Link.objects.create(
        force=force, case=case, system=system, state=LinkState.FAILED, due_at=now,
        problem="INVALID_FIELD: No such column",
    )  # fmt: skip
    where = reverse("settings:systems")
    shown = client.get(reverse("insight:board")).content.decode()
    assert f'href="{where}">Another case system refused 1 case<' in shown
    assert "INVALID_FIELD" in client.get(where).content.decode()
    client.post(reverse("settings:system_again", args=[system.pk]))
    assert Link.objects.get().state == LinkState.READY
    assert "refused" not in client.get(reverse("insight:board")).content.decode()


def test_who_sets_no_rules_is_only_told_that_something_was_refused(
    force: Force, now: datetime
) -> None:
    handler = make_officer(force.units.get(parent=None), "3003", "Una Hill", Role.HANDLER)
    system = salesforce(force, "http://127.0.0.1:9", now)
    (case,) = cases(force, 1, now)
    Link.objects.create(force=force, case=case, system=system, state=LinkState.FAILED, due_at=now)
    client = Client()
    client.force_login(handler, BACKEND)
    shown = client.get(reverse("insight:board")).content.decode()
    assert "Another case system refused 1 case" in shown
    assert reverse("settings:systems") not in shown
    again = reverse("settings:system_again", args=[system.pk])
    assert client.post(again).status_code == 403
    assert Link.objects.get().state == LinkState.FAILED


def test_a_feed_is_said_to_be_down_when_it_failed_more_than_once(
    client: Client, page: Account, now: datetime
) -> None:
    cursor = Cursor.objects.create(
        force=page.force, account=page, due_at=now, polled_at=now, failures=1,
        problem="503: the feed is down.",
    )  # fmt: skip

    def shown() -> str:
        return client.get(reverse("insight:board")).content.decode()

    assert "Nothing can be fetched" not in shown(), "once heals itself"
    Cursor.objects.filter(pk=cursor.pk).update(failures=3)
    assert "Nothing can be fetched from Page since" in shown()
