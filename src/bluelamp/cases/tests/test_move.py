"""An officer corrects routing: what was said goes to another case, and is never in none."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from bluelamp.audit.actions import acting
from bluelamp.audit.models import Act, Entry
from bluelamp.audit.values import SYSTEM
from bluelamp.cases import milestones
from bluelamp.cases.actions.assess import assess
from bluelamp.cases.actions.move import LEFT, move
from bluelamp.cases.actions.showing import hide
from bluelamp.cases.errors import CaseRefusedError
from bluelamp.cases.models import Case, CaseItem, Judged, Showing, Target
from bluelamp.cases.queries.way import way_to
from bluelamp.cases.route import route
from bluelamp.cases.tests.helpers import open_case
from bluelamp.cases.values import CaseState, Joined, MilestoneKind, MilestoneState
from bluelamp.channels.models import Account
from bluelamp.inbound.models import Item, Thread
from bluelamp.inbound.tests.helpers import carry, make_page, say
from bluelamp.inbound.values import Part, Severity, Stage
from bluelamp.kit import clock
from bluelamp.notices import paging
from bluelamp.notices.models import Page
from bluelamp.org.errors import NotPermittedError
from bluelamp.org.models import Force, Officer
from bluelamp.org.values import Role
from conftest import make_officer, make_unit

HOUR = timedelta(hours=1)
WITHIN = timedelta(hours=8)


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    """Let it be the tests' morning wherever a page asks what time it is."""
    monkeypatch.setattr(clock, "now", lambda: now + HOUR)


@pytest.fixture
def page(force: Force, now: datetime) -> Account:
    with acting(SYSTEM, "test.setup"):
        Target.objects.create(
            force=force, severity=1, kind=MilestoneKind.FIRST_RESPONSE, within=WITHIN
        )
    return make_page(force, now)


@pytest.fixture
def hana(force: Force) -> Officer:
    """Hana Reed: handles cases at headquarters."""
    return make_officer(force.units.get(parent=None), "1101", "Hana Reed", Role.HANDLER)


@pytest.fixture
def shed(page: Account, now: datetime) -> Case:
    """Ann's shed, and a word of hers about another thing."""
    case = open_case(page, "Our shed was broken into", now, by="ann@example.test", name="one",
                     said={"conversation": "x", "visibility": "private"})  # fmt: skip
    carry(
        say(page, "And my neighbour was robbed", now + HOUR, by="ann@example.test", name="two",
            said={"conversation": "x", "visibility": "private"}),
        Stage.TRIAGED, severity=1,
    )  # fmt: skip
    route(now=now + HOUR)
    assert case.items.count() == 2
    return case


def test_what_still_rings_for_moved_words_leads_to_their_new_case(
    force: Force, shed: Case, van: Case, hana: Officer, now: datetime
) -> None:
    row, other = shed.items.order_by("pk").reverse()[0], shed.items.order_by("pk")[0]
    pages = {
        item: paging.page(
            shed.unit, about=f"item:{item}", words="Words of an emergency have come in.",
            path=f"/console/cases/{shed.reference}/", now=now,
        )
        for item in (row.item_id, other.item_id)
    }  # fmt: skip
    team = make_unit(force, "VAN", "Vans")
    with acting(SYSTEM, "test.setup"):
        Case.objects.filter(pk=van.pk).update(unit=team)
    boss = make_officer(force.units.get(parent=None), "1109", "Kim Moss", Role.COMMANDER)
    move(row.item, Case.objects.get(pk=van.pk), reason="Another thing", by=boss, now=now)
    moved, stays = (Page.objects.get(pk=pages[pk].pk) for pk in (row.item_id, other.item_id))
    assert (moved.path, moved.unit) == (f"/console/cases/{van.reference}/", team)
    assert (stays.path, stays.unit) == (f"/console/cases/{shed.reference}/", shed.unit)


@pytest.fixture
def van(page: Account, now: datetime) -> Case:
    """Ben's van."""
    return open_case(page, "A white van", now, by="ben@example.test", name="van",
                     said={"conversation": "y", "visibility": "private"})  # fmt: skip


def named(name: str) -> Item:
    return Item.objects.get(external_id=name)


def sound() -> None:
    """Every item that a case ever had is in exactly one, and no case is nobody's."""
    assert CaseItem.objects.count() == CaseItem.objects.values("item").distinct().count()
    assert not Case.objects.filter(unit=None).exists()
    assert not Case.objects.filter(state=CaseState.CLOSED, owner=None).exists()


def as_officer(officer: Officer) -> Client:
    client = Client()
    client.force_login(officer)
    return client


def test_it_goes_to_another_case_with_a_note_in_both(
    shed: Case, van: Case, hana: Officer, now: datetime
) -> None:
    before = CaseItem.objects.get(item=named("two")).pk
    assert move(named("two"), van, reason="It is about the van", by=hana, now=now + HOUR) == van
    row = CaseItem.objects.get(item=named("two"))
    assert (row.pk, row.case, row.why) == (before, van, Joined.BY_HAND)
    shed.refresh_from_db()
    van.refresh_from_db()
    for case, other in ((shed, van), (van, shed)):
        assert case.changed_at == now + HOUR
        assert other.reference in case.notes.get().text
        assert Entry.objects.filter(table="cases_case", row=str(case.pk)).exists()
    assert Act.objects.filter(act="cases.move").exists()
    assert (van.heard_at, shed.heard_at) == (now + HOUR, now)
    sound()


