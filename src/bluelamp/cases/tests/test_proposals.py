"""Incidents proposed: found in what people say, taken in whole or in part, refused for good."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
import shapely
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bluelamp.audit.actions import acting
from bluelamp.audit.models import Act, Entry
from bluelamp.audit.values import SYSTEM
from bluelamp.cases import jobs
from bluelamp.cases.actions import group, proposals
from bluelamp.cases.actions.close import close
from bluelamp.cases.actions.propose import propose
from bluelamp.cases.errors import CaseRefusedError
from bluelamp.cases.models import Case, IncidentGroup, IncidentProposal
from bluelamp.cases.queries.alike import reports
from bluelamp.cases.tests.helpers import open_case
from bluelamp.channels.models import Account
from bluelamp.inbound.models import Item
from bluelamp.inbound.tests.helpers import make_page
from bluelamp.org.errors import NotPermittedError
from bluelamp.org.models import Force, Officer, Unit
from bluelamp.org.values import Role
from bluelamp.places.models import Area
from conftest import make_officer

MILL = {"longitude": -1.55, "latitude": 53.8}
FIRE = "There is smoke and fire at the mill"


@pytest.fixture
def page(force: Force, now: datetime) -> Account:
    return make_page(force, now)


@pytest.fixture
def hana(force: Force) -> Officer:
    return make_officer(force.units.get(parent=None), "1101", "Hana Reed", Role.HANDLER)


@pytest.fixture
def tia(team: Unit) -> Officer:
    return make_officer(team, "1104", "Tia Moss", Role.HANDLER)


def told(page: Account, who: str, now: datetime, text: str = FIRE, **at: Any) -> Case:
    """Let somebody tell of the fire, at the mill unless somewhere else is said."""
    case = open_case(page, f"{text}, says {who}", now, by=f"{who}@example.test")
    where = MILL | at
    with acting(SYSTEM, "test.setup"):
        Case.objects.filter(pk=case.pk).update(**where)
    case.refresh_from_db()
    return case


def proposed(force: Force, now: datetime) -> list[set[int]]:
    """Let the job look; return what is proposed."""
    propose(force, now=now)
    rows = IncidentProposal.objects.filter(force=force, state="proposed").order_by("pk")
    return [set(row.cases.values_list("case", flat=True)) for row in rows]


def only() -> IncidentProposal:
    return IncidentProposal.objects.get(state="proposed")


def words(one: IncidentProposal) -> set[str]:
    """Return what its cases have in common, however each wrote it."""
    return {written for said in one.words for written in said.values()}


def take(chosen: list[Case], shown: list[Case] | None = None, **facts: Any) -> IncidentGroup:
    """Take what is proposed; all that was shown was chosen, unless more is said."""
    return proposals.take(only(), chosen, shown or chosen, **facts)


def test_what_many_tell_near_and_soon_is_proposed_with_reasons(
    page: Account, now: datetime
) -> None:
    one = told(page, "ann", now)
    two = told(page, "bea", now + timedelta(minutes=12), latitude=53.801)
    told(page, "cat", now, "My parking permit ran out")
    told(page, "dot", now, latitude=53.9)
    jobs.propose_incidents(timestamp=0)
    row = only()
    assert {member.case_id for member in row.cases.all()} == {one.pk, two.pk}
    assert (row.people, row.minutes, row.metres, row.same_text) == (2, 12, 150, False)
    assert {"smoke", "fire", "mill"} <= words(row)
    assert IncidentGroup.objects.count() == 0, "nothing is joined by itself"


def test_what_fails_in_one_force_holds_up_no_other(
    force: Force, other_force: Force, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[Force] = []

    def tried(one: Force, *, now: datetime) -> int:
        done.append(one)
        if one == min(force, other_force, key=lambda each: each.pk):
            raise ValueError(f"{now}: boom")
        return 0

    monkeypatch.setattr(jobs, "propose", tried)
    with pytest.raises(ExceptionGroup):
        jobs.propose_incidents(timestamp=0)
    assert {force, other_force} <= set(done)


def test_a_text_that_is_passed_on_in_private_is_one_incident(page: Account, now: datetime) -> None:
    one = told(page, "ann", now, "Is the water safe?", longitude=None, latitude=None)
    two = told(page, "bea", now, "Look at this", longitude=None, latitude=None)
    assert proposed(page.force, now) == []
    first = Item.objects.get(in_case__case=one)
    thread = page.force.threads.create(first=first, began_at=now, last_at=now)
    Item.objects.filter(in_case__case__in=[one, two]).update(thread=thread)
    assert proposed(page.force, now) == [{one.pk, two.pk}]
    assert only().same_text


def test_the_middle_of_a_large_area_is_no_place(page: Account, now: datetime) -> None:
    """Both name the city: that they have one point says nothing."""
    for who in ("ann", "bea"):
        told(page, who, now)
    Item.objects.update(findings={"places": ["Leeds"]})
    area(page.force, "Leeds", 0.1)
    assert proposed(page.force, now) == []


def test_the_name_of_a_small_place_is_one(page: Account, now: datetime) -> None:
    for who in ("ann", "bea"):
        told(page, who, now)
    Item.objects.update(findings={"places": ["Mill Lane"]})
    area(page.force, "Mill Lane", 0.004)
    assert len(proposed(page.force, now)) == 1
    assert set(only().words[0].values()) == {"Mill Lane"}
    assert only().metres is None


def area(force: Force, name: str, size: float) -> Area:
    west, south = MILL["longitude"] - size / 2, MILL["latitude"] - size / 2
    box = shapely.box(west, south, west + size, south + size)
    with acting(SYSTEM, "test.setup"):
        return Area.objects.create(
            force=force, kind="ward", code=name, name=name, boundary=box.wkb, digest=name,
            west=west, south=south, east=west + size, north=south + size,
            imported_at=datetime(2026, 1, 1).astimezone(),
        )  # fmt: skip


def test_a_proposal_follows_what_comes_and_goes(
    page: Account, hana: Officer, now: datetime
) -> None:
    one, two = told(page, "ann", now), told(page, "bea", now)
    assert proposed(page.force, now) == [{one.pk, two.pk}]
    first, entries = only().pk, Entry.objects.count()
    assert proposed(page.force, now) == [{one.pk, two.pk}]
    assert Entry.objects.count() == entries, "what stays as it is writes nothing"
    three = told(page, "cat", now)
    assert proposed(page.force, now) == [{one.pk, two.pk, three.pk}]
    assert only().pk == first, "it is the same proposal"
    for case in (one, two):
        close(case, reason="Seen", by=hana, now=now)
    assert proposed(page.force, now) == []


def test_what_is_taken_is_one_incident_and_what_comes_later_joins_it(
    page: Account, hana: Officer, now: datetime
) -> None:
    cases = [told(page, who, now) for who in ("ann", "bea")]
    proposed(page.force, now)
    made = take(cases, title="Fire at the mill", by=hana, now=now)
    assert set(made.cases.all()) == set(cases)
    assert proposed(page.force, now) == []
    late = told(page, "cat", now + timedelta(minutes=30))
    assert proposed(page.force, now) == [{late.pk}]
    assert only().group == made
    assert take([late], by=hana, now=now) == made
    late.refresh_from_db()
    assert late.group == made


def test_what_an_officer_leaves_out_is_not_proposed_for_it_again(
    page: Account, hana: Officer, now: datetime
) -> None:
    one, two, three = (told(page, who, now) for who in ("ann", "bea", "cat"))
    proposed(page.force, now)
    take([one, two], [one, two, three], title="Fire", by=hana, now=now)
    assert proposed(page.force, now) == []
    four = told(page, "dot", now)
    assert proposed(page.force, now) == [{four.pk}], "only what nobody has refused"
    three.refresh_from_db()
    assert three.group is None


def test_what_joined_a_proposal_after_it_was_shown_is_left_to_be_proposed(
    page: Account, hana: Officer, now: datetime
) -> None:
    cases = [told(page, who, now) for who in ("ann", "bea")]
    proposed(page.force, now)
    later = told(page, "cat", now)
    assert proposed(page.force, now) == [{*(case.pk for case in cases), later.pk}]
    take(cases, title="Fire", by=hana, now=now)
    assert proposed(page.force, now) == [{later.pk}]


def test_what_is_taken_out_of_an_incident_is_not_proposed_for_it_again(
    page: Account, hana: Officer, now: datetime
) -> None:
    one, two, three = (told(page, who, now) for who in ("ann", "bea", "cat"))
    group.gather("Fire", [one, two, three], unit=one.unit, by=hana, now=now)
    three.refresh_from_db()
    group.leave(three, by=hana, now=now)
    assert proposed(page.force, now) == []


def test_what_is_refused_is_kept_and_not_proposed_again(
    page: Account, hana: Officer, now: datetime
) -> None:
    one, two = told(page, "ann", now), told(page, "bea", now)
    proposed(page.force, now)
    row = only()
    with pytest.raises(CaseRefusedError):
        proposals.refuse(row, [one, two], reason=" ", by=hana, now=now)
    proposals.refuse(row, [one, two], reason="Two mills", by=hana, now=now)
    row.refresh_from_db()
    assert (row.state, row.reason, row.decided_by, row.words) == ("refused", "Two mills", hana, [])
    assert proposed(page.force, now) == []
    three = told(page, "cat", now)
    assert proposed(page.force, now) == [{one.pk, three.pk}], "with another it may still be one"
    with pytest.raises(CaseRefusedError):
        proposals.take(row, [one, two], [], title="Fire", by=hana, now=now)


def test_a_decision_is_recorded_and_people_s_words_are_not(
    page: Account, hana: Officer, now: datetime
) -> None:
    cases = [told(page, who, now) for who in ("ann", "bea")]
    proposed(page.force, now)
    take(cases, title="Incident", by=hana, now=now)
    act = Act.objects.filter(actor_id=hana.as_actor().id, act="cases.gather").first()
    assert act is not None
    entries = Entry.objects.filter(table="cases_incidentproposal")
    assert entries.filter(act_id=act.pk).exists()
    assert not any("smoke" in str(entry.content) for entry in entries)


def test_words_that_their_author_took_down_leave_what_is_proposed(
    page: Account, now: datetime
) -> None:
    for who in ("ann", "bea", "cat"):
        told(page, who, now)
    proposed(page.force, now)
    assert "smoke" in words(only())
    Item.objects.update(text="", findings={}, deleted_at=now)
    assert proposed(page.force, now) == []
    assert IncidentProposal.objects.count() == 0


def test_what_changed_meanwhile_is_not_taken(page: Account, hana: Officer, now: datetime) -> None:
    one, two, three = (told(page, who, now) for who in ("ann", "bea", "cat"))
    proposed(page.force, now)
    close(three, reason="Seen", by=hana, now=now)
    with pytest.raises(CaseRefusedError, match="meanwhile"):
        take([one, two, three], title="Fire", by=hana, now=now)
    with pytest.raises(CaseRefusedError, match="Choose"):
        take([one], title="Fire", by=hana, now=now)
    assert IncidentGroup.objects.count() == 0


def test_only_cases_that_are_an_officer_s_to_work_on_are_taken_or_refused(
    page: Account, tia: Officer, team: Unit, now: datetime
) -> None:
    """Tia works for a team alone."""
    one, two, three = (told(page, who, now) for who in ("ann", "bea", "cat"))
    proposed(page.force, now)
    with pytest.raises(CaseRefusedError):
        proposals.refuse(only(), [one, two, three], reason="No", by=tia, now=now)
    with acting(SYSTEM, "test.setup"):
        Case.objects.filter(pk__in=[one.pk, two.pk]).update(unit=team)
    with pytest.raises((CaseRefusedError, NotPermittedError)):
        take([one, two, three], title="Fire", by=tia, now=now)
    proposals.refuse(only(), [one, two, three], reason="Two mills", by=tia, now=now)
    assert proposed(page.force, now) == [{one.pk, three.pk}], "the third is for others to decide"


def test_words_that_only_others_cases_hold_are_not_among_the_reasons(
    page: Account, hana: Officer, tia: Officer, team: Unit, now: datetime
) -> None:
    """Tia works for a team alone: the next of kin are none of her business."""
    mine = [told(page, who, now, "FIRE at the mill") for who in ("ann", "bea")]
    for who in ("cat", "dot"):
        told(page, who, now, "fire at the mill, Wilkins")
    with acting(SYSTEM, "test.setup"):
        Case.objects.filter(pk__in=[case.pk for case in mine]).update(unit=team)
    proposed(page.force, now)
    assert {"Wilkins", "fire"} <= words(only())
    address = reverse("cases:case", args=[mine[0].reference])
    for path in (reverse("cases:incidents"), address):
        hers, his = (
            re.findall("same words: ([^<]+)<", signed_in(one).get(path).content.decode())[0]
            for one in (tia, hana)
        )
        assert "Wilkins" in his, path
        assert "Wilkins" not in hers, path
        assert "FIRE" in hers, "as it is written in hers"


def test_another_force_s_cases_are_never_among_them(
    page: Account, other_force: Force, now: datetime
) -> None:
    told(page, "ann", now)
    told(make_page(other_force, now, "Theirs"), "bea", now)
    jobs.propose_incidents(timestamp=0)
    assert IncidentProposal.objects.count() == 0


def test_the_work_does_not_grow_with_the_cases(page: Account, now: datetime) -> None:
    asked = []
    for n in range(2):
        for who in ("ann", "bea", "cat"):
            told(page, f"{who}{n}", now, latitude=53.8 + n)
        with CaptureQueriesContext(connection) as seen:
            reports(page.force, now=now)
        asked.append(len(seen))
    assert asked[0] == asked[1] < 10


# On pages -------------------------------------------------------------------------


def signed_in(officer: Officer) -> Client:
    client = Client()
    client.force_login(officer, "allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_an_officer_takes_what_is_proposed_from_the_list(
    page: Account, hana: Officer, now: datetime
) -> None:
    one, two, three = (told(page, who, now) for who in ("ann", "bea", "cat"))
    proposed(page.force, now)
    client, pk = signed_in(hana), only().pk
    beside = client.get(reverse("cases:case", args=[one.reference])).content.decode()
    assert f"#proposal-{pk}" in beside
    shown = client.get(reverse("cases:incidents")).content.decode()
    assert "3 people, within 50 m, within 1 minute, the same words: " in shown
    assert all(case.reference in shown for case in (one, two, three))
    both = {"case": [one.reference, two.reference],
            "shown": [one.reference, two.reference, three.reference]}  # fmt: skip
    address = reverse("cases:take_proposal", args=[pk])
    wrong = client.post(address, both | {"title": ""})
    assert wrong.status_code == 400
    assert "Give the incident a title" in wrong.content.decode()
    assert wrong.content.decode().count(" checked><label") == 2, "what was unticked stays so"
    client.post(address, both | {"title": "Fire at the mill"})
    assert set(IncidentGroup.objects.get().cases.all()) == {one, two}
    again = client.post(address, both | {"title": "Fire"}, follow=True).content.decode()
    assert "no longer proposed" in again


def test_who_may_not_decide_is_not_shown_it(
    page: Account, hana: Officer, tia: Officer, mallory: Officer, now: datetime
) -> None:
    one, two = told(page, "ann", now), told(page, "bea", now)
    proposed(page.force, now)
    both = {"shown": [one.reference, two.reference], "reason": "No"}
    for stranger in (tia, mallory):
        client = signed_in(stranger)
        assert one.reference not in client.get(reverse("cases:incidents")).content.decode()
        client.post(reverse("cases:refuse_proposal", args=[only().pk]), both)
    assert only().state == "proposed"
    signed_in(hana).post(reverse("cases:refuse_proposal", args=[only().pk]), both)
    assert IncidentProposal.objects.get().state == "refused"


def test_the_list_asks_as_often_for_many_as_for_few(
    page: Account, hana: Officer, now: datetime
) -> None:
    asked = []
    for n in range(2):
        for who in ("ann", "bea", "cat"):
            told(page, f"{who}{n}", now, latitude=53.8 + n)
        propose(page.force, now=now)
        client = signed_in(hana)
        with CaptureQueriesContext(connection) as seen:
            client.get(reverse("cases:incidents"))
        asked.append(len(seen))
    assert asked[0] == asked[1]
