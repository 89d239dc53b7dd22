from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bluelamp.org.errors import RotaPatternError
from bluelamp.org.rules.shifts import draw, first_overlap, parse_pattern
from bluelamp.org.rules.walls import LONDON, Stretch, instant

MONDAY = date(2026, 1, 5)
SPRING = date(2026, 3, 29)  # 01:00 becomes 02:00
AUTUMN = date(2026, 10, 25)  # 02:00 becomes 01:00

NIGHTS = [[[["22:00", "06:00"]]] * 7]
THREE_SHIFTS = [[[["06:00", "14:00"], ["14:00", "22:00"], ["22:00", "06:00"]]] * 7]
EMPTY_WEEK: list[Any] = [[] for _ in range(7)]

clocks = st.times().map(lambda t: t.replace(second=0, microsecond=0))
days = st.dates(date(2020, 1, 1), date(2037, 12, 31))


def hours(stretch: Stretch) -> float:
    return (stretch.ends - stretch.starts) / timedelta(hours=1)


@pytest.mark.parametrize(
    ("day", "length"), [(SPRING - timedelta(1), 7), (AUTUMN - timedelta(1), 9), (MONDAY, 8)]
)
def test_a_night_shift_lasts_as_long_as_the_night(day: date, length: int) -> None:
    (shift,) = draw(NIGHTS, MONDAY, day, day)
    assert hours(shift) == length


@given(days, st.integers(0, 400))
def test_round_the_clock_shifts_leave_no_gap_and_no_overlap(first: date, count: int) -> None:
    shifts = draw(THREE_SHIFTS, MONDAY, first, first + timedelta(count))
    assert len(shifts) == 3 * (count + 1)
    for one, other in pairwise(shifts):
        assert one.ends == other.starts


@given(days, clocks, clocks)
def test_later_on_the_wall_is_never_earlier(day: date, one: time, other: time) -> None:
    assume(one <= other)
    assert instant(day, one) <= instant(day, other)


@given(days, clocks)
def test_a_moment_shows_the_time_it_was_made_from(day: date, clock: time) -> None:
    shown = instant(day, clock).astimezone(LONDON)
    skipped = day == SPRING or (day.month == 3 and clock.hour == 1)
    if not skipped:
        assert (shown.date(), shown.time()) == (day, clock)


def test_times_that_the_clock_skips_are_the_moment_it_skips() -> None:
    change = datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    for minute in (0, 1, 30, 59):
        assert instant(SPRING, time(1, minute)) == change
    assert instant(SPRING, time(2, 0)) == change
    assert instant(SPRING, time(0, 59)) == change - timedelta(minutes=1)


def test_a_shift_within_the_skipped_hour_is_none() -> None:
    assert draw([[[["01:00", "02:00"]]] * 7], MONDAY, SPRING, SPRING) == []


def test_weeks_take_turns_from_the_anchor() -> None:
    pattern = [[[["08:00", "16:00"]], *EMPTY_WEEK[1:]], EMPTY_WEEK]
    found = draw(pattern, MONDAY, MONDAY - timedelta(28), MONDAY + timedelta(27))
    assert [shift.starts.date() for shift in found] == [
        MONDAY + timedelta(days) for days in (-28, -14, 0, 14)
    ]


pairs = st.tuples(clocks, clocks).map(
    lambda p: [p[0].isoformat("minutes"), p[1].isoformat("minutes")]
)
weeks = st.lists(st.lists(pairs, max_size=2), min_size=7, max_size=7)


@given(st.lists(weeks, min_size=1, max_size=3), days, st.integers(0, 60))
def test_whatever_pattern_is_taken_draws_no_overlap(
    pattern: list[Any], first: date, count: int
) -> None:
    try:
        parse_pattern(pattern)
    except RotaPatternError:
        assume(False)
    shifts = draw(pattern, MONDAY, first, first + timedelta(count))
    assert first_overlap(shifts) is None
    assert all(shift.starts < shift.ends for shift in shifts)


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ([], "one or more weeks"),
        ("x", "one or more weeks"),
        ([[[]] * 6], "Week 1 does not have seven days"),
        ([[[["25:00", "06:00"]], *EMPTY_WEEK[1:]]], "Week 1, day 1: .* is not a pair of times"),
        ([[[["22:00"]], *EMPTY_WEEK[1:]]], "is not a pair of times"),
        (
            [[[["22:00", "06:00"]], [["05:00", "13:00"]], *EMPTY_WEEK[2:]]],
            "Week 1, day 2: two stretches overlap",
        ),
        (
            [[[["05:00", "13:00"]], *EMPTY_WEEK[2:], [["22:00", "06:00"]]]],
            "Week 1, day 1: two stretches overlap",
        ),
    ],
)
def test_a_pattern_that_cannot_be_is_refused_by_week_and_day(pattern: Any, words: str) -> None:
    with pytest.raises(RotaPatternError, match=words):
        parse_pattern(pattern)


moments = st.integers(0, 40).map(lambda n: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=n))


@given(st.lists(st.tuples(moments, moments).filter(lambda p: p[0] < p[1]), max_size=6))
def test_an_overlap_is_found_exactly_where_two_share_a_moment(spans: list[Any]) -> None:
    stretches = [Stretch(*span) for span in spans]
    shared = any(
        a.starts < b.ends and b.starts < a.ends
        for i, a in enumerate(stretches) for b in stretches[i + 1 :]
    )  # fmt: skip
    assert (first_overlap(stretches) is not None) == shared
