"""Whether changed lines may find less than those before them did."""

from __future__ import annotations

from collections.abc import Iterable

from bluelamp.language.rules.merging import Key, slot_of
from bluelamp.language.values import Term


def weakened(before: Iterable[Term], after: Iterable[Term]) -> tuple[Term, ...]:
    """Return the lines by which a list may now find less, as they were or, if new, as they are.

    A line that speaks for something is weaker where it is gone, off, counts less or asks
    for more; one that speaks against is the stronger for it, and so is the list the weaker.
    What cannot be told by looking (other words near, another group) counts as weaker: it
    is better asked about once too often.
    """
    old, new = (_by_slot(lines) for lines in (before, after))
    keys = dict.fromkeys((*old, *new))
    return tuple(old.get(key) or new[key] for key in keys if _less(old.get(key), new.get(key)))


def _by_slot(lines: Iterable[Term]) -> dict[Key, Term]:
    return {slot_of(line): line for line in lines if line.active}


def _less(was: Term | None, now: Term | None) -> bool:
    if was is None:
        return now is not None and not now.is_group and now.weight < 0
    if now is None:
        return was.is_group or was.weight > 0
    return now.weight < was.weight or _asks(was) != _asks(now)


def _asks(term: Term) -> tuple[object, ...]:
    """Return what must hold beside the words, and for a group the words."""
    words = term.text if term.is_group else ""
    context = (term.needs, term.unless, term.unless_before)
    return (words, *context, term.near if any(context[:2]) else 0)
