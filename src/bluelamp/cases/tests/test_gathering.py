"""Which cases are proposed to be one incident, and what never is."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bluelamp.cases.rules.gathering import (
    SPREAD,
    Because,
    Mark,
    Proposed,
    Report,
    Side,
    belong,
    metres,
    proposals,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MILL_LANE = (-1.5500, 53.8000)


def words(*said: str) -> dict[str, str]:
    return {word.lower(): word for word in said}


def told(case: int, minutes: float = 0, **facts: Any) -> Report:
    """Return a report of a fire in Mill Lane, so many minutes after noon."""
    usual: dict[str, Any] = {
        "point": MILL_LANE, "words": words("fire", "mill", "smoke"), "about": frozenset({"fire"}),
    }  # fmt: skip
    return Report(case, case, NOON + timedelta(minutes=minutes), **usual | facts)


def north(distance: float) -> tuple[float, float]:
    return MILL_LANE[0], MILL_LANE[1] + distance / 111_195


def gathered(*reports: Report) -> list[tuple[int, ...]]:
    return [one.cases for one in proposals(reports)]


def test_near_soon_and_alike_is_proposed_with_its_reasons() -> None:
    found = proposals([told(1), told(2, 8, point=north(120)), told(3, 19.5, point=north(170))])
    because = Because(people=3, minutes=20, metres=200, words=("fire", "mill", "smoke"))
    said = tuple(dict.fromkeys([1, 2, 3], word) for word in because.words)
    assert found == [Proposed((1, 2, 3), None, because, said)]


def test_each_of_place_time_and_words_is_needed() -> None:
    assert gathered(told(1), told(2, 30)) == [(1, 2)]
    assert gathered(told(1), told(2, 30, point=north(800))) == []
    assert gathered(told(1), told(2, 180)) == []
    assert gathered(told(1), told(2, 30, words=words("parking", "permit"))) == []
    assert gathered(told(1, point=None), told(2, 30)) == []


def test_one_word_is_enough_for_the_same_kind_of_emergency_alone() -> None:
    one, other = told(1), told(2, words=words("smoke", "alarm"))
    assert belong(one, other)
    assert not belong(one, replace(other, about=frozenset()))


def test_a_small_place_that_both_name_stands_for_a_point() -> None:
    lane: dict[str, Any] = {"point": None, "places": frozenset({"Mill Lane"})}
    (found,) = proposals([told(1, **lane), told(2, 5, **lane)])
    assert found.because.words[0] == "Mill Lane"
    assert found.because.metres is None


def test_a_text_that_is_passed_on_needs_neither_place_nor_hour() -> None:
    text: dict[str, Any] = {"threads": frozenset({7}), "words": {}, "point": None}
    (found,) = proposals([told(1, **text), told(2, 600, **text)])
    assert found.cases == (1, 2)
    assert found.because.same_text


def test_what_joins_an_incident_names_it_and_leaves_what_is_in_it() -> None:
    (found,) = proposals([told(1, group=9), told(2, 5, group=9), told(3, 10)])
    assert (found.cases, found.group, found.because.people) == ((3,), 9, 3)
    assert proposals([told(1, group=9), told(2, 5, group=9)]) == []
    assert proposals([told(1, group=9), told(2, 5, group=8)]) == []


def test_a_later_report_shows_that_two_are_one() -> None:
    """A and C share no word; B tells of both."""
    a, c = told(1, words=words("fire", "mill")), told(3, 5, words=words("bang", "boiler"))
    b = told(2, 10, words=words("fire", "mill", "bang", "boiler"))
    assert gathered(replace(a, about=frozenset()), c) == []
    assert gathered(a, b, c) == [(1, 3, 2)]


def test_what_was_refused_is_not_proposed_again() -> None:
    apart: dict[str, Any] = {"refused": frozenset({Mark(4, Side.APART)})}
    assert gathered(told(1, **apart), told(2, 5, **apart)) == []
    assert gathered(told(1, **apart), told(2, 5, **apart), told(3, 9)) == [(1, 3)]
    kept_out: dict[str, Any] = {"refused": frozenset({Mark(5, Side.OUTSIDE)})}
    inside: dict[str, Any] = {"refused": frozenset({Mark(5, Side.INSIDE)}), "group": 9}
    assert gathered(told(1, **inside), told(2, 5, **kept_out)) == []
    assert gathered(told(2, 5, **kept_out), told(3, 6, **kept_out)) == [(2, 3)]


def test_hours_apart_are_not_one_even_for_two_alone() -> None:
    assert belong(told(1), told(2, 120))
    assert not belong(told(1), told(2, 121))


def test_an_incident_does_not_creep_along_a_street() -> None:
    """Each is near the one before it; the last is over a kilometre from the first."""
    street = [told(n, n, point=north(400 * n)) for n in range(1, 5)]
    assert gathered(*street) == [(1, 2, 3)]


def test_two_incidents_stay_two() -> None:
    (found,) = proposals([told(1, group=9), told(2, 1, group=8), told(3, 2)])
    assert (found.group, found.because.people) == (9, 2)


def test_what_one_alone_says_is_no_reason() -> None:
    one, other = told(1, words=words("fire", "mill", "cat")), told(2, words=words("fire", "mill"))
    (found,) = proposals([one, other])
    assert found.because.words == ("fire", "mill")


def test_it_is_kept_who_says_what_and_how() -> None:
    first, second = told(1, words={"fire": "FIRE", "mill": "mill"}), told(2, words=words("fire"))
    (found,) = proposals([first, second, told(3, words=words("mill", "fire"))])
    assert found.shared == ({1: "FIRE", 2: "fire", 3: "fire"}, {1: "mill", 3: "mill"})


reports = st.lists(
    st.builds(
        Report,
        case=st.integers(1, 10_000),
        person=st.integers(1, 5),
        at=st.integers(0, 400).map(lambda n: NOON + timedelta(minutes=n)),
        point=st.none() | st.integers(0, 2000).map(north),
        places=st.frozensets(st.sampled_from(["Mill Lane", "Hill Street"]), max_size=1),
        words=st.lists(st.sampled_from("abcd"), max_size=3).map(lambda said: words(*said)),
        about=st.frozensets(st.just("fire"), max_size=1),
        threads=st.frozensets(st.integers(1, 3), max_size=1),
        group=st.none() | st.integers(1, 2),
        refused=st.frozensets(
            st.builds(Mark, st.integers(1, 2), st.just(Side.APART)), max_size=1
        ),
    ),
    max_size=14, unique_by=lambda one: one.case,
)  # fmt: skip


@given(reports, st.randoms())
def test_the_order_of_the_reports_does_not_matter(given_: list[Report], dice: Any) -> None:
    shuffled = given_[:]
    dice.shuffle(shuffled)
    assert proposals(given_) == proposals(shuffled)


@given(reports)
def test_no_case_is_in_two_and_none_leaves_its_incident(given_: list[Report]) -> None:
    found = proposals(given_)
    cases = [case for one in found for case in one.cases]
    assert len(cases) == len(set(cases))
    free = {one.case for one in given_ if one.group is None}
    assert set(cases) <= free
    assert all(one.group or len(one.cases) > 1 for one in found)


@given(reports)
def test_a_new_incident_lies_together_and_holds_nothing_refused(given_: list[Report]) -> None:
    by_case = {one.case: one for one in given_}
    for one in proposals(given_):
        members = [by_case[case] for case in one.cases]
        if one.group is None:
            assert not _refused(members)
            assert all(any(belong(a, b) for b in members if b is not a) for a in members)
        if not any(member.threads for member in members):
            assert _farthest(members) <= SPREAD


def _refused(members: Sequence[Report]) -> bool:
    pairs = itertools.combinations(members, 2)
    return any(mark in b.refused for a, b in pairs for mark in a.refused)


def _farthest(members: Sequence[Report]) -> float:
    points = [one.point for one in members if one.point]
    return max((metres(a, b) for a, b in itertools.combinations(points, 2)), default=0.0)
