"""Decisions about addresses, codes, cells and counts, from values alone."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from email_validator import EmailNotValidError, validate_email
from numpy.typing import NDArray

from bluelamp.members.errors import AddressError
from bluelamp.members.values import CODE_TRIES, ROUNDED, SMALL, Audience

_PLAIN = re.compile(
    r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}"
)
"""What nearly every address looks like; the rest goes to email-validator, 30 times slower."""
_LOCAL_MOST, _WHOLE_MOST = 64, 254


@dataclass(frozen=True, slots=True)
class Address:
    """An e-mail address in its two forms."""

    identity: str
    """What equality goes by: no case, the domain in ASCII (IDNA)."""
    sending: str
    """The local part as the person wrote it: some servers tell cases apart."""


def normalise_email(text: str) -> Address:
    """Return the two forms of an e-mail address.

    The domain becomes lower-case IDNA ASCII; the local part is kept for
    sending and case-folded (after NFC) for identity.

    :raises AddressError: the text is not an address (RFC 5321 lengths,
        RFC 6531 characters) or its domain has no dot.
    """
    stripped = text.strip()
    if _PLAIN.fullmatch(stripped) and "xn--" not in stripped.lower():
        local, _, domain = stripped.rpartition("@")
        if len(local) <= _LOCAL_MOST and len(stripped) <= _WHOLE_MOST:
            domain = domain.lower()
            return Address(f"{local.lower()}@{domain}", f"{local}@{domain}")
    return _unusual(stripped)


def _unusual(text: str) -> Address:
    try:
        found = validate_email(
            text,
            check_deliverability=False,
            globally_deliverable=False,
            test_environment=True,  # the rest of the world's special names stay refused
            strict=True,
        )
    except EmailNotValidError as error:
        raise AddressError(f"Not an e-mail address: {error}") from error
    domain = found.ascii_domain.lower()
    if "." not in domain or domain.rpartition(".")[2].isdigit():
        raise AddressError("Not an e-mail address: the part after the @ is no domain.")
    local = unicodedata.normalize("NFC", found.local_part)
    return Address(f"{_folded(local)}@{domain}", f"{local}@{domain}")


def _folded(local: str) -> str:
    """Fold case so that folding again changes nothing."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", local).casefold())


def masked_email(address: str) -> str:
    """Return an address of which its owner knows enough and nobody else: ``a•••@b•••.uk``."""
    local, _, domain = address.rpartition("@")
    host, _, rest = domain.rpartition(".")
    return f"{local[:1]}•••@{host[:1]}•••.{rest}"


def code_is_live(*, expires_at: datetime, attempts: int, used: bool, now: datetime) -> bool:
    """Say whether a code may still be tried."""
    return not used and attempts < CODE_TRIES and now < expires_at


# Cells ----------------------------------------------------------------------

_RESOLUTION = 9
_CHILD_BITS = 3 * (15 - _RESOLUTION)
_DIGITS = tuple(_CHILD_BITS + 3 * place for place in range(_RESOLUTION))


def _rank(cells: NDArray[np.int64]) -> NDArray[np.int64]:
    """Number the cells of resolution 9 as H3 orders them, without its gaps.

    A cell's index holds a base cell and nine digits of three bits, 0 to 6
    (https://h3geo.org/docs/core-library/h3Indexing); read in base seven they
    are consecutive, and their order is that of the indexes.
    """
    total = ((cells >> (_DIGITS[-1] + 3)) & 0x7F) * 7**_RESOLUTION
    for place, shift in enumerate(_DIGITS):
        total += ((cells >> shift) & 0x7) * 7**place
    return np.asarray(total)


def ranges(cells: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Turn cells into the fewest ranges (first, last) that hold these cells and no other.

    A b-tree descends once a range instead of once a cell: the children of one
    parent are neighbours in the index.
    """
    if not len(cells):
        return cells, cells
    ordered = np.unique(cells)
    gaps = np.flatnonzero(np.diff(_rank(ordered)) != 1)
    first = ordered[np.concatenate(([0], gaps + 1))]
    last = ordered[np.concatenate((gaps, [len(ordered) - 1]))]
    return first, last


# Counts ---------------------------------------------------------------------


def shown_count(total: int, *, drawn: bool) -> int | None:
    """Return the count that may be shown while composing; ``None`` for 'fewer than ten'.

    Ground that an officer draws is rounded: otherwise a shape with and without
    one house would tell whether someone there joined.
    """
    if total < SMALL:
        return None
    return (total + ROUNDED // 2) // ROUNDED * ROUNDED if drawn else total


def is_drawn(audience: Audience) -> bool:
    """Say whether the officer drew some of the ground."""
    return bool(audience.shapes or audience.circles)


def topic_mask(bits: list[int]) -> int:
    """Return the mask of topics with these bits."""
    mask = 0
    for bit in bits:
        mask |= 1 << bit
    return mask


def dated(moment: datetime | None, fallback: datetime) -> datetime:
    """Return when someone joined, or the moment of taking them in."""
    return moment or fallback
