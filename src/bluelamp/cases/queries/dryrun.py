"""What other rules would have done with the cases of the last days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from pydantic import BaseModel, ConfigDict

from bluelamp.cases.models import CaseItem
from bluelamp.cases.queries.desk import Desk
from bluelamp.cases.rules.routing import Rule
from bluelamp.cases.values import Joined
from bluelamp.org.models import Force, Unit

DAYS = 30


@dataclass(frozen=True, slots=True)
class Would:
    """Where a case went, and where it would have gone."""

    reference: str
    opened_at: datetime
    went: str
    """Code of the unit that the rules of the day chose."""
    would: str
    because: str
    """Name of the rule; ``message``, ``account`` or ``force`` where none matched."""

    @property
    def differs(self) -> bool:
        """Whether it would have gone elsewhere."""
        return self.went != self.would


def would_have(
    force: Force, rules: Iterable[Rule], *, now: datetime, days: int = DAYS
) -> Iterator[Would]:
    """Yield each case of the last days by the item that opened it, oldest first.

    The same desk decides as live; who was on shift then is not asked, only the unit is.
    """
    yield from _would(_opening(force, now - timedelta(days=days)), force, rules, now)


def _opening(force: Force, since: datetime) -> QuerySet[CaseItem]:
    found = CaseItem.objects.filter(
        case__force=force, why=Joined.OPENED, case__opened_at__gte=since
    )
    return found.order_by("case__opened_at", "pk")


def _would(
    opening: QuerySet[CaseItem], force: Force, rules: Iterable[Rule], now: datetime
) -> Iterator[Would]:
    desk = Desk(force.pk, now=now, rules=rules)
    codes = dict(Unit.objects.filter(force=force).values_list("pk", "code"))
    for row in opening.select_related("case", "item__message").iterator(500):
        place = desk.place(row.item, people=False)
        went = row.case.routed.get("unit", row.case.unit_id)
        yield Would(
            row.case.reference, row.case.opened_at, codes.get(went, ""), codes[place.unit],
            str(place.why.get("name") or place.why["by"]),
        )  # fmt: skip


# --- a trial that a page can keep ---

MOST = 10_000
"""The newest cases that a page's trial looks at."""
NAMED = 300
"""Cases of one move that are named."""


class Move(BaseModel):
    """Cases that would have gone from one unit to another."""

    model_config = ConfigDict(frozen=True)

    went: str
    would: str
    count: int
    references: tuple[str, ...]
    """The newest of them."""


class Trial(BaseModel):
    """What a set of rules would have done."""

    model_config = ConfigDict(frozen=True)

    version: int
    """Of the draft that was tried."""
    at: datetime
    since: datetime
    """Cases opened before were not looked at."""
    seen: int
    there: int
    """Cases of the last thirty days; more than ``seen`` where it took too many."""
    moves: tuple[Move, ...]
    """Most cases first."""
    matched: dict[str, int]
    """Name of a rule -> the cases that it would have placed."""

    @property
    def moved(self) -> int:
        """Return how many cases would have gone elsewhere."""
        return sum(move.count for move in self.moves)


def trial(
    force: Force, rules: Iterable[Rule], *, version: int, now: datetime, most: int = MOST
) -> Trial:
    """Try rules on the newest cases of the last thirty days, so many at most."""
    since = now - timedelta(days=DAYS)
    opening = _opening(force, since)
    there = opening.count()
    if there > most:
        since = opening.values_list("case__opened_at", flat=True)[there - most]
        opening = _opening(force, since)
    seen = list(_would(opening, force, rules, now))
    elsewhere: dict[tuple[str, str], list[str]] = {}
    for one in reversed(seen):
        if one.differs:
            elsewhere.setdefault((one.went, one.would), []).append(one.reference)
    moves = [
        Move(went=went, would=would, count=len(found), references=tuple(found[:NAMED]))
        for (went, would), found in elsewhere.items()
    ]
    return Trial(
        version=version, at=now, since=since, seen=len(seen), there=there,
        moves=tuple(sorted(moves, key=lambda move: -move.count)),
        matched=dict(Counter(one.because for one in seen)),
    )  # fmt: skip
