"""Which phone numbers Notify takes: its words, by libphonenumber."""

from __future__ import annotations

import phonenumbers

from simulators.notify.errors import invalid

_PLAIN = set("0123456789 ()-+\t")
_DRAMA = range(7_700_900_000, 7_700_901_000)


def checked(written: str) -> str:
    """Return a number as E.164.

    :raises ApiError: it is none, or a landline's.
    """
    if not written or set(written) - _PLAIN:
        raise invalid("phone_number Must not contain letters or symbols")
    try:
        number = phonenumbers.parse(written, "GB")
    except phonenumbers.NumberParseException:
        raise invalid("phone_number Not a valid country prefix") from None
    reason = phonenumbers.is_possible_number_with_reason(number)
    if reason == phonenumbers.ValidationResult.TOO_LONG:
        raise invalid("phone_number Too many digits")
    if reason != phonenumbers.ValidationResult.IS_POSSIBLE:
        raise invalid("phone_number Not enough digits")
    if number.country_code == 44 and not _is_mobile(number):
        raise invalid("phone_number Not a UK mobile number")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _is_mobile(number: phonenumbers.PhoneNumber) -> bool:
    mobile = phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.MOBILE
    return mobile or number.national_number in _DRAMA
