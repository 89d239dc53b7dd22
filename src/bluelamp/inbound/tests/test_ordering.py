from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.inbound.rules.ordering import lift, measure

rows = st.lists(st.tuples(st.integers(0, 5).map(float), st.booleans()), min_size=3, max_size=30)
mixed = rows.filter(lambda found: len({positive for _, positive in found}) == 2)


def test_the_best_order_lifts_all_the_way() -> None:
    facts = measure([3.0, 2.0, 1.0, 0.0], [True, True, False, False])
    assert (facts["average_precision"], facts["lift"]) == (1.0, 1.0)
    assert (facts["n"], facts["positives"]) == (4, 2)


def test_no_order_lifts_nothing() -> None:
    facts = measure([1.0] * 10, [True] * 3 + [False] * 7)
    assert facts["lift"] == facts["lift_low"] == facts["lift_high"] == 0
    for name in ("average_precision", "precision_at_100", "recall_at_20pct"):
        assert facts[name] == facts[f"random_{name}"]


@given(mixed, st.randoms())
def test_the_order_of_the_file_is_no_help(found: list[tuple[float, bool]], random: object) -> None:
    shuffled = list(found)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = (lift([s for s, _ in x], [p for _, p in x]) for x in (found, shuffled))
    assert one == pytest.approx(other)


def test_where_everything_matters_there_is_nothing_to_measure() -> None:
    with pytest.raises(ValueError, match="all"):
        measure([1.0, 2.0], [True, True])
