"""Phone numbers: as people write them, as they are kept (E.164), as logs may show them.

Pure.  What a British person means is guessed as GOV.UK Notify does: a number without
a country's prefix is British, unless only a foreign reading has the right length.
"""

from __future__ import annotations

import re
import unicodedata

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberType

from bluelamp.kit.errors import BluelampError

HOME = "GB"
_INVISIBLE = re.compile("[\u180e\u200b\u200c\u200d\u2060\ufeff]")
_WRITTEN = re.compile(r"[0-9()+\-\s]+")
_TRUNK = re.compile(r"0[\s(-]*[1-9]")
"""How a number within Britain begins."""
_DRAMA = range(7_700_900_000, 7_700_901_000)
"""Ofcom keeps these free for film and television; tests and demos use them, too."""
_REACHABLE = frozenset(
    {
        PhoneNumberType.MOBILE,
        PhoneNumberType.FIXED_LINE,
        PhoneNumberType.FIXED_LINE_OR_MOBILE,
        PhoneNumberType.PERSONAL_NUMBER,
        PhoneNumberType.UAN,  # 03 and 055: one number for an organisation
    }
)


class PhoneNumberError(BluelampError):
    """It is no phone number that can be written to; the message says why, without it."""


def e164(written: str) -> str:
    """Return a number as ``+447700900123``.

    :raises PhoneNumberError: it holds letters, is too short or long, or nobody's.
    """
    text = _plain(written)
    try:
        number = _read(text)
    except PhoneNumberError:
        if _TRUNK.match(text):  # British, with a slip: never somebody's in Kazakhstan
            raise
        # a stray plus or noughts: "+07700 900123", "0+44 7700 900123"
        number = _read(text.replace("+", "").lstrip("0"))
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def is_mobile(number: str) -> bool:
    """Say whether a number (E.164) may be a mobile phone's; abroad not all can be told apart."""
    read = phonenumbers.parse(number)
    return _is_drama(read) or phonenumbers.number_type(read) in {
        PhoneNumberType.MOBILE,
        PhoneNumberType.FIXED_LINE_OR_MOBILE,
    }


def is_british(number: str) -> bool:
    """Say whether a number (E.164) has the United Kingdom's prefix."""
    return number.startswith("+44")


def shown(number: str) -> str:
    """Return a number (E.164) as people here read it: 07700 900123, +33 1 22 33 44 55."""
    read = phonenumbers.parse(number)
    form = phonenumbers.PhoneNumberFormat
    style = form.NATIONAL if is_british(number) else form.INTERNATIONAL
    return phonenumbers.format_number(read, style)


def masked(number: str) -> str:
    """Return a number as a log may hold it: its last three digits, and how many stand before."""
    digits = [letter for letter in number if letter.isdigit()]
    hidden = max(len(digits) - 3, 0)
    return "*" * hidden + "".join(digits[hidden:])


def _plain(written: str) -> str:
    text = _INVISIBLE.sub("", written).strip()
    text = "".join("-" if unicodedata.category(one) == "Pd" or one == "−" else one for one in text)
    if not text:
        raise PhoneNumberError("There is no phone number.")
    if not _WRITTEN.fullmatch(text):
        raise PhoneNumberError("A phone number has no letters or symbols.")
    return text


def _read(text: str) -> PhoneNumber:
    number = _of_right_length(text)
    if _is_drama(number):
        return number
    if phonenumbers.is_valid_number(number) and (phonenumbers.number_type(number) in _REACHABLE):
        return number
    raise PhoneNumberError("There is no such phone number.")


def _of_right_length(text: str) -> PhoneNumber:
    number = _parsed(text, HOME)
    if problem := _length_problem(number):
        abroad = _abroad(text)  # as a spreadsheet leaves it: without its plus
        if abroad is None:
            raise PhoneNumberError(problem)
        return abroad
    return number


def _abroad(text: str) -> PhoneNumber | None:
    try:
        number = _parsed(f"+{text}", None)
    except PhoneNumberError:
        return None
    return None if _length_problem(number) else number


def _parsed(text: str, region: str | None) -> PhoneNumber:
    try:
        return phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        raise PhoneNumberError("There is no such phone number.") from None


def _length_problem(number: PhoneNumber) -> str:
    reason = phonenumbers.is_possible_number_with_reason(number)
    if reason == phonenumbers.ValidationResult.IS_POSSIBLE:
        return ""
    long = reason == phonenumbers.ValidationResult.TOO_LONG
    return f"The phone number has too {'many' if long else 'few'} digits."


def _is_drama(number: PhoneNumber) -> bool:
    return number.country_code == 44 and number.national_number in _DRAMA
