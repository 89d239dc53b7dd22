"""The officers' journey: from signing in to a report that is right, and what the record says."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from bluelamp.inbound.models import Item
from bluelamp.members.models import Member
from bluelamp.org.models import Officer
from bluelamp.outbound.models import Message
from tests.browser import Reader, code_of_app
from tests.journeys.conftest import Open
from tests.journeys.scene import (
    PASSWORD,
    STORE,
    Scene,
    give_password,
    mail_to,
    path_in,
    work,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TITLE = "Missing girl of 12 in Northwick"
BODY = "She was last seen at the bus station. If you see her, call 999."


def signed_in(reader: Reader, officer: Officer) -> Reader:
    """Sign in for the first time: a password, then an authenticator app is set up."""
    give_password(officer)
    reader.page.route("**/events?token=*", lambda route: route.abort("connectionrefused"))
    reader.goto("/console/")
    reader.write("Work email address", officer.email)
    reader.reach(reader.page.locator("#id_password"))
    reader.page.keyboard.type(PASSWORD)
    reader.press("Sign in")
    reader.heading("Set up an authenticator app")
    secret = reader.page.locator("main code").inner_text().strip()
    reader.write("Six digits", "000000")
    reader.press("Set up")
    # the summary takes the focus once its script is there; typing before would lose letters
    expect(reader.page.locator(".govuk-error-summary")).to_be_focused()
    secret = reader.page.locator("main code").inner_text().strip()
    reader.write("Six digits", code_of_app(secret))
    reader.press("Set up")
    reader.page.wait_for_url(lambda url: "activate" not in url)
    reader.look()
    reader.goto("/console/")
    return reader


def written(alice: Reader, *, by_map: bool) -> Message:
    """Write the alert to Northwick, see the live count, check and submit it."""
    alice.press("Write an alert")
    alice.heading("Write an alert")
    alice.select("Kind", "Missing person")
    alice.write("Title", TITLE)
    alice.write("Message", BODY)
    alice.choose("Urgent")
    count = alice.page.locator("[data-count-output]")
    if by_map:
        areas = alice.page.locator("path.bl-area")
        expect(areas).to_have_count(3)
        areas.nth(_furthest_west(alice)).click()
        expect(alice.page.get_by_role("checkbox", name="Northwick")).to_be_checked()
    else:
        alice.tick("Northwick")
    expect(count).to_contain_text("12 people")
    alice.tick("Castle")
    expect(count).to_contain_text("13 people")
    alice.tick("Castle")
    expect(count).to_contain_text("12 people")
    alice.look()
    alice.press("Check it")
    alice.heading("Check the alert")
    alice.press("Send for approval")
    expect(alice.page.get_by_role("heading", level=1)).to_contain_text(TITLE)
    alice.look()
    message = Message.objects.get(title=TITLE)
    assert (message.state, message.counted) == ("submitted", 12)
    return message


def _furthest_west(reader: Reader) -> int:
    """Return which of the map's areas lies furthest west: Northwick does."""
    lefts = reader.page.locator("path.bl-area").evaluate_all(
        "all => all.map(e => e.getBoundingClientRect().left)"
    )
    return int(lefts.index(min(lefts)))


def mail_is_shown(reader: Reader) -> None:
    """Look at the mail in its frame, which a browser draws only when it is seen."""
    reader.page.locator(".bl-preview__frame").scroll_into_view_if_needed()
    mail = reader.page.frame_locator(".bl-preview__frame")
    expect(mail.get_by_role("article", name=TITLE)).to_be_in_viewport()
    expect(mail.get_by_role("article")).to_contain_text(BODY)


def figures(reader: Reader) -> dict[str, str]:
    """Return the tiles of the report: title -> figure."""
    tiles = reader.page.locator(".bl-tile").all()
    parts = ((tile.locator(f".bl-tile__{part}") for part in ("label", "value")) for tile in tiles)
    return {label.inner_text(): value.inner_text() for label, value in parts}


@pytest.mark.parametrize("by_map", [False, True], ids=["by-list", "by-map"])
def test_an_alert_from_the_first_word_to_the_last_figure(
    scene: Scene, someone: Open, alice: Officer, bob: Officer, carol: Officer, by_map: bool
) -> None:
    writer = signed_in(someone(), alice)
    message = written(writer, by_map=by_map)
    assert STORE.to("ann@example.test") == []
    work()
    wanted = mail_to(bob.email)
    approver = signed_in(someone(), bob)
    approver.goto(path_in(wanted, "/console/"))
    approver.heading("Decide on this alert")
    mail_is_shown(approver)
    approver.press("Approve")
    expect(approver.page.get_by_role("heading", level=1)).to_contain_text(TITLE)
    approver.look()
    work()
    to = sorted(sent.to for sent in STORE.sent if sent.subject == TITLE)
    assert len(to) == len(set(to)) == 12
    assert "ben@example.test" not in to
    public(someone())
    work()
    member = Member.objects.get(email_point__address="cat@example.test")
    assert (member.state, member.left_message) == ("left", message.pk)
    assert Item.objects.filter(force=scene.force).count() == 1
    writer.goto(f"/console/alerts/{message.pk}/")
    said = figures(writer)
    assert (said["People"], said["Accepted"], said["Left"]) == ("12", "12", "1"), said
    assert said["Rated"].startswith("5.0"), said
    writer.goto("/console/inbox/")
    expect(writer.page.get_by_text("I saw her on the number 7 bus.")).to_be_visible()
    record(signed_in(someone(), carol), alice, bob)


def public(reader: Reader) -> None:
    """Rate by the mail's link, answer on the public page, and leave by the mail's link."""
    ann = mail_to("ann@example.test")
    reader.goto(path_in(ann, "/r/").rpartition("/")[0] + "/5")
    reader.heading("Was this useful?")
    reader.press("Send your rating")
    reader.heading("Thank you")
    reader.follow("Read the message again")
    reader.heading(TITLE)
    reader.press("Reply to the team")
    reader.heading("Reply to the team")
    reader.write("What do you want to tell the team?", "I saw her on the number 7 bus.")
    reader.press("Send your reply")
    reader.heading("Thank you")
    reader.goto(path_in(mail_to("cat@example.test"), "/l/"))
    reader.press("Leave")
    reader.heading("You have left")


def record(auditor: Reader, alice: Officer, bob: Officer) -> None:
    """Find in the record who wrote, who approved, and open one act."""
    auditor.goto("/console/audit/")
    auditor.heading("Who did what")
    for officer, act in ((alice, "outbound.submit"), (bob, "outbound.approve")):
        row: Any = auditor.page.get_by_role("row").filter(has_text=re.compile(re.escape(act)))
        expect(row.first).to_contain_text(officer.name)
    link = row.first.get_by_role("link").first
    auditor.reach(link)
    auditor.page.keyboard.press("Enter")
    auditor.page.wait_for_url(re.compile(r"/audit/acts/\d+/$"))
    auditor.look()
    expect(auditor.page.get_by_text("approved").first).to_be_visible()
    auditor.goto("/console/audit/seals/")
