"""The pages about a person, asked for as a browser without script does."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from bluelamp.audit.actions import acting
from bluelamp.audit.models import Entry
from bluelamp.audit.values import SYSTEM
from bluelamp.cases.actions import people
from bluelamp.cases.identify import identify
from bluelamp.cases.models import Case, Review, Suggestion
from bluelamp.cases.tests.helpers import open_case
from bluelamp.cases.values import ReviewState, SuggestionState
from bluelamp.channels.models import Account
from bluelamp.inbound.models import Item
from bluelamp.inbound.tests.helpers import make_page
from bluelamp.kit import clock
from bluelamp.members.merging import person_of
from bluelamp.members.models import Contact, ContactLink
from bluelamp.members.tests.people import make_member
from bluelamp.org.models import Force, Officer, Unit
from bluelamp.org.values import Role
from bluelamp.outbound.models import Message
from bluelamp.outbound.tests.helpers import pretend_sent
from conftest import make_officer

DAY = timedelta(days=1)
PRIVATE = {"visibility": "private", "author_id": "did:ann", "conversation": "with-ann"}
WHY = {"reason": "She asked for a visit"}


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    """Let it be the tests' morning wherever a page asks what time it is."""
    monkeypatch.setattr(clock, "now", lambda: now)


@pytest.fixture
def page(force: Force, now: datetime) -> Account:
    return make_page(force, now)


@pytest.fixture
def hana(force: Force) -> Officer:
    """Hana Reed: handles cases."""
    return make_officer(force.units.get(parent=None), "1101", "Hana Reed", Role.HANDLER)


@pytest.fixture
def sam(force: Force) -> Officer:
    """Sergeant Sam Cole: supervises."""
    return make_officer(force.units.get(parent=None), "1102", "Sam Cole", Role.SUPERVISOR)


@pytest.fixture
def mailed(page: Account, now: datetime) -> Case:
    """Ann has written three times by mail, and once in private on a platform."""
    for day in (9, 5):
        open_case(page, f"Again, {day} days ago", now - day * DAY, by="ann@example.test")
    return open_case(page, "Somebody followed me home", now - DAY, by="ann@example.test")


@pytest.fixture
def told(page: Account, mailed: Case, now: datetime) -> Case:
    case = open_case(page, "It is Ann. My e-mail is ann@example.test.", now, by="@ann.test",
                     channel="bluesky", said=PRIVATE)  # fmt: skip
    identify(now=now)
    return case


def as_officer(officer: Officer) -> Client:
    client = Client()
    client.force_login(officer)
    return client


def text(response: Any) -> str:
    return str(response.content.decode())


def at(name: str, *arguments: Any) -> str:
    return reverse(f"contacts:{name}", args=arguments)


def opened(officer: Officer, contact: Contact) -> tuple[Client, str]:
    """Open somebody's page with a reason; return the browser and what it shows."""
    client = as_officer(officer)
    return client, text(client.post(at("contact", contact.pk), WHY, follow=True))


def contact_in(case: Case) -> Contact:
    case.refresh_from_db()
    assert case.contact is not None
    return case.contact


# One person ---------------------------------------------------------------------


def test_it_opens_with_a_reason_alone_and_records_all_that_is_shown(
    told: Case, mailed: Case, hana: Officer
) -> None:
    contact = contact_in(mailed)
    client = as_officer(hana)
    asked = client.get(at("contact", contact.pk))
    assert "Why do you need this?" in text(asked)
    assert "Somebody followed me" not in text(asked)
    assert client.post(at("contact", contact.pk), {"reason": ""}).status_code == 400
    assert not Entry.objects.filter(table="members_contact", op="R").exists()
    shown = text(client.post(at("contact", contact.pk), WHY, follow=True))
    assert "Somebody followed me home" in shown
    assert "She asked for a visit" in shown
    for table, row in (
        ("members_contact", contact.pk), ("cases_case", mailed.pk),
        ("inbound_item", mailed.items.latest("pk").item_id),
    ):  # fmt: skip
        entry = Entry.objects.filter(table=table, op="R", row=str(row)).latest("id")
        assert entry.act.reason == WHY["reason"]
        assert entry.act.actor_id == str(hana.pk)


