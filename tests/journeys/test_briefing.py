"""A beat briefing in a browser: told on the first page, read, kept as read; a place corrected."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from bluelamp.audit.actions import acting
from bluelamp.audit.values import SYSTEM
from bluelamp.cases.briefing import brief
from bluelamp.cases.models import BriefingRead, Case, RoutingRule
from bluelamp.cases.tests.helpers import open_case
from bluelamp.inbound.models import Item
from bluelamp.inbound.tests.helpers import make_page
from bluelamp.kit import clock
from bluelamp.org.models import Force, Officer, Shift, Unit
from bluelamp.outbound.tests.helpers import SOUTH, STEP, WEST
from bluelamp.places.models import Area
from tests.journeys.conftest import Open
from tests.journeys.scene import Scene
from tests.journeys.test_board import signed_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HOUR = timedelta(hours=1)
SAID = (
    ("Two boys on a bike had a knife at the school gate in Northwick", 3, "ann"),
    ("Somebody tried our car door on Church View", 2, "bea"),
    ("When is the next surgery in the library?", 1, "cem"),
)


@pytest.fixture
def briefed(scene: Scene, force: Force, team: Unit, alice: Officer, bob: Officer) -> Officer:
    """Alice and Bob have just come in; Northwick is theirs, and spoke yesterday evening."""
    now = clock.now()
    with acting(SYSTEM, "test.setup"):
        force.settings = {"second_factor": "none"}
        force.save()
        Area.objects.filter(pk=scene.wards["Northwick"].pk).update(unit=team)
        RoutingRule.objects.create(force=force, order=1, name="Ours", when={}, unit=team)
        for officer in (alice, bob):
            Shift.objects.create(
                force=force, unit=team, officer=officer, starts=now, ends=now + 8 * HOUR
            )
    page = make_page(force, now - 24 * HOUR)
    for n, (text, severity, who) in enumerate(SAID):
        place = {"longitude": WEST + (n + 1) * STEP / 5, "latitude": SOUTH + STEP / 2}
        open_case(page, text, now - (n + 2) * HOUR, severity=severity, by=who, said=place)
    Item.objects.filter(sender="ann").update(
        findings={"headings": {"threat": ["a knife"]}, "places": ["Northwick"]}
    )
    assert brief(now=now) == 1
    return alice


def test_an_officer_reads_the_briefing_for_their_shift(
    someone: Open, briefed: Officer, size: str, tmp_path: Any
) -> None:
    reader = signed_in(someone(), briefed)
    reader.goto("/console/")
    reader.reach(reader.page.get_by_role("link", name="Read the briefing for your shift"))
    reader.page.keyboard.press("Enter")
    expect(reader.page.get_by_text("3 things were said")).to_be_in_viewport()
    expect(reader.page.get_by_role("button", name="I have read it")).to_be_in_viewport()
    expect(reader.page.locator(".bl-dot").first).to_be_visible()
    expect(reader.page.get_by_role("link", name=SAID[0][0])).to_be_visible()
    reader.look()
    reader.page.screenshot(path=tmp_path / f"briefing-{size}.png", full_page=True)
    reader.page.emulate_media(media="print")
    expect(reader.page.get_by_role("button", name="I have read it")).to_be_hidden()
    reader.page.emulate_media(media="screen")
    reader.press("I have read it")
    expect(reader.page.get_by_text("You read it on")).to_be_visible()
    expect(reader.page.get_by_text("Not yet")).to_have_count(1)
    reader.look()
    assert BriefingRead.objects.get().officer == briefed
    reader.follow("Briefings")
    reader.heading("Briefings")
    expect(reader.page.get_by_text("1 of 2")).to_be_visible()


def test_without_script_it_says_the_same(someone: Open, briefed: Officer) -> None:
    reader = signed_in(someone(script=False), briefed)
    reader.goto("/console/briefings/")
    reader.follow("Read the briefing for your shift: Northwick neighbourhood team, from "
                  + _clock(reader))  # fmt: skip
    expect(reader.page.get_by_text("Northwick: 3")).to_be_visible()
    expect(reader.page.locator("[data-map]")).to_be_hidden()
    reader.press("I have read it")
    expect(reader.page.get_by_text("You read it on")).to_be_visible()


def _clock(reader: Any) -> str:
    link = reader.page.get_by_role("link", name="Read the briefing for your shift")
    return str(link.inner_text()).rpartition("from ")[2]


def test_a_place_is_corrected_by_pressing_the_map(
    someone: Open, briefed: Officer, size: str, tmp_path: Any
) -> None:
    case = Case.objects.get(severity=3)
    reader = signed_in(someone(), briefed)
    reader.goto(f"/console/cases/{case.reference}/")
    expect(reader.page.get_by_text("From: Northwick in the text")).to_be_visible()
    expect(reader.page.locator(".bl-pin")).to_be_visible()
    reader.look()
    reader.follow("Correct the place")
    reader.heading("Where is this case about?")
    reader.press("Point to the place")
    expect(reader.page.get_by_text("Press the map at the place.")).to_be_visible()
    reader.page.keyboard.press("Enter")
    expect(reader.page.get_by_text("The place is pointed to.")).to_be_visible()
    reader.page.screenshot(path=tmp_path / f"place-{size}.png", full_page=True)
    reader.press("Set the place")
    expect(reader.page.get_by_text("The place is set.")).to_be_visible()
    expect(reader.page.get_by_text("a point on the map")).to_be_visible()
    reader.look()
    before = case.longitude
    case.refresh_from_db()
    assert case.longitude != before
