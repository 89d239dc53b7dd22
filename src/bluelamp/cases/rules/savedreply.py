"""Saved replies: a text with fields, filled with what is known of a case.

``{{citizen_name}}`` stands for a value, ``{{citizen_name|neighbour}}`` says what
stands there where none is known.  A field that has no value stays as it is, and is
named: nobody sends ``Dear ,`` or a pair of braces without having been told.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class ReplyField(StrEnum):
    """What a saved reply may ask for."""

    CITIZEN_NAME = "citizen_name"
    REFERENCE = "reference"
    OFFICER_NAME = "officer_name"
    UNIT_NAME = "unit_name"
    UNIT_PHONE = "unit_phone"
    OPEN_HOURS = "open_hours"
    FORCE_NAME = "force_name"


_FIELD = re.compile(r"\{\{\s*(?P<name>[^{}|]*?)\s*(?:\|(?P<otherwise>[^{}]*))?\}\}")
_BRACES = re.compile(r"[{}]{2,}")


@dataclass(frozen=True, slots=True)
class Filled:
    """A reply with its fields filled, as far as that could be done."""

    text: str
    unknown: tuple[str, ...] = ()
    """Names that no field has: a mistake in the article."""
    empty: tuple[str, ...] = ()
    """Fields without a value in this case."""

    @property
    def whole(self) -> bool:
        """Whether nothing is left to fill in."""
        return not self.unknown and not self.empty


def fill(template: str, values: Mapping[str, str]) -> Filled:
    """Fill a reply's fields; what cannot be filled stays, and is named once, in its order.

    A value is put in as it is: fields within it are words of a citizen, not ours.
    """
    unknown: dict[str, None] = {}
    empty: dict[str, None] = {}

    def filled(found: re.Match[str]) -> str:
        name = found["name"].lower()
        if name not in set(ReplyField):
            unknown[found["name"]] = None
            return found[0]
        value = _plain(values.get(name, "")) or (found["otherwise"] or "").strip()
        if not value:
            empty[name] = None
        return value or f"{{{{{name}}}}}"

    return Filled(_FIELD.sub(filled, template), tuple(unknown), tuple(empty))


def _plain(value: str) -> str:
    """Return a value on one line, without anything that would be taken for a field."""
    return _BRACES.sub("", " ".join(value.split()))


def fields_in(text: str) -> tuple[str, ...]:
    """Return the names that stand in braces in a text, each once, in their order."""
    return tuple(dict.fromkeys(found["name"] for found in _FIELD.finditer(text)))


def unknown_in(text: str) -> tuple[str, ...]:
    """Return those of :func:`fields_in` that no field has."""
    return tuple(name for name in fields_in(text) if name.lower() not in set(ReplyField))


def choose(replies: Iterable[str], fits: Callable[[str], bool]) -> str:
    """Return the first reply that fits, else the shortest; nothing where there is none.

    :param replies: the long one before the short one, filled.
    :param fits: whether the channel takes it.
    """
    there = [reply for reply in replies if reply.strip()]
    return next((reply for reply in there if fits(reply)), min(there, key=len, default=""))


def joined(written: str, reply: str) -> str:
    """Return what an officer wrote with a reply below it; twice the same reply is once."""
    written = written.strip()
    if not written or reply.strip() in written:
        return written or reply
    return f"{written}\n\n{reply}"
