"""What other words would have made of what came in during the last days; nothing is changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from bluelamp.inbound.models import Item
from bluelamp.inbound.rules.triage import Triage
from bluelamp.inbound.values import Severity
from bluelamp.language.queries import words_of
from bluelamp.language.rules.lexicon import Lexicon, prepare
from bluelamp.language.values import ListKind, Term
from bluelamp.org.models import Force

DAYS = 30
MOST = 5_000
"""The newest items that a trial reads."""
EXAMPLES = 50


@dataclass(frozen=True, slots=True)
class Shift:
    """An item that other words would have judged otherwise.

    :param before: its severity; of lists that only find, 1 where it was found.
    """

    item: int
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class WordsTrial:
    """What changed words would have done.

    :param seen: items that were read.
    :param there: items of these days; more where there were too many.
    :param counts: before and after -> items, of those judged otherwise.
    :param shifts: the newest of them.
    :param emergencies: items of these days that the words as they are call emergencies.
    :param lost: of these, those that the changed words would not.
    :param found: items in which a list finds something, before and after; of lists that
        say nothing of severity.
    """

    seen: int
    there: int
    counts: dict[tuple[int, int], int]
    shifts: tuple[Shift, ...]
    emergencies: int = 0
    lost: int = 0
    found: tuple[int, int] = (0, 0)

    @property
    def changed(self) -> int:
        """Return how many would have been judged otherwise."""
        return sum(self.counts.values())


def would_have(
    force: Force, kind: str, after: Sequence[Term], *, now: datetime, most: int = MOST
) -> WordsTrial:
    """Try lines in the place of those of a kind that hold.

    :param after: every line of the kind that would hold.
    """
    before = words_of(force, kind)
    mine = Item.objects.filter(force=force, received_at__gte=now - timedelta(days=DAYS))
    recent = mine.exclude(text="", subject="").order_by("-received_at", "-pk")
    there = recent.count()
    if kind not in list(ListKind):
        return _found(recent[:most], there, before, after)
    pair = _Pair(force, kind, before, after)
    shifts = list(pair.shifts(recent[:most]))
    urgent = pair.judged(recent.filter(severity=Severity.EMERGENCY)[:most])
    return WordsTrial(
        seen=min(there, most), there=there, shifts=tuple(shifts[:EXAMPLES]),
        counts=dict(Counter((one.before, one.after) for one in shifts)),
        emergencies=sum(one.before == Severity.EMERGENCY for one in urgent),
        lost=sum(one.before == Severity.EMERGENCY > one.after for one in urgent),
    )  # fmt: skip


class _Pair:
    """Triage by the words that hold and by the changed ones."""

    def __init__(
        self, force: Force, kind: str, before: Sequence[Term], after: Sequence[Term]
    ) -> None:
        lists = {one.value: words_of(force, one) for one in ListKind}
        self._before = _triage(lists | {kind: tuple(before)})
        self._after = _triage(lists | {kind: tuple(after)})
        self._touched = _touched(before, after)

    def shifts(self, items: QuerySet[Item]) -> Iterable[Shift]:
        """Yield the items that are judged otherwise."""
        return (one for one in self.judged(items) if one.before != one.after)

    def judged(self, items: QuerySet[Item]) -> list[Shift]:
        """Judge items twice; what none of the changed lines speaks of is judged once."""
        return [self._judged(item) for item in items.only("pk", "subject", "text")]

    def _judged(self, item: Item) -> Shift:
        text = f"{item.subject}\n{item.text}".strip()
        same = self._touched is not None and not self._touched.marks(prepare(text))
        if same:
            return Shift(item.pk, item.severity, item.severity)
        before, after = (one.assess(text).severity for one in (self._before, self._after))
        return Shift(item.pk, before, after)


def _triage(lists: dict[str, tuple[Term, ...]]) -> Triage:
    return Triage(lists[ListKind.EMERGENCY], lists[ListKind.THRIVE], lists[ListKind.RELEVANCE])


def _touched(before: Sequence[Term], after: Sequence[Term]) -> Lexicon | None:
    """Return what finds the texts that changed lines speak of; none where that may be any."""
    different = set(before) ^ set(after)
    if any(term.is_group for term in different):
        return None
    groups = [term for term in before if term.is_group]
    bare = [Term(one.text, one.heading, language=one.language) for one in different]
    return Lexicon([*groups, *dict.fromkeys(bare)])


def _found(
    items: QuerySet[Item], there: int, before: Sequence[Term], after: Sequence[Term]
) -> WordsTrial:
    old, new = Lexicon(before), Lexicon(after)
    counts = [0, 0]
    shifts = []
    for item in items.only("pk", "subject", "text"):
        read = prepare(f"{item.subject}\n{item.text}".strip())
        found = [bool(lexicon.marks(read)) for lexicon in (old, new)]
        counts = [count + hit for count, hit in zip(counts, found, strict=True)]
        if found[0] is not found[1]:
            shifts.append(Shift(item.pk, int(found[0]), int(found[1])))
    return WordsTrial(
        seen=len(items), there=there, shifts=tuple(shifts[:EXAMPLES]),
        counts=dict(Counter((one.before, one.after) for one in shifts)),
        found=(counts[0], counts[1]),
    )  # fmt: skip