def test_answers_go_to_who_spoke_and_pages_to_whom_they_were(
    shed: Case, van: Case, hana: Officer, now: datetime
) -> None:
    ann, ben = shed.contact_point, van.contact_point
    move(named("two"), van, reason="x", by=hana, now=now + HOUR)
    shed.refresh_from_db()
    van.refresh_from_db()
    assert (shed.contact_point, van.contact_point) == (ann, ben), "nobody sees another's case"
    assert (shed.conversation, van.conversation) == ("x", "y")
    way = way_to(shed)
    assert way is not None
    assert way.item == named("one")


def test_a_new_case_of_its_own_counts_from_when_they_spoke(
    shed: Case, hana: Officer, now: datetime
) -> None:
    late = now + timedelta(days=1)
    made = move(named("two"), None, reason="Another crime", by=hana, now=late)
    assert made.state == CaseState.NEW
    assert made.unit.parent is None, "routing has nothing to say: the force's own"
    assert made.title == "And my neighbour was robbed"
    assert made.contact_point == shed.contact_point
    assert CaseItem.objects.get(item=named("two")).why == Joined.OPENED
    clock = made.milestones.get()
    assert clock.due_at == now + HOUR + WITHIN
    shed.refresh_from_db()
    assert shed.state != CaseState.CLOSED
    assert made.conversation == "", "the exchange goes on where its first words are"
    sound()


def test_what_opened_a_case_leaves_no_title_behind(
    shed: Case, van: Case, hana: Officer, now: datetime
) -> None:
    move(named("one"), van, reason="x", by=hana, now=now)
    shed.refresh_from_db()
    assert shed.title == "And my neighbour was robbed"
    assert shed.items.get().why == Joined.OPENED
    assert shed.state != CaseState.CLOSED


def test_a_case_without_words_is_closed_and_knows_nobody(
    shed: Case, van: Case, hana: Officer, now: datetime
) -> None:
    with acting(SYSTEM, "test.setup"):
        Case.objects.filter(pk=van.pk).update(owner=None)
    made = move(named("van"), None, reason="x", by=hana, now=now + HOUR)
    van.refresh_from_db()
    assert (van.state, van.owner, van.title) == (CaseState.CLOSED, hana, LEFT)
    assert (van.contact_point, van.contact, van.conversation) == (None, None, "")
    assert van.milestones.get().state == MilestoneState.CANCELLED
    assert not Judged.objects.exists(), "nothing was resolved"
    assert made.conversation == "y"
    sound()
    account = made.account
    assert account is not None
    again = say(account, "Still there", now + HOUR, by="ben@example.test", name="again",
                said={"conversation": "y", "visibility": "private"})  # fmt: skip
    carry(again, Stage.TRIAGED, severity=1)
    route(now=now + HOUR)
    assert again.in_case.case == made, "the exchange goes on in the new case"


def test_a_case_is_opened_from_what_was_set_aside(
    page: Account, hana: Officer, now: datetime
) -> None:
    item = carry(say(page, "Lovely morning", now, by="cat@example.test"), Stage.ROUTED)
    made = move(item, None, reason="She asks for a call", by=hana, now=now + 5 * HOUR)
    assert made.items.get().item == item
    assert made.contact_point == item.contact_point
    assert made.milestones.get().due_at == now + WITHIN
    assert made.notes.get().by == hana
    with pytest.raises(CaseRefusedError):
        move(item, made, reason="twice", by=hana, now=now)
    sound()


def test_who_only_passed_it_on_goes_with_it(
    shed: Case, van: Case, page: Account, hana: Officer, now: datetime
) -> None:
    thread = Thread.objects.create(force=page.force, first=named("two"), began_at=now, last_at=now)
    Item.objects.filter(pk=named("two").pk).update(thread=thread)
    shared = carry(say(page, "RT And my neighbour", now, by="dan@example.test"), Stage.ROUTED,
                   thread=thread, part=Part.REPOST)  # fmt: skip
    CaseItem.objects.create(case=shed, item=shared, at=now, why=Joined.REPEATS)
    move(named("two"), van, reason="x", by=hana, now=now)
    shared.refresh_from_db()
    assert (shared.in_case.case, shared.in_case.why) == (van, Joined.REPEATS)


def test_what_was_hidden_from_them_stays_hidden_where_it_goes(
    shed: Case, hana: Officer, now: datetime
) -> None:
    hide(shed, reason="He reads her post", by=hana, now=now)
    made = move(named("two"), None, reason="x", by=hana, now=now + HOUR)
    assert not made.shown_to_citizen
    assert Showing.objects.get(case=made).reason == "He reads her post"


