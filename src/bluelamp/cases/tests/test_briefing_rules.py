"""Briefings' time, what they call unusual, and their map: the rules, with no database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import combinations, pairwise

import h3.api.basic_str as h3
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import nbinom

from bluelamp.cases.rules import briefing
from bluelamp.cases.rules.briefing import LEAD, TOGETHER, Window, compare, heads, like, window
from bluelamp.org.rules.shifts import draw
from bluelamp.org.rules.walls import LONDON

HOUR = timedelta(hours=1)
PATTERNS = st.sampled_from([
    [[["07:00", "15:00"], ["15:00", "23:00"], ["23:00", "07:00"]]],
    [[["06:00", "18:00"], ["18:00", "06:00"]]],
    [[["08:00", "16:00"], ["10:00", "18:00"], ["22:00", "06:00"]]],
    [[["01:30", "09:30"]]],
])  # fmt: skip
"""Days of a rota; the last begins in the hour that clocks skip, or show twice."""
BEGINNINGS = st.dates(date(2026, 1, 1), date(2027, 12, 1))
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))
LENGTHS = st.timedeltas(timedelta(minutes=1), timedelta(days=40))


def starts_of(days: list[list[list[str]]], first: date, count: int) -> list[datetime]:
    """Draw each stretch as a rota of its own: officers' shifts may overlap."""
    last = first + timedelta(days=count)
    monday = date(2025, 12, 29)
    return [
        one.starts
        for pair in days[0]
        for one in draw([[[pair]] * 7], monday, first, last)
    ]  # fmt: skip


@given(PATTERNS, BEGINNINGS, st.integers(1, 30))
def test_briefings_tile_time(days: list[list[list[str]]], first: date, count: int) -> None:
    begins = heads(starts_of(days, first, count))
    last, made = None, []
    for one in begins:
        found = window(one, last)
        assert found is not None
        assert found.until == one - LEAD
        made.append(found)
        last = found.until
    assert all(one.until == two.since for one, two in pairwise(made))
    assert sum((one.length for one in made), timedelta()) == made[-1].until - made[0].since


@given(st.lists(MOMENTS, min_size=1, max_size=30))
def test_everybody_who_comes_in_is_told_within_the_hour(starts: list[datetime]) -> None:
    found = heads(starts)
    assert all(two - one >= TOGETHER for one, two in pairwise(found))
    assert all(any(timedelta() <= one - head < TOGETHER for head in found) for one in starts)


def test_the_night_on_which_clocks_go_back_is_an_hour_longer() -> None:
    early = datetime(2026, 10, 24, 21, 0, tzinfo=UTC)  # 22:00 on the wall
    late = datetime(2026, 10, 25, 6, 0, tzinfo=UTC)  # 06:00 on the wall
    told = window(late, early - LEAD)
    assert told is not None
    assert told.length == timedelta(hours=9)


def test_what_is_told_already_makes_no_briefing() -> None:
    at = datetime(2026, 11, 21, 14, 0, tzinfo=UTC)
    assert window(at, at - LEAD) is None
    assert window(at, at) is None
    assert window(at, None) == Window(at - LEAD - briefing.FIRST, at - LEAD)


@given(MOMENTS, LENGTHS, st.integers(1, 10))
def test_like_stretches_are_as_long_and_overlap_nothing(
    until: datetime, length: timedelta, count: int
) -> None:
    this = Window(until - length, until)
    found = like(this, count)
    assert len(found) == count
    assert {one.length for one in found} == {length}
    for one, two in combinations([this, *found], 2):
        assert two.until <= one.since
    for one in found:
        gap = (until.astimezone(LONDON).date() - one.until.astimezone(LONDON).date()).days
        assert gap % 7 == 0


@given(MOMENTS)
def test_like_stretches_end_at_the_same_time_on_the_wall(until: datetime) -> None:
    local = until.astimezone(LONDON)
    for one in like(Window(until - 8 * HOUR, until), 30):
        there = one.until.astimezone(LONDON)
        moved = there.time() != local.time()  # only where the clock never showed that time
        assert not moved or local.hour == 1


