"""Milestones as they are kept: another severity's promise and hours, what is over already."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bluelamp.audit.actions import acting
from bluelamp.audit.values import SYSTEM
from bluelamp.cases import alarm, milestones
from bluelamp.cases.actions.assess import assess
from bluelamp.cases.actions.close import close, reopen
from bluelamp.cases.models import Case, Judged, Milestone, Target
from bluelamp.cases.tests.helpers import open_case
from bluelamp.cases.values import MilestoneKind, MilestoneState
from bluelamp.channels.models import Account
from bluelamp.inbound.tests.helpers import make_page
from bluelamp.inbound.values import Severity
from bluelamp.org.models import Calendar, Force, Officer

HOUR = timedelta(hours=1)
FRIDAY = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
OFFICE = [[["09:00", "17:00"]]] * 5 + [[], []]


@pytest.fixture
def page(force: Force, now: datetime) -> Account:
    return make_page(force, now)


@pytest.fixture
def office(force: Force) -> Calendar:
    with acting(SYSTEM, "test.setup"):
        return Calendar.objects.create(force=force, name="Office", week=OFFICE)


def promise(force: Force, severity: int, within: timedelta, calendar: Calendar | None) -> None:
    with acting(SYSTEM, "test.setup"):
        Target.objects.create(
            force=force, severity=severity, kind=MilestoneKind.RESOLUTION, within=within,
            calendar=calendar,
        )  # fmt: skip


def rise(case: Case, by: Officer, now: datetime, severity: Severity = Severity.EMERGENCY) -> None:
    assess(case, severity, reason="He is back", by=by, now=now)


def test_another_severity_counts_in_its_own_hours(
    page: Account, force: Force, office: Calendar, carol: Officer
) -> None:
    promise(force, 1, 8 * HOUR, office)
    promise(force, 4, 4 * HOUR, None)
    case = open_case(page, "Our shed was broken into", FRIDAY)
    one = Milestone.objects.get()
    assert one.due_at == datetime(2026, 11, 23, 16, 0, tzinfo=UTC)  # Friday's hour, Monday's seven
    rise(case, carol, FRIDAY + 2 * HOUR)  # round the clock from six on; one hour is used
    one.refresh_from_db()
    assert one.due_at == FRIDAY + 5 * HOUR
    rise(case, carol, FRIDAY + 3 * HOUR, Severity.ROUTINE)  # two are used; closed until Monday
    one.refresh_from_db()
    assert one.due_at == datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
    assert [row.get("calendar", "") for row in one.events] == ["", None, "", office.pk, ""]


def test_the_same_hours_are_not_changed(
    page: Account, force: Force, office: Calendar, carol: Officer
) -> None:
    promise(force, 1, 8 * HOUR, office)
    promise(force, 4, 4 * HOUR, office)
    rise(open_case(page, "Our shed was broken into", FRIDAY), carol, FRIDAY)
    assert [row["kind"] for row in Milestone.objects.get().events] == ["started", "target_changed"]


def test_what_a_new_target_makes_overdue_is_told(
    page: Account, force: Force, carol: Officer
) -> None:
    promise(force, 1, 8 * HOUR, None)
    promise(force, 4, HOUR, None)
    rise(open_case(page, "Our shed was broken into", FRIDAY), carol, FRIDAY + 2 * HOUR)
    (rung,) = milestones.ring(now=FRIDAY + 2 * HOUR + timedelta(seconds=2))
    assert (rung.breached, rung.late) == (True, timedelta(seconds=2))


def test_what_comes_in_overdue_is_told(page: Account, force: Force) -> None:
    promise(force, 1, HOUR, None)
    open_case(page, "Our shed was broken into", FRIDAY)
    assert alarm.ring(now=FRIDAY + 2 * HOUR) == 1
    assert Milestone.objects.get().state == MilestoneState.BREACHED


def test_a_milestone_that_was_met_late_and_is_open_again_is_not_met(
    page: Account, force: Force, carol: Officer
) -> None:
    promise(force, 1, HOUR, None)
    case = open_case(page, "Our shed was broken into", FRIDAY)
    close(case, reason="Told", by=carol, now=FRIDAY + 2 * HOUR)
    assert Milestone.objects.get().state == MilestoneState.MET_LATE
    reopen(case, reason="Not told", by=carol, now=FRIDAY + 3 * HOUR)
    one = Milestone.objects.get()
    assert (one.met_at, one.state) == (None, MilestoneState.RUNNING)
    assert alarm.ring(now=FRIDAY + 3 * HOUR) == 1


def test_a_machine_whose_clock_is_behind_ends_a_milestone_nevertheless(
    page: Account, force: Force, carol: Officer
) -> None:
    promise(force, 1, HOUR, None)
    case = open_case(page, "Our shed was broken into", FRIDAY)
    close(case, reason="Told", by=carol, now=FRIDAY - timedelta(seconds=3))
    assert Milestone.objects.get().state == MilestoneState.MET


def test_what_came_of_a_promise_stays_when_the_next_begins(
    page: Account, force: Force, now: datetime
) -> None:
    with acting(SYSTEM, "test.setup"):
        for kind in MilestoneKind:
            Target.objects.create(force=force, severity=1, kind=kind, within=2 * HOUR)
    case = open_case(page, "A shed was broken into", now)
    milestones.answered(case, waiting=False, now=now + HOUR)
    milestones.answered(case, waiting=False, now=now + 4 * HOUR)
    milestones.answered(case, waiting=False, now=now + 5 * HOUR)
    updates = Judged.objects.filter(kind=MilestoneKind.UPDATE).order_by("at")
    assert [(one.late, one.used) for one in updates] == [
        (False, HOUR), (True, 3 * HOUR), (False, HOUR),
    ]  # fmt: skip
    first = Judged.objects.get(kind=MilestoneKind.FIRST_RESPONSE)
    assert (first.late, first.severity, first.unit, first.at) == (
        False, 1, case.unit, now + HOUR,
    )  # fmt: skip
    milestones.closed([case], now=now + 6 * HOUR)
    assert Judged.objects.get(kind=MilestoneKind.RESOLUTION).late