def test_what_waits_for_an_answer_wakes_the_case(
    shed: Case, van: Case, hana: Officer, now: datetime
) -> None:
    with acting(SYSTEM, "test.setup"):
        Case.objects.filter(pk=van.pk).update(state=CaseState.WAITING, answered_at=now)
        milestones.answered(van, waiting=True, now=now)
    Item.objects.filter(pk=named("two").pk).update(severity=3)
    move(named("two"), van, reason="x", by=hana, now=now + HOUR)
    van.refresh_from_db()
    assert (van.state, van.severity) == (CaseState.OPEN, 3)
    assert van.milestones.get().state == MilestoneState.RUNNING, "who writes again waits again"


def test_what_an_officer_made_of_its_severity_goes_with_it(
    shed: Case, van: Case, hana: Officer, now: datetime
) -> None:
    Item.objects.filter(pk=named("two").pk).update(severity=4)
    assess(shed, Severity.PROMPT, reason="It is over", by=hana, now=now)
    move(named("two"), van, reason="x", by=hana, now=now + HOUR)
    van.refresh_from_db()
    assert van.severity == Severity.PROMPT


def test_refusals_leave_everything_as_it_was(
    shed: Case, van: Case, page: Account, hana: Officer, mallory: Officer, now: datetime
) -> None:
    on_its_way = say(page, "Only just", now, by="eve@example.test")
    with acting(SYSTEM, "test.setup"):
        closed = Case.objects.create(
            force=page.force, unit=van.unit, owner=hana, reference="0000-0000", title="Old",
            state=CaseState.CLOSED, opened_at=now, changed_at=now, heard_at=now, closed_at=now,
        )  # fmt: skip
    before = list(CaseItem.objects.order_by("pk").values_list("pk", "case", "why"))
    cases = Case.objects.count()
    for item, to, reason, by, error in (
        (named("two"), van, " ", hana, CaseRefusedError),
        (named("two"), shed, "x", hana, CaseRefusedError),
        (named("two"), closed, "x", hana, CaseRefusedError),
        (on_its_way, None, "x", hana, CaseRefusedError),
        (named("two"), van, "x", mallory, NotPermittedError),
        (named("two"), None, "x", mallory, NotPermittedError),
    ):
        with pytest.raises(error):
            move(item, to, reason=reason, by=by, now=now)
        assert list(CaseItem.objects.order_by("pk").values_list("pk", "case", "why")) == before
    assert Case.objects.count() == cases
    sound()


# The pages ----------------------------------------------------------------------


def at(item: Item) -> str:
    return reverse("cases:move", args=[item.pk])


def sent(officer: Officer, item: Item, **given: Any) -> Any:
    return as_officer(officer).post(at(item), given)


def test_the_page_moves_it_without_script(shed: Case, van: Case, hana: Officer) -> None:
    item, client = named("two"), as_officer(hana)
    assert at(item) in client.get(f"/console/cases/{shed.reference}/").content.decode()
    shown = client.get(at(item)).content.decode()
    assert "And my neighbour was robbed" in shown
    assert Entry.objects.filter(op="R", table="inbound_item", row=str(item.pk)).exists()
    given = {"where": "there", "reference": van.reference.lower(), "reason": "The van"}
    answer = client.post(at(item), given, follow=True)
    assert answer.redirect_chain[-1][0] == f"/console/cases/{van.reference}/"
    assert item.in_case.case == van
    assert "put here by an officer" in answer.content.decode()


def test_the_page_says_what_is_wrong(shed: Case, van: Case, hana: Officer) -> None:
    item = named("two")
    for given, words in (
        ({"where": "there", "reference": "9999-9999", "reason": "x"}, "that you may work on"),
        ({"where": "there", "reason": "x"}, "that you may work on"),
        ({"where": "new"}, "Say why it belongs there"),
        ({"reason": "x"}, "Choose a new case"),
        ({"where": "there", "reference": shed.reference, "reason": "x"}, "in this case already"),
    ):
        answer = sent(hana, item, **given)
        assert answer.status_code == 400
        assert words in answer.content.decode()
    assert item.in_case.case == shed


def test_the_inbox_leads_to_a_new_case_and_to_the_one_that_has_it(
    page: Account, hana: Officer, mallory: Officer, now: datetime
) -> None:
    item = carry(say(page, "Lovely morning", now), Stage.ROUTED)
    inbox = as_officer(hana).get("/console/inbox/?show=aside").content.decode()
    assert at(item) in inbox
    answer = sent(hana, item, where="new", reason="She asks for a call")
    case = Case.objects.get(items__item=item)
    assert answer.headers["Location"] == f"/console/cases/{case.reference}/"
    of = reverse("cases:of_item", args=[item.pk])
    assert of in as_officer(hana).get("/console/inbox/?show=case").content.decode()
    assert "Lovely" not in as_officer(hana).get("/console/inbox/?show=aside").content.decode()
    assert as_officer(hana).get(of).headers["Location"] == f"/console/cases/{case.reference}/"
    for address in (of, at(item)):
        assert as_officer(mallory).get(address).status_code == 404
