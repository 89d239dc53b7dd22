"""What a text is about and how soon it matters, with the words that say so.

It proposes; an officer decides.  Everything that counts is a line of one of
the word lists, so that each point can be shown, argued with and edited.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bluelamp.inbound.rules.severity import Danger, danger, severity_of
from bluelamp.inbound.rules.whereabouts import PlaceFound, PlaceNames, PostcodeFound, postcodes
from bluelamp.inbound.values import Severity
from bluelamp.language.rules.lexicon import Lexicon, Mark, prepare
from bluelamp.language.rules.tongue import Tongue
from bluelamp.language.values import Term


class Heading(StrEnum):
    """THRIVE: what an officer assesses a contact by (College of Policing)."""

    THREAT = "threat"
    HARM = "harm"
    RISK = "risk"
    INVESTIGATION = "investigation"
    VULNERABILITY = "vulnerability"
    ENGAGEMENT = "engagement"


HEADINGS_OF: dict[str, tuple[Heading, ...]] = {
    "weapon": (Heading.THREAT,),
    "violence": (Heading.THREAT, Heading.HARM),
    "suicide": (Heading.RISK, Heading.VULNERABILITY),
    "child": (Heading.VULNERABILITY, Heading.HARM),
    "domestic": (Heading.HARM, Heading.VULNERABILITY),
    "plea": (Heading.RISK,),
    "silent": (Heading.RISK, Heading.VULNERABILITY),
    "trapped": (Heading.RISK,),
    "fire": (Heading.RISK,),
    "missing": (Heading.RISK, Heading.VULNERABILITY),
    "medical": (Heading.HARM,),
    "sexual": (Heading.HARM, Heading.VULNERABILITY),
    "crash": (Heading.HARM, Heading.RISK),
}
"""Kind of emergency -> the headings it belongs under; a kind of a force's own is a threat."""

URGENCY = {Severity.EMERGENCY: 4.0, Severity.URGENT: 2.0}
"""What severity adds to the score, so that danger stands before news of it."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A THRIVE heading proposed, and the marks that led to it."""

    heading: Heading
    marks: tuple[Mark, ...]

    @property
    def words(self) -> tuple[str, ...]:
        """Return the words, each once."""
        return tuple(dict.fromkeys(mark.words for mark in self.marks))


@dataclass(frozen=True, slots=True)
class Assessment:
    """What triage proposes for one text.

    :param score: orders what waits within a queue; the higher the sooner.
    :param contributions: the lines of the relevance list that made up ``relevance``.
    :param unsafe: signs that somebody else may look at the sender's phone or post.
    """

    severity: Severity
    score: float
    relevance: float
    danger: Danger
    contributions: tuple[Mark, ...]
    proposals: tuple[Proposal, ...]
    postcodes: tuple[PostcodeFound, ...]
    places: tuple[PlaceFound, ...]
    tongue: Tongue
    unsafe: tuple[Mark, ...] = ()


class Triage:
    """The lists made ready; immutable, one serves every text.

    :raises PatternError: a line of a list cannot be read.
    """

    def __init__(
        self, emergency: Iterable[Term], thrive: Iterable[Term], relevance: Iterable[Term],
        unsafe: Iterable[Term] = (),
    ) -> None:  # fmt: skip
        self._emergency = Lexicon(emergency)
        self._thrive = Lexicon(thrive)
        self._relevance = Lexicon(relevance, by_language=True)
        self._unsafe = Lexicon(unsafe)

    def assess(self, text: str, places: PlaceNames | None = None) -> Assessment:
        """Read a text.

        :param places: names that are looked for in it.
        """
        prepared = prepare(text)
        found = danger(self._emergency.marks(prepared))
        contributions = self._relevance.marks(prepared)
        relevance = _sum(contributions)
        thrive = self._thrive.marks(prepared)
        concern, engagement = _concern(thrive)
        severity = severity_of(found, concern, relevance + engagement)
        return Assessment(
            severity=severity,
            score=_score(severity, relevance),
            relevance=relevance,
            danger=found,
            contributions=_by_weight(contributions),
            proposals=_proposals(found, thrive),
            postcodes=postcodes(text),
            places=places.found_in(prepared) if places else (),
            tongue=prepared.tongue,
            unsafe=self._unsafe.marks(prepared),
        )


def _score(severity: Severity, relevance: float) -> float:
    return round(relevance + URGENCY.get(severity, 0.0), 6)


def _sum(marks: Sequence[Mark]) -> float:
    return round(sum(mark.points for mark in marks), 6)


def _by_weight(marks: Sequence[Mark]) -> tuple[Mark, ...]:
    """Return the marks that count for or against, the weightiest first."""
    return tuple(sorted(filter(_counts, marks), key=lambda mark: -abs(mark.points)))


def _counts(mark: Mark) -> bool:
    return mark.points != 0


def _proposals(found: Danger, thrive: Sequence[Mark]) -> tuple[Proposal, ...]:
    """Return the headings with marks, in the order of the word."""
    marks: defaultdict[Heading, list[Mark]] = defaultdict(list)
    if found.points > 0:
        for sign in found.signs:
            for heading in HEADINGS_OF.get(sign.term.heading, (Heading.THREAT,)):
                marks[heading].append(sign)
    known = {heading.value: heading for heading in Heading}
    for mark in thrive:
        if mark.term.heading in known:
            marks[known[mark.term.heading]].append(mark)
    return tuple(Proposal(heading, tuple(marks[heading])) for heading in Heading if marks[heading])


def _concern(thrive: Sequence[Mark]) -> tuple[float, float]:
    """Return the points of all headings but engagement, and those of engagement.

    Of each heading its weightiest mark counts: many words for one thing are one concern.
    """
    highest: dict[str, float] = {}
    for mark in thrive:
        highest[mark.term.heading] = max(mark.points, highest.get(mark.term.heading, 0.0))
    engagement = highest.pop(Heading.ENGAGEMENT, 0.0)
    return sum(highest.values()), engagement
