"""A force's word lists made ready for reading, held until somebody edits them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Max

from bluelamp.inbound.rules.triage import Triage
from bluelamp.inbound.rules.whereabouts import PlaceNames
from bluelamp.language.queries import own_words, version_of_all, words_of
from bluelamp.language.rules.lexicon import Lexicon
from bluelamp.language.values import ListKind, Term
from bluelamp.org.models import Force
from bluelamp.places.models import Area

MODERATION = "moderation"
"""Kind of the lists whose words an officer is warned of; headings say what they are."""
UNSAFE = "unsafe"
"""Kind of the list whose words say that somebody else may look at the sender's phone or post."""
_KINDS = (ListKind.EMERGENCY, ListKind.THRIVE, ListKind.RELEVANCE, UNSAFE, MODERATION)


@dataclass(frozen=True, slots=True)
class Wordbook:
    """Everything that a force's texts are read by."""

    triage: Triage
    places: PlaceNames
    moderation: Lexicon | None


_held: dict[int, tuple[str, Wordbook]] = {}


def wordbooks(forces: Iterable[Force]) -> dict[int, Wordbook]:
    """Return the word books of forces, each made anew where a list or an area has changed."""
    return {force.pk: _wordbook(force) for force in {force.pk: force for force in forces}.values()}


def _wordbook(force: Force) -> Wordbook:
    version = _version(force)
    held = _held.get(force.pk)
    if held is None or held[0] != version:
        held = _held[force.pk] = (version, _made(force))
    return held[1]


def _version(force: Force) -> str:
    """Return what changes with any list or area of the force."""
    areas = Area.objects.filter(force=force, retired_at=None)
    facts = areas.aggregate(count=Count("pk"), latest=Max("imported_at"))
    return " ".join([version_of_all(force, _KINDS), *map(str, facts.values())])


def _made(force: Force) -> Wordbook:
    lists = (words_of(force, kind) for kind in _KINDS[:4])
    areas = Area.objects.filter(force=force, retired_at=None).values_list("pk", "name")
    return Wordbook(
        Triage(*lists),
        PlaceNames((str(pk), name) for pk, name in areas),
        Lexicon(warned) if (warned := _warned_of(force)) else None,
    )


def _warned_of(force: Force) -> tuple[Term, ...]:
    """Return the force's own words and the shared ones; the product ships none."""
    return (*own_words(None, MODERATION), *own_words(force, MODERATION))
