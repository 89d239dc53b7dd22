"""Against what each measure is by definition: all orders written out."""

from __future__ import annotations

from functools import partial
from itertools import pairwise, permutations
from math import nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.evaluation import ranking

RANKED = st.lists(
    st.tuples(st.integers(0, 3), st.booleans()), min_size=1, max_size=6
).filter(lambda rows: any(positive for _, positive in rows))  # fmt: skip


def orders(rows: list[tuple[int, bool]]) -> list[list[bool]]:
    """Every order that puts no lower score before a higher one."""
    every = permutations(rows)
    return [
        [positive for _, positive in order]
        for order in every
        if all(a[0] >= b[0] for a, b in pairwise(order))
    ]


def naive_average_precision(marks: list[bool]) -> float:
    at_hits = [sum(marks[: place + 1]) / (place + 1) for place, hit in enumerate(marks) if hit]
    return sum(at_hits) / len(at_hits)


def split(rows: list[tuple[int, bool]]) -> tuple[list[int], list[bool]]:
    return [score for score, _ in rows], [positive for _, positive in rows]


@given(RANKED)
def test_average_precision_is_the_mean_over_all_orders_of_ties(
    rows: list[tuple[int, bool]],
) -> None:
    expected = np.mean([naive_average_precision(order) for order in orders(rows)])
    assert ranking.average_precision(*split(rows)) == pytest.approx(expected)


@given(RANKED, st.integers(1, 8))
def test_precision_at_is_the_mean_over_all_orders_of_ties(
    rows: list[tuple[int, bool]], k: int
) -> None:
    expected = np.mean([np.mean(order[:k]) for order in orders(rows)])
    assert ranking.precision_at(*split(rows), k) == pytest.approx(expected)


@given(RANKED, st.integers(1, 10))
def test_recall_at_share_is_the_mean_over_all_orders_of_ties(
    rows: list[tuple[int, bool]], tenths: int
) -> None:
    places = -(-tenths * len(rows) // 10)
    expected = np.mean([sum(order[:places]) / sum(order) for order in orders(rows)])
    assert ranking.recall_at_share(*split(rows), tenths / 10) == pytest.approx(expected)


def test_a_textbook_ranking() -> None:
    # Manning, Raghavan, Schütze 2008, exercise 8.8, system 1: R N R N N N N N R R
    marks = [True, False, True, False, False, False, False, False, True, True]
    assert ranking.average_precision(range(10, 0, -1), marks) == pytest.approx(0.6, abs=5e-4)


def test_one_score_for_all_is_random_order() -> None:
    marks = np.arange(1000) < 100
    shuffled = np.random.default_rng(1)
    drawn = [ranking.average_precision(shuffled.random(1000), marks) for _ in range(500)]
    assert ranking.average_precision(np.zeros(1000), marks) == pytest.approx(
        np.mean(drawn), abs=4 * np.std(drawn) / 500**0.5
    )
    assert ranking.recall_at_share(np.zeros(1000), marks, 0.07) == pytest.approx(0.07)


def test_the_bootstrap_interval_holds_what_it_should() -> None:
    """A 90 % interval of precision at the top covers the truth in about nine of ten samples."""
    rng = np.random.default_rng(5)
    marks = np.arange(400) < 120
    statistic = partial(ranking.recall_at_share, share=0.3)
    samples = [rng.normal(size=400) + marks for _ in range(150)]
    truth = np.mean([statistic(rng.normal(size=400) + marks, marks) for _ in range(400)])
    intervals = [ranking.bootstrap(statistic, s, marks, rounds=150, level=0.9) for s in samples]
    covered = np.mean([low <= truth <= high for low, high in intervals])
    assert 0.82 < covered < 0.97


def test_the_bootstrap_repeats_itself_and_widens_with_level() -> None:
    marks = np.arange(60) % 3 == 0
    scores = np.random.default_rng(2).normal(size=60) + marks
    once = ranking.bootstrap(ranking.average_precision, scores, marks)
    assert once == ranking.bootstrap(ranking.average_precision, scores, marks)
    assert once != ranking.bootstrap(ranking.average_precision, scores, marks, seed=1)
    wider = ranking.bootstrap(ranking.average_precision, scores, marks, level=0.99)
    assert wider[0] <= once[0] < once[1] <= wider[1]


def test_the_bootstrap_keeps_as_many_positives_as_there_are() -> None:
    def positives(scores: ranking.Floats, marks: ranking.Bools) -> float:
        return float(marks.sum())

    assert ranking.bootstrap(positives, range(5), [True, True, False, False, False]) == (2, 2)
    assert ranking.bootstrap(positives, [1, 2], [True, True]) == (2, 2)


@pytest.mark.parametrize(
    ("scores", "marks"),
    [([1, 2], [True]), ([nan, 1], [True, False]), ([1, 2], [False, False]), ([], [])],
)
def test_what_cannot_be_ranked_is_refused(scores: list[float], marks: list[bool]) -> None:
    for measure in (
        ranking.average_precision,
        partial(ranking.precision_at, k=1),
        partial(ranking.recall_at_share, share=0.2),
        partial(ranking.bootstrap, ranking.average_precision),
    ):
        with pytest.raises(ValueError):
            measure(scores, marks)


def test_seven_in_a_hundred_are_seven_places() -> None:
    marks = np.arange(100) == 7  # the eighth place, and 0.07 * 100 is a hair above 7
    assert ranking.recall_at_share(-np.arange(100.0), marks, 0.07) == 0


@pytest.mark.parametrize("share", [0, 1.1, nan])
def test_a_share_is_a_share(share: float) -> None:
    with pytest.raises(ValueError, match="share"):
        ranking.recall_at_share([1], [True], share)


def test_no_places_are_no_question() -> None:
    with pytest.raises(ValueError, match="k"):
        ranking.precision_at([1], [True], 0)
