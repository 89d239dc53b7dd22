"""Saved replies: nothing is sent that was left open, and nothing a citizen wrote is a field."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.cases.rules.openhours import in_words
from bluelamp.cases.rules.savedreply import (
    ReplyField,
    choose,
    fields_in,
    fill,
    joined,
    unknown_in,
)

NAMES = st.sampled_from([*(str(one) for one in ReplyField), "phone", "Foo"])
WORDS = st.text(st.characters(exclude_characters="{}|", exclude_categories=["Cs"]), max_size=20)
PARTS = st.lists(st.one_of(WORDS, NAMES.map(lambda name: f"{{{{{name}}}}}")), max_size=8)
VALUES = st.dictionaries(st.sampled_from([str(one) for one in ReplyField]), st.text(max_size=30))


@given(PARTS, VALUES)
def test_what_is_left_in_the_text_is_exactly_what_is_named(
    parts: list[str], values: dict[str, str]
) -> None:
    filled = fill("".join(parts), values)
    assert set(fields_in(filled.text)) == set(filled.unknown) | set(filled.empty)
    assert filled.whole == (not fields_in(filled.text))


@given(PARTS, VALUES)
def test_filling_again_with_everything_known_leaves_only_what_no_field_is(
    parts: list[str], values: dict[str, str]
) -> None:
    known = {str(one): "x" for one in ReplyField}
    filled = fill(fill("".join(parts), values).text, known)
    assert filled.empty == ()
    assert set(fields_in(filled.text)) == set(unknown_in("".join(parts)))


@given(st.lists(WORDS, max_size=5), VALUES)
def test_a_text_without_fields_stays_as_it_is(parts: list[str], values: dict[str, str]) -> None:
    text = "".join(parts)
    assert fill(text, values).text == text


@given(st.text(max_size=60))
def test_a_citizen_s_name_is_never_read_as_a_field(name: str) -> None:
    known = {"citizen_name": name, "reference": "SECRET"}
    filled = fill("Dear {{citizen_name|you}}", known)
    assert fields_in(filled.text) == ()
    assert filled.whole
    assert "\n" not in filled.text


def test_fields_are_filled_however_they_are_spaced_and_written() -> None:
    filled = fill(
        "{{ Citizen_Name | neighbour }}, {{reference}}, {{unit_phone}}, {{phone}}",
        {"reference": "7K3C-9QX2"},
    )
    assert filled.text == "neighbour, 7K3C-9QX2, {{unit_phone}}, {{phone}}"
    assert (filled.empty, filled.unknown) == (("unit_phone",), ("phone",))


def test_a_name_that_is_spelt_as_a_field_is_put_in_as_plain_words() -> None:
    filled = fill("Dear {{citizen_name}}", {"citizen_name": "{{reference}}", "reference": "X"})
    assert filled.text == "Dear reference"


@given(st.lists(st.text(max_size=30), max_size=4), st.integers(0, 30))
def test_what_is_chosen_fits_unless_nothing_does(replies: list[str], limit: int) -> None:
    chosen = choose(replies, lambda text: len(text) <= limit)
    there = [reply for reply in replies if reply.strip()]
    assert (chosen in there) == bool(there)
    if any(len(reply) <= limit for reply in there):
        assert len(chosen) <= limit
        assert chosen == next(reply for reply in there if len(reply) <= limit)


@given(st.text(max_size=30), st.text(min_size=1, max_size=30).filter(str.strip))
def test_nothing_that_was_written_is_lost_and_twice_is_once(written: str, reply: str) -> None:
    once = joined(written, reply)
    assert written.strip() in once
    assert reply.strip() in once
    assert joined(once, reply) == once.strip()


@pytest.mark.parametrize(
    ("week", "words"),
    [
        ([[["08:00", "20:00"]]] * 5 + [[["09:00", "17:00"]], []],
         "Monday to Friday 8am to 8pm, Saturday 9am to 5pm"),
        ([[["00:00", "00:00"]]] * 7, "at any time"),
        ([[["09:00", "12:30"], ["13:30", "17:00"]]] * 2 + [[]] * 5,
         "Monday and Tuesday 9am to 12:30pm and 1:30pm to 5pm"),
        ([[]] * 6 + [[["00:00", "12:00"]]], "Sunday midnight to noon"),
        ([[["00:00", "00:00"]]] + [[]] * 6, "Monday all day"),
        ([[]] * 7, ""),
    ],
)  # fmt: skip
def test_opening_hours_are_said_as_one_says_them(week: list[list[list[str]]], words: str) -> None:
    assert in_words(week) == words
