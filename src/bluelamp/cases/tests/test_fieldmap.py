"""Our facts in another system's words, and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.cases.rules.fieldmap import Fact, ours, read, theirs
from bluelamp.cases.tests.systems import FIELDS
from bluelamp.cases.values import CaseState


@given(state=st.sampled_from(CaseState), severity=st.integers(0, 4), title=st.text(max_size=300))
def test_there_and_back_keeps_what_has_one_word_there(
    state: CaseState, severity: int, title: str
) -> None:
    lines = read(FIELDS)
    told = theirs(lines, {Fact.STATE: state, Fact.SEVERITY: severity, Fact.TITLE: title})
    back = ours(lines, told)
    assert back[Fact.STATE] == state
    assert back[Fact.TITLE] == title[:255]
    assert theirs(lines, back) == told
    assert told["Origin"] == "Bluelamp"


def test_fields_that_the_map_does_not_name_tell_nothing() -> None:
    assert ours(read(FIELDS), {"Color": "red", "Subject": "Shed"}) == {Fact.TITLE: "Shed"}


@pytest.mark.parametrize("line", [
    {"theirs": "X"}, {"theirs": "", "ours": "title"}, {"theirs": "X", "ours": "secret"},
    {"theirs": "X", "ours": "title", "always": "y"}, {"theirs": "X", "ours": "title", "long": 3},
])  # fmt: skip
def test_a_line_that_makes_no_sense_is_refused(line: dict[str, str]) -> None:
    with pytest.raises(ValueError):
        read([line])
