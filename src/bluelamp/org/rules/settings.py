"""A force's own numbers and switches: each described once, beside the rule that goes by it.

``Force.settings`` is JSON that an operator may have written by hand.  Nothing reads it but
through a :class:`Setting`: a floor describes what it goes by next to its rule, and offers it
as ``queries.SETTINGS``; the officers' page shows whatever is offered.  A reader never fails:
what is out of order counts as not set.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from enum import StrEnum
from typing import Any, Generic, TypeVar, get_args, get_type_hints

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)
Json = bool | int | float | str | list[str] | list[dict[str, str]] | dict[str, Any]
"""What a setting is stored as."""
LONGEST_NAME = 40
_PHONE = re.compile(r"\+?[0-9(][0-9() -]{1,19}", re.ASCII)
_ADDRESS = re.compile(r"https?://[^\s/?#\"<>]+[^\s\"<>]*")


class Kind(ABC, Generic[T]):
    """What a setting may be, with its limits."""

    @abstractmethod
    def read(self, stored: object) -> T | None:
        """Return the value of what is stored; ``None``: it is out of order."""

    @abstractmethod
    def write(self, value: T) -> Json:
        """Return what to store, such that :meth:`read` gives ``value`` again."""

    def strange(self, stored: object) -> tuple[str, ...]:
        """Name the places that are out of order; the whole is ``""``."""
        return ("",) if self.read(stored) is None else ()


@dataclass(frozen=True, slots=True)
class Whole(Kind[int]):
    """A whole number."""

    least: int
    most: int
    unit: str = ""

    def read(self, stored: object) -> int | None:
        """Return it; a yes or no is no number."""
        if not isinstance(stored, int) or isinstance(stored, bool):
            return None
        return stored if self.least <= stored <= self.most else None

    def write(self, value: int) -> Json:
        """Return it as it is."""
        return value


@dataclass(frozen=True, slots=True)
class Real(Kind[float]):
    """A number with decimals."""

    least: float
    most: float
    unit: str = ""

    def read(self, stored: object) -> float | None:
        """Return it; a yes or no is no number."""
        if not isinstance(stored, int | float) or isinstance(stored, bool):
            return None
        return float(stored) if self.least <= stored <= self.most else None

    def write(self, value: float) -> Json:
        """Return it as it is."""
        return value


@dataclass(frozen=True, slots=True)
class Switch(Kind[bool]):
    """On or off."""

    def read(self, stored: object) -> bool | None:
        """Return it; nothing else is taken for a yes."""
        return stored if isinstance(stored, bool) else None

    def write(self, value: bool) -> Json:
        """Return it as it is."""
        return value


@dataclass(frozen=True, slots=True)
class Option(Kind[E]):
    """One of some names."""

    of: type[E]

    def read(self, stored: object) -> E | None:
        """Return the member of that name."""
        return next((one for one in self.of if isinstance(stored, str) and one == stored), None)

    def write(self, value: E) -> Json:
        """Return the name."""
        return value.value


@dataclass(frozen=True, slots=True)
class Several(Kind[frozenset[str]]):
    """Any of some names, or none; names that are not offered stay where they are stored."""

    offered: tuple[str, ...]

    def read(self, stored: object) -> frozenset[str] | None:
        """Return the names; a list with anything else in it is out of order as a whole."""
        if not isinstance(stored, list | tuple):
            return None
        names = [one for one in stored if isinstance(one, str) and 0 < len(one) <= LONGEST_NAME]
        return frozenset(names) if len(names) == len(stored) else None

    def write(self, value: frozenset[str]) -> Json:
        """Return the names in their order."""
        return sorted(value)


@dataclass(frozen=True, slots=True)
class Phone(Kind[str]):
    """A phone number as people here read it: ``101``, ``0161 496 0000``."""

    def read(self, stored: object) -> str | None:
        """Return it without blanks around it."""
        written = stored.strip() if isinstance(stored, str) else ""
        enough = 3 <= sum(one.isdigit() for one in written) <= 15
        return written if enough and _PHONE.fullmatch(written) else None

    def write(self, value: str) -> Json:
        """Return it as it is."""
        return value


@dataclass(frozen=True, slots=True)
class PhoneOfUnit(Kind[Mapping[str, str]]):
    """Phone numbers by the code of a unit."""

    phone: Phone = Phone()

    def read(self, stored: object) -> Mapping[str, str] | None:
        """Return what of it is in order."""
        if not isinstance(stored, Mapping):
            return None
        read = {code: self.phone.read(one) for code, one in stored.items() if _named(code)}
        return {code: phone for code, phone in read.items() if phone is not None}

    def write(self, value: Mapping[str, str]) -> Json:
        """Return them by code."""
        return dict(sorted(value.items()))

    def strange(self, stored: object) -> tuple[str, ...]:
        """Name the units whose phone is out of order."""
        if not isinstance(stored, Mapping):
            return ("",)
        taken = self.read(stored) or {}
        return tuple(str(code) for code in stored if code not in taken)


@dataclass(frozen=True, slots=True)
class Words(Kind[str]):
    """Words, up to so many characters."""

    longest: int

    def read(self, stored: object) -> str | None:
        """Return them without blanks around them."""
        words = stored.strip() if isinstance(stored, str) else None
        return words if words is not None and len(words) <= self.longest else None

    def write(self, value: str) -> Json:
        """Return them as they are."""
        return value


@dataclass(frozen=True, slots=True)
class Address(Kind[str]):
    """The address of a site, without a final slash."""

    def read(self, stored: object) -> str | None:
        """Return it."""
        written = stored.strip() if isinstance(stored, str) else ""
        return written.rstrip("/") if _ADDRESS.fullmatch(written) else None

    def write(self, value: str) -> Json:
        """Return it as it is."""
        return value


@dataclass(frozen=True, slots=True)
class Part:
    """One box: the annotation of a :class:`Record`'s field says what it may hold."""

    label: str
    kind: Kind[Any]
    help: str = ""
    none: str = ""
    """What holds where it is not set and has no usual value."""


