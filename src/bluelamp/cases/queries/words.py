"""What a text's triage says, line by line; and the items behind a trial of words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count

from bluelamp.cases.models import CaseItem
from bluelamp.cases.queries.queue import cases
from bluelamp.inbound.models import Item
from bluelamp.inbound.queries import items
from bluelamp.inbound.rules.triage import Assessment
from bluelamp.inbound.trial import Shift
from bluelamp.inbound.wordbook import MODERATION, UNSAFE, wordbooks
from bluelamp.language.models import WordList
from bluelamp.language.queries import Held, lines_of
from bluelamp.language.rules.lexicon import Mark, prepare
from bluelamp.language.values import ListKind, Origin
from bluelamp.org.models import Force, Officer

KINDS: tuple[str, ...] = (*ListKind, UNSAFE, MODERATION)
LOUD = frozenset({ListKind.EMERGENCY.value, UNSAFE})
"""Kinds whose weakening may cost somebody's safety."""


@dataclass(frozen=True, slots=True)
class Read:
    """What a text was read as."""

    found: Assessment
    marks: tuple[tuple[str, tuple[Mark, ...]], ...]
    """Kind of list -> its lines in the text."""


def read_text(force: Force, text: str) -> Read:
    """Read a text as triage and moderation do."""
    book = wordbooks([force])[force.pk]
    found = book.triage.assess(text, book.places)
    danger = (*found.danger.signs, *found.danger.present, *found.danger.told)
    thrive = tuple(dict.fromkeys(mark for one in found.proposals for mark in one.marks))
    warned = book.moderation.marks(prepare(text)) if book.moderation else ()
    return Read(found, (
        (ListKind.EMERGENCY, danger),
        (ListKind.THRIVE, tuple(mark for mark in thrive if mark not in danger)),
        (ListKind.RELEVANCE, found.contributions), (UNSAFE, found.unsafe), (MODERATION, warned),
    ))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines of a kind are asked for."""

    words: str = ""
    heading: str = ""
    origin: str = ""
    off: bool = False


def lines(force: Force, kind: str, wanted: Wanted) -> list[Held]:
    """Return the lines that fit, as their lists have them."""
    sought = wanted.words.casefold()
    return [
        one for one in lines_of(force, kind)
        if sought in f"{one.term.text} {one.term.note}".casefold()
        and wanted.heading in {"", one.term.heading} and wanted.origin in {"", one.origin}
        and (not wanted.off or not one.term.active)
    ]  # fmt: skip


def headings(held: Iterable[Held]) -> list[str]:
    """Return the headings of lines."""
    return sorted({one.term.heading for one in held if not one.term.is_group})


def tally(force: Force, kind: str) -> tuple[int, int, int]:
    """Return how many lines hold, how many are the force's own, how many are off."""
    held = lines_of(force, kind)
    return (
        sum(one.term.active for one in held), sum(one.origin is Origin.OWN for one in held),
        sum(not one.term.active for one in held),
    )  # fmt: skip


def own_lists(force: Force, kind: str) -> list[tuple[str, int]]:
    """Return the force's own lists of a kind with how many lines each has."""
    mine = WordList.objects.filter(force=force, kind=kind).annotate(count=Count("terms"))
    return [(one.name, one.count) for one in mine.order_by("name")]


@dataclass(frozen=True, slots=True)
class Example:
    """An item that would have been judged otherwise."""

    item: Item
    shift: Shift
    reference: str
    """Of its case, where the officer may read that."""


def examples(officer: Officer, shifts: Sequence[Shift]) -> list[Example]:
    """Return the items of a trial that the officer may read."""
    mine = items(officer).in_bulk([one.item for one in shifts])
    inside = CaseItem.objects.filter(item__in=mine, case__in=cases(officer))
    known = dict(inside.values_list("item", "case__reference"))
    return [
        Example(mine[one.item], one, known.get(one.item, "")) for one in shifts if one.item in mine
    ]
