"""Suggest merges: whose contacts look like one person, in step with what stands for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from bluelamp.cases.models import Case, Suggestion
from bluelamp.cases.queries.identities import (
    Pair,
    are_one,
    evidence_about,
    neighbours,
    open_between,
)
from bluelamp.cases.rules.sameness import Evidence, confidence, is_worth_saying
from bluelamp.cases.values import SuggestionState


def weigh(force: int, contacts: Iterable[int], *, now: datetime) -> None:
    """Make, raise, lower or withdraw the suggestions about these contacts.

    Inside an act, one force at a time.  What an officer refused comes again only
    with evidence that did not stand then.
    """
    theirs = neighbours(force, contacts)
    found = evidence_about(force, theirs)
    there = {
        (one.one_id, one.other_id): one
        for one in open_between(list(found), theirs).filter(force=force)
    }
    apart = _kept_apart(force, {contact for pair in found for contact in pair})
    for pair in sorted(found.keys() | there.keys()):
        known = [] if apart & set(pair) else found.get(pair, [])
        _settle(force, pair, known, there.get(pair), now)


def _kept_apart(force: int, contacts: set[int]) -> set[int]:
    """Return whom nobody may be tied to: a device that they share would endanger them."""
    hidden = Case.objects.filter(force=force, contact__in=contacts, shown_to_citizen=False)
    return {contact for contact in hidden.values_list("contact", flat=True) if contact}


def _settle(
    force: int, pair: Pair, known: Sequence[Evidence], there: Suggestion | None, now: datetime
) -> None:
    refused = there.known if there and there.state == SuggestionState.REFUSED else ()
    if not is_worth_saying(known, refused) or are_one(pair):
        _withdraw(there)
        return
    sure = round(100 * confidence(known))
    if there is None:
        Suggestion.objects.create(
            force_id=force, one_id=pair[0], other_id=pair[1], confidence=sure, made_at=now,
            changed_at=now,
        )  # fmt: skip
    elif there.state != SuggestionState.TAKEN and (
        there.confidence != sure or there.state != SuggestionState.PROPOSED
    ):
        there.state, there.confidence, there.changed_at = SuggestionState.PROPOSED, sure, now
        there.save(update_fields=["state", "confidence", "changed_at"])


def _withdraw(there: Suggestion | None) -> None:
    """Take back what nobody has decided; a decision stays as it was made."""
    if there is not None and there.state == SuggestionState.PROPOSED:
        there.delete()
