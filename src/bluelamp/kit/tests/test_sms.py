"""Parts and letters of text messages, against worked examples and their own laws."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.kit import sms
from bluelamp.kit.sms import Alphabet
from bluelamp.kit.tests.vectors import rows

TEXTS = st.text(
    st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from("abc ^€ŵâÿ“…\n\t,.")),
    max_size=400,
)
_HOLE = re.compile(r"\(\(.*?\)\)")
"""A template's placeholder, which those vectors fill with nothing."""


def test_parts_are_those_that_notify_counts() -> None:
    for row in rows("sms_fragments"):
        counted = sms.count(_HOLE.sub("", row["content"]))
        expected = (row["fragments"], row["characters_above_previous_boundary"])
        assert (counted.parts, counted.in_last_part) == expected, row


def test_letters_become_those_that_notify_sends() -> None:
    for row in rows("sms_downgrade"):
        assert sms.downgraded(row["content"]) == row["expected"], row


def test_white_space_that_nobody_sees_is_not_paid_for() -> None:
    text = "  Fire   at the mill , stay  in .\r\n\r\n\r\n\r\n\tClose windows  \n"
    assert sms.as_sent(text) == "Fire at the mill, stay in.\n\nClose windows"


def test_an_accent_of_its_own_is_joined_to_its_letter() -> None:
    assert sms.count("mo\u0302r").text == "môr"


def test_one_letter_of_welsh_makes_all_of_it_shorter() -> None:
    assert sms.count("a" * 160).alphabet is Alphabet.GSM
    welsh = sms.count("a" * 159 + "ŷ")
    assert (welsh.alphabet, welsh.parts) == (Alphabet.UCS2, 3)


def test_cost_is_paid_by_part() -> None:
    assert sms.count("a" * 161).cost(2.5) == pytest.approx(5.0)


def test_nothing_is_one_part() -> None:
    assert (sms.count(" \n").parts, sms.count("").characters) == (1, 0)


@given(TEXTS)
def test_what_is_sent_is_sent_as_it_is(text: str) -> None:
    sent = sms.as_sent(text)
    assert sms.as_sent(sent) == sent
    assert sms.count(sent) == sms.count(text)


@given(TEXTS)
def test_parts_hold_the_units_and_no_part_is_idle(text: str) -> None:
    counted = sms.count(text)
    room = counted.alphabet.alone if counted.parts == 1 else counted.alphabet.joined
    assert counted.units <= counted.parts * room
    assert counted.parts == 1 or counted.in_last_part > 0
    assert 0 <= counted.left_in_part < counted.alphabet.alone + 1


@given(TEXTS.filter(lambda text: sms.as_sent(text) != ""))
def test_left_in_part_is_exact(text: str) -> None:
    counted = sms.count(text)
    assert sms.count(counted.text + "a" * counted.left_in_part).parts == counted.parts
    assert sms.count(counted.text + "a" * (counted.left_in_part + 1)).parts == counted.parts + 1
