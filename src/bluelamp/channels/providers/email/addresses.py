"""Addresses as the wire takes them."""

from __future__ import annotations

import re

from email_validator import EmailNotValidError, validate_email

from .errors import SlotError

# possessive throughout: these run for every recipient, and no part can match another's text
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]++"
_LOCAL = rf"{_ATOM}(?:\.{_ATOM})*+"
_LABEL = r"[A-Za-z0-9]++(?:-++[A-Za-z0-9]++)*+"
_PLAIN = re.compile(rf"{_LOCAL}@{_LABEL}(?:\.{_LABEL})++")
_MESSAGE_ID = re.compile(rf"{_LOCAL}@{_LABEL}(?:\.{_LABEL})*+")
_LONGEST = 254
"""RFC 5321 section 4.5.3.1.3, less the angle brackets; that a local part has 64 octets at
most is for its own server to say."""


def recipient_address(address: str) -> bytes:
    """Return ``address`` for RCPT and To.

    ASCII with an IDNA domain; UTF-8 where the local part is not ASCII, which needs a relay with
    SMTPUTF8 (RFC 6531).

    :raises SlotError: if it is no address; quoted local parts are not taken.
    """
    if _is_plain(address):
        return address.encode()
    try:
        found = validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise SlotError("The address is malformed.", status="5.1.3") from None
    return f"{found.local_part}@{found.ascii_domain}".encode()


def return_path(address: str) -> bytes:
    """Return ``address`` for MAIL; empty is the null return path."""
    if address and not _is_plain(address):
        raise SlotError("The return path is malformed.", status="5.1.7")
    return address.encode()


def message_id(value: str) -> bytes:
    """Return a Message-ID, given without its angle brackets (RFC 5322 section 3.6.4)."""
    if len(value) > _LONGEST or not _MESSAGE_ID.fullmatch(value):
        raise SlotError("The Message-ID is malformed.", status="5.6.0")
    return value.encode()


def _is_plain(address: str) -> bool:
    return _PLAIN.fullmatch(address) is not None and len(address) <= _LONGEST


def domain_of(address: str) -> str:
    """Return the domain of an address in lower case, the key for back-off."""
    return address.rpartition("@")[2].lower()
