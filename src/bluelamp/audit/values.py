"""Who acts, and what kinds of entry the record knows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ActorKind(StrEnum):
    """What stands behind an act."""

    OFFICER = "officer"
    MEMBER = "member"  # signed in by a code or a sealed link
    VISITOR = "visitor"  # on a public page, unknown
    SYSTEM = "system"  # a job, a timetable, a provider's report
    OPERATOR = "operator"  # at the command line


class Operation(StrEnum):
    """What happened to a row."""

    INSERT = "I"
    UPDATE = "U"
    DELETE = "D"
    READ = "R"  # personal data was shown
    ERASE = "E"  # the content of an older entry was erased


@dataclass(frozen=True, slots=True)
class Actor:
    """Who answers for an act: kind, id and label, never a foreign key.

    ``label`` is what a reader of the record sees years later: an officer's
    name and number, never a member's name or address.
    """

    kind: ActorKind
    id: str
    label: str
    force: int | None = None
    source: str = ""
    """From where: an IP address, a host's name, a command."""


SYSTEM = Actor(ActorKind.SYSTEM, "", "Bluelamp")
"""The product itself, where no person stands behind an act."""
