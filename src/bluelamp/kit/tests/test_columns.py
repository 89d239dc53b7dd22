"""Columns of a CSV by name, whatever it was saved by."""

from __future__ import annotations

from pathlib import Path

import pytest

from bluelamp.kit.columns import ColumnsRefusedError, read_columns


def saved(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "rows.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_columns_are_found(tmp_path: Path, delimiter: str, encoding: str) -> None:
    lines = [["Id", ' "Tweet  Text"', "Group"], ["1", '"Café, ""here""; yes\n| no"', " a "], []]
    text = "\r\n".join(delimiter.join(line) for line in lines).replace(' "Tweet', '" Tweet')
    path = saved(tmp_path, text, encoding)
    assert read_columns(path, "group", "tweet text") == [("a", 'Café, "here"; yes\n| no')]


def test_the_delimiter_is_the_one_with_which_names_are_found(tmp_path: Path) -> None:
    path = saved(tmp_path, "text;a,b,c,d\nhello, you;1\n")
    assert read_columns(path, "text") == [("hello, you",)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("id,body\n1,x\n", "rows.csv: there is no column “text”; there are: “id”, “body”."),
        ("", "rows.csv: there is no column “text”; there are: none."),
        ("text,TEXT\n1,2\n", "rows.csv: column “text” is there 2 times."),
        ("id,text\n", "rows.csv: there are no rows under the names of the columns."),
        ("id,text\n1,x\n2\n", "rows.csv: row 2 has 1 columns where the first line has 2."),
        ("id,text\n1,x,y\n", "rows.csv: row 1 has 3 columns where the first line has 2."),
        ('id,text\n1,"x\n', "rows.csv: line 2: cut off or not a CSV (unexpected end of data)."),
        ("id,\0text\n", "rows.csv: not text. Save it as “CSV UTF-8” in your spreadsheet."),
    ],
)
def test_a_refusal_is_one_line_with_the_file(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(ColumnsRefusedError) as refused:
        read_columns(saved(tmp_path, text), "text")
    assert str(refused.value) == words


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ColumnsRefusedError, match=r"^none\.csv: cannot be read"):
        read_columns(tmp_path / "none.csv", "text")


def test_empty_cells_beyond_the_last_column_do_not_matter(tmp_path: Path) -> None:
    assert read_columns(saved(tmp_path, "text\nx,,\n"), "text") == [("x",)]
