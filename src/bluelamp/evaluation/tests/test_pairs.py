"""Against counting every pair."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.evaluation.pairs import pairwise

GROUPED = st.lists(st.tuples(st.integers(0, 3), st.sampled_from("abc")), max_size=12)


def naive(rows: list[tuple[int, str]]) -> tuple[float, float]:
    pairs = list(combinations(rows, 2))
    found = [pair for pair in pairs if pair[0][0] == pair[1][0]]
    true = [pair for pair in pairs if pair[0][1] == pair[1][1]]
    both = [pair for pair in found if pair in true]
    return (
        len(both) / len(found) if found else 1.0,
        len(both) / len(true) if true else 1.0,
    )


@given(GROUPED)
def test_it_is_the_count_of_every_pair(rows: list[tuple[int, str]]) -> None:
    assert pairwise([f for f, _ in rows], [t for _, t in rows]) == pytest.approx(naive(rows))


def test_a_textbook_grouping() -> None:
    # Manning, Raghavan, Schütze 2008, section 16.3: TP 20, FP 20, FN 24
    truth = "xxxxxo" + "xoooov" + "xxvvv"
    found = [0] * 6 + [1] * 6 + [2] * 5
    assert pairwise(found, truth) == pytest.approx((20 / 40, 20 / 44))


def test_where_there_are_no_pairs_none_is_wrong_and_none_missed() -> None:
    assert pairwise([], []) == (1, 1)
    assert pairwise([1, 2, 3], ["a", "a", "b"]) == (1, 0)
    assert pairwise([1, 1, 2], ["a", "b", "c"]) == (0, 1)


def test_a_hundred_thousand_things_need_no_table_of_pairs() -> None:
    truth = range(100_000)
    assert pairwise([0] * 100_000, truth) == (0, 1)


def test_both_must_speak_of_the_same_things() -> None:
    with pytest.raises(ValueError):
        pairwise([1, 2], [1])
