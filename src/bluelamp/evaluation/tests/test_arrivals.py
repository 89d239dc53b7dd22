"""On simulated years: intervals hold what they say, and say no more than they must."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bluelamp.evaluation.arrivals import Counted, Expected, Slot, forecast
from bluelamp.evaluation.tests.regimes import REGIMES, START, Regime, Year, simulate

WEEK = 7 * 24


def coverage(found: Sequence[Expected], came: Sequence[Counted]) -> float:
    pairs = zip(found, came, strict=True)
    return float(np.mean([each.low <= row.count <= each.high for each, row in pairs]))


def width(found: Iterable[Expected]) -> float:
    return float(np.mean([each.high - each.low + 1 for each in found]))


def look(year: Year, day: int, days: int) -> tuple[list[Expected], list[Counted]]:
    """Forecast from a day on, with what came."""
    came = year.rows[day * 24 : (day + days) * 24]
    return forecast(year.rows[: day * 24], [row.slot for row in came]), came


@pytest.mark.parametrize("name", REGIMES)
def test_nine_of_ten_counts_of_a_simulated_year_lie_inside(name: str) -> None:
    """Each week of the year's latter ten months is forecast on its Monday."""
    year = simulate(REGIMES[name], seed=11)
    starts = range(63, 357, 14)
    weeks = [look(year, start, 7) for start in starts]
    assert 0.85 <= np.mean([coverage(*week) for week in weeks]) <= 0.95
    known = np.concatenate([(year.high - year.low + 1)[day * 24 :][:WEEK] for day in starts])
    assert np.mean([width(found) for found, _ in weeks]) < 1.1 * known.mean()


@pytest.mark.parametrize("name", ["poisson", "over-dispersed", "trend", "season", "holidays"])
def test_nine_of_ten_counts_of_the_year_after_lie_inside(name: str) -> None:
    year = simulate(REGIMES[name], seed=12, days=730)
    found, came = look(year, 365, 365)
    assert 0.85 <= coverage(found, came) <= 0.95


@pytest.mark.parametrize("name", ["poisson", "over-dispersed", "busy days", "wandering"])
def test_a_short_past_is_forecast_wider_and_still_holds(name: str) -> None:
    years = [simulate(REGIMES[name], seed, days=63) for seed in range(20, 26)]
    widths = []
    for day in (1, 7, 14, 56):
        looks = [look(year, day, 7) for year in years]
        assert 0.82 <= np.mean([coverage(*each) for each in looks]) <= 0.99
        widths.append(np.mean([width(found) for found, _ in looks]))
    assert widths == sorted(widths, reverse=True)


def test_of_nothing_the_guess_is_forecast_and_widest() -> None:
    year = simulate(REGIMES["poisson"], seed=3, days=8)
    ahead = [row.slot for row in year.rows[24:48]]
    blind, one_day = forecast([], ahead, guess=12), forecast(year.rows[:24], ahead, guess=12)
    assert {each.mean for each in blind} == {12}
    assert width(blind) > width(one_day)


def test_the_mean_is_what_comes_on_average() -> None:
    years = [simulate(REGIMES["poisson"], seed, days=91) for seed in range(8)]
    found = [each.mean for year in years for each in look(year, 84, 7)[0]]
    came = [row.count for year in years for row in year.rows[84 * 24 :]]
    assert sum(found) == pytest.approx(sum(came), rel=0.02)


def test_weekdays_and_hours_have_means_of_their_own() -> None:
    year = simulate(Regime(hourly=40, late_weekends=2), seed=4, days=91)
    means = {(e.slot.day.weekday(), e.slot.hour): e.mean for e in look(year, 84, 7)[0]}
    late = means[4, 23] / means[4, 12], means[1, 23] / means[1, 12]
    assert late[0] == pytest.approx(3 * late[1], rel=0.15)


def test_recent_weeks_count_more() -> None:
    year = simulate(REGIMES["shifts"], seed=5)
    before = np.mean([each.mean for each in look(year, 119, 7)[0]])
    after = np.mean([each.mean for each in look(year, 119 + 21, 7)[0]])
    assert after == pytest.approx(0.65 * before, rel=0.07)


def test_a_busy_day_is_not_taken_for_a_new_level() -> None:
    year = simulate(REGIMES["busy days"], seed=5)
    weeks = [sum(each.mean for each in look(year, day, 7)[0]) for day in range(91, 329, 14)]
    assert np.std(weeks) < 0.04 * np.mean(weeks)


def test_farther_ahead_is_wider_where_the_level_wanders() -> None:
    year = simulate(REGIMES["large"], seed=6)
    found = look(year, 252, 56)[0]
    assert width(found[-WEEK:]) > 1.2 * width(found[:WEEK])


