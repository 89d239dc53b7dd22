"""Officers at work on cases: nobody is answered twice, nothing is lost between two shifts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from bluelamp.audit.actions import acting
from bluelamp.audit.values import SYSTEM
from bluelamp.cases.actions.propose import propose
from bluelamp.cases.models import Case, Handover, IncidentGroup, Reply, Target
from bluelamp.cases.tests.helpers import open_case
from bluelamp.cases.values import CaseState, MilestoneKind, ReplyState
from bluelamp.channels import acts
from bluelamp.channels.models import Account
from bluelamp.inbound.tests.helpers import make_page
from bluelamp.kit import clock
from bluelamp.org.models import Force, Officer
from bluelamp.org.values import Role
from conftest import make_officer
from tests.browser import Reader
from tests.journeys.conftest import Open
from tests.journeys.scene import STORE, elsewhere

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PUBLIC = {"visibility": "public", "author_id": "did:ann"}


@pytest.fixture
def page(force: Force) -> Account:
    STORE.clear()
    with acting(SYSTEM, "test.setup"):
        force.hosts = ["localhost"]
        force.save()
        for severity in (1, 2, 3):
            Target.objects.create(
                force=force, severity=severity, kind=MilestoneKind.FIRST_RESPONSE,
                within=timedelta(hours=2 * (4 - severity)),
            )  # fmt: skip
    return make_page(force, clock.now())


@pytest.fixture
def hana(force: Force) -> Officer:
    """Hana Reed: handles cases."""
    return make_officer(force.units.get(parent=None), "1101", "Hana Reed", Role.HANDLER)


@pytest.fixture
def sam(force: Force) -> Officer:
    """Sergeant Sam Cole: supervises."""
    return make_officer(force.units.get(parent=None), "1102", "Sam Cole", Role.SUPERVISOR)


def signed_in(reader: Reader, officer: Officer) -> Reader:
    """Come in with a session, as signing in has journeys of its own."""
    client = Client()
    client.force_login(officer, "allauth.account.auth_backends.AuthenticationBackend")
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    cookie: Any = {"name": settings.SESSION_COOKIE_NAME, "value": value, "url": reader.root}
    reader.page.context.add_cookies([cookie])
    reader.page.route("**/events?token=*", lambda route: route.abort("connectionrefused"))
    return reader


def deliver() -> None:
    """Do what the worker would: perform what waits to go out."""
    now = clock.now()
    for account, lane in acts.waiting(now):
        while acts.perform(account, lane, now=now):
            pass


def test_two_officers_do_not_answer_twice(
    someone: Open, page: Account, hana: Officer, sam: Officer
) -> None:
    case = open_case(page, "Our shed was broken into", clock.now())
    first, second = signed_in(someone(), hana), signed_in(someone(), sam)
    first.goto("/console/cases/")
    first.follow("Our shed was broken into")
    first.heading("Our shed was broken into")
    first.press("Take it")
    second.goto(f"/console/cases/{case.reference}/")

    first.press("Answer")
    expect(first.page.get_by_role("textbox", name="Your answer")).to_be_focused()
    first.write("Your answer", "An officer will call you.")
    expect(first.page.get_by_text("25 characters")).to_be_visible()
    expect(first.page.locator("[data-autosave-status]")).to_contain_text("Draft saved at")
    expect(second.page.get_by_text("Hana Reed is answering now.")).to_be_visible()
    second.look()

    second.write("Your answer", "Please call 101.")
    first.press("Send")
    expect(first.page.get_by_text("Your answer is on its way")).to_be_visible()
    expect(first.page.get_by_role("article", name="Hana Reed answered")).to_be_visible()
    first.look()

    second.press("Send")
    expect(second.page.get_by_text("answered while you wrote")).to_be_visible()
    expect(second.page.get_by_role("textbox", name="Your answer")).to_have_value("Please call 101.")
    second.look()
    elsewhere(deliver)
    assert [said.text for said in STORE.posts.values()] == ["An officer will call you."]


def test_in_public_a_second_officer_says_yes(
    someone: Open, page: Account, hana: Officer, sam: Officer
) -> None:
    case = open_case(page, "@police is the road open?", clock.now(), severity=2, said=PUBLIC)
    writer = signed_in(someone(script=False), hana)  # all of it works without script
    writer.goto(f"/console/cases/{case.reference}/")
    writer.write("Your answer", "Mill Lane is open.")
    writer.press("Send for approval")
    expect(writer.page.get_by_text("waits for another officer’s yes")).to_be_visible()
    approver = signed_in(someone(), sam)
    approver.goto("/console/cases/?list=approve")
    approver.follow("@police is the road open?")
    approver.press("Approve")
    expect(approver.page.get_by_text("Approved. It is on its way.")).to_be_visible()
    approver.look()
    elsewhere(deliver)
    assert [said.text for said in STORE.posts.values()] == ["Mill Lane is open."]


def test_a_sergeant_hands_over(someone: Open, page: Account, hana: Officer, sam: Officer) -> None:
    now = clock.now()
    calm = open_case(page, "A dog barks all night", now, by="bea@example.test")
    grave = open_case(page, "He is following me", now, severity=3, by="dot@example.test")
    with acting(SYSTEM, "test.setup"):
        Case.objects.update(owner=sam, state=CaseState.OPEN)
    leaving = signed_in(someone(), sam)
    leaving.goto("/console/cases/")
    leaving.press("Handover")
    leaving.heading("Handover")
    leaving.write(f"What the next officer should know {grave.reference}", "She is frightened")
    leaving.select("Who takes over", hana.label)
    leaving.write("What they should know of the shift", "Quiet but for one")
    leaving.press("Begin the handover")
    leaving.heading("Handover by PC Sam Cole 1102")

    coming = signed_in(someone(), hana)
    coming.goto("/console/cases/handover/")
    coming.follow(f"{sam.label}, {sam.unit.name}")
    coming.heading("Handover by PC Sam Cole 1102")
    expect(coming.page.get_by_text("She is frightened")).to_be_visible()
    coming.press("Accept He is following me")
    expect(coming.page.get_by_text("1 case is yours now")).to_be_visible()
    coming.press("Accept 1 case")
    expect(coming.page.get_by_text("Accepted")).to_have_count(2)
    coming.look()
    coming.press("Finish the handover")
    coming.heading("Handover by PC Sam Cole 1102")
    assert set(Case.objects.values_list("owner", flat=True)) == {hana.pk}
    assert Handover.objects.get().done_at is not None
    assert calm.reference in coming.page.content() or calm.title in coming.page.content()


def test_one_answer_goes_to_forty_people(someone: Open, page: Account, hana: Officer) -> None:
    now = clock.now()
    for number in range(40):
        open_case(page, f"No power in house {number}", now, by=f"n{number}@example.test")
    reader = signed_in(someone(), hana)
    reader.goto("/console/cases/")
    refs = [case.reference for case in Case.objects.order_by("heard_at", "pk")]
    reader.tick(f"Choose {refs[0]}")
    reader.tick(f"Choose {refs[1]}")
    reader.press("Gather as one incident")
    reader.heading("Gather as one incident")
    reader.write("Title of the incident", "Power cut in Northwick")
    reader.press("Gather them")
    reader.heading("Power cut in Northwick")
    group = IncidentGroup.objects.get()
    rest = "&".join(f"case={reference}" for reference in refs[2:])
    reader.goto(f"/console/cases/gather/?{rest}")
    reader.select("Or add them to", "Power cut in Northwick")
    reader.press("Gather them")
    reader.heading("Power cut in Northwick")
    assert group.cases.count() == 40
    reader.write("What everybody is told", "The network expects power at six.")
    reader.press("Answer 40 cases")
    expect(reader.page.get_by_text("40 are on their way")).to_be_visible()
    reader.look()
    elsewhere(deliver)
    assert {said.to for said in STORE.posts.values()} == {f"n{n}@example.test" for n in range(40)}
    assert Reply.objects.filter(state=ReplyState.SENT).count() == len(STORE.posts) == 40


def test_what_many_tell_is_proposed_gathered_told_and_approved(
    someone: Open, page: Account, hana: Officer, sam: Officer
) -> None:
    now = clock.now()
    told = [_of_fire(page, who, now) for who in ("ann", "bea", "cat")]
    elsewhere(look_for_incidents)
    reader = signed_in(someone(script=False), hana)  # all of it works without script
    reader.goto(f"/console/cases/{told[0].reference}/")
    reader.follow("See the cases and decide")
    reader.heading("Incidents")
    reader.tick(f"Choose {told[2].reference}")  # her fire is another
    reader.write("Title of the incident", "Fire at the mill")
    reader.press("Gather as one incident")
    reader.heading("Fire at the mill")
    reader.write("What everybody is told", "The fire is out.")
    reader.press("Answer 2 cases")
    expect(reader.page.get_by_text("2 wait for approval")).to_be_visible()

    late = _of_fire(page, "dot", now)
    elsewhere(look_for_incidents)
    reader = signed_in(someone(), hana)
    reader.goto("/console/cases/incidents/")
    expect(reader.page.get_by_text(told[2].reference)).to_have_count(0)
    reader.press("Add them to the incident")
    reader.heading("Fire at the mill")
    expect(reader.page.get_by_role("heading", name="1 joined since: tell them")).to_be_visible()
    reader.press("Tell 1 case")
    expect(reader.page.get_by_text("joined since: tell them")).to_have_count(0)
    reader.look()

    approver = signed_in(someone(), sam)
    approver.goto(f"/console/cases/incidents/{IncidentGroup.objects.get().pk}/")
    approver.follow("3 answers wait for your yes")
    approver.heading("Answers to approve")
    approver.tick("All 3 of them")
    with acting(SYSTEM, "test.setup"):
        late.replies.update(text="The fire is out. Go home.")  # meanwhile
    approver.press("Approve what is chosen")
    expect(approver.page.get_by_text("2 answers are approved and on their way")).to_be_visible()
    expect(approver.page.get_by_text(f"Left out – {late.reference}")).to_be_visible()
    approver.look()
    elsewhere(deliver)
    assert [said.text for said in STORE.posts.values()] == ["The fire is out."] * 2


def look_for_incidents() -> None:
    """Do what the worker would, each minute."""
    propose(Force.objects.get(), now=clock.now())


def _of_fire(page: Account, who: str, now: datetime) -> Case:
    said = {"visibility": "public", "author_id": f"did:{who}"}
    words = f"@police there is smoke and fire at the mill, says {who}"
    case = open_case(page, words, now, by=f"{who}.example.test", said=said)
    with acting(SYSTEM, "test.setup"):
        Case.objects.filter(pk=case.pk).update(longitude=-1.55, latitude=53.8)
    return case