def test_who_may_read_no_case_of_theirs_may_not_open_them(
    told: Case, mailed: Case, alice: Officer, team: Unit
) -> None:
    contact = contact_in(mailed)
    client = as_officer(alice)
    assert client.post(at("contact", contact.pk), WHY).status_code == 404
    with acting(SYSTEM, "test.setup"):
        Case.objects.filter(pk=mailed.pk).update(unit=team)
    shown = text(client.post(at("contact", contact.pk), WHY, follow=True))
    assert "Somebody followed me home" in shown
    assert "My e-mail is" not in shown, "another unit's case stays shut"


def test_the_page_shows_a_merged_person_whole(told: Case, sam: Officer, now: datetime) -> None:
    people.take(Suggestion.objects.get(), reason="She told us", by=sam, now=now)
    _client, shown = opened(sam, contact_in(told))
    for words in (
        "ann@example.test", "@ann.test", "Again, 9 days ago", "My e-mail is", "She told us",
        "Undo it", "3 separate contacts within 30 days",
    ):  # fmt: skip
        assert words in shown, words
    assert "May be the same person" not in shown


def test_other_units_addresses_and_messages_stay_shut(
    told: Case, mailed: Case, sam: Officer, team: Unit, now: datetime
) -> None:
    people.take(Suggestion.objects.get(), reason="She told us", by=sam, now=now)
    assert told.contact_point is not None
    with acting(SYSTEM, "test.setup"):
        Case.objects.filter(pk=told.pk).update(unit=team)
        sent = Message.objects.create(
            force=told.force, unit=mailed.unit, author=sam, title="News of the force", kind="crime",
            created_at=now, changed_at=now, month=now.date().replace(day=1),
        )  # fmt: skip
    assert mailed.contact_point_id is not None
    pretend_sent(sent, {told.contact_point.pk: 1, mailed.contact_point_id: 1}, now)
    tia = make_officer(team, "1104", "Tia Moss", Role.HANDLER)
    _client, shown = opened(tia, contact_in(told))
    assert "@ann.test" in shown
    assert "ann@example.test</th>" not in shown
    assert "News of the force" not in shown
    whole = opened(sam, contact_in(told))[1]
    assert "ann@example.test</th>" in whole
    assert "News of the force" in whole


def test_membership_is_for_those_who_may_read_members(
    page: Account, force: Force, hana: Officer, now: datetime
) -> None:
    member = make_member(force, "ann@example.test", now=now)
    case = open_case(page, "Hello", now, by="ann@example.test")
    assert contact_in(case) == member.contact
    both = make_officer(force.units.get(parent=None), "1103", "Mo Khan", Role.MEMBERSHIP)
    _client, shown = opened(both, member.contact)
    assert f"Member {member.pk}" in shown
    assert "Police messages" in shown
    assert f"Member {member.pk}" not in opened(hana, member.contact)[1]


# One person or two ----------------------------------------------------------------


def test_a_suggestion_is_shown_with_its_evidence_and_taken(
    told: Case, mailed: Case, sam: Officer, hana: Officer
) -> None:
    contact, found = contact_in(told), Suggestion.objects.get()
    assert "May be the same person" not in opened(hana, contact)[1], "she may not decide it"
    client, shown = opened(sam, contact)
    assert "Told us in their own words" in shown
    assert "“My e-mail is ann@example.test”" in shown
    assert "Fair, 76 in 100" in shown
    back = {"contact": str(contact.pk)}
    wrong = client.post(at("take", found.pk), back)
    assert wrong.status_code == 400
    assert "Say how you know" in text(wrong)
    client.post(at("take", found.pk), back | {"reason": "She told us"})
    assert len(person_of(contact.pk)) == 2
    again = client.post(at("take", found.pk), back | {"reason": "She told us"})
    assert "A colleague has decided it" in text(again)
    link = ContactLink.objects.get()
    client.post(at("part", link.pk), back | {"reason": "It is her sister"})
    found.refresh_from_db()
    assert (len(person_of(contact.pk)), found.state) == (1, SuggestionState.REFUSED)
    assert "Undone by" in opened(sam, contact)[1], "its history stays"


