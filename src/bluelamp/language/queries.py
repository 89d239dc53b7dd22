"""The words that hold for a force."""

from __future__ import annotations

from django.db import models

from bluelamp.language.errors import LanguageError
from bluelamp.language.models import Term, WordList
from bluelamp.language.rules.merging import merged
from bluelamp.language.sheets import shipped, shipped_version
from bluelamp.language.values import Term as TermValue
from bluelamp.org.models import Force


def words_of(force: Force, kind: str) -> tuple[TermValue, ...]:
    """Return the lines of a kind that hold: shipped, overridden by shared, these by its own."""
    return merged(shipped(kind), own_words(None, kind), own_words(force, kind))


def version_of(force: Force, kind: str) -> str:
    """Return what changes whenever :func:`words_of` does: a key to hold a matcher by."""
    theirs = models.Q(force=force) | models.Q(force=None)
    edited = WordList.objects.filter(theirs, kind=kind).order_by("pk")
    return " ".join([shipped_version(kind), *edited.values_list("version", flat=True)])


def own_words(force: Force | None, kind: str) -> tuple[TermValue, ...]:
    """Return a force's own lines of a kind, or the shared ones, those not active among them."""
    rows = Term.objects.filter(word_list__force=force, word_list__kind=kind)
    return tuple(row.value for row in rows.order_by("word_list__name", "line"))


def force_named(slug: str) -> Force:
    """Return the force of that short name.

    :raises LanguageError: there is none.
    """
    force = Force.objects.filter(slug=slug).first()
    if force is None:
        there = ", ".join(Force.objects.order_by("slug").values_list("slug", flat=True)) or "none"
        raise LanguageError(f"There is no force {slug}. There is: {there}.")
    return force