def test_hours_not_counted_are_not_nought() -> None:
    year = simulate(REGIMES["poisson"], seed=7, days=91)
    past, ahead = year.rows[: 84 * 24], [row.slot for row in year.rows[84 * 24 :]]
    dice = random.Random(1)
    holes = [row for row in past if dice.random() > 0.4 and not 21 <= _days(row.slot) < 35]
    whole, holed = forecast(past, ahead), forecast(holes, ahead)
    assert [e.mean for e in holed] == pytest.approx([e.mean for e in whole], rel=0.35)
    assert sum(e.mean for e in holed) == pytest.approx(sum(e.mean for e in whole), rel=0.03)
    assert 0.85 <= coverage(holed, year.rows[84 * 24 :]) <= 0.96


def test_a_desk_closed_at_night_is_forecast_for_its_hours_alone() -> None:
    year = simulate(REGIMES["poisson"], seed=7, days=91)
    rows = [row for row in year.rows if 8 <= row.slot.hour < 18]
    found = forecast(rows[:840], [row.slot for row in rows[840:]])
    assert 0.85 <= coverage(found, rows[840:]) <= 0.97


def test_a_holiday_has_a_shape_of_its_own() -> None:
    year = simulate(Regime(hourly=30, holiday=1.7), seed=8)
    monday = START + timedelta(364)
    usual, holiday = (
        forecast(year.rows[: 364 * 24], [Slot(monday, hour, free) for hour in range(24)])
        for free in (False, True)
    )
    more = sum(each.mean for each in holiday) / sum(each.mean for each in usual)
    assert more == pytest.approx(1.7, rel=0.12)


def test_a_holiday_never_seen_is_forecast_as_a_wider_sunday() -> None:
    year = simulate(Regime(hourly=30), seed=9, days=84)
    sunday = START + timedelta(90)
    known, unseen = (
        forecast(year.rows, [Slot(sunday, hour, free) for hour in range(24)])
        for free in (False, True)
    )
    assert [e.mean for e in unseen] == pytest.approx([e.mean for e in known], rel=0.02)
    assert width(unseen) > 1.5 * width(known)


def test_days_of_clock_changes_have_23_and_25_hours() -> None:
    year = simulate(REGIMES["poisson"], seed=10, days=364)
    spring, autumn = date(2025, 3, 30), date(2025, 10, 26)
    rows = [row for row in year.rows if (row.slot.day, row.slot.hour) != (spring, 1)]
    twice = [row for row in rows if (row.slot.day, row.slot.hour) == (autumn, 1)]
    ahead = [row.slot for row in year.rows[-WEEK:]]
    found = forecast([*rows[:-WEEK], *twice], [*ahead, ahead[1]])
    usual = forecast(year.rows[:-WEEK], ahead)
    assert found[-1] == found[1]
    assert [e.mean for e in found[:-1]] == pytest.approx([e.mean for e in usual], rel=0.02)


def test_neither_order_nor_company_changes_a_forecast() -> None:
    year = simulate(REGIMES["over-dispersed"], seed=13, days=35)
    past, ahead = year.rows[:672], [row.slot for row in year.rows[672:]]
    shuffled = random.Random(2).sample(past, len(past))
    other, usual = forecast(shuffled, ahead[::-1])[::-1], forecast(past, ahead)
    assert [(e.slot, e.low, e.high) for e in other] == [(e.slot, e.low, e.high) for e in usual]
    assert [e.mean for e in other] == pytest.approx([e.mean for e in usual])


def test_a_lower_level_is_narrower() -> None:
    year = simulate(REGIMES["poisson"], seed=14, days=35)
    past, ahead = year.rows[:672], [row.slot for row in year.rows[672:]]
    half, most = forecast(past, ahead, level=0.5), forecast(past, ahead, level=0.99)
    assert all(m.low <= h.low and h.high <= m.high for h, m in zip(half, most, strict=True))
    assert 0.45 <= coverage(half, year.rows[672:]) <= 0.68


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(st.integers(0, 40), st.integers(0, 23), st.booleans(), st.integers(0, 10**6)),
        max_size=60,
    ),
    st.integers(40, 500),
)
def test_whatever_was_counted_there_is_a_forecast(
    rows: list[tuple[int, int, bool, int]], day: int
) -> None:
    history = [Counted(Slot(START + timedelta(d), h, free), n) for d, h, free, n in rows]
    found = forecast(history, [Slot(START + timedelta(day), hour) for hour in range(24)])
    assert len(found) == 24
    assert all(0 <= each.low <= each.high and each.mean > 0 for each in found)


def test_nothing_asked_is_nothing_told() -> None:
    assert forecast([Counted(Slot(START, 0), 1)], []) == []


def test_what_makes_no_sense_is_refused() -> None:
    seen = [Counted(Slot(START, 0), 1)]
    with pytest.raises(ValueError, match="before the last day"):
        forecast(seen, [Slot(START - timedelta(1), 0)])
    with pytest.raises(ValueError, match="negative"):
        forecast([Counted(Slot(START, 0), -1)], [Slot(START, 1)])
    with pytest.raises(ValueError, match="level"):
        forecast(seen, [Slot(START, 1)], level=1)
    with pytest.raises(ValueError, match="guess"):
        forecast(seen, [Slot(START, 1)], guess=0)
    with pytest.raises(ValueError, match="hour"):
        Slot(START, 24)


def _days(slot: Slot) -> int:
    return (slot.day - START).days
