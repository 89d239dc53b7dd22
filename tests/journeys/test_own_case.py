"""A citizen looks at their own case, adds to it, and leaves in a hurry."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from bluelamp.audit.actions import acting
from bluelamp.audit.values import SYSTEM
from bluelamp.cases import jobs as case_jobs
from bluelamp.cases.actions.answer import answer
from bluelamp.cases.models import Case, Target
from bluelamp.cases.public import pages
from bluelamp.cases.tests.helpers import open_case
from bluelamp.cases.values import MilestoneKind
from bluelamp.inbound.models import Item
from bluelamp.inbound.tests.helpers import make_page
from bluelamp.kit import clock
from bluelamp.org.models import Officer
from bluelamp.org.values import Role
from conftest import make_officer
from tests.browser import Reader
from tests.journeys.conftest import Open
from tests.journeys.scene import STORE, Scene, elsewhere, work

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ANN = "ann@example.test"


@pytest.fixture
def hana(scene: Scene) -> Officer:
    """Hana Reed: handles cases."""
    return make_officer(scene.force.units.get(parent=None), "1101", "Hana Reed", Role.HANDLER)


@pytest.fixture
def case(scene: Scene) -> Case:
    with acting(SYSTEM, "test.setup"):
        Target.objects.create(
            force=scene.force, severity=1, kind=MilestoneKind.UPDATE, within=timedelta(hours=8)
        )
    page = make_page(scene.force, clock.now(), "Mail")
    return open_case(page, "Our shed was broken into", clock.now(), by=ANN, channel="email")


def come_in(ann: Reader, case: Case) -> None:
    """Ask for a code, read it in the mail, and enter it."""
    ann.goto("/case/")
    ann.heading("See how it stands")
    ann.write("Your reference", case.reference.lower())
    ann.choose("E-mail")
    ann.press("Send me a code")
    ann.heading("Enter the code")
    elsewhere(case_jobs.send_codes)
    work()
    mail = STORE.to(ANN)[-1]
    assert mail.subject == "Your code"
    ann.write("Your code", re.findall(r"\b\d{9}\b", mail.text)[-1])
    ann.press("Continue")


@pytest.mark.parametrize("script", [True, False])
def test_ann_looks_answers_and_closes(
    someone: Open, case: Case, hana: Officer, script: bool
) -> None:
    ask = "Which colour was the bike?"
    answer(case, ask, by=hana, now=clock.now(), seen=None, waiting=True)
    ann = someone(script=script)
    ann.goto("/case/")
    ann.press("Send me a code")
    expect(ann.page.get_by_role("link", name="Enter your reference")).to_be_visible()
    ann.look()
    come_in(ann, case)
    ann.heading("We are waiting for you")
    expect(ann.page.get_by_text(ask)).to_be_visible()
    assert "shed" not in ann.page.content()
    assert case.reference not in ann.page.url + ann.page.title()
    expect(ann.page.get_by_role("link", name="Leave this page quickly")).to_be_in_viewport()
    ann.press("Answer us")
    ann.heading("Add something")
    ann.press("Send")
    expect(ann.page.get_by_role("link", name="Write what you want to add")).to_be_visible()
    ann.write("What do you want to add?", "It was crimson")
    ann.press("Send")
    ann.heading("Sent")
    assert "crimson" not in ann.page.content()
    ann.follow("Back to how it stands")
    ann.heading("We are waiting for you")
    ann.follow("Close this and forget the code")
    ann.heading("Closed")
    ann.page.go_back()
    ann.page.reload()
    ann.heading("See how it stands")
    work()
    assert Item.objects.filter(text="It was crimson").exists()


def test_who_leaves_quickly_leaves_nothing_open(
    someone: Open, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = someone()
    weather = f"{ann.root}/privacy"  # in place of the weather, which no test may ask for
    monkeypatch.setattr(pages, "ELSEWHERE", weather)
    come_in(ann, case)
    ann.heading("We have your message")
    ann.follow("Leave this page quickly")
    expect(ann.page).to_have_url(weather)
    ann.page.go_back()
    ann.page.reload()
    ann.heading("See how it stands")  # what came before asks for a new code
    assert case.reference not in ann.page.content()


def test_who_is_not_safe_says_so(someone: Open, case: Case) -> None:
    ann = someone()
    come_in(ann, case)
    ann.heading("We have your message")
    ann.follow("It is not safe to contact me this way")
    ann.heading("Is it not safe to contact you this way?")
    ann.press("Stop contacting me this way")
    ann.heading("Done")
    case.refresh_from_db()
    assert not case.shown_to_citizen
    ann.goto("/case/now")
    ann.heading("See how it stands")
