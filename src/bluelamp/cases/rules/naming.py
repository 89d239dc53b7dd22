"""What a list says of somebody: their name, else as little as tells people apart."""

from __future__ import annotations

import re

from bluelamp.members.rules import masked_email

LAST_DIGITS = 3
_NUMBER = re.compile(r"\+?[\d\s()-]{6,}")
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def shown_name(name: str, address: str) -> str:
    """Return who spoke, for a list: a name, a masked address or number, a public handle."""
    if name.strip():
        return name.strip()
    if _MAIL.fullmatch(address):
        return masked_email(address)
    if _NUMBER.fullmatch(address):
        return "•••" + re.sub(r"\D", "", address)[-LAST_DIGITS:]
    return address
