"""A milestone is warned of and missed once each, and the right people hear of it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bluelamp.audit.actions import acting
from bluelamp.audit.values import SYSTEM
from bluelamp.cases import alarm
from bluelamp.cases.actions import own
from bluelamp.cases.models import Case, Milestone, Target
from bluelamp.cases.tests.helpers import open_case
from bluelamp.cases.values import MilestoneKind, MilestoneState
from bluelamp.channels.models import Account
from bluelamp.inbound.tests.helpers import make_page
from bluelamp.notices.models import Notice
from bluelamp.org.models import Force, Officer, Shift, Unit
from bluelamp.org.values import Role
from conftest import make_officer

HOUR = timedelta(hours=1)
DESK = "desk@brackenshire.example.test"


@pytest.fixture
def case(force: Force, now: datetime) -> Case:
    with acting(SYSTEM, "test.setup"):
        Unit.objects.filter(force=force, parent=None).update(email=DESK)
        Target.objects.create(
            force=force, severity=1, kind=MilestoneKind.FIRST_RESPONSE, within=4 * HOUR
        )
    return open_case(make_page(force, now), "Our shed was broken into", now)


def heard() -> dict[str, str]:
    found = dict(Notice.objects.values_list("address", "subject"))
    Notice.objects.all().delete()
    return found


def test_nothing_rings_before_its_time(case: Case, now: datetime) -> None:
    assert alarm.ring(now=now + 3 * HOUR - timedelta(seconds=1)) == 0


def test_the_unit_hears_first_and_once_then_the_supervisor_on_shift_too(
    case: Case, force: Force, now: datetime
) -> None:
    root = force.units.get(parent=None)
    sergeant = make_officer(root, "1300", "Sam Cole", Role.SUPERVISOR)
    constable = make_officer(root, "1301", "Hana Reed", Role.HANDLER)
    with acting(SYSTEM, "test.setup"):
        for officer in (sergeant, constable):
            Shift.objects.create(
                force=force, unit=root, officer=officer, starts=now, ends=now + 9 * HOUR
            )
    assert alarm.ring(now=now + 3 * HOUR) == 1
    assert heard() == {DESK: f"Due soon: First answer of case {case.reference}"}
    assert alarm.ring(now=now + 3.5 * HOUR) == 0
    assert alarm.ring(now=now + 4 * HOUR) == 1
    missed = f"Missed: First answer of case {case.reference}"
    assert heard() == {DESK: missed, sergeant.email: missed}
    assert Milestone.objects.get().state == MilestoneState.BREACHED
    assert alarm.ring(now=now + 9 * HOUR) == 0


def test_who_has_the_case_hears_of_it(case: Case, carol: Officer, now: datetime) -> None:
    own.take(case, by=carol, now=now)
    alarm.ring(now=now + 3 * HOUR)
    assert set(heard()) == {carol.email}
    alarm.ring(now=now + 4 * HOUR)
    assert set(heard()) == {carol.email, DESK}


def test_who_hears_of_many_at_once_hears_of_them_in_one_letter(
    case: Case, force: Force, carol: Officer, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alarm, "LINES", 2)
    page = Account.objects.get()
    others = [
        open_case(page, f"Shed {number}", now, by=f"{number}@example.test") for number in range(3)
    ]
    own.take(others[0], by=carol, now=now)
    assert alarm.ring(now=now + 4 * HOUR) == 4
    letter = Notice.objects.get(address=DESK)
    assert letter.subject == "Missed: 4 promises"
    assert letter.text.count("/console/cases/") == 2
    assert "and 2 more" in letter.text
    alone = Notice.objects.get(address=carol.email)
    assert alone.subject == f"Missed: First answer of case {others[0].reference}"


def test_a_supervisor_whose_grant_has_ended_hears_nothing(
    case: Case, force: Force, now: datetime
) -> None:
    sergeant = make_officer(case.unit, "1300", "Sam Cole", Role.SUPERVISOR)
    with acting(SYSTEM, "test.setup"):
        Shift.objects.create(
            force=force, unit=case.unit, officer=sergeant, starts=now, ends=now + 9 * HOUR
        )
        sergeant.grants.update(expires=now + HOUR)
    alarm.ring(now=now + 4 * HOUR)
    assert set(heard()) == {DESK}
