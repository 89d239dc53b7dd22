"""Which open cases look like one incident that many report: proposed with reasons, never joined.

Two cases belong together where their words are the same text passed on, or where they were
told within a short time of each other, near one place, about alike things.  The numbers below
are judgements, not measurements: whoever shows a proposal says what it stands on, and an
officer takes or refuses it.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from bluelamp.cases.rules.everyday import EVERYDAY
from bluelamp.cases.rules.searching import words_of

Point: TypeAlias = tuple[float, float]
"""Longitude and latitude in degrees (WGS 84)."""

WINDOW = timedelta(hours=24)
"""Cases opened longer ago are not looked at."""
SOON = timedelta(hours=2)
"""Each report comes within this of another of its incident, unless it is the same text."""
NEAR = 500.0
"""Metres between two reports of one incident."""
SPREAD = 1000.0
"""Metres over which an incident may lie, from its first corner to the last."""
SMALL = 1500.0
"""Metres from corner to corner of a named place up to which its name says where it was."""
ALIKE = 2
"""Words that two reports share; one is enough where both tell of the same kind of emergency."""
NAMED = 4
"""So many words are named as a reason."""

_METRES = 111_195.0
"""Metres in a degree of a great circle (mean radius of 6,371 km)."""
_STEP = 50
"""Metres are told in steps of so many."""


_WAYS = frozenset(
    ["avenue", "av", "ave", "close", "court", "crescent", "drive", "gardens", "green", "grove",
     "lane", "mews", "place", "square", "terrace", "way"]
)  # fmt: skip
"""What many streets are called tells none of them apart."""


class Side(StrEnum):
    """On which side of a refusal a case stands."""

    APART = "apart"  # one of those that are not one incident
    OUTSIDE = "outside"  # one that is not of an incident
    INSIDE = "inside"  # of the incident that others are not of


_OPPOSITE = {Side.APART: Side.APART, Side.OUTSIDE: Side.INSIDE, Side.INSIDE: Side.OUTSIDE}


class Mark(NamedTuple):
    """What an officer refused, as one of its cases carries it."""

    refusal: int
    side: Side

    def against(self) -> Mark:
        """Return the mark that may not stand beside this one."""
        return Mark(self.refusal, _OPPOSITE[self.side])


@dataclass(frozen=True, slots=True)
class Report:
    """An open case as comparing sees it."""

    case: int
    person: int
    """Who brought it: the same number is the same person."""
    at: datetime
    """When it was opened."""
    point: Point | None = None
    """Where it is about, if that is known as a point."""
    places: frozenset[str] = frozenset()
    """Names of small places in its words."""
    words: Mapping[str, str] = field(default_factory=dict)
    """Stem -> the word as it was written; of words that tell something, names of places apart."""
    about: frozenset[str] = frozenset()
    """Kinds of emergency."""
    threads: frozenset[int] = frozenset()
    """Texts that were passed on in it."""
    group: int | None = None
    """The incident that it is in already."""
    refused: frozenset[Mark] = frozenset()


@dataclass(frozen=True, slots=True)
class Because:
    """What a proposal stands on; numbers are of all its cases, those in the incident too."""

    people: int
    minutes: int
    """From the first report to the last."""
    metres: int | None = None
    """Within how many all lie, in fifties; ``None``: not every report has a point."""
    same_text: bool = False
    """All of them pass on one text."""
    words: tuple[str, ...] = ()
    """What they have in common as it was written: names of places first."""


Shared: TypeAlias = Mapping[int, str]
"""A word that cases have in common: case -> as it is written there, the first opened first."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """Cases that look like one incident."""

    cases: tuple[int, ...]
    """Those that are in no incident, the first opened first."""
    group: int | None
    """The incident that they would join; ``None``: they would begin one."""
    because: Because
    shared: tuple[Shared, ...]
    """Who says the words that it stands on: not everybody who is asked may read all of them."""


def compared(said: Iterable[tuple[str, str]], names: Iterable[str]) -> dict[str, str]:
    """Return what of somebody's words tells what it is about: word -> as it was written first.

    :param said: each word in its comparable form, and as written.
    :param names: of places: where it was is compared apart.
    """
    dull = EVERYDAY | _WAYS | {word for name in names for word in words_of(name)}
    told = {word: written for word, written in reversed(list(said)) if word not in dull}
    return {word: written for word, written in told.items() if word.isalpha() and len(word) > 2}


def metres(one: Point, other: Point) -> float:
    """Return the distance of two points: equirectangular, good to a thousandth within 10 km."""
    east = (other[0] - one[0]) * math.cos(math.radians((one[1] + other[1]) / 2))
    return _METRES * math.hypot(east, other[1] - one[1])


def belong(one: Report, other: Report) -> bool:
    """Say whether two reports by themselves look like one incident."""
    if one.threads & other.threads:
        return True
    return abs(one.at - other.at) <= SOON and _near(one, other) and _alike(one, other)


def _near(one: Report, other: Report) -> bool:
    if one.point and other.point:
        return metres(one.point, other.point) <= NEAR
    return bool(one.places & other.places)


def _alike(one: Report, other: Report) -> bool:
    shared = len(one.words.keys() & other.words.keys())
    return shared >= (1 if one.about & other.about else ALIKE)


def proposals(reports: Iterable[Report]) -> list[Proposed]:
    """Return what looks like one incident, the first reported first; no case is in two.

    Whichever order the reports are given in, the answer is the same.  A report is compared
    with what came in the two hours before it, so the work grows with the reports times those
    of two hours.
    """
    gatherings = _gathered(sorted(reports, key=lambda one: (one.at, one.case)))
    found = [one.proposed() for one in gatherings]
    return [one for one in found if len(one.cases) >= (1 if one.group else 2)]


# Gathering ------------------------------------------------------------------------


@dataclass(slots=True, eq=False)
class _Gathering:
    """Reports that belong together so far, in the order they came."""

    members: list[Report]
    points: list[Point] = field(init=False)
    """Opposite corners of where they lie; empty where no place is known."""
    group: int | None = field(init=False)
    refused: set[Mark] = field(init=False)

    def __post_init__(self) -> None:
        first = self.members[0]
        self.points = _corners([first.point] if first.point else [])
        self.group, self.refused = first.group, set(first.refused)

    @property
    def key(self) -> int:
        """The case that was reported first."""
        return self.members[0].case

    def takes(self, report: Report) -> bool:
        """Say whether a report belongs to one of the members."""
        return any(
            belong(member, report)
            for member in reversed(self.members)
            if report.at - member.at <= SOON or member.threads & report.threads
        )

    def goes_with(self, other: _Gathering) -> bool:
        """Say whether both may be one: one place, one incident, and nothing refused."""
        if self.group and other.group:
            if self.group != other.group:
                return False
        elif any(mark.against() in other.refused for mark in self.refused):
            return False
        return self._one_text(other) or _across(self.points + other.points) <= SPREAD

    def _one_text(self, other: _Gathering) -> bool:
        texts = frozenset[int]().union(*(one.threads for one in other.members))
        return any(one.threads & texts for one in self.members)

    def absorb(self, other: _Gathering) -> None:
        """Become one."""
        self.members = sorted(self.members + other.members, key=lambda one: (one.at, one.case))
        self.points = _corners(self.points + other.points)
        self.group = self.group or other.group
        self.refused |= other.refused

    def proposed(self) -> Proposed:
        """Return what an officer is asked."""
        cases = tuple(one.case for one in self.members if one.group is None)
        shared = _shared(self.members)
        return Proposed(cases, self.group, _because(self.members, shared), shared)


def _gathered(reports: Sequence[Report]) -> list[_Gathering]:
    found: dict[int, _Gathering] = {}
    """By the case that began it."""
    by_text: dict[int, _Gathering] = {}
    for report in reports:
        texts = [by_text[thread] for thread in sorted(report.threads) if thread in by_text]
        recent = [one for one in found.values() if report.at - one.members[-1].at <= SOON]
        home = _settled(report, list(dict.fromkeys([*texts, *recent])), found)
        by_text.update({thread: home for one in home.members for thread in one.threads})
    return list(found.values())


def _settled(
    report: Report, open_: Iterable[_Gathering], found: dict[int, _Gathering]
) -> _Gathering:
    """Put a report where it belongs; what it shows to be one becomes one."""
    home = _Gathering([report])
    for one in open_:
        if one.takes(report) and one.goes_with(home):
            found.pop(home.key, None)
            del found[one.key]
            one.absorb(home)
            home = one
    found[home.key] = home
    return home


def _corners(points: Sequence[Point]) -> list[Point]:
    if not points:
        return []
    lons, lats = [lon for lon, _lat in points], [lat for _lon, lat in points]
    return [(min(lons), min(lats)), (max(lons), max(lats))]


def _across(points: Sequence[Point]) -> float:
    corners = _corners(points)
    return metres(*corners) if corners else 0.0


# Reasons --------------------------------------------------------------------------


def _because(members: Sequence[Report], shared: Iterable[Shared]) -> Because:
    points = [one.point for one in members if one.point]
    texts = [one.threads for one in members]
    return Because(
        people=len({one.person for one in members}),
        minutes=math.ceil((members[-1].at - members[0].at) / timedelta(minutes=1)),
        metres=_told(_across(points)) if len(points) == len(members) else None,
        same_text=bool(frozenset.intersection(*texts)),
        words=tuple(map(_first, shared)),
    )


def _told(distance: float) -> int:
    return max(_STEP, _STEP * math.ceil(distance / _STEP))


def _shared(members: Sequence[Report]) -> tuple[Shared, ...]:
    """Return what most of the members say: places first, nothing twice."""
    places = _most([(one.case, {place: place for place in one.places}) for one in members])
    words = _most([(one.case, one.words) for one in members])
    once = {_first(one): one for one in reversed([*places, *words])}
    return tuple(reversed(once.values()))[:NAMED]


def _most(said: Sequence[tuple[int, Mapping[str, str]]]) -> list[Shared]:
    """Return what at least two, and half of the members, have; the commonest first."""
    found = defaultdict[str, dict[int, str]](dict)
    for case, words in said:
        for stem, written in words.items():
            found[stem][case] = written
    least = max(2, len(said) / 2)
    common = [stem for stem, by in found.items() if len(by) >= least]
    return [found[stem] for stem in sorted(common, key=lambda stem: (-len(found[stem]), stem))]


def _first(shared: Shared) -> str:
    return next(iter(shared.values()))
