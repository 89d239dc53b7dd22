"""What people tell of themselves becomes suggestions; who turns to us again and again, a review."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from bluelamp.audit.actions import acting
from bluelamp.audit.models import Entry
from bluelamp.audit.values import SYSTEM
from bluelamp.cases import jobs
from bluelamp.cases.actions import people
from bluelamp.cases.errors import CaseRefusedError
from bluelamp.cases.identify import forget, identify
from bluelamp.cases.models import Case, CaseItem, Claim, Review, Suggestion
from bluelamp.cases.queries.identities import proofs
from bluelamp.cases.rules.identities import Source
from bluelamp.cases.tests.helpers import open_case
from bluelamp.cases.values import ReviewDecision, ReviewState, SuggestionState
from bluelamp.channels.models import Account
from bluelamp.inbound.forget import forget as empty
from bluelamp.inbound.models import Item
from bluelamp.inbound.tests.helpers import make_page
from bluelamp.kit.queue import app
from bluelamp.members.merging import person_of
from bluelamp.members.models import Contact, ContactLink
from bluelamp.members.tests.people import make_member
from bluelamp.members.values import Basis
from bluelamp.org.errors import NotPermittedError
from bluelamp.org.models import Force, Officer
from bluelamp.org.values import Role
from conftest import make_officer

DAY = timedelta(days=1)
TELLS = "A van followed me home. My e-mail is ann@example.test."


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


def message(page: Account, text: str, at: datetime, **facts: Any) -> Case:
    """Let somebody write in private on a platform."""
    said = {"visibility": "private", "author_id": "did:ann", "conversation": "with-ann"}
    told = {"by": "@ann.test", "channel": "bluesky", "said": said} | facts
    return open_case(page, text, at, **told)


def person_in(case: Case) -> Contact:
    case.refresh_from_db()
    assert case.contact is not None
    return case.contact


# Suggestions --------------------------------------------------------------------


def both(page: Account, now: datetime) -> tuple[Case, Case]:
    """Let Ann write by mail, and tell her address on a platform."""
    mailed = open_case(page, "Somebody followed me", now - DAY, by="ann@example.test")
    told = message(page, TELLS, now)
    identify(now=now)
    return mailed, told


def test_what_somebody_tells_is_suggested_with_its_evidence(page: Account, now: datetime) -> None:
    mailed, told = both(page, now)
    found = Suggestion.objects.get()
    pair = {person_in(mailed).pk, person_in(told).pk}
    assert {found.one_id, found.other_id} == pair
    assert (found.state, found.confidence) == (SuggestionState.PROPOSED, 76)
    shown = {proof.source: proof for proof in proofs(found)}
    assert shown[Source.TOLD].words == "My e-mail is ann@example.test"
    assert shown[Source.TOLD].item == told.items.get().item
    assert shown[Source.OWN].words == "ann@example.test"
    assert person_of(person_in(told).pk) == [person_in(told).pk], "nothing is joined by itself"


def test_it_does_not_matter_who_came_first(page: Account, now: datetime) -> None:
    message(page, TELLS, now)
    identify(now=now)
    assert not Suggestion.objects.exists()
    open_case(page, "Somebody followed me", now, by="ann@example.test")
    identify(now=now)
    assert Suggestion.objects.get().confidence == 76


def test_a_member_is_found_by_the_address_they_confirmed(
    page: Account, force: Force, now: datetime
) -> None:
    member = make_member(force, "ann@example.test", now=now)
    message(page, TELLS, now)
    identify(now=now)
    found = Suggestion.objects.get()
    assert member.contact_id in {found.one_id, found.other_id}
    assert found.confidence == 79, "a confirmed address counts for more"


@pytest.mark.parametrize(
    "text",
    [
        "He wrote: my e-mail is ann@example.test.",
        "I got a text: “Hi mum, my e-mail is ann@example.test”",
        "Ann of Mill Lane, ann@example.test, saw it.",
        "My sister's e-mail is ann@example.test.",
    ],
)
def test_what_is_told_of_others_joins_nobody(page: Account, now: datetime, text: str) -> None:
    open_case(page, "Somebody followed me", now, by="ann@example.test")
    message(page, text, now)
    identify(now=now)
    assert not Claim.objects.filter(source=Source.TOLD).exists()
    assert not Suggestion.objects.exists()


def test_what_only_passes_on_tells_nothing(page: Account, now: datetime) -> None:
    open_case(page, "Somebody followed me", now, by="ann@example.test")
    case = message(page, TELLS, now)
    Item.objects.filter(in_case__case=case).update(part="repost")
    identify(now=now)
    assert not Suggestion.objects.exists()


def test_a_profile_and_a_field_count(page: Account, now: datetime) -> None:
    open_case(page, "Help", now, by="+447700900123", channel="sms")
    message(page, "It is me again", now, reached_at="07700 900123",
            links=["https://bsky.app/profile/other.test"])  # fmt: skip
    open_case(page, "On the other page", now, by="@other.test", channel="bluesky",
              said={"visibility": "private", "author_id": "did:other"})  # fmt: skip
    identify(now=now)
    sources = set(Claim.objects.values_list("source", flat=True))
    assert sources == {Source.OWN, Source.FIELD, Source.LINKED}
    assert sorted(Suggestion.objects.values_list("confidence", flat=True)) == [81, 92]


def test_an_address_of_many_is_nobody_s(page: Account, now: datetime) -> None:
    open_case(page, "Shelter here", now, by="help@shelter.test")
    for name in ("ann", "bea"):
        said = {"visibility": "private", "author_id": f"did:{name}"}
        message(page, "My e-mail is help@shelter.test", now, by=f"@{name}.test", said=said)
        identify(now=now)
    assert not Suggestion.objects.exists(), "and what was suggested while two had it is withdrawn"


def test_whom_a_shared_device_would_endanger_is_kept_apart(page: Account, now: datetime) -> None:
    mailed = open_case(page, "He reads my phone", now, by="ann@example.test")
    with acting(SYSTEM, "test.setup"):
        Case.objects.filter(pk=mailed.pk).update(shown_to_citizen=False)
    message(page, TELLS, now)
    identify(now=now)
    assert not Suggestion.objects.exists()


def test_another_force_s_contacts_are_never_near(
    page: Account, other_force: Force, now: datetime
) -> None:
    message(page, TELLS, now)
    open_case(make_page(other_force, now, "Other"), "Hello", now, by="ann@example.test")
    identify(now=now)
    assert not Suggestion.objects.exists()


def test_reading_again_changes_nothing(page: Account, now: datetime) -> None:
    both(page, now)

    def kept() -> tuple[list[Any], list[Any]]:
        return list(Suggestion.objects.values()), list(Claim.objects.order_by("pk").values())

    before = kept()
    assert identify(now=now) == 0
    CaseItem.objects.update(identified_at=None)
    assert identify(now=now + DAY) == 2
    assert (
        list(Suggestion.objects.values()),
        list(Claim.objects.order_by("pk").values()),
    ) == before


def test_taking_merges_and_parting_restores_all(
    page: Account, sam: Officer, hana: Officer, now: datetime
) -> None:
    mailed, told = both(page, now)
    found = Suggestion.objects.get()
    points = list(Contact.objects.order_by("pk").values("pk", "name", "points"))
    with pytest.raises(NotPermittedError):
        people.take(found, reason="Same person", by=hana, now=now)
    with pytest.raises(CaseRefusedError):
        people.take(found, reason=" ", by=sam, now=now)
    link = people.take(found, reason="She told us her address", by=sam, now=now)
    assert link.basis == Basis.TOLD
    assert person_of(person_in(mailed).pk) == sorted([person_in(mailed).pk, person_in(told).pk])
    with pytest.raises(CaseRefusedError):
        people.refuse(found, reason="No", by=sam, now=now)
    people.part(link, reason="Her sister writes from there", by=sam, now=now)
    assert person_of(person_in(mailed).pk) == [person_in(mailed).pk]
    assert list(Contact.objects.order_by("pk").values("pk", "name", "points")) == points
    CaseItem.objects.update(identified_at=None)
    identify(now=now + DAY)
    found.refresh_from_db()
    assert found.state == SuggestionState.REFUSED, "what was taken back is not suggested again"
    assert ContactLink.objects.filter(undone_at=None).count() == 0


def test_a_refused_one_comes_again_with_something_new_alone(
    page: Account, sam: Officer, now: datetime
) -> None:
    mailed, _told = both(page, now)
    found = Suggestion.objects.get()
    people.refuse(found, reason="A family's address", by=sam, now=now)
    message(page, TELLS + " I mean it.", now + DAY)
    identify(now=now + DAY)
    found.refresh_from_db()
    assert found.state == SuggestionState.REFUSED, "the same thing said again is nothing new"
    open_case(page, "I am @ann.test on Bluesky", now + DAY, by="ann@example.test")
    identify(now=now + DAY)
    found.refresh_from_db()
    assert found.state == SuggestionState.PROPOSED
    assert found.confidence == 94
    assert mailed.contact_id in {found.one_id, found.other_id}


def test_evidence_goes_with_what_was_forgotten(page: Account, sam: Officer, now: datetime) -> None:
    _mailed, told = both(page, now)
    found = Suggestion.objects.get()
    Item.objects.filter(in_case__case=told).update(deleted_at=now)
    empty(now=now + DAY)
    assert proofs(found) == [], "at once, whoever looks"
    with pytest.raises(CaseRefusedError):
        people.take(found, reason="She told us", by=sam, now=now)
    assert forget(now=now + DAY) > 0
    assert not Suggestion.objects.exists()
    assert not Claim.objects.filter(source=Source.TOLD).exists()
    assert forget(now=now + DAY) == 0


# Reviews ------------------------------------------------------------------------


def calls(page: Account, now: datetime, *days: int, **facts: Any) -> None:
    for day in days:
        open_case(page, f"Me again, day {day}", now - day * DAY, by="ann@example.test", **facts)
    identify(now=now)


def test_three_contacts_in_a_month_prompt_one_review(page: Account, now: datetime) -> None:
    calls(page, now, 20, 9)
    assert not Review.objects.exists()
    calls(page, now, 1)
    review = Review.objects.get()
    assert review.state == ReviewState.OPEN
    assert {"reason": "repeated", "heading": "", "times": 3, "days": 30} in review.reasons
    assert review.unit == Case.objects.latest("heard_at").unit
    CaseItem.objects.update(identified_at=None)
    identify(now=now)
    assert Review.objects.count() == 1


def test_thresholds_are_the_force_s(page: Account, force: Force, now: datetime) -> None:
    with acting(SYSTEM, "test.setup"):
        force.settings = {"vulnerability": {"repeated": 5, "chance": 0.0001}}
        force.save()
    calls(page, now, 20, 9, 5, 1)
    assert not Review.objects.exists()


def test_what_was_decided_is_prompted_again_by_what_comes_after_it(
    page: Account, sam: Officer, hana: Officer, now: datetime
) -> None:
    calls(page, now, 20, 9, 1)
    review = Review.objects.get()
    told: dict[str, Any] = {"words": "Her neighbour helps", "next_on": (now + 7 * DAY).date()}
    with pytest.raises(NotPermittedError):
        people.decide(review, ReviewDecision.PLAN, by=hana, now=now, **told)
    with pytest.raises(CaseRefusedError):
        people.decide(review, ReviewDecision.PLAN, by=sam, now=now, **(told | {"words": ""}))
    people.decide(review, ReviewDecision.PLAN, by=sam, now=now, **told)
    CaseItem.objects.update(identified_at=None)
    identify(now=now + DAY)
    assert Review.objects.count() == 1, "nothing is new"
    for day in (1, 2):
        open_case(page, "And again", now + day * DAY, by="ann@example.test")
    identify(now=now + 2 * DAY)
    assert Review.objects.count() == 1, "two more are not three"
    open_case(page, "And again", now + 3 * DAY, by="ann@example.test")
    identify(now=now + 3 * DAY)
    first, second = Review.objects.order_by("pk")
    assert (first.state, second.state) == (ReviewState.CLOSED, ReviewState.OPEN)
    people.decide(
        second, ReviewDecision.NO_CONCERN, words="All is well", next_on=None, by=sam, now=now
    )
    second.refresh_from_db()
    assert second.state == ReviewState.CLOSED


def test_merging_brings_the_contacts_of_both_together(
    page: Account, sam: Officer, now: datetime
) -> None:
    open_case(page, "First", now - 9 * DAY, by="ann@example.test")
    open_case(page, "Second", now - 5 * DAY, by="ann@example.test")
    message(page, TELLS, now)
    identify(now=now)
    assert not Review.objects.exists()
    people.take(Suggestion.objects.get(), reason="She told us", by=sam, now=now)
    identify(now=now)
    assert Review.objects.get().reasons[0]["times"] == 3


def test_decisions_are_recorded(page: Account, sam: Officer, now: datetime) -> None:
    calls(page, now, 20, 9, 1)
    review = Review.objects.get()
    people.decide(review, ReviewDecision.WATCH, words="Look again", next_on=(now + DAY).date(),
                  by=sam, now=now)  # fmt: skip
    entry = Entry.objects.filter(table="cases_review", op="U", row=str(review.pk)).latest("id")
    assert entry.act.actor_id == str(sam.pk)
    assert entry.act.reason == "Look again"
    people.end(review, words="She moved to her son", by=sam, now=now)
    review.refresh_from_db()
    assert (review.state, review.ended_words) == (ReviewState.CLOSED, "She moved to her son")


def test_what_is_queued_under_the_job_s_earlier_name_is_still_done() -> None:
    assert app.tasks["bluelamp.cases.jobs.regard"] is jobs.identify
