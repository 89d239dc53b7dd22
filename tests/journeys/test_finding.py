"""An officer finds the case of who calls, with script and without."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from bluelamp.audit.actions import acting
from bluelamp.audit.values import SYSTEM
from bluelamp.cases.models import Case
from bluelamp.cases.tests.helpers import open_case
from bluelamp.inbound.tests.helpers import make_page
from bluelamp.kit import clock
from bluelamp.org.models import Force, Officer
from bluelamp.org.values import Role
from conftest import make_officer
from tests.browser import Reader
from tests.journeys.conftest import Open
from tests.journeys.scene import Scene

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HOUR = timedelta(hours=1)


@pytest.fixture
def taker(scene: Scene, force: Force) -> Officer:
    """Takes calls: two people have written of Mill Lane, one of them long ago."""
    page, now = make_page(force, clock.now()), clock.now()
    ann = open_case(page, "My shed in Mill Lane was broken into", now - 9 * HOUR, by="ann@a.test")
    open_case(page, "A lorry blocks Mill Lane", now, by="cem@a.test", sender_name="Cem Aydin")
    with acting(SYSTEM, "test.setup"):
        Case.objects.filter(pk=ann.pk).update(state="closed", closed_at=now)
        force.settings = {"second_factor": "none"}
        force.save()
    return make_officer(force.units.get(parent=None), "1101", "Hana Reed", Role.HANDLER)


def signed_in(reader: Reader, officer: Officer) -> Reader:
    client = Client()
    client.force_login(officer, "allauth.account.auth_backends.AuthenticationBackend")
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    cookie: Any = {"name": settings.SESSION_COOKIE_NAME, "value": value, "url": reader.root}
    reader.page.context.add_cookies([cookie])
    return reader


@pytest.mark.parametrize("script", [True, False])
def test_a_case_is_found_by_words_and_by_its_reference(
    someone: Open, taker: Officer, script: bool, tmp_path: Any
) -> None:
    reader = signed_in(someone(script=script), taker)
    reader.goto("/console/cases/")
    reader.page.screenshot(path=tmp_path / "queue.png", full_page=True)
    box = reader.page.get_by_role("searchbox")
    box.fill("mill lane")
    reader.press("Find")
    reader.heading("Cases found")
    reader.page.screenshot(path=tmp_path / "found.png", full_page=True)
    expect(
        reader.page.get_by_text("2 cases fit, open or closed, the newest first.")
    ).to_be_visible()
    expect(reader.page.get_by_text("Cem Aydin")).to_be_visible()
    box.fill("ann@a")
    reader.press("Find")
    expect(reader.page.get_by_text("An address is found whole or not at all.")).to_be_visible()
    reader.page.screenshot(path=tmp_path / "none.png", full_page=True)
    box.fill(Case.objects.get(title__contains="shed").reference.replace("-", " ").lower())
    reader.press("Find")
    reader.heading("My shed in Mill Lane was broken into")
