"""Who answers the ringing has the case, and keeps it only as long as others agree."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bluelamp.cases.actions import own
from bluelamp.cases.models import Case
from bluelamp.cases.oncall import follow_up
from bluelamp.cases.tests.helpers import open_case
from bluelamp.cases.values import CaseState
from bluelamp.inbound.tests.helpers import make_page
from bluelamp.notices import paging
from bluelamp.notices.models import Page
from bluelamp.org.models import Force, Officer
from bluelamp.org.values import Role
from conftest import make_officer

MINUTE = timedelta(minutes=1)


@pytest.fixture
def hana(force: Force) -> Officer:
    return make_officer(force.units.get(parent=None), "1101", "Hana Reed", Role.HANDLER)


@pytest.fixture
def sam(force: Force) -> Officer:
    return make_officer(force.units.get(parent=None), "1102", "Sam Cole", Role.SUPERVISOR)


@pytest.fixture
def case(force: Force, now: datetime) -> Case:
    return open_case(make_page(force, now), "please help he has a knife", now, severity=4)


def answered(by: Officer | None, now: datetime) -> None:
    paging.answer(Page.objects.get(), by=by, now=now)
    assert follow_up(now=now) == 1


def test_who_answers_has_the_case_once(
    case: Case, hana: Officer, sam: Officer, now: datetime
) -> None:
    answered(hana, now)
    case.refresh_from_db()
    assert (case.owner, case.state) == (hana, CaseState.OPEN)
    own.give(case, sam, by=hana, now=now)
    assert follow_up(now=now + MINUTE) == 0
    case.refresh_from_db()
    assert case.owner == sam, "an answer is followed up once"


def test_a_colleague_who_works_on_it_keeps_it(
    case: Case, hana: Officer, sam: Officer, now: datetime
) -> None:
    own.take(case, by=sam, now=now)
    answered(hana, now)
    case.refresh_from_db()
    assert case.owner == sam


def test_who_may_not_work_on_it_leaves_it_to_the_unit(
    case: Case, alice: Officer, now: datetime
) -> None:
    answered(alice, now)  # of a team below, whose case it is not
    case.refresh_from_db()
    assert case.owner is None


def test_a_phone_that_several_carry_owns_nothing(case: Case, now: datetime) -> None:
    answered(None, now)
    case.refresh_from_db()
    assert case.owner is None
