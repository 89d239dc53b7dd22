"""Officers look at a person whole: open them for a reason, join two contacts, decide a review."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from bluelamp.audit.actions import acting
from bluelamp.audit.values import SYSTEM
from bluelamp.cases.identify import identify
from bluelamp.cases.models import Case, Review
from bluelamp.cases.tests.helpers import open_case
from bluelamp.cases.values import ReviewState
from bluelamp.channels.models import Account
from bluelamp.inbound.tests.helpers import make_page
from bluelamp.kit import clock
from bluelamp.members.models import ContactLink
from bluelamp.org.models import Force, Officer
from bluelamp.org.values import Role
from conftest import make_officer
from tests.journeys.conftest import Open
from tests.journeys.test_casework import signed_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DAY = timedelta(days=1)
PRIVATE = {"visibility": "private", "author_id": "did:ellen", "conversation": "with-ellen"}


@pytest.fixture
def page(force: Force) -> Account:
    with acting(SYSTEM, "test.setup"):
        force.hosts = ["localhost"]
        force.save()
    return make_page(force, clock.now())


@pytest.fixture
def sam(force: Force) -> Officer:
    """Sergeant Sam Cole: supervises."""
    return make_officer(force.units.get(parent=None), "1102", "Sam Cole", Role.SUPERVISOR)


@pytest.fixture
def case(page: Account) -> Case:
    """Ellen wrote by mail three times, then in private on a platform, and told her address."""
    now = clock.now()
    for day in (12, 6, 2):
        open_case(page, f"The van was there again, {day} days ago", now - day * DAY,
                  by="ellen@example.test", sender_name="Ellen Sugden")  # fmt: skip
    told = "It is Ellen. My e-mail is ellen@example.test. Has the van been found?"
    found = open_case(page, told, now, by="@ellen.example.test", channel="bluesky", said=PRIVATE,
                      sender_name="ellen")  # fmt: skip
    identify(now=now)
    return found


def test_a_supervisor_sees_somebody_whole(someone: Open, case: Case, sam: Officer) -> None:
    reader = signed_in(someone(script=False), sam)  # all of it works without script
    reader.goto(f"/console/cases/{case.reference}/")
    expect(reader.page.get_by_text("1 other contact may be the same person")).to_be_visible()
    reader.follow("All about this person")
    reader.heading("Open all about this person")
    reader.press("Open it")
    expect(reader.page.get_by_role("link", name="Say why you need it")).to_be_visible()
    reader.write("Why do you need this?", f"Working on {case.reference}")
    reader.press("Open it")
    reader.heading("ellen")
    reader.page.get_by_text("They are one person").click()
    reader.page.get_by_label("How do you know?").first.fill("She told us her address")
    reader.press("Join them")
    expect(reader.page.get_by_text("They are one person now.")).to_be_visible()
    expect(reader.page.get_by_text("The van was there again, 12 days ago").first).to_be_visible()
    reader.page.locator("summary", has_text="Undo it").click()
    reader.page.get_by_label("How do you know?").first.fill("It is her sister")
    reader.press("Undo it")
    expect(reader.page.get_by_text("Undone: both are as they were before.")).to_be_visible()
    assert ContactLink.objects.filter(undone_at=None).count() == 0


def test_the_pages_hold_at_both_sizes(someone: Open, case: Case, sam: Officer) -> None:
    reader = signed_in(someone(), sam)
    reader.goto("/console/contacts/same/")
    reader.page.get_by_text("They are one person").click()
    reader.look()
    reader.goto("/console/contacts/reviews/")
    reader.follow("Ellen Sugden")
    reader.heading("How does Ellen Sugden fare?")
    reader.press("Keep the decision")
    expect(reader.page.get_by_role("link", name="Choose what comes of it")).to_be_visible()
    reader.look()
    reader.choose("Watch how it goes")
    reader.write("What you saw, and why you decide so", "Her sister stays with her this week")
    day = (clock.now() + 7 * DAY).date()
    for part, value in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
        reader.write(part, str(value))
    reader.press("Keep the decision")
    expect(reader.page.get_by_text("Your decision is kept")).to_be_visible()
    reader.look()
    assert Review.objects.get().state == ReviewState.DECIDED
    reader.goto("/console/contacts/reviews/")
    reader.goto(f"/console/cases/{case.reference}/")
    reader.follow("All about this person")
    reader.write("Why do you need this?", f"Working on {case.reference}")
    reader.press("Open it")
    reader.heading("ellen")
