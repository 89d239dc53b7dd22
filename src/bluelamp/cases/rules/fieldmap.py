"""The field map: what our facts of a case are called in another system, as data.

A line names one of our facts and one of their fields, or says what a field of
theirs always holds.  ``values`` turns our values into theirs and, read backwards,
theirs into ours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

Scalar = str | int | float | bool | None


class Fact(StrEnum):
    """What can be told of a case."""

    REFERENCE = "reference"
    TITLE = "title"
    STATE = "state"
    SEVERITY = "severity"
    UNIT = "unit"  # its code
    OWNER = "owner"  # their number
    CHANNEL = "channel"
    LONGITUDE = "longitude"
    LATITUDE = "latitude"
    OPENED_AT = "opened_at"  # ISO 8601, UTC
    CLOSED_AT = "closed_at"
    URL = "url"


class Line(BaseModel):
    """One field of theirs, and where it comes from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    theirs: str = Field(min_length=1, max_length=100)
    ours: Fact | None = None
    always: Scalar = None
    """What the field holds where it is none of our facts."""
    values: dict[str, Scalar] = {}
    """Our value, as text -> theirs.  A value that is not here goes as it is."""
    longest: int | None = Field(default=None, ge=1)
    """Characters that the field takes; longer text is cut."""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if (self.ours is None) == (self.always is None):
            raise ValueError("a line names either one of our facts or what is always there")
        return self

    def their_value(self, facts: Mapping[Fact, Scalar]) -> Scalar:
        """Return what their field is told."""
        if self.ours is None:
            return self.always
        value = facts.get(self.ours)
        value = self.values.get(str(value), value)
        return value[: self.longest] if isinstance(value, str) else value

    def our_value(self, value: Scalar) -> Scalar:
        """Return what their value means here: the first of ours that is told so."""
        found = (ours for ours, theirs in self.values.items() if theirs == value)
        return next(found, value)


FieldMap = TypeAdapter(tuple[Line, ...])


def read(rows: Sequence[object]) -> tuple[Line, ...]:
    """Return a stored field map.

    :raises ValueError: a line makes no sense.
    """
    return FieldMap.validate_python(rows)


def theirs(lines: Sequence[Line], facts: Mapping[Fact, Scalar]) -> dict[str, Scalar]:
    """Return the fields of theirs that tell these facts."""
    return {line.theirs: line.their_value(facts) for line in lines}


def ours(lines: Sequence[Line], fields: Mapping[str, Scalar]) -> dict[Fact, Scalar]:
    """Return the facts that their fields tell; fields that the map does not name tell nothing."""
    return {
        line.ours: line.our_value(fields[line.theirs])
        for line in lines
        if line.ours is not None and line.theirs in fields
    }
