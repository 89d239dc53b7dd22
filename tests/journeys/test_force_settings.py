"""Numbers and switches in a browser: refused by name, looked at, put in force, by keyboard."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from bluelamp.cases.rules.showing import HIDDEN_KINDS, KINDS
from bluelamp.insight.rules.desk import DESK, Desk
from bluelamp.org.models import Force, Officer, Unit
from bluelamp.outbound.rules.settings import TRACKING
from tests.browser import Reader
from tests.journeys.conftest import Open
from tests.journeys.test_board import sergeant, signed_in

__all__ = ["sergeant"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HELD = "It holds from now on."


def test_a_sergeant_sets_the_force_s_numbers(
    someone: Open, force: Force, team: Unit, sergeant: Officer, size: str, tmp_path: Any
) -> None:
    reader = signed_in(someone(), sergeant)

    def shot(name: str) -> None:
        reader.page.screenshot(path=tmp_path / f"{name}-{size}.png", full_page=True)

    reader.goto("/console/settings/force/")
    reader.heading("Numbers and switches")
    shot("all")
    reader.follow("Change Officers needed")
    reader.write("Answered in time", "110")
    reader.press("See what changes")
    alert = reader.page.get_by_role("alert")
    expect(alert).to_contain_text("“Answered in time” is from 1 to 99")
    shot("refused")
    reader.write("Answered in time", "90")
    reader.press("See what changes")
    reader.heading("Set it like this?")
    shot("looked-at")
    put(reader, "As agreed with the control room")
    assert DESK.read(settings(force)) == Desk(target=90)
    reader.follow("Change What hides a case from its citizen’s page")
    reader.tick("Domestic abuse")
    shot("kinds")
    reader.press("See what changes")
    expect(reader.page.get_by_text(HIDDEN_KINDS.care)).to_be_visible()
    shot("kinds-looked-at")
    put(reader, "To try it")
    assert HIDDEN_KINDS.read(settings(force)) == {"sexual"}
    shot("ours")
    reader.follow("Change What hides a case from its citizen’s page")
    reader.press("Back to the usual")
    reader.heading("Back to the usual?")
    put(reader, "It was to try it")
    assert HIDDEN_KINDS.read(settings(force)) == KINDS
    reader.follow("Change Openings and clicks")
    reader.choose("On")
    shot("switch")
    reader.press("See what changes")
    put(reader, "The privacy notice says so since Monday")
    assert TRACKING.read(settings(force)) is True
    reader.follow("Change Phones of units")
    write_lines(reader, "NW1: 0161 496 0000\nXX: 101")
    reader.press("See what changes")
    expect(alert).to_contain_text("Line 2: there is no unit “XX”")
    shot("phones")
    reader.goto("/console/settings/force/vulnerability/")
    reader.heading("Who may need more than an answer")
    shot("vulnerability")


def put(reader: Reader, reason: str) -> None:
    """Put what is looked at in force."""
    reader.write("Reason", reason)
    reader.press("Put it in force")
    expect(reader.page.get_by_text(HELD)).to_be_visible()
    reader.heading("Numbers and switches")


def write_lines(reader: Reader, lines: str) -> None:
    """Write lines into the one box of a page."""
    reader.reach(reader.page.get_by_role("textbox", name="Phones of units"))
    reader.page.keyboard.insert_text(lines)


def settings(force: Force) -> dict[str, Any]:
    force.refresh_from_db()
    return force.settings
