"""Somebody who looks after duties says when a desk is open, by keyboard alone."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from bluelamp.kit import clock
from bluelamp.org.models import Calendar, Force, Officer, Unit
from bluelamp.org.values import Role
from conftest import make_officer
from tests.browser import Reader
from tests.journeys.conftest import Open

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def carol(force: Force) -> Officer:
    return make_officer(force.units.get(parent=None), "1003", "Carol Reeve", Role.ADMINISTRATOR)


def signed_in(reader: Reader, officer: Officer) -> Reader:
    """Come in with a session, as signing in has journeys of its own."""
    client = Client()
    client.force_login(officer, "allauth.account.auth_backends.AuthenticationBackend")
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    cookie: Any = {"name": settings.SESSION_COOKIE_NAME, "value": value, "url": reader.root}
    reader.page.context.add_cookies([cookie])
    reader.page.route("**/events?token=*", lambda route: route.abort("connectionrefused"))
    return reader


def test_a_desk_s_hours_and_its_exceptions(someone: Open, team: Unit, carol: Officer) -> None:
    reader = signed_in(someone(), carol)
    year = clock.now().year + 1
    reader.goto("/console/people/calendars/")
    reader.press("Add a calendar")
    reader.heading("Add a calendar")
    reader.write("Name", "Front counter")
    reader.select("For which unit", team.name)
    reader.write("Monday", "9 to five")
    reader.press("Save")
    reader.heading("Add a calendar")
    reader.write("Monday", "9am to 12:30, 13:30 to 17:00")
    reader.write("Saturday", "10pm to 2am")
    reader.press("Save")
    reader.heading("Opening hours")
    reader.follow("Front counter")
    reader.heading("Front counter")
    reader.press("Add bank holidays")
    reader.heading("Close on bank holidays")
    reader.choose("England and Wales")
    reader.tick(str(year))
    reader.press("Add bank holidays")
    reader.heading("Front counter")
    reader.press("Add a day")
    reader.heading("Add an exceptional day")
    for box, text in (("Day", "12"), ("Month", "6"), ("Year", str(year))):
        reader.reach(reader.page.get_by_role("textbox", name=box, exact=True))
        reader.page.keyboard.type(text)
    reader.write("Open", "10am to 2pm")
    reader.write("Reason", "Summer fair")
    reader.press("Save the day")
    reader.heading("Front counter")
    made = Calendar.objects.get()
    assert made.week[0] == [["09:00", "12:30"], ["13:30", "17:00"]]
    assert made.closures.get(day=date(year, 6, 12)).opens == [["10:00", "14:00"]]
    assert made.closures.count() >= 9  # eight bank holidays, sometimes one is proclaimed
