"""Phone numbers, against worked examples and their own laws."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.kit import phone
from bluelamp.kit.tests.vectors import rows

DRAMA = st.integers(0, 999).map(lambda number: f"7700900{number:03}")


def is_taken(written: str) -> bool:
    try:
        phone.e164(written)
    except phone.PhoneNumberError:
        return False
    return True


def test_numbers_are_taken_or_not_as_notify_does() -> None:
    for row in rows("phone_numbers"):
        assert is_taken(row["input"]) is row["class"].startswith("valid"), row


def test_a_number_is_kept_in_one_form() -> None:
    for row in rows("phone_numbers"):
        if "e164" in row:
            assert phone.e164(row["input"]) == row["e164"], row


def test_those_from_abroad_are_told_from_british_ones() -> None:
    for row in rows("phone_numbers"):
        if row["class"] in {"valid_uk_mobile_phone_numbers", "valid_uk_landlines"}:
            assert phone.is_british(phone.e164(row["input"])), row
        elif row["class"] == "valid_international_phone_numbers":
            assert not phone.is_british(phone.e164(row["input"])), row


@pytest.mark.parametrize(
    ("written", "words"),
    [("", "no phone number"), ("07700 9001x3", "letters"), ("07700", "few"), ("0" * 30, "no such")],
)
def test_what_is_refused_says_why_and_not_what(written: str, words: str) -> None:
    with pytest.raises(phone.PhoneNumberError, match=words) as refused:
        phone.e164(written)
    assert not written or written not in str(refused.value)


@pytest.mark.parametrize(
    ("number", "mobile", "seen"),
    [
        ("+447700900123", True, "07700 900123"),
        ("+447912345678", True, "07912 345678"),
        ("+441614960000", False, "0161 496 0000"),
        ("+33122334455", False, "+33 1 22 33 44 55"),
        ("+12124567890", True, "+1 212-456-7890"),
    ],
)
def test_a_number_is_shown_as_people_read_it(number: str, mobile: bool, seen: str) -> None:
    assert (phone.is_mobile(number), phone.shown(number)) == (mobile, seen)


def test_a_log_sees_three_digits() -> None:
    assert phone.masked("+447700900123") == "*********123"
    assert phone.masked("12") == "12"


@given(DRAMA, st.sampled_from(["0", "+44", "0044", "44", "+44 (0)", ""]))
def test_however_it_is_written_it_is_the_same_number(national: str, prefix: str) -> None:
    kept = phone.e164(prefix + national)
    assert kept == f"+44{national}"
    assert phone.e164(kept) == kept == phone.e164(phone.shown(kept))
