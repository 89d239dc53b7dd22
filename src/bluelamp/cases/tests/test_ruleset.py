"""A set of rules: moved, switched, compared; nothing is lost on the way."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bluelamp.cases.rules import ruleset
from bluelamp.cases.rules.routing import Condition, Facts, choose, mismatch
from bluelamp.cases.rules.ruleset import Change, Line, Lines

lines_ = st.lists(
    st.builds(
        Line, key=st.integers(1, 30), name=st.text("abc", min_size=1, max_size=3),
        unit=st.integers(1, 3), on=st.booleans(),
        when=st.builds(Condition, severity_from=st.integers(0, 4)),
    ),
    max_size=6, unique_by=lambda one: one.key,
).map(tuple)  # fmt: skip


@given(lines=lines_, place=st.integers(0, 5), steps=st.integers(-7, 7))
def test_moving_loses_nothing_and_can_be_undone(lines: Lines, place: int, steps: int) -> None:
    if place >= len(lines):
        assert ruleset.moved(lines, 99, steps) == lines
        return
    key = lines[place].key
    moved = ruleset.moved(lines, key, steps)
    assert sorted(one.key for one in moved) == sorted(one.key for one in lines)
    there = [one.key for one in moved].index(key)
    assert there == min(max(place + steps, 0), len(lines) - 1)
    assert ruleset.moved(moved, key, place - there) == lines


@given(lines=lines_)
def test_what_is_stored_comes_back(lines: Lines) -> None:
    assert ruleset.read(ruleset.stored(lines)) == lines
    assert ruleset.differences(lines, lines) == []
    assert len(ruleset.rules_of(lines)) == sum(one.on for one in lines)


@given(before=lines_, after=lines_)
def test_no_difference_is_the_same_set(before: Lines, after: Lines) -> None:
    assert (ruleset.differences(before, after) == []) == (before == after)


@given(lines=lines_, other=lines_)
def test_every_line_that_came_or_went_is_named(lines: Lines, other: Lines) -> None:
    found = ruleset.differences(lines, other)
    added = {one.line.key for one in found if one.change is Change.ADDED}
    removed = {one.line.key for one in found if one.change is Change.REMOVED}
    old, new = {one.key for one in lines}, {one.key for one in other}
    assert (added, removed) == (new - old, old - new)


@given(lines=lines_)
def test_a_line_is_put_in_its_place_or_at_the_end(lines: Lines) -> None:
    new = Line(key=ruleset.next_key(lines), name="new", unit=1)
    more = ruleset.with_line(lines, new)
    assert more[-1] == new
    assert ruleset.without(more, new.key) == lines
    for one in lines:
        twice = ruleset.switched(ruleset.switched(lines, one.key), one.key)
        assert twice == lines


def test_words_and_hours_are_conditions_like_the_others() -> None:
    when = Condition(words=("knife",), open_at=(1, 2), closed_at=(3,))
    fits = Facts(
        "email", words=frozenset({"knife"}), open_at=frozenset({2}), closed_at=frozenset({3})
    )
    assert mismatch(when, fits) == ""
    assert mismatch(when, Facts("email")) == "words"
    assert mismatch(Condition(open_at=(1,)), Facts("email")) == "open_at"
    assert mismatch(Condition(closed_at=(1,)), Facts("email")) == "closed_at"
    assert choose([], fits) is None
