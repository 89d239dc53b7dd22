from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.language import sheets
from bluelamp.language.errors import WordsRefusedError
from bluelamp.language.rules.lexicon import Lexicon
from bluelamp.language.values import Term

line = st.builds(
    Term,
    text=st.sampled_from(["knife", "stab*", "he|she has", "a … b", "[link]", "stroke, seizure"]),
    heading=st.sampled_from(["weapon", "two, words"]),
    weight=st.sampled_from([-2.0, 0.5, 3.0]),
    needs=st.sampled_from(["", "water, roof"]),
    unless=st.sampled_from(["", 'toy "gun"']),
    near=st.integers(0, 100),
    language=st.sampled_from(["", "cy"]),
    active=st.booleans(),
)


@given(st.lists(line, unique_by=lambda term: (term.text, term.heading, term.language)))
def test_what_is_written_is_read_again(terms: list[Term]) -> None:
    assert sheets.read_terms("a.csv", sheets.written(terms)) == tuple(terms)


def problems(text: str) -> list[str]:
    with pytest.raises(WordsRefusedError) as refused:
        sheets.read_terms("w.csv", text)
    return list(refused.value.problems)


def test_every_mistake_is_named_by_file_and_row() -> None:
    found = problems(
        "text,heading,weight,near,active\n"
        "knife,weapon,heavy,,\n"
        ",weapon,1,,\n"
        "gun,weapon,1,-3,\n"
        "axe,weapon,1,,perhaps\n"
        "a*,weapon,1,,\n"
        "[lnk],whole,1,,\n"
        "{weapon},weapon,1,,\n"
        "bat,weapon,1,,\n"
        "bat,weapon,2,,\n"
        "sword\n"
    )
    rows = [problem.partition(":")[0] for problem in found]
    assert sorted(rows) == sorted(f"w.csv, row {row}" for row in (2, 3, 4, 5, 6, 7, 8, 10, 11))


def test_columns_are_checked() -> None:
    assert "“heading” is missing" in problems("text,weight\nknife,1\n")[0]
    assert "“colour” is not known" in problems("text,heading,colour\nknife,weapon,red\n")[0]
    assert "“text” is missing" in problems("")[0]


def test_only_so_many_mistakes_are_told() -> None:
    found = problems("text,heading\n" + "".join(f"!,{number}\n" for number in range(200)))
    assert len(found) == sheets.MOST_PROBLEMS + 1
    assert "150 more" in found[-1]


def test_header_case_and_missing_columns_do_not_matter() -> None:
    assert sheets.read_terms("w.csv", "\ufeffHeading , TEXT\nweapon,knife\n") == (
        Term("knife", "weapon"),
    )


def test_a_spreadsheets_own_letters_are_read(tmp_path: Path) -> None:
    path = tmp_path / "w.csv"
    path.write_bytes("text,heading\ncafé,place\n".encode("cp1252"))
    assert sheets.read_file(path) == (Term("café", "place"),)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WordsRefusedError, match=r"none\.csv"):
        sheets.read_file(tmp_path / "none.csv")


def test_every_shipped_list_can_be_used() -> None:
    assert sheets.shipped_kinds() == ("emergency", "relevance", "thrive", "unsafe")
    for kind in sheets.shipped_kinds():
        Lexicon(sheets.shipped(kind))
        assert sheets.shipped_version(kind)


def test_there_is_no_list_of_an_unknown_kind() -> None:
    assert sheets.shipped("nothing") == ()
    assert sheets.shipped_version("nothing") == ""