@dataclass(frozen=True, slots=True)
class Record(Kind[T]):
    """Several that belong together: a frozen dataclass whose fields have usual values.

    Each field is ``Annotated[its type, Part(…)]``.

    :raises TypeError: a field says not what it may hold, or has no usual value.
    """

    made: type[T]
    parts: Mapping[str, Part] = field(init=False, compare=False)
    """The boxes by the names of the fields."""

    def __post_init__(self) -> None:
        """Find the boxes."""
        object.__setattr__(self, "parts", _parts(self.made))

    @property
    def usual(self) -> T:
        """What holds where nothing is set."""
        return self.made()

    def read(self, stored: object) -> T | None:
        """Return it; each part that is out of order has its usual value."""
        if not isinstance(stored, Mapping):
            return None
        read = {name: part.kind.read(stored.get(name)) for name, part in self.parts.items()}
        return self.made(**{name: value for name, value in read.items() if value is not None})

    def write(self, value: T) -> Json:
        """Return the parts that are not usual."""
        usual = self.usual
        return {
            name: part.kind.write(getattr(value, name))
            for name, part in self.parts.items()
            if getattr(value, name) != getattr(usual, name)
        }

    def strange(self, stored: object) -> tuple[str, ...]:
        """Name the parts that are out of order by their labels."""
        if not isinstance(stored, Mapping):
            return ("",)
        return tuple(
            part.label for name, part in self.parts.items()
            if stored.get(name) is not None and part.kind.read(stored[name]) is None
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Setting(Generic[T]):
    """Something that a force sets for itself."""

    key: str
    """Its key in ``Force.settings``."""
    name: str
    purpose: str
    kind: Kind[T]
    usual: T
    """What holds where the force sets nothing, or what is stored is out of order."""
    help: str = ""
    none: str = ""
    """What an empty value means."""
    care: str = ""
    """What may go wrong for somebody, said before it is changed."""
    kept: str = ""
    """Why officers see it and do not change it; empty: they do."""

    def read(self, settings: object) -> T:
        """Return what holds, whatever is stored."""
        value = self.kind.read(_given(settings, self.key))
        return self.usual if value is None else value

    def stored(self, value: T) -> Json | None:
        """Return what to store for a value; ``None``: nothing, it is the usual one."""
        return None if value == self.usual else self.kind.write(value)

    def strange(self, settings: object) -> tuple[str, ...]:
        """Name what is stored and out of order, so that the usual holds; the whole is ``""``."""
        stored = _given(settings, self.key)
        return () if stored is None else self.kind.strange(stored)

    @property
    def parts(self) -> Mapping[str, Part]:
        """Its boxes; a setting that is no record has one, called ``value``."""
        if isinstance(self.kind, Record):
            return self.kind.parts
        return {"value": Part(self.name, self.kind, self.help, self.none)}

    def apart(self, value: T) -> Mapping[str, object]:
        """Return a value as what stands in its boxes."""
        if isinstance(self.kind, Record):
            return {name: getattr(value, name) for name in self.kind.parts}
        return {"value": value}

    def whole(self, boxes: Mapping[str, Any]) -> T:
        """Return the value of what stands in its boxes; ``None`` in one: the usual."""
        given = {name: value for name, value in boxes.items() if value is not None}
        if isinstance(self.kind, Record):
            made: T = self.kind.made(**given)
            return made
        value: T = given.get("value", self.usual)
        return value


def _given(settings: object, key: str) -> object:
    return settings.get(key) if isinstance(settings, Mapping) else None


def _named(code: object) -> bool:
    return isinstance(code, str) and 0 < len(code) <= LONGEST_NAME


def _parts(made: type[Any]) -> dict[str, Part]:
    hints = get_type_hints(made, include_extras=True)
    found: dict[str, Part] = {}
    for each in fields(made):
        part = next((one for one in get_args(hints[each.name]) if isinstance(one, Part)), None)
        if part is None or each.default is MISSING:
            raise TypeError(f"{made.__name__}.{each.name} says not what it may hold")
        found[each.name] = part
    return found
