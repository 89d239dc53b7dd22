"""A set of routing rules that people work on: put in order, switched off, compared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, TypeAdapter

from bluelamp.cases.rules.routing import Condition, Rule


class Line(BaseModel):
    """A rule of a set."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: int
    """Its own within the set, wherever it stands."""
    name: str
    when: Condition = Condition()
    unit: int
    skill: str = ""
    to_person: bool = False
    on: bool = True
    """Whether it routes; one that does not keeps its place."""


Lines = tuple[Line, ...]
_lines = TypeAdapter(Lines)


def read(rows: Sequence[object]) -> Lines:
    """Return the lines of a stored set.

    :raises ValueError: they make no sense.
    """
    return _lines.validate_python(rows)


def stored(lines: Iterable[Line]) -> list[dict[str, object]]:
    """Return lines as they are stored."""
    return [line.model_dump(mode="json", exclude_defaults=True) for line in lines]


def of_rules(rules: Iterable[Rule]) -> Lines:
    """Return rules that hold as a set; their keys are their places from 1."""
    return tuple(
        Line(
            key=place, name=rule.name, when=rule.when, unit=rule.unit, skill=rule.skill,
            to_person=rule.to_person,
        )
        for place, rule in enumerate(rules, 1)
    )  # fmt: skip


def rules_of(lines: Iterable[Line]) -> list[Rule]:
    """Return the rules that route, in their order; their ids are the lines' keys."""
    return [
        Rule(one.key, one.name, one.when, one.unit, one.skill, one.to_person)
        for one in lines
        if one.on
    ]


# --- changes ---


def with_line(lines: Lines, line: Line) -> Lines:
    """Put a line in the place of the one with its key, or at the end."""
    if all(one.key != line.key for one in lines):
        return (*lines, line)
    return tuple(line if one.key == line.key else one for one in lines)


def next_key(lines: Lines) -> int:
    """Return a key that no line has."""
    return max((one.key for one in lines), default=0) + 1


def without(lines: Lines, key: int) -> Lines:
    """Take a line out."""
    return tuple(one for one in lines if one.key != key)


def switched(lines: Lines, key: int) -> Lines:
    """Switch a line off, or on again."""
    return tuple(
        one.model_copy(update={"on": not one.on}) if one.key == key else one for one in lines
    )


def moved(lines: Lines, key: int, steps: int) -> Lines:
    """Move a line down by so many places (up, below zero), at most to an end."""
    place = next((n for n, one in enumerate(lines) if one.key == key), None)
    if place is None:
        return lines
    rest = without(lines, key)
    to = min(max(place + steps, 0), len(rest))
    return (*rest[:to], lines[place], *rest[to:])


# --- what is different ---


class Change(StrEnum):
    """What happened to a line between two sets."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    SWITCHED_OFF = "switched_off"
    SWITCHED_ON = "switched_on"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Difference:
    """One line that is not as it was."""

    change: Change
    line: Line
    """As it is now; as it was, where it is removed."""


def differences(before: Lines, after: Lines) -> list[Difference]:
    """Return what is different, in the order of the later set; what was removed comes last."""
    old, new = ({one.key: one for one in lines} for lines in (before, after))
    shared = [one.key for one in before if one.key in new]
    again = [one.key for one in after if one.key in old]
    ranks = {key: place for place, key in enumerate(shared)}
    found: list[Difference] = []
    for line in after:
        was = old.get(line.key)
        if was is None:
            found.append(Difference(Change.ADDED, line))
            continue
        found += [Difference(change, line) for change in _changes(was, line)]
        if ranks[line.key] != again.index(line.key):
            found.append(Difference(Change.MOVED, line))
    removed = (one for one in before if one.key not in new)
    return found + [Difference(Change.REMOVED, one) for one in removed]


def _changes(was: Line, now: Line) -> list[Change]:
    found = []
    if was.on != now.on:
        found.append(Change.SWITCHED_ON if now.on else Change.SWITCHED_OFF)
    if was.model_copy(update={"on": now.on}) != now:
        found.append(Change.CHANGED)
    return found
