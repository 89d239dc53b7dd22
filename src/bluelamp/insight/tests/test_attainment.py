"""Promises kept: sums, and the page with its ways to cases."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.audit.actions import acting
from bluelamp.audit.models import Entry
from bluelamp.audit.values import SYSTEM, Operation
from bluelamp.cases import alarm, milestones
from bluelamp.cases.models import Case, Target
from bluelamp.cases.tests.helpers import open_case
from bluelamp.cases.values import MilestoneKind
from bluelamp.channels.models import Account
from bluelamp.inbound.tests.helpers import make_page
from bluelamp.insight.queries import attainment as found_in
from bluelamp.insight.queries.attainment import About, Period
from bluelamp.insight.rules.attainment import Came, Promise, added, below, by, percentile
from bluelamp.kit import clock
from bluelamp.org.models import Force, Officer, Unit
from bluelamp.org.values import Role
from conftest import make_officer

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"

# The sums --------------------------------------------------------------------------

_lengths = st.timedeltas(timedelta(0), timedelta(days=30))
_promises = st.lists(
    st.builds(
        Promise, st.sampled_from(["update", "resolution"]), st.integers(1, 4),
        st.sampled_from(["/1/", "/1/2/", "/1/3/"]), st.just("email"), st.sampled_from(Came),
        st.none() | _lengths,
    )
)  # fmt: skip


@given(_promises)
def test_the_parts_make_the_whole(drawn: list[Promise]) -> None:
    whole, parts = added(drawn), by(drawn, lambda one: (one.kind, one.severity)).values()
    for name in ("kept", "late", "overdue", "judged"):
        assert getattr(whole, name) == sum(getattr(part, name) for part in parts)
    assert whole.judged == len(drawn)
    assert (whole.share is None) == (not drawn)
    assert below(drawn, "/1/") == whole
    assert below(drawn, "/1/2/").judged + below(drawn, "/1/3/").judged <= whole.judged


@given(st.lists(_lengths, min_size=1), st.floats(0.01, 1))
def test_a_percentile_is_the_least_that_enough_do_not_exceed(
    lengths: list[timedelta], share: float
) -> None:
    ordered = sorted(lengths)
    found = percentile(ordered, share)
    assert found in ordered
    assert sum(one <= found for one in ordered) >= share * len(ordered) - 1e-9
    assert sum(one < found for one in ordered) < share * len(ordered) + 1e-9
    assert percentile([], share) is None


def test_the_period_before_is_as_long_to_the_same_time_on_the_wall() -> None:
    now = datetime(2026, 10, 26, 15, 0, tzinfo=UTC)  # on the 25th the clocks went back
    period = Period.up_to(now, 7)
    assert period.since == datetime(2026, 10, 19, 23, 0, tzinfo=UTC)
    before = period.before()
    assert (before.last, before.until) == (
        date(2026, 10, 19),
        datetime(2026, 10, 19, 14, tzinfo=UTC),
    )
    assert before.since == datetime(2026, 10, 12, 23, 0, tzinfo=UTC)


# What is counted --------------------------------------------------------------------


@pytest.fixture
def page(force: Force) -> Account:
    with acting(SYSTEM, "test.setup"):
        for severity in (1, 3):
            for kind in MilestoneKind:
                Target.objects.create(force=force, severity=severity, kind=kind, within=2 * HOUR)
    return make_page(force, clock.now() - 40 * DAY)


@pytest.fixture
def sergeant(force: Force) -> Officer:
    return make_officer(force.units.get(parent=None), "3001", "Sam Reeve", Role.SUPERVISOR)


def moved(case: Case, unit: Unit) -> Case:
    with acting(SYSTEM, "test.setup"):
        Case.objects.filter(pk=case.pk).update(unit=unit)
    case.refresh_from_db()
    return case


def scene(page: Account, team: Unit, now: datetime) -> tuple[Case, Case, Case]:
    """Return a case whose first answer was in time, one late, and one overdue still."""
    kept = open_case(page, "A shed was broken into", now - 5 * HOUR, by="a@example.test")
    late = open_case(page, "He follows me", now - 5 * HOUR, by="b@example.test", severity=3)
    over = open_case(page, "A car was stolen", now - 5 * HOUR, by="c@example.test")
    moved(late, team)
    milestones.answered(kept, waiting=False, now=now - 4 * HOUR)
    milestones.answered(late, waiting=False, now=now - 2 * HOUR)
    alarm.ring(now=now - timedelta(minutes=5))
    return kept, late, over


def test_promises_are_kept_late_or_overdue(page: Account, sergeant: Officer, team: Unit) -> None:
    now = clock.now()
    kept, _late, over = scene(page, team, now)
    today = Period.up_to(now, 7)
    first = [
        one for one in found_in.promises(sergeant, today)
        if one.kind == MilestoneKind.FIRST_RESPONSE
    ]  # fmt: skip
    assert {(one.came, one.severity, one.unit) for one in first} == {
        (Came.KEPT, 1, kept.unit.path), (Came.LATE, 3, team.path),
        (Came.OVERDUE, 1, over.unit.path),
    }  # fmt: skip
    assert {one.channel for one in first} == {"email"}
    assert found_in.promises(sergeant, today.before()) == []


def test_the_cases_behind_a_figure_are_those_that_it_counts(
    page: Account, sergeant: Officer, team: Unit
) -> None:
    now = clock.now()
    kept, late, over = scene(page, team, now)
    period = Period.up_to(now, 7)

    def behind(came: Came | None = None, **facts: object) -> list[Case]:
        about = About(came=came, kind=MilestoneKind.FIRST_RESPONSE, **facts)  # type: ignore[arg-type]
        return sorted(found_in.cases(sergeant, period, about), key=lambda one: one.pk)

    assert behind(Came.KEPT) == [kept]
    assert behind(Came.LATE) == [late]
    assert behind(Came.OVERDUE) == [over]
    assert behind() == [kept, late, over]
    assert behind(severity=1) == [kept, over]
    assert behind(unit=team) == [late]
    assert behind(channel="email") == [kept, late, over]
    assert behind(channel="phone") == []


def test_nothing_of_another_unit_or_force_is_counted(
    page: Account, team: Unit, other_force: Force, mallory: Officer
) -> None:
    now = clock.now()
    _kept, late, _over = scene(page, team, now)
    period = Period.up_to(now, 7)
    here = make_officer(team, "3002", "Tom Hale", Role.HANDLER)
    assert {one.unit for one in found_in.promises(here, period)} == {team.path}
    assert list(found_in.cases(here, period, About())) == [late]
    assert found_in.units(here) == [team]
    assert found_in.promises(mallory, period) == []
    assert not found_in.cases(mallory, period, About()).exists()


# The page ----------------------------------------------------------------------------


@pytest.fixture
def client(sergeant: Officer) -> Client:
    client = Client()
    client.force_login(sergeant, BACKEND)
    return client


def test_every_figure_leads_to_its_cases_and_the_reading_is_recorded(
    client: Client, page: Account, team: Unit
) -> None:
    kept, late, over = scene(page, team, clock.now())
    shown = client.get(reverse("insight:attainment"), {"days": "7"})
    (whole,) = [shown.context["whole"]]
    for (_words, count, url), case in zip(whole.figures, (kept, late, over), strict=True):
        assert count
        before = Entry.objects.filter(op=Operation.READ).count()
        listed = client.get(url)
        assert case.reference in listed.content.decode()
        assert listed.context["page"].paginator.count <= count
        assert Entry.objects.filter(op=Operation.READ).count() > before


def test_the_csv_says_what_the_page_says_and_names_nobody(
    client: Client, page: Account, team: Unit
) -> None:
    kept, _late, _over = scene(page, team, clock.now())
    with acting(SYSTEM, "test.setup"):
        Unit.objects.filter(pk=team.pk).update(name="=HYPERLINK(1)")
    answer = client.get(reverse("insight:attainment_csv"), {"days": "7"})
    text = answer.content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    whole = next(row for row in rows if row["Line"] == "All promises")
    shown = client.get(reverse("insight:attainment"), {"days": "7"}).context["whole"].now
    assert int(whole["Kept in time"]) == shown.kept
    assert float(whole["Share kept"]) == round(shown.share, 4)
    assert kept.reference not in text
    assert "'=HYPERLINK(1)" in {row["Line"] for row in rows}


def test_an_empty_period_says_what_to_do(client: Client, force: Force) -> None:
    assert b"Nothing to judge yet" in client.get(reverse("insight:attainment")).content


def test_promises_kept_are_for_who_may_read_the_board(alice: Officer) -> None:
    client = Client()
    client.force_login(alice, BACKEND)
    for name in ("attainment", "attainment_cases", "attainment_csv"):
        assert client.get(reverse(f"insight:{name}")).status_code == 403, name
