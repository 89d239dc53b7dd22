from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.inbound.rules.whereabouts import PlaceNames, postcodes
from bluelamp.language.rules.lexicon import prepare


@pytest.mark.parametrize(
    ("text", "official"),
    [
        ("at LS6 2AB now", "LS6 2AB"),
        ("im at ls62ab", "LS6 2AB"),
        ("SW1A 1AA", "SW1A 1AA"),
        ("EC1A1BB!", "EC1A 1BB"),
        ("M1 1AE", "M1 1AE"),
        ("(cf10 3at)", "CF10 3AT"),
        ("LU1-2AB", "LU1 2AB"),
    ],
)
def test_whole_postcodes(text: str, official: str) -> None:
    (found,) = postcodes(text)
    assert (found.postcode, found.whole) == (official, True)
    assert text[found.start : found.end].upper().replace("-", " ").replace(" ", "") == (
        official.replace(" ", "")
    )


@pytest.mark.parametrize(
    "text",
    [
        "the M1 is shut",
        "B2 or A61",
        "QQ1 1AA",
        "ls6",
        "AB1C 2DE",
        "xLS6 2AB",
        "at 5pm 3rd",
    ],
)
def test_what_is_none(text: str) -> None:
    assert postcodes(text) == ()


@pytest.mark.parametrize("text", ["fight in LS6, come", "LS6 2CI", "LS6 2ABC"])
def test_a_district_alone_counts_in_capitals(text: str) -> None:
    (found,) = postcodes(text)
    assert (found.postcode, found.whole) == ("LS6", False)


@given(st.text(alphabet="LS62AB M1w \n-", max_size=30))
def test_places_of_postcodes_lie_in_order(text: str) -> None:
    end = 0
    for found in postcodes(text):
        assert end <= found.start < found.end <= len(text)
        end = found.end


NAMES = PlaceNames(
    [("s1", "High Street"), ("s2", "High Street"), ("w1", "St Mary's"), ("t1", "High")]
)


@pytest.mark.parametrize("text", ["on the high st", "on HIGH STREET", "#HighStreet", "High St."])
def test_names_are_found_however_they_are_written(text: str) -> None:
    (found,) = NAMES.found_in(prepare(text))
    assert (found.name, found.keys) == ("High Street", ("s1", "s2"))


def test_the_longest_name_counts_and_others_beside_it() -> None:
    found = NAMES.found_in(prepare("from high street to Saint Marys, getting high"))
    assert [place.name for place in found] == ["High Street", "St Mary's", "High"]


def test_names_without_words_are_passed_over() -> None:
    assert PlaceNames([("x", "…")]).found_in(prepare("anything …")) == ()
