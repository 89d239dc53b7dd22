"""Addresses as the wire takes them."""

from __future__ import annotations

import re

from email_validator import EmailNotValidError, validate_email

from .errors import SlotError

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL = rf"{_ATOM}(?:\.{_ATOM})*"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_DOMAIN = rf"{_LABEL}(?:\.{_LABEL})+"
_PLAIN = re.compile(rf"(?=.{{3,254}}\Z)(?=[^@]{{1,64}}@){_LOCAL}@{_DOMAIN}")
_MESSAGE_ID = re.compile(rf"(?=.{{3,250}}\Z){_LOCAL}@{_LABEL}(?:\.{_LABEL})*")


def recipient_address(address: str) -> bytes:
    """Return ``address`` for RCPT and To.

    ASCII with an IDNA domain; UTF-8 where the local part is not ASCII, which needs a relay with
    SMTPUTF8 (RFC 6531).

    :raises SlotError: if it is no address; quoted local parts are not taken.
    """
    if _PLAIN.fullmatch(address):
        return address.encode()
    try:
        found = validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise SlotError("The address is malformed.", status="5.1.3") from None
    return f"{found.local_part}@{found.ascii_domain}".encode()


def return_path(address: str) -> bytes:
    """Return ``address`` for MAIL; empty is the null return path."""
    if address and not _PLAIN.fullmatch(address):
        raise SlotError("The return path is malformed.", status="5.1.7")
    return address.encode()


def message_id(value: str) -> bytes:
    """Return a Message-ID, given without its angle brackets (RFC 5322 section 3.6.4)."""
    if not _MESSAGE_ID.fullmatch(value):
        raise SlotError("The Message-ID is malformed.", status="5.6.0")
    return value.encode()


def domain_of(address: str) -> str:
    """Return the domain of an address in lower case, the key for back-off."""
    return address.rpartition("@")[2].lower()
