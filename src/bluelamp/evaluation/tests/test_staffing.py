"""Against published tables, direct sums in fractions, and a queue let run."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from heapq import heapify, heappop, heappush
from math import factorial, inf, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import poisson

from bluelamp.evaluation.staffing import Desk, erlang_b, erlang_c, officers_needed

OFFICERS = st.integers(1, 400)
LOADS = st.floats(0.01, 500)
TIMES = st.floats(1, 5000)


# ErlangC 0.1.0 (CRAN), README, "calculate_agents": 100 calls in 30 min, 180 s, within 20 s
@pytest.mark.parametrize(
    ("officers", "waiting", "within", "speed", "occupancy"),
    [
        (11, 0.6821182, 0.3896138, 122.78127684408, 0.9090909),
        (12, 0.4493882, 0.640158, 40.4449401868444, 0.8333333),
        (13, 0.2852705, 0.7955948, 17.1162271821896, 0.7692308),
        (14, 0.1741319, 0.88835, 7.83593701177724, 0.7142857),
    ],
)
def test_erlang_c_is_the_published_table(
    officers: int, waiting: float, within: float, speed: float, occupancy: float
) -> None:
    desk = Desk(arrivals=200, handling=180, officers=officers)
    assert desk.load == 10
    assert desk.waiting == pytest.approx(waiting, abs=5e-8)
    assert desk.answered_within(20) == pytest.approx(within, abs=5e-8)
    assert desk.mean_wait == pytest.approx(speed, rel=1e-10)
    assert desk.occupancy == pytest.approx(occupancy, abs=5e-8)


def test_officers_needed_are_those_published() -> None:
    # the same, for 80 % within 20 s, at most 85 % busy, 30 % away: 14 agents, 20 with shrinkage
    need = officers_needed(200, 180, 0.8, 20, max_occupancy=0.85, shrinkage=0.3)
    assert (need.answering, need.rostered) == (14, 20)
    assert need.desk.answered_within(20) == pytest.approx(0.88835, abs=5e-8)


@pytest.mark.parametrize(
    ("officers", "load", "waiting"),
    [
        # mcerlc, Erlang C calculator, "Example": 600 calls an hour of 120 s
        (30, 20, 0.025),
        (30, 23.6, 0.15),
        # Table C of an 8-channel trunked TETRA system, worked example
        (8, 3.87, 0.05),
        (10, 4.08, 0.01),
    ],
)
def test_erlang_c_is_what_others_print(officers: int, load: float, waiting: float) -> None:
    assert erlang_c(officers, load) == pytest.approx(waiting, rel=0.02)


# Rappaport, Wireless Communications, 1996, table 3.4: erlangs that lose 1 %, 0.5 %, 0.1 %
@pytest.mark.parametrize(
    ("channels", "loads"),
    [
        (4, (0.869, 0.701, 0.439)),
        (5, (1.36, 1.13, 0.762)),
        (10, (4.46, 3.96, 3.09)),
        (20, (12.0, 11.1, 9.41)),
        (40, (29.0, 27.3, 24.5)),
        (70, (56.1, 53.7, 49.2)),
        (100, (84.1, 80.9, 75.2)),
    ],
)
def test_erlang_b_is_the_published_table(channels: int, loads: tuple[float, ...]) -> None:
    for load, lost in zip(loads, (0.01, 0.005, 0.001), strict=True):
        assert erlang_b(channels, load * 0.995) < lost < erlang_b(channels, load * 1.005)


def test_palm_is_the_published_comparison() -> None:
    # Mandelbaum and Zeltyn 2007, section 2, "Comparing models": 50 agents, 48 calls a
    # minute, 1 minute of service, 2 minutes of patience
    endless = Desk(arrivals=48 * 60, handling=60, officers=50)
    assert endless.mean_wait == pytest.approx(20.8, abs=0.05)
    assert endless.queue == pytest.approx(17, abs=0.5)
    assert endless.answered_within(58.1) == pytest.approx(0.9, abs=1e-3)
    assert endless.occupancy == pytest.approx(0.96)
    patient = replace(endless, patience=120)
    assert patient.abandoning == pytest.approx(0.031, abs=5e-4)
    assert patient.mean_wait == pytest.approx(3.7, abs=0.05)
    assert patient.queue == pytest.approx(3, abs=0.5)
    assert patient.occupancy == pytest.approx(0.93, abs=5e-3)


@given(st.integers(1, 60), st.fractions(Fraction(1, 10), 70, max_denominator=50))
def test_both_are_erlangs_sums_in_fractions(officers: int, load: Fraction) -> None:
    terms = [load**k / factorial(k) for k in range(officers + 1)]
    assert erlang_b(officers, float(load)) == pytest.approx(float(terms[-1] / sum(terms)))
    if load < officers:
        queued = terms[-1] * officers / (officers - load)
        delayed = float(queued / (sum(terms[:-1]) + queued))
        assert erlang_c(officers, float(load)) == pytest.approx(delayed)


@given(st.integers(0, 30), st.floats(0.1, 60), st.floats(0.05, 20))
def test_palm_is_the_birth_and_death_chain(officers: int, load: float, patience: float) -> None:
    """Times in units of handling; the chain cut off where nothing is left."""
    people = np.arange(1, 2500)
    leaving = np.minimum(people, officers) + np.maximum(0, people - officers) / patience
    logs = np.concatenate(([0], np.cumsum(np.log(load / leaving))))
    weights = np.exp(logs - logs.max())
    shares = weights / weights.sum()
    queue = float(shares @ np.maximum(0, np.arange(len(shares)) - officers))
    desk = Desk(arrivals=load * 3600, handling=1, officers=officers, patience=patience)
    assert desk.waiting == pytest.approx(shares[officers:].sum(), rel=1e-7)
    assert desk.queue == pytest.approx(queue, rel=1e-6, abs=1e-12)
    assert desk.abandoning == pytest.approx(queue / patience / load, rel=1e-6, abs=1e-12)


@pytest.mark.parametrize("officers", [30, 52, 70])
@pytest.mark.parametrize("seconds", [0, 5, 60])
def test_answered_within_is_the_offered_wait_integrated(officers: int, seconds: float) -> None:
    """Wait V has density lambda pi(n-1) exp(..) and is borne with chance exp(-V / patience)."""
    rate, handling, patience = 0.8, 60.0, 100.0
    desk = Desk(3600 * rate, handling, officers, patience)
    wait = np.linspace(0, 6000, 600_001)
    gathered = rate * patience * -np.expm1(-wait / patience)
    borne = np.exp(gathered - officers * wait / handling)
    density = borne * desk.waiting / np.trapezoid(borne, wait)
    answered = np.trapezoid(np.where(wait <= seconds, density, 0) * np.exp(-wait / patience), wait)
    assert desk.answered_within(seconds) == pytest.approx(1 - desk.waiting + answered, abs=2e-4)


def run(desk: Desk, people: int, within: float) -> dict[str, float]:
    """Let a queue run, first come first served, and say what was seen."""
    rng = np.random.default_rng(20)
    comes = np.cumsum(rng.exponential(3600 / desk.arrivals, people))
    takes = rng.exponential(desk.handling, people)
    bears = rng.exponential(desk.patience, people) if desk.patience else np.full(people, inf)
    free = [0.0] * desk.officers
    heapify(free)
    waits, gone = np.zeros(people), np.zeros(people, dtype=bool)
    for who in range(people):
        offered = max(0.0, free[0] - comes[who])
        gone[who] = offered > bears[who]
        waits[who] = min(offered, bears[who])
        if not gone[who]:
            heappush(free, max(heappop(free), comes[who]) + takes[who])
    return {
        "waiting": float(np.mean(waits > 0)),
        "abandoning": float(gone.mean()),
        "mean_wait": float(waits.mean()),
        "within": float(np.mean(~gone & (waits <= within))),
        "queue": float(waits.sum() / comes[-1]),
        "occupancy": float(takes[~gone].sum() / comes[-1] / desk.officers),
    }


@pytest.mark.parametrize(
    "desk",
    [
        Desk(arrivals=240, handling=600, officers=45),
        Desk(arrivals=240, handling=600, officers=42, patience=300),
        Desk(arrivals=240, handling=600, officers=30, patience=300),
    ],
)
def test_a_queue_let_run_does_as_computed(desk: Desk) -> None:
    seen = run(desk, 60_000, within=60)
    assert seen["waiting"] == pytest.approx(desk.waiting, abs=0.04)
    assert seen["abandoning"] == pytest.approx(desk.abandoning, abs=0.01)
    assert seen["within"] == pytest.approx(desk.answered_within(60), abs=0.04)
    assert seen["mean_wait"] == pytest.approx(desk.mean_wait, rel=0.12)
    assert seen["queue"] == pytest.approx(desk.queue, rel=0.12)
    assert seen["occupancy"] == pytest.approx(desk.occupancy, abs=0.02)


@given(OFFICERS, LOADS)
def test_who_can_wait_finds_all_busy_more_often(officers: int, load: float) -> None:
    lost, delayed = erlang_b(officers, load), erlang_c(officers, load)
    assert 0 <= lost <= delayed <= 1
    assert erlang_b(officers + 1, load) <= lost
    assert erlang_c(officers + 1, load) <= delayed


@given(OFFICERS, LOADS, TIMES, st.none() | TIMES, TIMES)
def test_one_officer_more_never_makes_it_worse(
    officers: int, load: float, handling: float, patience: float | None, within: float
) -> None:
    fewer = Desk(load * 3600 / handling, handling, officers, patience)
    more = replace(fewer, officers=officers + 1)
    assert more.waiting <= fewer.waiting + 1e-9
    assert more.mean_wait <= fewer.mean_wait + 1e-6
    assert more.abandoning <= fewer.abandoning + 1e-9
    assert more.occupancy <= fewer.occupancy + 1e-9
    assert 0 <= fewer.answered_within(within) <= more.answered_within(within) + 1e-9
    assert more.answered_within(within) <= more.answered_within(2 * within) + 1e-9 <= 1 + 2e-9


@given(OFFICERS, st.floats(0.05, 0.97), TIMES)
def test_endless_patience_is_erlang_c(officers: int, occupancy: float, within: float) -> None:
    endless = Desk(occupancy * officers * 12, 300, officers)
    patient = replace(endless, patience=300 * 1e7)
    assert patient.waiting == pytest.approx(endless.waiting, rel=1e-3)
    assert patient.mean_wait == pytest.approx(endless.mean_wait, rel=1e-3, abs=1e-4)
    assert patient.answered_within(within) == pytest.approx(
        endless.answered_within(within), abs=1e-3
    )


@given(st.floats(0, 20_000), TIMES, st.floats(0.05, 0.99), st.floats(0, 600), st.none() | TIMES)
def test_officers_needed_are_enough_and_one_fewer_is_not(
    arrivals: float, handling: float, target: float, within: float, patience: float | None
) -> None:
    def enough(desk: Desk) -> bool:
        return desk.answered_within(within) >= target and desk.occupancy <= 0.9

    need = officers_needed(
        arrivals, handling, target, within, patience=patience, max_occupancy=0.9
    )  # fmt: skip
    assert need.rostered == need.answering
    if arrivals:
        assert enough(need.desk)
        assert need.answering == 1 or not enough(replace(need.desk, officers=need.answering - 1))


def test_nobody_is_rostered_for_a_rounding_error() -> None:
    # 21 / (1 - 0.3) is a hair above 30 in floats
    arrivals = next(n for n in range(300, 400) if _answering(n) == 21)
    assert officers_needed(arrivals, 180, 0.8, 20, shrinkage=0.3).rostered == 30


def test_thousands_of_officers_neither_overflow_nor_vanish() -> None:
    exact = poisson.pmf(8000, 7900) / poisson.cdf(8000, 7900)
    assert erlang_b(8000, 7900) == pytest.approx(exact, rel=1e-9)
    assert erlang_c(100_000, 1) == 0
    need = officers_needed(60_000, 480, 0.9, 20, patience=180)
    assert 7000 < need.answering < 8100
    assert need.desk.answered_within(20) == pytest.approx(0.9, abs=2e-3)


def test_too_much_work_without_giving_up_has_no_end() -> None:
    desk = Desk(arrivals=600, handling=3600, officers=10)
    assert (desk.waiting, desk.mean_wait, desk.queue) == (1, inf, inf)
    assert (desk.occupancy, desk.answered_within(1e9)) == (1, 0)


def test_where_nobody_comes_nobody_is_needed() -> None:
    need = officers_needed(0, 300, 0.9, 20, patience=60, shrinkage=0.3)
    assert (need.answering, need.rostered) == (0, 0)
    assert (need.desk.occupancy, need.desk.queue, need.desk.abandoning) == (0, 0, 0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"arrivals": -1}, {"arrivals": inf}, {"handling": 0}, {"handling": nan},
        {"officers": -1}, {"patience": 0}, {"patience": inf},
    ],
)  # fmt: skip
def test_a_desk_that_cannot_be_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError):
        replace(Desk(60, 300, 5, 120), **wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "wrong",
    [{"target": 1}, {"target": 0}, {"within": -1}, {"max_occupancy": 0}, {"shrinkage": 1}],
)
def test_shares_are_shares(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="shares"):
        officers_needed(**{"arrivals": 60, "handling": 300, "target": 0.9, "within": 20, **wrong})


def _answering(arrivals: float) -> int:
    return officers_needed(arrivals, 180, 0.8, 20).answering
