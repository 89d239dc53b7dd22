"""Which articles belong beside a case: by the words of both, by tags, by what officers said.

BM25 (Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009, section 3)
over stems that PostgreSQL makes.  A word that stands in every article says nothing, a
rare one much; what triage found in the case counts double; a tag that both carry counts
as much as a rare word.  Each suggestion says because of what.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

K1, B = 1.2, 0.75
"""BM25's usual saturation and length normalisation."""
TITLE = 3
"""A word of the title counts as so many in the body."""
FOUND = 2.0
"""What a word counts that triage found in the case."""
EVERYDAY = 0.15
"""What a word counts that everybody says of everything."""
TAG_POINTS = 4.0
LEAST, SHARE = 2.5, 0.4
"""Nothing is suggested below so many points, or below this share of the best."""
MOST = 5
FEW = 12
"""With fewer articles a word counts as rare as it would among so many."""
TELLING = 0.3
"""A word is named as a reason if it adds this share of what the heaviest adds."""
_BECAUSE = 4


@dataclass(frozen=True, slots=True)
class Page:
    """An article as the scoring sees it."""

    id: int
    stems: Mapping[str, int]
    """How often each stem stands in it (:func:`counted`)."""
    tags: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Asked:
    """A case as the scoring sees it."""

    stems: Mapping[str, float]
    """Stem -> what it counts."""
    tags: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An article that belongs beside a case, and why."""

    id: int
    points: float
    stems: tuple[str, ...] = ()
    """What led to it, the heaviest first."""
    tags: tuple[int, ...] = ()


def counted(title: Iterable[str], body: Iterable[str]) -> dict[str, int]:
    """Count an article's stems, those of its title as :data:`TITLE` each."""
    found = Counter(body)
    for stem in title:
        found[stem] += TITLE
    return dict(found)


@dataclass(frozen=True)
class Shelf:
    """A force's articles, counted once for many cases."""

    pages: tuple[Page, ...]
    _rarity: Mapping[str, float] = field(init=False)
    _usual: float = field(init=False)

    def __post_init__(self) -> None:
        """Count in how many articles each stem stands."""
        holding = Counter(stem for page in self.pages for stem in page.stems)
        many = max(len(self.pages), FEW)
        rarity = {stem: math.log(1 + (many - n + 0.5) / (n + 0.5)) for stem, n in holding.items()}
        lengths = [_length(page) for page in self.pages]
        object.__setattr__(self, "_rarity", rarity)
        object.__setattr__(self, "_usual", max(1.0, sum(lengths) / max(1, len(lengths))))

    def points(self, page: Page, asked: Asked) -> dict[str, float]:
        """Return what each shared stem adds to a page's score."""
        longer = 1 - B + B * _length(page) / self._usual
        return {
            stem: weight * self._rarity[stem] * (K1 + 1) * n / (n + K1 * longer)
            for stem, weight in asked.stems.items()
            if (n := page.stems.get(stem, 0))
        }

    def suggest(
        self, asked: Asked, *, trust: Mapping[int, float] | None = None, most: int = MOST
    ) -> list[Suggestion]:
        """Return the articles that belong beside a case, the best first.

        :param trust: article -> factor (:func:`trusted`); one where nothing is said.
        """
        factors = trust or {}
        found = [self._judged(page, asked, factors.get(page.id, 1.0)) for page in self.pages]
        found.sort(key=lambda one: (-one.points, one.id))
        least = max(LEAST, SHARE * found[0].points) if found else 0.0
        return [one for one in found[:most] if one.points >= least]

    def _judged(self, page: Page, asked: Asked, factor: float) -> Suggestion:
        points = self.points(page, asked)
        enough = TELLING * max(points.values(), default=0.0)
        heavy = sorted(
            (stem for stem, n in points.items() if n >= enough), key=lambda s: (-points[s], s)
        )
        tags = tuple(sorted(page.tags & asked.tags))
        total = (sum(points.values()) + TAG_POINTS * len(tags)) * factor
        return Suggestion(page.id, total, tuple(heavy[:_BECAUSE]), tags)


def _length(page: Page) -> int:
    return sum(page.stems.values())


def trusted(useful: int, not_useful: int) -> float:
    """Return by what an article's score is multiplied: from a half to one and a half.

    One while nobody has said anything; four voices that agree go half the way.
    """
    return 0.5 + (useful + 2) / (useful + not_useful + 4)


def weighed(
    said: Iterable[str], found: frozenset[str], everyday: frozenset[str] = frozenset()
) -> dict[str, float]:
    """Return what each stem of a case counts.

    Once, however often it is said: who repeats a word means it no more than others.

    :param found: those that triage named.
    :param everyday: those that everybody says of everything, triage's among them.
    """
    return {
        stem: EVERYDAY if stem in everyday else FOUND if stem in found else 1.0 for stem in said
    }
