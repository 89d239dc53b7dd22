"""A small shift on a simulated clock: every promise's moment is told, and nobody is forgotten."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.evaluation.simulate import LATE_SHIFT
from bluelamp.inbound.rules.triage import Triage
from bluelamp.inbound.values import Severity
from bluelamp.kit import clock
from bluelamp.language.sheets import shipped
from bluelamp.site.bench_shift import simulate
from bluelamp.site.shift import words
from bluelamp.site.shift.course import Course
from bluelamp.site.shift.ledger import _said
from bluelamp.site.shift.plan import EMERGENCY, OTHER, STARTS, Plan
from bluelamp.site.shift.public import Request

SMALL = Plan(requests=60, emergencies=15, officers=24, hours=1, seed=4)
ON_TIME = 5.0
SHIPPED = Triage(shipped("emergency"), shipped("thrive"), shipped("relevance"))


@pytest.mark.django_db
def test_on_a_small_shift_every_moment_is_told_in_time_and_no_case_is_adrift() -> None:
    found = simulate(SMALL)
    assert found["requests"] == 60
    assert found["milestones_due"] > 20
    assert found["fired"] + found["ended_first"] == found["milestones_due"]
    assert 0 < found["late_max_s"] <= found["letters_late_max_s"] <= ON_TIME
    assert found["notices_not_sent"] == 0
    assert found["ownerless"] == 0
    assert found["emergencies_not_reached"] == 0
    assert 0 < found["emergency_wait_p50_s"] <= found["emergency_wait_longest_s"] < 15 * 60
    assert found["rung"] >= 15
    assert sum(one["n"] for one in found["waits"].values()) == 60
    assert {"answers", "closed", "accepted", "phones answered"} <= set(found["acts"])


# --- pure parts ---


@given(st.integers(1, 24))
def test_a_plan_has_a_rate_for_every_hour(hours: int) -> None:
    plan = Plan(requests=100, emergencies=30, hours=hours)
    assert len(plan.rates) == hours
    assert set(plan.rates) <= set(LATE_SHIFT)
    assert sum(plan.totals.values()) == 100
    assert plan.ends - STARTS == timedelta(hours=hours)


@given(st.lists(st.floats(0, 1000), max_size=40), st.floats(0, 1000))
def test_a_course_lets_things_happen_in_their_order(delays: list[float], until: float) -> None:
    course, seen = Course(STARTS), list[datetime]()
    for delay in delays:
        course.after(delay, lambda: seen.append(course.now))
    end = STARTS + timedelta(seconds=until)
    course.run(end, lambda: None)
    assert seen == sorted(seen)
    assert len(seen) == sum(STARTS + timedelta(seconds=delay) <= end for delay in delays)
    assert course.now == end


def test_what_is_due_at_one_moment_happens_in_the_order_it_was_said() -> None:
    course, seen = Course(STARTS), list[str]()
    for name in ("first", "second", "third"):
        course.after(1, lambda name=name: seen.append(name))  # type: ignore[misc]
    course.run(STARTS + timedelta(seconds=2), lambda: seen.append("-"))
    assert seen == ["first", "-", "second", "-", "third", "-"]


def test_another_source_tells_the_time_only_while_it_is_shown() -> None:
    then = datetime(2001, 2, 3, tzinfo=UTC)
    with clock.shown(lambda: then):
        assert clock.now() == then
    assert clock.now() > then


@pytest.mark.parametrize("kind", words.EMERGENCIES)
def test_triage_sees_every_kind_of_emergency(kind: str) -> None:
    for seed in range(5):
        text = words.say((kind,), random.Random(seed))
        assert SHIPPED.assess(text).severity is Severity.EMERGENCY, text


@pytest.mark.parametrize("kind", words.EVERY_DAY)
def test_everyday_words_are_no_emergency(kind: str) -> None:
    for seed in range(5):
        text = words.say((kind,), random.Random(seed))
        assert SHIPPED.assess(text).severity < Severity.EMERGENCY, text


@given(st.lists(st.tuples(st.booleans(), st.none() | st.floats(0, 3000)), min_size=1))
def test_who_has_not_been_heard_waits_until_the_end(
    drawn: list[tuple[bool, float | None]],
) -> None:
    ends = STARTS + timedelta(hours=1)
    made = [
        Request(
            f"r{n}", EMERGENCY if urgent else OTHER, STARTS,
            None if wait is None else STARTS + timedelta(seconds=wait),
        )
        for n, (urgent, wait) in enumerate(drawn)
    ]  # fmt: skip
    said = _said([one.wait(ends) for one in made])
    assert said["n"] == len(made)
    assert said["p50_s"] <= said["p99_s"] <= said["longest_s"]
    if any(one.reached is None for one in made):
        assert said["longest_s"] == 3600
