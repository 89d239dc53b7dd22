"""A frightened person writes to the police by the web form."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from bluelamp.inbound.models import Item
from tests.journeys.conftest import Open
from tests.journeys.scene import Scene, work

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

STORY = "He has my passport and locks the door when he goes out."


@pytest.mark.parametrize("script", [True, False])
def test_a_frightened_person_writes(scene: Scene, someone: Open, script: bool) -> None:
    ann = someone(script=script)
    ann.goto("/contact")
    ann.heading("Tell the police")
    expect(ann.page.get_by_role("heading", name="In danger now? Call 999")).to_be_in_viewport()
    expect(ann.page.get_by_text("press 55")).to_be_in_viewport()
    way_out = ann.page.get_by_role("link", name="Leave this page quickly")
    expect(way_out).to_be_in_viewport()
    ann.press("Send")
    expect(ann.page.get_by_role("link", name="Write what has happened")).to_be_visible()
    ann.look()
    ann.write("What has happened?", STORY)
    ann.write("Where?", "Flat above the laundry, Mill Lane")
    expect(way_out).to_be_in_viewport()  # scrolled down to the middle of the form
    ann.press("Send")
    ann.heading("Message sent")
    assert STORY not in ann.page.content()
    work()
    item = Item.objects.get()
    assert item.text.startswith(STORY)
    expect(ann.page.get_by_text(item.conversation)).to_be_visible()


def test_who_goes_back_after_sending_finds_nothing_written(scene: Scene, someone: Open) -> None:
    ann = someone()
    ann.goto("/contact")
    ann.write("What has happened?", STORY)
    ann.press("Send")
    ann.heading("Message sent")
    ann.page.go_back()
    expect(ann.page.get_by_role("textbox", name="What has happened?")).to_have_value("")


def test_who_leaves_quickly_is_gone(scene: Scene, someone: Open) -> None:
    ann = someone()
    elsewhere = "https://www.bbc.co.uk/weather"
    ann.page.route(elsewhere, lambda route: route.fulfill(body="<title>Weather</title>"))
    ann.goto("/join")
    ann.goto("/contact")
    ann.write("What has happened?", STORY)
    ann.follow("Leave this page quickly")
    expect(ann.page).to_have_url(elsewhere)
    ann.page.go_back()
    expect(ann.page).to_have_url(f"{ann.root}/join/")  # the form's place in the history is taken
