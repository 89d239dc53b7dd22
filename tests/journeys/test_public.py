"""The public's journeys: find what is happening, join, change what one gets, leave."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from bluelamp.members.models import ContactPoint, Member
from bluelamp.org.models import Officer
from bluelamp.outbound.models import Message
from bluelamp.outbound.tests.helpers import draft, send_through
from bluelamp.outbound.values import Urgency
from tests.journeys.conftest import Open
from tests.journeys.scene import STORE, Scene, code_for, mail_to, path_in, work

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

EVA = "eva@example.test"


@pytest.mark.parametrize("script", [True, False])
def test_somebody_joins(scene: Scene, someone: Open, script: bool) -> None:
    eva = someone(script=script)
    eva.goto("/")
    eva.follow("Join")
    eva.heading("What is your e-mail address?")
    eva.write("What is your e-mail address?", EVA)
    eva.press("Send me a code")
    eva.heading("Check your e-mail")
    assert not ContactPoint.objects.filter(address=EVA).exists()
    eva.write("Enter the code", code_for(EVA))
    eva.press("Continue")
    eva.heading("What is your postcode?")
    eva.write("What is your postcode?", "br11ab")
    eva.press("Continue")
    eva.heading("Your area")
    expect(eva.page.get_by_role("listitem").filter(has_text="Northwick").first).to_be_visible()
    eva.press("Yes, this is my area")
    eva.heading("What would you like to hear about?")
    eva.page.get_by_role("checkbox").first.wait_for()
    before = eva.page.get_by_role("checkbox", checked=True).count()
    eva.tick("Rural crime")
    after = eva.page.get_by_role("checkbox", checked=True).count()
    assert abs(after - before) == 1
    eva.press("Continue")
    eva.heading("Check and agree")
    eva.press("Join")
    expect(eva.page.get_by_role("link", name="Tick the box if you agree")).to_be_visible()
    eva.look()
    eva.reach(eva.page.get_by_role("checkbox").first)
    eva.page.keyboard.press("Space")
    eva.press("Join")
    eva.heading("You have joined")
    member = Member.objects.get(email_point__address=EVA)
    assert (member.postcode, member.state) == ("BR1 1AB", "joined")
    assert member.topics.bit_count() == after
    assert member.contact.consents.filter(purpose="alerts").exists()
    work()
    assert len(STORE.to(EVA)) == 2  # the code and the welcome


def sent(scene: Scene, alice: Officer, bob: Officer) -> Message:
    """Send an urgent alert to Northwick, by day or night."""
    given = draft(scene.wards["Northwick"], urgency=Urgency.URGENT)
    message = send_through(alice, bob, given, scene.now)
    work()
    message.refresh_from_db()
    assert message.state == "sent"
    return message


@pytest.mark.parametrize("script", [True, False])
def test_somebody_looks_what_is_happening(
    scene: Scene, someone: Open, alice: Officer, bob: Officer, script: bool
) -> None:
    message = sent(scene, alice, bob)
    reader = someone(script=script)
    reader.goto("/")
    reader.write("Your postcode", "ZZ1 1ZZ")
    reader.press("See your area")
    reader.heading("Find your area")
    reader.write("Your postcode", "BR1 1AB")
    reader.press("See your area")
    reader.heading("Northwick")
    for words in ("Follow as a feed (Atom)", "Alerts for machines (CAP)"):
        href = reader.page.get_by_role("link", name=words).get_attribute("href")
        answer = reader.page.request.get(f"{reader.root}{href}")
        assert answer.headers["content-type"].startswith("application/atom+xml")
        assert message.title in answer.text()
    reader.follow(message.title)
    reader.heading(message.title)
    expect(reader.page.get_by_text("Three sheds were broken into last night.")).to_be_visible()
    if script:
        expect(reader.page.locator("[data-map] path").first).to_be_attached()
        reader.look()
    cap = reader.page.request.get(f"{reader.root}/alert/{message.public_id}.cap")
    assert str(message.public_id) in cap.text()
    reader.choose("Very useful")
    reader.press("Send your rating")
    expect(reader.page.get_by_text("Thank you. Your rating helps us")).to_be_visible()
    reader.look()
    reader.press("Reply to the team")
    reader.heading("Reply to the team")
    reader.write("What do you want to tell the team?", "I saw a white van at two.")
    reader.press("Send your reply")
    reader.heading("Thank you")


def test_a_member_changes_what_they_get_and_leaves(scene: Scene, someone: Open) -> None:
    ann = someone()
    ann.goto("/preferences/")
    ann.write("E-mail address", "ann@example.test")
    ann.press("Send me a code")
    ann.heading("Check your e-mail")
    ann.write("Enter the code", code_for("ann@example.test"))
    ann.press("Continue")
    ann.heading("What you get")
    member = Member.objects.get(email_point__address="ann@example.test")
    before = member.topics
    ann.reach(ann.page.locator("a[href='/preferences/topics/']"))
    ann.page.keyboard.press("Enter")
    ann.heading("What would you like to hear about?")
    ann.tick("Rural crime")
    ann.press("Save")
    ann.heading("What you get")
    member.refresh_from_db()
    assert (member.topics ^ before).bit_count() == 1
    for room in ("place", "language", "tracking", "data"):
        ann.goto(f"/preferences/{room}/")
    ann.goto("/preferences/pause/")
    ann.choose("One month")
    ann.press("Pause")
    ann.heading("What you get")
    member.refresh_from_db()
    assert member.paused_until is not None
    ann.follow("Leave and get no more messages")
    ann.heading("Do you want to leave?")
    ann.press("Leave")
    ann.heading("You have left")
    member.refresh_from_db()
    assert member.state == "left"
    ann.choose("Too many messages")
    ann.press("Send")
    expect(ann.page.get_by_text("Thank you for telling us why.")).to_be_visible()
    ann.look()
    member.refresh_from_db()
    assert member.leave_reason


@pytest.mark.parametrize("script", [True, False])
def test_a_member_leaves_by_the_mails_link(
    scene: Scene, someone: Open, alice: Officer, bob: Officer, script: bool
) -> None:
    sent(scene, alice, bob)
    cat: Any = someone(script=script)
    cat.goto(path_in(mail_to("cat@example.test"), "/l/"))
    cat.heading("Do you want to leave?")
    member = Member.objects.get(email_point__address="cat@example.test")
    assert member.state == "joined"  # looking is not leaving
    cat.press("Leave")
    cat.heading("You have left")
    member.refresh_from_db()
    assert member.state == "left"
