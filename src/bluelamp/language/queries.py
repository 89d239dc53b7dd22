"""The words that hold for a force."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import models

from bluelamp.audit.queries import Filter, acts
from bluelamp.language.errors import LanguageError
from bluelamp.language.models import Term, WordList
from bluelamp.language.rules.merging import Key, merged, slot_of
from bluelamp.language.sheets import shipped, shipped_version
from bluelamp.language.values import Origin
from bluelamp.language.values import Term as TermValue
from bluelamp.org.models import Force


def words_of(force: Force, kind: str) -> tuple[TermValue, ...]:
    """Return the lines of a kind that hold: shipped, overridden by shared, these by its own."""
    return merged(shipped(kind), own_words(None, kind), own_words(force, kind))


def version_of(force: Force, kind: str) -> str:
    """Return what changes whenever :func:`words_of` does: a key to hold a matcher by."""
    return version_of_all(force, (kind,))


def version_of_all(force: Force, kinds: Sequence[str]) -> str:
    """Return what changes whenever the words of any of these kinds do; one look at the tables."""
    theirs = models.Q(force=force) | models.Q(force=None)
    lists = WordList.objects.filter(theirs, kind__in=kinds).order_by("kind", "pk")
    edited = (f"{kind}:{version}" for kind, version in lists.values_list("kind", "version"))
    return " ".join([*map(shipped_version, kinds), *edited])


@dataclass(frozen=True, slots=True)
class Held:
    """A line as a force sees it: where it comes from, and what it stands in the place of."""

    term: TermValue
    origin: Origin
    instead: TermValue | None = None
    """The line of another list that it overrides."""


def lines_of(force: Force, kind: str) -> list[Held]:
    """Return every line of a kind, those switched off among them; the strongest of each."""
    held: dict[Key, Held] = {}
    for origin, terms in (
        (Origin.PRODUCT, shipped(kind)), (Origin.SHARED, own_words(None, kind)),
        (Origin.OWN, own_words(force, kind)),
    ):  # fmt: skip
        for term in terms:
            below = held.get(slot_of(term))
            instead = below.term if below and below.origin is not origin else None
            held[slot_of(term)] = Held(term, origin, instead)
    return list(held.values())


def words_with(kind: str, own: Iterable[TermValue]) -> tuple[TermValue, ...]:
    """Return the lines that would hold if the force's own were these."""
    return merged(shipped(kind), own_words(None, kind), own)


def changed_last(force: Force, kind: str) -> tuple[str, datetime | None]:
    """Return who changed the force's words of a kind last, and when."""
    newest = WordList.objects.filter(force=force, kind=kind).order_by("-changed_at").first()
    if newest is None:
        return "", None
    done = acts(force.pk, Filter(act="language", table="language_wordlist", row=str(newest.pk)))
    found = done.first()
    return (found.actor_label or "" if found else ""), newest.changed_at


def own_words(force: Force | None, kind: str) -> tuple[TermValue, ...]:
    """Return a force's own lines of a kind, or the shared ones, those not active among them."""
    rows = Term.objects.filter(word_list__force=force, word_list__kind=kind)
    return tuple(row.value for row in rows.order_by("word_list__name", "line"))


def own_words_but(force: Force, kind: str, name: str) -> tuple[TermValue, ...]:
    """Return a force's own lines of a kind but those of one list."""
    rows = Term.objects.filter(word_list__force=force, word_list__kind=kind)
    rest = rows.exclude(word_list__name=name).order_by("word_list__name", "line")
    return tuple(row.value for row in rest)


def force_named(slug: str) -> Force:
    """Return the force of that short name.

    :raises LanguageError: there is none.
    """
    force = Force.objects.filter(slug=slug).first()
    if force is None:
        there = ", ".join(Force.objects.order_by("slug").values_list("slug", flat=True)) or "none"
        raise LanguageError(f"There is no force {slug}. There is: {there}.")
    return force
