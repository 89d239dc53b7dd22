"""The phone numbers that a force gives to the public; never the on-call ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bluelamp.org.rules.settings import Phone, PhoneOfUnit, Setting

EVERYWHERE = "101"
"""Every force of the United Kingdom answers it, day and night, where it is not urgent."""
_NOBODY: Mapping[str, str] = {}
PUBLIC_PHONE = Setting(
    "public_phone", "Phone for the public",
    "The number that saved replies give where the unit has none of its own below.",
    Phone(), EVERYWHERE, care="Everybody who writes to us may be told to ring it.",
)  # fmt: skip
PUBLIC_PHONES = Setting(
    "public_phones", "Phones of units",
    "The number that saved replies of a unit give; one without a number gives that of the nearest "
    "unit above it.",
    PhoneOfUnit(), _NOBODY,
    help="A unit a line: its code, a colon, its phone.",
    care="Everybody who writes to such a unit may be told to ring it.",
)  # fmt: skip


def phone_for(settings: object, codes: Iterable[str]) -> str:
    """Return the phone that a unit gives to the public.

    :param codes: of the unit and those above it, the nearest first.
    """
    own = PUBLIC_PHONES.read(settings)
    return next((own[code] for code in codes if code in own), PUBLIC_PHONE.read(settings))
