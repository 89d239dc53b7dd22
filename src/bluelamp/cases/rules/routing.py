"""Where a case goes: the first rule that matches, and the person with least to do.

Rules are data.  The same function decides live and in the dry run over the last
thirty days, so that "what would this have done" is what it will do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict, Field


class Condition(BaseModel):
    """What must hold; an empty list asks nothing, lists are joined by *and*."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    channels: tuple[str, ...] = ()
    accounts: tuple[int, ...] = ()
    areas: tuple[int, ...] = ()
    headings: tuple[str, ...] = ()
    """What triage found (THRIVE heading or kind of emergency)."""
    languages: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    """Expressions as in a word list; one of them is in the text."""
    open_at: tuple[int, ...] = ()
    """Calendars, one of which was open when it came."""
    closed_at: tuple[int, ...] = ()
    """Calendars, one of which was closed when it came."""
    answers_message: bool | None = None
    severity_from: int = Field(0, ge=0, le=4)
    severity_to: int = Field(4, ge=0, le=4)


@dataclass(frozen=True, slots=True)
class Facts:
    """What routing knows of an item."""

    channel: str
    account: int | None = None
    areas: frozenset[int] = frozenset()
    headings: frozenset[str] = frozenset()
    language: str = ""
    words: frozenset[str] = frozenset()
    """Of the expressions that rules ask for, those in the text."""
    open_at: frozenset[int] = frozenset()
    closed_at: frozenset[int] = frozenset()
    answers_message: bool = False
    severity: int = 1


@dataclass(frozen=True, slots=True)
class Rule:
    """A routing rule, free of the ORM."""

    id: int
    name: str
    when: Condition
    unit: int
    skill: str = ""
    to_person: bool = False


def mismatch(when: Condition, facts: Facts) -> str:
    """Return the name of the first condition that does not hold; empty where all do."""
    one_of = (
        ("channels", when.channels, {facts.channel}),
        ("accounts", when.accounts, {facts.account}),
        ("areas", when.areas, facts.areas),
        ("headings", when.headings, facts.headings),
        ("languages", when.languages, {facts.language}),
        ("words", when.words, facts.words),
        ("open_at", when.open_at, facts.open_at),
        ("closed_at", when.closed_at, facts.closed_at),
    )
    for name, wanted, there in one_of:
        if wanted and there.isdisjoint(wanted):
            return name
    if when.answers_message not in {None, facts.answers_message}:
        return "answers_message"
    if not when.severity_from <= facts.severity <= when.severity_to:
        return "severity"
    return ""


def choose(rules: Iterable[Rule], facts: Facts) -> Rule | None:
    """Return the first rule, in their order, whose conditions all hold."""
    return next((rule for rule in rules if not mismatch(rule.when, facts)), None)


@dataclass(frozen=True, slots=True)
class OnDuty:
    """Somebody who could take a case now."""

    officer: int
    until: datetime
    """End of the shift."""
    load: float = 0.0
    """Open cases, weighed by severity (:func:`weight`)."""
    skills: frozenset[str] = frozenset()


TOO_LATE = timedelta(minutes=20)
"""Nobody is given a new case so shortly before they go home."""


def weight(severity: int) -> float:
    """Return what a case of a severity counts in a person's load."""
    return (0.5, 1.0, 1.5, 3.0, 8.0)[severity]


def take(people: Sequence[OnDuty], *, now: datetime, skill: str = "") -> OnDuty | None:
    """Return who takes a case: on duty long enough, skilled, with least to do.

    Of equals the one who stays longest, then the lower number, so that the
    same facts always give the same person.
    """
    able = [
        one for one in people
        if one.until - now >= TOO_LATE and (not skill or skill in one.skills)
    ]  # fmt: skip
    if not able:
        return None
    return min(able, key=lambda one: (one.load, -one.until.timestamp(), one.officer))
