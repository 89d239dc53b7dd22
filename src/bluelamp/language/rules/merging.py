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
    lines = {_slot(term): term for terms in lists for term in terms}
    return tuple(term for term in lines.values() if term.active)


def _slot(term: Term) -> Key:
    if term.is_group:
        return term.text.partition("=")[0].strip(), "", ""
    return key_of(term)
