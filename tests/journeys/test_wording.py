"""What we say, in a browser: words refused, looked at, put in force and given up, by keyboard."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from bluelamp.cases.rules.greeting import emergency_words
from bluelamp.cases.rules.wording import EMERGENCY
from bluelamp.org.models import Force, Officer
from tests.browser import Reader
from tests.journeys.conftest import Open
from tests.journeys.test_board import sergeant, signed_in

__all__ = ["sergeant"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
OURS = "In danger now? Call 999. We cannot promise to read this at once."


def test_a_sergeant_words_the_emergency_answer(
    someone: Open, force: Force, sergeant: Officer, size: str, tmp_path: Any
) -> None:
    reader = signed_in(someone(), sergeant)

    def shot(name: str) -> None:
        reader.page.screenshot(path=tmp_path / f"{name}-{size}.png", full_page=True)

    reader.goto("/console/settings/wording/")
    reader.heading("What we say")
    shot("all")
    reader.follow("Change Answer to an emergency")
    rewrite(reader, "Our words", "We read this soon, see www.force.example")
    reader.press("See how it goes out")
    expect(reader.page.get_by_role("alert")).to_contain_text("Tell them to call 999")
    shot("refused")
    rewrite(reader, "Our words", OURS)
    reader.press("See how it goes out")
    reader.heading("Say it like this?")
    expect(reader.page.get_by_text("It does not name 999 BSL")).to_be_visible()
    shot("looked-at")
    reader.write("Reason", "Shorter, as the inspectors want it")
    reader.press("Put it in force")
    expect(reader.page.get_by_text("It holds from now on.")).to_be_visible()
    force.refresh_from_db()
    assert emergency_words(force.settings) == OURS
    shot("ours")
    reader.follow("Change Answer to an emergency")
    shot("text")
    reader.press("Back to the product’s words")
    reader.write("Reason", "The other ways are missed")
    reader.press("Put it in force")
    expect(reader.page.get_by_text("It holds from now on.")).to_be_visible()
    force.refresh_from_db()
    assert emergency_words(force.settings) == EMERGENCY
    reader.follow("Change What a case is closed with")
    shot("outcomes")
    rewrite(reader, "What the citizen is told", "We have answered your question.")
    reader.press("See how it goes out")
    expect(reader.page.get_by_text("From then on")).to_be_visible()
    shot("outcomes-looked-at")


def rewrite(reader: Reader, label: str, text: str) -> None:
    """Write into the first box of that name, over what stands there."""
    reader.reach(reader.page.get_by_label(label, exact=True).first)
    reader.page.keyboard.press("ControlOrMeta+a")
    reader.page.keyboard.type(text)