def test_the_list_of_suggestions(told: Case, sam: Officer, hana: Officer) -> None:
    assert as_officer(hana).get(at("same")).status_code == 403
    client = as_officer(sam)
    assert "“My e-mail is ann@example.test”" in text(client.get(at("same")))
    found = Suggestion.objects.get()
    assert Entry.objects.filter(table="members_contact", op="R", row=str(found.one_id)).exists()
    assert client.post(at("refuse", found.pk), {}).status_code == 400
    client.post(at("refuse", found.pk), {"reason": "A family's address"})
    assert "Nothing is suggested" in text(client.get(at("same")))


def test_what_was_taken_down_is_not_shown_as_evidence(told: Case, sam: Officer) -> None:
    Item.objects.filter(in_case__case=told).update(text="", deleted_at=told.opened_at)
    assert "Nothing is suggested" in text(as_officer(sam).get(at("same")))


# Reviews ------------------------------------------------------------------------


def test_a_review_stands_beside_the_case_and_in_the_list(
    told: Case, mailed: Case, sam: Officer, hana: Officer
) -> None:
    beside = text(as_officer(hana).get(reverse("cases:case", args=[mailed.reference])))
    assert "3 separate contacts within 30 days" in beside
    assert at("contact", contact_in(mailed).pk) in beside
    assert as_officer(hana).get(at("reviews")).status_code == 403
    listed = as_officer(sam).get(at("reviews"))
    assert "3 separate contacts within 30 days" in text(listed)
    assert listed.context["rooms"][0].count == 1


def test_deciding_a_review(told: Case, mailed: Case, sam: Officer, hana: Officer) -> None:
    where = at("review", Review.objects.get().pk)
    given = {"decision": "watch", "words": "Her sister stays with her",
             "next_on_day": "28", "next_on_month": "11", "next_on_year": "2026"}  # fmt: skip
    assert "Keep the decision" not in text(as_officer(hana).get(where))
    assert as_officer(hana).post(where, given).status_code == 403
    client = as_officer(sam)
    wrong = client.post(where, {"decision": "watch"})
    assert wrong.status_code == 400
    assert "Say what you saw" in text(wrong)
    over = client.post(where, given | {"next_on_day": "1"})
    assert "Choose a day to come" in text(over)
    assert "Your decision is kept" in text(client.post(where, given, follow=True))
    review = Review.objects.get()
    assert (review.state, review.by) == (ReviewState.DECIDED, sam)
    listed = text(client.get(at("reviews")))
    assert "Nobody waits" in listed
    assert "To be seen again later" in listed
    assert client.post(at("end", review.pk), {"words": ""}).status_code == 400
    client.post(at("end", review.pk), {"words": "She is well"})
    review.refresh_from_db()
    assert review.state == ReviewState.CLOSED


def test_a_planned_review_waits_again_on_its_day(
    told: Case, sam: Officer, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    review = Review.objects.get()
    with acting(SYSTEM, "test.setup"):
        Review.objects.update(state=ReviewState.DECIDED, decided_at=now, by=sam, words="Look",
                              decision="watch", next_on=(now + 2 * DAY).date())  # fmt: skip
    client = as_officer(sam)
    assert "Nobody waits" in text(client.get(at("reviews")))
    monkeypatch.setattr(clock, "now", lambda: now + 2 * DAY)
    client = as_officer(sam)
    assert [one["review"] for one in client.get(at("reviews")).context["waiting"]] == [review]


def test_a_district_s_supervisor_sees_its_own_reviews_alone(
    told: Case, team: Unit, now: datetime
) -> None:
    there = make_officer(team, "1104", "Tia Moss", Role.SUPERVISOR)
    assert "Nobody waits" in text(as_officer(there).get(at("reviews")))
    with acting(SYSTEM, "test.setup"):
        Review.objects.update(unit=team)
    assert "3 separate contacts" in text(as_officer(there).get(at("reviews")))
