from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bluelamp.inbound.rules.severity import (
    EMERGENCY_POINTS,
    HERE_AND_NOW,
    MOST_PRESENT,
    PROMPT_POINTS,
    TOLD_OF,
    Danger,
    danger,
    severity_of,
)
from bluelamp.inbound.values import Severity
from bluelamp.language.rules.lexicon import Mark
from bluelamp.language.values import Term

kinds = st.sampled_from(["weapon", "fire", "child", "missing"])
signs = st.builds(lambda kind, w: mark(kind, w), kinds, st.integers(1, 7).map(float))
present = st.builds(lambda w: mark(HERE_AND_NOW, w), st.sampled_from([0.5, 1.0, 2.0]))
told = st.builds(lambda w: mark(TOLD_OF, w), st.sampled_from([-1.0, -3.0, -6.0]))


def mark(heading: str, points: float) -> Mark:
    return Mark(Term("x", heading, points), "x", ((0, 1),))


@given(st.lists(signs), st.lists(present), present)
def test_here_and_now_never_takes_away(found: list[Mark], now: list[Mark], further: Mark) -> None:
    assert danger([*found, *now, further]).points >= danger([*found, *now]).points


@given(st.lists(signs), st.lists(told), told)
def test_talk_never_adds(found: list[Mark], talk: list[Mark], further: Mark) -> None:
    assert danger([*found, *talk, further]).points <= danger([*found, *talk]).points


@given(st.lists(present), st.lists(told))
def test_without_a_sign_there_is_no_danger(now: list[Mark], talk: list[Mark]) -> None:
    assert danger([*now, *talk]).points == 0


@given(st.lists(told), present)
def test_no_talk_hides_a_grave_sign_beside_here_and_now(talk: list[Mark], now: Mark) -> None:
    found = danger([mark("suicide", 7.0), now, *talk])
    assert severity_of(found, 0, 0) in (Severity.EMERGENCY, Severity.URGENT, Severity.PROMPT)


def test_news_of_a_grave_thing_is_no_danger() -> None:
    assert danger([mark("weapon", 6.0), mark(TOLD_OF, -6.0)]).points == 0


@given(st.lists(present, max_size=20))
def test_here_and_now_makes_no_emergency_of_a_slight_sign(now: list[Mark]) -> None:
    assert danger([mark("fire", 1.0), *now]).points <= 1.0 + MOST_PRESENT < EMERGENCY_POINTS


@given(st.permutations([mark("weapon", 6.0), mark("fire", 3.0), mark(TOLD_OF, -2.0)]))
def test_the_order_of_signs_does_not_matter(found: list[Mark]) -> None:
    assert danger(found).points == 6.0 + 1.0 - 2.0
    assert danger(found).kinds == ("weapon", "fire")


@given(st.floats(0, 20), st.floats(0, 20), st.floats(0, 9), st.floats(-9, 9))
def test_more_points_are_never_less_severe(
    one: float, other: float, concern: float, worth: float
) -> None:
    low, high = (Danger(points, (), (), (), ()) for points in sorted((one, other)))
    assert severity_of(high, concern, worth) >= severity_of(low, concern, worth)


def test_the_steps() -> None:
    def at(points: float, concern: float = 0, worth: float = 0) -> Severity:
        return severity_of(Danger(points, (), (), (), ()), concern, worth)

    assert at(EMERGENCY_POINTS) is Severity.EMERGENCY
    assert at(EMERGENCY_POINTS - 0.5) is Severity.URGENT
    assert at(PROMPT_POINTS) is Severity.PROMPT
    assert at(0, concern=5) is Severity.PROMPT
    assert at(0, concern=2) is Severity.ROUTINE
    assert at(0, worth=0.1) is Severity.ROUTINE
    assert at(0) is Severity.NONE
