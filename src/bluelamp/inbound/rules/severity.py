"""How soon a person must look: signs of an emergency, weighed against talk about one.

Points are added up, and every point has words that it comes from:

* the gravest kind of emergency found counts in full, each further kind adds one;
* signs that it happens *here and now* (now, outside, please come, I) add to it,
  but alone they make no emergency;
* signs that it is *told of* (police say, jailed, last year, a film, a re-post)
  take away.  Beside a sign of here and now they never take a grave one below
  "prompt", because a person in danger may well write "last night" or "lol".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bluelamp.inbound.values import Severity
from bluelamp.language.rules.lexicon import Mark

HERE_AND_NOW = "here and now"
TOLD_OF = "told of"
"""Headings of the emergency list that are no kinds of emergency themselves."""

EMERGENCY_POINTS = 6.0
URGENT_POINTS = 4.0
PROMPT_POINTS = 2.0
CONCERN_POINTS = 5.0
"""From here on what the THRIVE headings say makes it prompt."""
GRAVE = 6.0
"""From this weight on a sign is grave."""

MOST_PRESENT = 4.0
MOST_TOLD = -8.0
MOST_FURTHER = 2.0


@dataclass(frozen=True, slots=True)
class Danger:
    """The points of an emergency and where they come from.

    :param kinds: the kinds of emergency found, the gravest first.
    """

    points: float
    kinds: tuple[str, ...]
    signs: tuple[Mark, ...]
    present: tuple[Mark, ...]
    told: tuple[Mark, ...]


def danger(marks: Iterable[Mark]) -> Danger:
    """Weigh what the emergency list found in a text."""
    sorted_out: dict[str, list[Mark]] = {HERE_AND_NOW: [], TOLD_OF: [], "": []}
    for mark in marks:
        heading = mark.term.heading
        sorted_out[heading if heading in sorted_out else ""].append(mark)
    signs = sorted_out[""]
    present, told = sorted_out[HERE_AND_NOW], sorted_out[TOLD_OF]
    gravest = _gravest(signs)
    return Danger(
        _points(list(gravest.values()), present, told),
        tuple(gravest),
        tuple(signs),
        tuple(present),
        tuple(told),
    )


def _gravest(signs: Sequence[Mark]) -> dict[str, float]:
    """Return the highest points of each kind, the gravest kind first."""
    highest: dict[str, float] = {}
    for mark in signs:
        highest[mark.term.heading] = max(mark.points, highest.get(mark.term.heading, 0.0))
    return dict(sorted(highest.items(), key=lambda item: (-item[1], item[0])))


def _points(kinds: Sequence[float], present: Sequence[Mark], told: Sequence[Mark]) -> float:
    if not kinds:
        return 0.0
    further = min(MOST_FURTHER, float(len(kinds) - 1))
    now = min(MOST_PRESENT, sum(mark.points for mark in present))
    talk = max(MOST_TOLD, sum(mark.points for mark in told))
    floor = PROMPT_POINTS if kinds[0] >= GRAVE and present else 0.0
    return max(floor, kinds[0] + further + now + talk)


def severity_of(found: Danger, concern: float, worth: float) -> Severity:
    """Decide how soon a person must look.

    :param found: the emergency's points.
    :param concern: points under the THRIVE headings other than engagement.
    :param worth: points of relevance, with those of engagement.
    """
    if found.points >= EMERGENCY_POINTS:
        return Severity.EMERGENCY
    if found.points >= URGENT_POINTS:
        return Severity.URGENT
    if found.points >= PROMPT_POINTS or concern >= CONCERN_POINTS:
        return Severity.PROMPT
    if found.points > 0 or concern > 0 or worth > 0:
        return Severity.ROUTINE
    return Severity.NONE
