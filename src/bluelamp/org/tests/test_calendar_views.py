from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from bluelamp.audit.values import SYSTEM
from bluelamp.kit import clock
from bluelamp.org import calendars
from bluelamp.org.models import Calendar, Closure, Force, Officer, Unit
from bluelamp.org.values import Role
from conftest import make_officer

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
ALWAYS = [[["00:00", "00:00"]]] * 7
OFFICE = [[["09:00", "17:00"]]] * 5 + [[], []]


@pytest.fixture
def as_carol(client: Client, carol: Officer) -> Client:
    client.force_login(carol, BACKEND)
    return client


@pytest.fixture
def desk(force: Force) -> Calendar:
    return calendars.define_calendar(force, name="Force desk", week=ALWAYS, by=SYSTEM)


def week_of(**days: str) -> dict[str, str]:
    return {f"day{n}": days.get(f"day{n}", "") for n in range(7)}


def test_a_calendar_is_added_through_the_page(as_carol: Client, team: Unit) -> None:
    answer = as_carol.post(
        reverse("org:calendar_add"),
        {"name": "Counter", "unit": team.pk,
         **week_of(day0="9am to 12:30, 13:30-17:00", day5="10pm to 6am", day3="all day",
                   day1="closed")},
    )  # fmt: skip
    assert answer.status_code == 302, answer.content.decode()
    made = Calendar.objects.get(name="Counter")
    assert made.unit == team
    assert made.week == [
        [["09:00", "12:30"], ["13:30", "17:00"]], [], [], [["00:00", "00:00"]], [],
        [["22:00", "06:00"]], [],
    ]  # fmt: skip


def test_the_page_shows_the_week_as_the_form_takes_it(as_carol: Client, desk: Calendar) -> None:
    assert "all day" in as_carol.get(reverse("org:calendar", args=[desk.pk])).content.decode()
    page = as_carol.get(reverse("org:calendar_week", args=[desk.pk])).content.decode()
    assert page.count('value="all day"') == 7
    form = {"unit": "", **week_of(day2="09:00 to 17:00")}
    assert as_carol.post(reverse("org:calendar_week", args=[desk.pk]), form).status_code == 302
    desk.refresh_from_db()
    assert desk.week == [[], [], [["09:00", "17:00"]], [], [], [], []]


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        ("nine to five", "Monday: enter times like 9am"),
        ("9am", "Monday: enter times like 9am"),
        ("9am to 12pm, 11am to 1pm", "two stretches overlap"),
    ],
)
def test_hours_that_cannot_be_are_named(as_carol: Client, hours: str, words: str) -> None:
    form = {"name": "Counter", "unit": "", **week_of(day0=hours)}
    assert words in as_carol.post(reverse("org:calendar_add"), form).content.decode()
    assert not Calendar.objects.exists()


def test_adding_does_not_change_another_of_the_same_name(as_carol: Client, desk: Calendar) -> None:
    form = {"name": desk.name, "unit": "", **week_of()}
    page = as_carol.post(reverse("org:calendar_add"), form).content.decode()
    assert "calendar of this name already" in page


def test_a_day_is_excepted_and_restored(as_carol: Client, desk: Calendar) -> None:
    day = clock.now().date() + timedelta(days=30)
    form = {"day_0": day.day, "day_1": day.month, "day_2": day.year,
            "day_day": day.day, "day_month": day.month, "day_year": day.year,
            "opens": "10am to 2pm", "reason": "Summer fair"}  # fmt: skip
    answer = as_carol.post(reverse("org:calendar_day", args=[desk.pk]), form)
    assert answer.status_code == 302, answer.content.decode()
    closure = Closure.objects.get()
    assert (closure.day, closure.opens) == (day, [["10:00", "14:00"]])
    page = as_carol.get(reverse("org:calendar", args=[desk.pk])).content.decode()
    assert "Summer fair" in page
    url = reverse("org:calendar_restore", args=[closure.pk])
    assert "Let the usual hours hold" in as_carol.get(url).content.decode()
    assert Closure.objects.exists()
    assert as_carol.post(url).status_code == 302
    assert not Closure.objects.exists()


def test_bank_holidays_are_added_for_a_chosen_year(as_carol: Client, desk: Calendar) -> None:
    url, year = reverse("org:calendar_bank_holidays", args=[desk.pk]), clock.now().year
    assert "Choose at least one year" in as_carol.post(url, {"nation": "scotland"}).content.decode()
    assert as_carol.post(url, {"nation": "scotland", "which": [year]}).status_code == 302
    assert desk.closures.filter(day=date(year, 11, 30)).exists()


def test_the_list_says_what_is_open_now(as_carol: Client, desk: Calendar, force: Force) -> None:
    calendars.define_calendar(force, name="Never", week=[[]] * 7, by=SYSTEM)
    page = as_carol.get(reverse("org:calendars")).content.decode().split("<tbody", 1)[1]
    assert page.index("Force desk") < page.index("Open") < page.index("Never")
    assert "Closed" in page[page.index("Never") :]


def test_who_may_only_read_sees_no_way_to_change(
    client: Client, alice: Officer, desk: Calendar
) -> None:
    client.force_login(alice, BACKEND)
    page = client.get(reverse("org:calendar", args=[desk.pk])).content.decode()
    assert "Change the week" not in page
    for name in ("calendar_week", "calendar_day", "calendar_bank_holidays"):
        assert client.get(reverse(f"org:{name}", args=[desk.pk])).status_code == 403


def test_who_looks_after_a_team_changes_the_team_s_alone(
    client: Client, team: Unit, desk: Calendar
) -> None:
    chief = make_officer(team, "1010", "Kim Vale", Role.ADMINISTRATOR)
    client.force_login(chief, BACKEND)
    assert client.get(reverse("org:calendar_week", args=[desk.pk])).status_code == 404
    form = {"name": "Team", "unit": "", **week_of()}
    assert Calendar.objects.count() == 1
    assert client.post(reverse("org:calendar_add"), form).status_code == 200
    form["unit"] = str(team.pk)
    assert client.post(reverse("org:calendar_add"), form).status_code == 302
    own = Calendar.objects.get(name="Team")
    assert client.get(reverse("org:calendar_week", args=[own.pk])).status_code == 200
