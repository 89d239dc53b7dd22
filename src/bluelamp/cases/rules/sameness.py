"""Whether two contacts look like one person: from what they told, with a confidence.

Nothing here decides.  An officer takes a suggestion or refuses it, and what was
refused comes again only with something that nobody had seen then.

The strengths are judgements, in order of what each is worth, not measured
frequencies: whoever shows them says "strong" or "weak", with the number behind it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from bluelamp.cases.rules.identities import Source
from bluelamp.members.values import Basis

STRENGTH = {
    Source.OWN: 0.95,
    Source.LINKED: 0.97,
    Source.PUBLISHED: 0.85,
    Source.FIELD: 0.85,
    Source.TOLD: 0.8,
    Source.SIGNED: 0.7,
}
PROVEN = 0.99
"""An address that was confirmed by a code."""
SHARED_BY = 3
"""An address that so many contacts name is a household's, a charity's or a shop's."""
LEAST = 0.45
"""Below this nothing is suggested."""
STRONG, FAIR = 0.9, 0.7


class Side(NamedTuple):
    """One contact's part in an address that two have."""

    contact: int
    source: Source
    proven: bool = False

    @property
    def strength(self) -> float:
        """How much it is worth, from 0 to 1."""
        return PROVEN if self.proven else STRENGTH[self.source]


class Evidence(NamedTuple):
    """An address that is said of both contacts."""

    key: bytes
    """Stands for the address; equal keys are one address."""
    one: Side
    other: Side

    @property
    def strength(self) -> float:
        """Both sides must be true."""
        return self.one.strength * self.other.strength

    @property
    def mark(self) -> str:
        """Name it so that the same thing said again is nothing new."""
        sides = sorted(f"{side.contact}.{side.source}" for side in (self.one, self.other))
        return f"{self.key.hex()[:24]}:{'+'.join(sides)}"


def evidence(key: bytes, sides: Iterable[Side]) -> list[Evidence]:
    """Return what an address says of each two contacts that have it.

    Nothing where too many share it: then it tells a household, not a person.
    """
    strongest: dict[int, Side] = {}
    for side in sorted(sides, key=lambda one: (one.strength, one.source)):
        strongest[side.contact] = side
    if len(strongest) >= SHARED_BY:
        return []
    ordered = [strongest[contact] for contact in sorted(strongest)]
    return [
        Evidence(key, one, other) for at, one in enumerate(ordered) for other in ordered[at + 1 :]
    ]


def confidence(found: Iterable[Evidence]) -> float:
    """Return how sure it is that two contacts are one person, from 0 to 1.

    Different addresses add up as independent reasons do; the same one, however
    often it was said, counts once, at its strongest.
    """
    strongest: dict[bytes, float] = {}
    for one in found:
        strongest[one.key] = max(strongest.get(one.key, 0), one.strength)
    doubt = 1.0
    for strength in sorted(strongest.values()):
        doubt *= 1 - strength
    return 1 - doubt


def is_worth_saying(found: Sequence[Evidence], refused: Iterable[str] = ()) -> bool:
    """Say whether an officer should be asked.

    :param refused: the marks of what was known when it was refused.
    """
    known = set(refused)
    is_new = not known or any(one.mark not in known for one in found)
    return is_new and confidence(found) >= LEAST


def basis(found: Iterable[Evidence]) -> Basis:
    """Return what a merge would stand on, by its weakest word."""
    sources = {side.source for one in found for side in (one.one, one.other)}
    if sources & {Source.FIELD, Source.TOLD, Source.SIGNED}:
        return Basis.TOLD
    if sources & {Source.PUBLISHED, Source.LINKED}:
        return Basis.PUBLISHED
    return Basis.SAME_POINT
