"""Review prompts: whose contact repeats or rises, somebody is asked to look at how they fare."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Count, Q

from bluelamp.cases.models import Review
from bluelamp.cases.queries.people import last_case_of, reviewed_at, spoken
from bluelamp.cases.rules.vulnerability import VULNERABILITY, Prompt, Thresholds, prompts
from bluelamp.cases.values import ReviewState
from bluelamp.members.merging import person_of
from bluelamp.members.models import Contact, ContactLink
from bluelamp.org.models import Force


def prompt(force: Force, contacts: Iterable[int], *, now: datetime) -> None:
    """Open reviews for those of these contacts whom somebody should look at.

    Inside an act.  Nothing is lowered: a reason that was given stays until the
    review is decided, and what was decided is prompted again only by what came after.
    """
    limits = VULNERABILITY.read(force.settings)
    seen: set[int] = set()
    for contact in _more_than_once(contacts):
        person = person_of(contact)
        if person[0] not in seen:
            seen.add(person[0])
            _look(force, person, limits, now)


def _more_than_once(contacts: Iterable[int]) -> list[int]:
    """Leave out who spoke a single time and is nobody else: no reason fits them."""
    theirs = set(contacts)
    linked = ContactLink.objects.filter(
        Q(one__in=theirs) | Q(other__in=theirs), undone_at=None
    ).values_list("one", "other")
    both = {contact for pair in linked for contact in pair}
    often = (
        Contact.objects.filter(pk__in=theirs).annotate(said=Count("points__item"))
        .filter(said__gt=1).values_list("pk", flat=True)
    )  # fmt: skip
    return sorted(theirs & (both | set(often)))


def _look(force: Force, person: list[int], limits: Thresholds, now: datetime) -> None:
    heard = spoken(person, since=now - limits.look_back)
    found = prompts(heard, now=now, limits=limits, reviewed=reviewed_at(person))
    if not found:
        return
    case = last_case_of(person)
    if case is None:
        return
    reasons = [_kept(one) for one in found]
    there = Review.objects.filter(contact__in=person, state=ReviewState.OPEN).first()
    if there is None:
        _end_what_was_planned(person, now)
        Review.objects.create(
            force=force, unit_id=case.unit_id, contact_id=person[0], reasons=reasons,
            made_at=now, changed_at=now,
        )  # fmt: skip
    elif (both := _with(there.reasons, reasons)) != there.reasons:
        there.reasons, there.unit_id, there.changed_at = both, case.unit_id, now
        there.save(update_fields=["reasons", "unit", "changed_at"])


def _kept(one: Prompt) -> dict[str, Any]:
    return {"reason": one.reason.value, "heading": one.heading, **one.numbers}


def _with(before: list[dict[str, Any]], now: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the reasons of now, and those before that no longer hold but were given."""
    held = {(one["reason"], one["heading"]) for one in now}
    return [*now, *(one for one in before if (one["reason"], one["heading"]) not in held)]


def _end_what_was_planned(person: list[int], now: datetime) -> None:
    """A new look takes the place of one that was planned."""
    planned = Review.objects.filter(contact__in=person, state=ReviewState.DECIDED)
    planned.update(state=ReviewState.CLOSED, ended_at=now)
