from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.places import rules
from bluelamp.places.values import Change

OUTWARD = ["M1", "B33", "CR2", "DN55", "W1A", "EC1A", "GIR", "LU1", "LS10"]
postcodes = st.builds(
    lambda out, digit, tail: (out, digit + tail),
    st.sampled_from(OUTWARD),
    st.sampled_from("0123456789"),
    st.text("ABDEFGHJLNPQRSTUWXYZ", min_size=2, max_size=2),
)


@given(postcodes, st.lists(st.sampled_from([" ", "\t", "\u00a0"]), max_size=3), st.booleans())
def test_spacing_and_case_say_nothing(
    parts: tuple[str, str], spaces: list[str], lower: bool
) -> None:
    written = "".join(spaces) + parts[0] + "".join(spaces) + parts[1] + "".join(spaces)
    assert rules.normalise_postcode(written.lower() if lower else written) == " ".join(parts)


@given(st.text(max_size=12))
def test_what_is_normal_stays_so_and_fits_its_column(text: str) -> None:
    normal = rules.normalise_postcode(text)
    if normal is not None:
        assert rules.normalise_postcode(normal) == normal
        assert len(normal) <= 8
        assert re.fullmatch(r"[A-Z0-9]{2,4} [0-9][A-Z]{2}", normal)


@pytest.mark.parametrize(
    "text",
    ["", "LU1", "1AA LU1", "LU1 2A", "LU1 2ABC", "LU1 2CB", "LU1 2AI", "ABC1 1AA", "LUX 1AA"],
)
def test_no_postcode(text: str) -> None:
    assert rules.normalise_postcode(text) is None


def test_an_import_is_compared_code_by_code() -> None:
    kept = {"A": (1,), "B": (2,), "C": (3,)}
    assert rules.compare(kept, ["A", "B", "C"], {"A": (1,), "B": (9,), "D": (4,)}) == {
        "A": Change.UNCHANGED,
        "B": Change.CHANGED,
        "D": Change.NEW,
        "C": Change.RETIRED,
    }


def test_areas_of_another_source_are_not_retired() -> None:
    assert rules.compare({"A": (1,)}, [], {"B": (2,)}) == {"B": Change.NEW}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -180.001, 181])
def test_no_longitude(value: float) -> None:
    assert not rules.is_longitude(value)


def test_a_column_is_found_in_any_case_the_first_of_the_wanted_names() -> None:
    assert rules.find_column([" Lat ", "LONGITUDE", "Lon"], ("longitude", "lon")) == 1
    assert rules.find_column(["a", "A"], ("a",)) == 0
    assert rules.find_column(["a"], ("b",)) is None
