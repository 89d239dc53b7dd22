"""Edited lines laid over those that the product ships."""

from __future__ import annotations

from collections.abc import Iterable

from bluelamp.language.values import Term

Key = tuple[str, str, str]


def key_of(term: Term) -> Key:
    """Return what makes two lines the same line."""
    return term.text, term.heading, term.language


def merged(*lists: Iterable[Term]) -> tuple[Term, ...]:
    """Return the lines that hold: of two that are the same the later, and none that is off.

    A group of words (``{weapon} = …``) is the same by its name alone.
    """
    lines = {slot_of(term): term for terms in lists for term in terms}
    return tuple(term for term in lines.values() if term.active)


def slot_of(term: Term) -> Key:
    """Return what a line takes the place of where another list has it too."""
    if term.is_group:
        return term.text.partition("=")[0].strip(), "", ""
    return key_of(term)


def put(lines: Iterable[Term], term: Term) -> tuple[Term, ...]:
    """Return a list with a line in the place of the same line, or at its end."""
    key, kept = key_of(term), tuple(lines)
    if all(key_of(one) != key for one in kept):
        return (*kept, term)
    return tuple(term if key_of(one) == key else one for one in kept)


def without(lines: Iterable[Term], key: Key) -> tuple[Term, ...]:
    """Return a list without a line."""
    return tuple(one for one in lines if key_of(one) != key)
