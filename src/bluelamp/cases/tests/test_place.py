"""Where a case is about: found in the words, corrected by an officer, offered to who polices it."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from bluelamp.audit.actions import acting
from bluelamp.audit.models import Entry
from bluelamp.audit.values import SYSTEM
from bluelamp.cases.actions.place import set_place
from bluelamp.cases.errors import CaseRefusedError
from bluelamp.cases.models import Case, CasePlace, RoutingRule
from bluelamp.cases.queries.place import place_of, takers
from bluelamp.cases.tests.helpers import open_case
from bluelamp.channels.models import Account
from bluelamp.inbound.models import Item
from bluelamp.inbound.tests.helpers import make_page
from bluelamp.org.models import Force, Officer, Unit
from bluelamp.outbound.tests.helpers import SOUTH, STEP, WEST, make_areas, make_postcode
from bluelamp.places.models import Area
from bluelamp.places.values import Position
from conftest import make_unit

MIDDLE = (WEST + 0.5 * STEP, SOUTH + STEP / 2)


@pytest.fixture
def wards(force: Force, team: Unit, now: datetime) -> dict[str, Area]:
    found = make_areas(force, now)
    with acting(SYSTEM, "test.setup"):
        Area.objects.filter(pk=found["Northwick"].pk).update(unit=team)
    return found


@pytest.fixture
def page(force: Force, wards: dict[str, Area], now: datetime) -> Account:
    return make_page(force, now)


@pytest.fixture
def case(page: Account, now: datetime) -> Case:
    return open_case(page, "Somebody cries near the school", now)


def found_by(case: Case, **findings: Any) -> None:
    """Put what triage found in the words that opened a case."""
    Item.objects.filter(in_case__case=case).update(findings=findings)


def at(page: Account, now: datetime, **findings: Any) -> Case:
    place = dict(zip(("longitude", "latitude"), MIDDLE, strict=True))
    case = open_case(page, "Noise", now, said=place)
    found_by(case, **findings)
    return case


def ask(officer: Officer, case: Case, given: dict[str, Any] | None = None) -> Any:
    client = Client()
    client.force_login(officer)
    path = f"/console/cases/{case.reference}/place/"
    return client.get(path) if given is None else client.post(path, given)


def shown(officer: Officer, case: Case) -> str:
    client = Client()
    client.force_login(officer)
    return client.get(f"/console/cases/{case.reference}/").content.decode()


# What it was found from ---------------------------------------------------------


def test_the_page_says_which_words_it_was_found_from(
    page: Account, carol: Officer, now: datetime
) -> None:
    body = shown(carol, at(page, now, places=["Northwick"]))
    assert "From: Northwick in the text" in body
    assert f'data-point="{MIDDLE[1]},{MIDDLE[0]}"' in body


def test_a_postcode_that_lies_there_counts_more_than_a_name(page: Account, now: datetime) -> None:
    make_postcode("BR1 1AB", 0)
    make_postcode("BR2 1AB", 1)
    case = at(page, now, places=["Northwick"], postcodes=["BR2 1AB", "BR1 1AB"])
    assert place_of(case).found == "BR1 1AB"


def test_several_names_are_said_and_none_is_chosen(case: Case, carol: Officer) -> None:
    found_by(case, places=["Northwick", "Castle"])
    assert "The text names Northwick, Castle" in shown(carol, case)


def test_words_that_were_taken_down_are_no_longer_named(page: Account, now: datetime) -> None:
    case = at(page, now, places=["Northwick"])
    found_by(case)
    assert place_of(case).found == ""
    assert place_of(case).known


# Set by an officer ------------------------------------------------------------------


def test_a_postcode_an_area_or_a_press_sets_the_place_without_script(
    case: Case, carol: Officer, wards: dict[str, Area]
) -> None:
    make_postcode("BR2 1AB", 1)
    press = json.dumps({
        "type": "Feature", "properties": {"radius_m": 60},
        "geometry": {"type": "Point", "coordinates": [*MIDDLE]},
    })  # fmt: skip
    castle = WEST + 1.5 * STEP
    for given, longitude, said in (
        ({"postcode": "br21ab"}, castle, "BR2 1AB"),
        ({"area": wards["Northwick"].pk}, MIDDLE[0], "the middle of Northwick"),
        ({"point": press}, MIDDLE[0], "a point on the map"),
        ({"area": wards["Northwick"].pk, "postcode": "BR2 1AB"}, castle, "BR2 1AB"),
    ):  # fmt: skip
        assert ask(carol, case, given).status_code == 302
        case.refresh_from_db()
        assert case.longitude == pytest.approx(longitude)
        assert said in shown(carol, case)
    assert CasePlace.objects.filter(case=case, by=carol).count() == 4


@pytest.mark.parametrize("given", [
    {}, {"postcode": "ZZ9 9ZZ"}, {"postcode": "?"}, {"point": "no"}, {"point": "{}"},
    {"point": '{"geometry": {"coordinates": [400, 0]}}'}, {"area": "0"},
])  # fmt: skip
def test_what_is_no_place_is_refused_and_nothing_changes(
    case: Case, carol: Officer, given: dict[str, str]
) -> None:
    answer = ask(carol, case, given)
    assert answer.status_code == 400
    assert "There is a problem" in answer.content.decode()
    case.refresh_from_db()
    assert case.longitude is None


def test_it_is_recorded_with_the_name_and_sends_the_case_nowhere(
    case: Case, carol: Officer, wards: dict[str, Area], now: datetime
) -> None:
    unit = case.unit_id
    set_place(case, wards["Northwick"], by=carol, now=now)
    case.refresh_from_db()
    assert case.unit_id == unit
    entry = Entry.objects.filter(table="cases_case", row=str(case.pk), op="U").latest("id")
    assert entry.act.act == "cases.work"
    assert entry.act.actor_label == carol.label


def test_another_force_s_area_is_refused(
    case: Case, carol: Officer, other_force: Force, now: datetime
) -> None:
    theirs = make_areas(other_force, now)["Castle"]
    with pytest.raises(CaseRefusedError):
        set_place(case, theirs, by=carol, now=now)
    assert ask(carol, case, {"area": theirs.pk}).status_code == 400


def test_who_may_not_work_on_the_case_cannot_set_its_place(
    case: Case, alice: Officer, mallory: Officer
) -> None:
    for officer in (alice, mallory):
        assert ask(officer, case).status_code == 404
        assert ask(officer, case, {"postcode": "BR1 1AB"}).status_code == 404


# Whose ground it is -----------------------------------------------------------------


def test_it_is_offered_to_where_routing_would_send_it_and_to_who_polices_it(
    case: Case, carol: Officer, team: Unit, wards: dict[str, Area], force: Force, now: datetime
) -> None:
    assert takers(case, place_of(case), now=now) == []
    desk = make_unit(force, "DSK", "Night desk")
    with acting(SYSTEM, "test.rule"):
        RoutingRule.objects.create(
            force=force, order=1, name="North", when={"areas": [wards["Northwick"].pk]}, unit=desk
        )
    set_place(case, wards["Northwick"], by=carol, now=now)
    assert takers(case, place_of(case), now=now) == [desk, team]
    body = shown(carol, case)
    assert "Send it to Night desk" in body
    client = Client()
    client.force_login(carol)
    reason = {"unit": team.pk, "reason": "By its place, as set by an officer"}
    client.post(f"/console/cases/{case.reference}/send/", reason)
    case.refresh_from_db()
    assert case.unit == team


def test_a_place_that_was_only_found_offers_nothing(page: Account, now: datetime) -> None:
    case = at(page, now, places=["Northwick"])
    assert takers(case, place_of(case), now=now) == []


def test_a_position_is_kept_as_it_was_given(case: Case, carol: Officer, now: datetime) -> None:
    made = set_place(case, Position("", *MIDDLE), by=carol, now=now)
    assert (made.longitude, made.latitude, made.postcode, made.area) == (*MIDDLE, "", None)
