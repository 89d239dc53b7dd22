"""A milestone is warned of and missed once each, and the right people hear of it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bluelamp.audit.actions import acting
from bluelamp.audit.values import SYSTEM
from bluelamp.cases import alarm, oncall
from bluelamp.cases.actions import own
from bluelamp.cases.models import Case, Milestone, Target
from bluelamp.cases.tests.helpers import open_case
from bluelamp.cases.values import MilestoneKind, MilestoneState
from bluelamp.channels.models import Account
from bluelamp.inbound.tests.helpers import make_page
from bluelamp.notices import paging
from bluelamp.notices.models import Notice, Page
from bluelamp.org.models import Force, Officer, Shift, Unit
from bluelamp.org.values import Role
from conftest import make_officer, make_unit

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


def on(officer: Officer, now: datetime, *, hours: int = 9) -> None:
    with acting(SYSTEM, "test.setup"):
        Shift.objects.create(
            force=officer.force, unit=officer.unit, officer=officer, starts=now,
            ends=now + hours * HOUR,
        )  # fmt: skip


def test_who_has_the_case_hears_of_it(case: Case, carol: Officer, now: datetime) -> None:
    on(carol, now)
    own.take(case, by=carol, now=now)
    alarm.ring(now=now + 3 * HOUR)
    assert set(heard()) == {carol.email}
    alarm.ring(now=now + 4 * HOUR)
    assert set(heard()) == {carol.email, DESK}


def test_the_unit_is_warned_too_once_who_has_the_case_went_home(
    case: Case, carol: Officer, now: datetime
) -> None:
    on(carol, now, hours=2)
    own.take(case, by=carol, now=now)
    alarm.ring(now=now + 3 * HOUR)
    assert set(heard()) == {carol.email, DESK}


# Where nobody would hear --------------------------------------------------------


@pytest.fixture
def adrift(case: Case, team: Unit) -> Case:
    """A case of nobody's, at a team without a mailbox, with nobody on shift."""
    with acting(SYSTEM, "test.setup"):
        Case.objects.filter(pk=case.pk).update(unit=team)
    case.refresh_from_db()
    return case


def supervisor(unit: Unit, number: str, role: Role = Role.SUPERVISOR) -> Officer:
    return make_officer(unit, number, f"Officer {number}", role)


def test_a_breach_reaches_who_supervises_the_unit_whatever_the_hour(
    adrift: Case, force: Force, now: datetime
) -> None:
    here = supervisor(adrift.unit, "1300")
    supervisor(force.units.get(parent=None), "1301")
    supervisor(make_unit(force, "EL1", "Elsewhere"), "1302")
    alarm.ring(now=now + 4 * HOUR)
    assert set(heard()) == {here.email}


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.COMMANDER])
def test_a_breach_goes_up_where_nobody_supervises_the_unit(
    adrift: Case, force: Force, now: datetime, role: Role
) -> None:
    above = supervisor(force.units.get(parent=None), "1301", role)
    ended = supervisor(adrift.unit, "1300")
    with acting(SYSTEM, "test.setup"):
        ended.grants.update(expires=now + HOUR)
    alarm.ring(now=now + 4 * HOUR)
    assert set(heard()) == {above.email}


def test_an_owner_who_went_home_does_not_hear_of_a_breach_alone(
    adrift: Case, force: Force, now: datetime
) -> None:
    handler = supervisor(adrift.unit, "1303", Role.HANDLER)
    above = supervisor(force.units.get(parent=None), "1301")
    own.take(adrift, by=handler, now=now)
    on(handler, now, hours=2)
    alarm.ring(now=now + 4 * HOUR)
    assert set(heard()) == {handler.email, above.email}


def test_nobody_is_woken_while_somebody_at_work_hears(adrift: Case, now: datetime) -> None:
    supervisor(adrift.unit, "1300")
    handler = supervisor(adrift.unit, "1303", Role.HANDLER)
    own.take(adrift, by=handler, now=now)
    on(handler, now)
    alarm.ring(now=now + 4 * HOUR)
    assert set(heard()) == {handler.email}


def test_a_warning_that_nobody_would_read_goes_to_the_supervisor_on_shift(
    adrift: Case, force: Force, now: datetime
) -> None:
    here, home = supervisor(adrift.unit, "1300"), supervisor(adrift.unit, "1302")
    supervisor(force.units.get(parent=None), "1301")
    on(here, now)
    alarm.ring(now=now + 3 * HOUR)
    assert set(heard()) == {here.email}
    assert home.email not in heard()


def test_a_warning_goes_up_whatever_the_hour_where_nobody_is_on_shift(
    adrift: Case, force: Force, now: datetime
) -> None:
    above = supervisor(force.units.get(parent=None), "1301", Role.COMMANDER)
    alarm.ring(now=now + 3 * HOUR)
    assert heard() == {above.email: f"Due soon: First answer of case {adrift.reference}"}


def test_an_owner_who_went_home_is_not_warned_alone(
    adrift: Case, force: Force, now: datetime
) -> None:
    handler = supervisor(adrift.unit, "1303", Role.HANDLER)
    above = supervisor(force.units.get(parent=None), "1301")
    own.take(adrift, by=handler, now=now)
    on(handler, now, hours=2)
    alarm.ring(now=now + 3 * HOUR)
    assert set(heard()) == {handler.email, above.email}


def test_no_supervisor_is_warned_while_who_has_the_case_is_at_work(
    adrift: Case, now: datetime
) -> None:
    supervisor(adrift.unit, "1300")
    handler = supervisor(adrift.unit, "1303", Role.HANDLER)
    own.take(adrift, by=handler, now=now)
    on(handler, now)
    alarm.ring(now=now + 3 * HOUR)
    assert set(heard()) == {handler.email}


@pytest.mark.parametrize("hours", [3, 4])
def test_where_nobody_supervises_at_all_the_mailbox_above_hears(
    adrift: Case, now: datetime, hours: int
) -> None:
    alarm.ring(now=now + hours * HOUR)
    assert set(heard()) == {DESK}


# An emergency's -----------------------------------------------------------------


@pytest.fixture
def emergency(case: Case, now: datetime) -> Case:
    """An emergency that nobody has; what rang for its words was answered."""
    with acting(SYSTEM, "test.setup"):
        Case.objects.filter(pk=case.pk).update(severity=4)
    return case


def test_an_emergency_s_breach_rings_until_somebody_answers_and_once(
    emergency: Case, carol: Officer, now: datetime
) -> None:
    alarm.ring(now=now + 3 * HOUR)
    assert not Page.objects.exists(), "a warning rings nobody out of bed"
    alarm.ring(now=now + 4 * HOUR)
    page = Page.objects.get()
    assert (page.unit, page.path) == (emergency.unit, f"/console/cases/{emergency.reference}/")
    Milestone.objects.update(state=MilestoneState.RUNNING, breached_at=None)
    alarm.ring(now=now + 5 * HOUR)
    assert Page.objects.get() == page
    paging.answer(page, by=carol, now=now + 5 * HOUR)
    assert oncall.follow_up(now=now + 5 * HOUR) == 1
    emergency.refresh_from_db()
    assert emergency.owner == carol


def test_no_other_breach_rings(case: Case, now: datetime) -> None:
    alarm.ring(now=now + 4 * HOUR)
    assert not Page.objects.exists()


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
    assert letter.text.count("/console/cases/") == 3, "two cases, and the queue for the rest"
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