# --- what is unusual ---

PAST = st.lists(st.integers(0, 60), min_size=briefing.ENOUGH, max_size=12)


@given(PAST, st.integers(0, 200))
def test_more_are_never_less_unusual(past: list[int], count: int) -> None:
    one, two = compare(count, past), compare(count + 1, past)
    assert one is not None
    assert two is not None
    assert 0 <= two.chance <= one.chance <= 1
    assert two.unusual or not one.unusual


@given(PAST, st.integers(0, 200), st.randoms())
def test_the_order_of_the_past_does_not_matter(past: list[int], count: int, chance: object) -> None:
    again = list(past)
    chance.shuffle(again)  # type: ignore[attr-defined]
    one, two = compare(count, past), compare(count, again)
    assert one is not None
    assert two is not None
    assert one.chance == pytest.approx(two.chance)
    assert one.mean == pytest.approx(two.mean)


@given(PAST, st.integers(0, 200), st.integers(1, 40))
def test_with_more_themes_less_is_called_unusual(past: list[int], count: int, themes: int) -> None:
    one, many = compare(count, past), compare(count, past, themes=themes)
    assert one is not None
    assert many is not None
    assert one.unusual or not many.unusual


@given(st.integers(0, 2), PAST)
def test_a_few_are_never_unusual(count: int, past: list[int]) -> None:
    found = compare(count, past)
    assert found is not None
    assert not found.unusual


@given(st.integers(1, 100), st.integers(0, 40))
def test_even_counts_have_the_tail_of_the_negative_binomial(count: int, each: int) -> None:
    found = compare(count, [each] * 8)
    mean = (8 * each + 0.5) / 8
    shape = 1 / (1 / (8 * each + 0.5) + 0.1 * 9 / 8)
    assert found is not None
    assert found.chance == pytest.approx(nbinom.sf(count - 1, shape, shape / (shape + mean)))


def test_nobody_knows_what_is_usual_from_three_weeks() -> None:
    assert compare(50, [1, 1, 1]) is None


@pytest.mark.parametrize("mean", [0.3, 2.0, 12.0, 60.0])
@pytest.mark.parametrize("spread", [0.0, 0.3])
def test_an_ordinary_day_is_seldom_called_unusual(mean: float, spread: float) -> None:
    chance = np.random.default_rng(7)
    levels = (
        chance.gamma(1 / spread, mean * spread, (2000, 9)) if spread else np.full((2000, 9), mean)
    )
    found = [compare(int(row[0]), [int(one) for one in row[1:]]) for row in chance.poisson(levels)]
    wrong = sum(one is not None and one.unusual for one in found) / len(found)
    assert wrong <= 1.6 * briefing.LEVEL


def test_three_times_the_usual_is_called_unusual() -> None:
    found = compare(9, [2, 1, 3, 2, 2, 4, 1, 2], themes=8)
    assert found is not None
    assert found.unusual
    assert found.most < 9


# --- where ---

POINTS = st.lists(st.tuples(st.floats(-6, 2), st.floats(50, 55)), min_size=0, max_size=60)


@given(POINTS)
def test_every_point_is_counted_once(points: list[tuple[float, float]]) -> None:
    assert sum(one.count for one in briefing.spots(points)) == len(points)


@given(st.floats(-6, 2), st.floats(50, 55), st.integers(1, 6))
def test_a_home_cannot_be_read_off(longitude: float, latitude: float, count: int) -> None:
    """All the points of a cell are shown alike: at its middle."""
    cell = h3.latlng_to_cell(latitude, longitude, 8)
    corners = [(lon, lat) for lat, lon in h3.cell_to_boundary(h3.cell_to_center_child(cell, 9))]
    shown = {tuple(briefing.spots([one] * count)) for one in [(longitude, latitude), *corners]}
    assert len(shown) == 1
