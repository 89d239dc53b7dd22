"""The drawn shift is what was asked for, and falls as Poisson requests do."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kstest

from bluelamp.evaluation.simulate import Arrival, shift

RATES = st.lists(st.floats(0, 5), min_size=1, max_size=24).filter(lambda rates: sum(rates) > 0.01)
TOTALS = st.dictionaries(st.text(max_size=3), st.integers(0, 50), max_size=4)


@given(TOTALS, RATES, st.integers(0, 2**32))
def test_as_many_of_each_kind_come_as_were_asked_for(
    totals: dict[str, int], rates: list[float], seed: int
) -> None:
    drawn = shift(totals, rates, seed=seed)
    assert Counter(each.kind for each in drawn) == Counter(totals)
    assert [each.seconds for each in drawn] == sorted(each.seconds for each in drawn)
    assert all(rates[min(int(each.seconds // 3600), len(rates) - 1)] > 0 for each in drawn)
    assert drawn == shift(totals, rates, seed=seed)


def test_a_borough_s_shift_has_1400_requests() -> None:
    drawn = shift(seed=1)
    assert Counter(each.kind for each in drawn) == {"emergency": 400, "less serious": 1000}
    assert 0 <= drawn[0].seconds < drawn[-1].seconds <= 8 * 3600
    assert drawn != shift(seed=2)


def test_hours_get_their_share_and_times_are_even_within_them() -> None:
    drawn = shift({"call": 40_000}, [1, 0, 3], seed=3)
    times = np.array([each.seconds for each in drawn])
    assert np.mean(times < 3600) == pytest.approx(0.25, abs=0.01)
    assert not np.any((times >= 3600) & (times < 7200))
    assert kstest(times[times >= 7200] - 7200, "uniform", args=(0, 3600)).pvalue > 1e-4
    assert kstest(times[times < 3600], "uniform", args=(0, 3600)).pvalue > 1e-4


def test_kinds_are_mixed_and_gaps_are_exponential() -> None:
    drawn = shift({"a": 10_000, "b": 10_000}, [1], seed=4)
    gaps = np.diff([each.seconds for each in drawn])
    assert kstest(gaps, "expon", args=(0, gaps.mean())).pvalue > 1e-4
    first = Counter(each.kind for each in drawn[:1000])
    assert first["a"] == pytest.approx(500, abs=80)


def test_who_comes_first_stands_first() -> None:
    assert Arrival(1, "z") < Arrival(2, "a")


@pytest.mark.parametrize(
    ("totals", "rates"),
    [({"a": -1}, [1.0]), ({"a": 1}, [0.0]), ({"a": 1}, []), ({"a": 1}, [2.0, -1.0])],
)
def test_what_makes_no_sense_is_refused(totals: dict[str, int], rates: list[float]) -> None:
    with pytest.raises(ValueError):
        shift(totals, rates, seed=0)
