"""One person over channels: what they said, what was said to them, who looked after them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Count, Max, Q, QuerySet

from bluelamp.cases.models import Case, CaseItem, Note, Reply, Review, Suggestion
from bluelamp.cases.queries.queue import cases, with_facts
from bluelamp.cases.rules.vulnerability import Heard, counts
from bluelamp.cases.values import Joined, ReplyState, ReviewState, SuggestionState
from bluelamp.inbound.models import Item
from bluelamp.inbound.queries import items
from bluelamp.inbound.values import PASSED_ON
from bluelamp.members.merging import person_of
from bluelamp.members.models import Consent, Contact, ContactLink, ContactPoint, Member
from bluelamp.org import permit
from bluelamp.org.models import Officer
from bluelamp.org.values import Acts
from bluelamp.outbound.models import Delivery

# How they fare --------------------------------------------------------------------


def spoken(person: Sequence[int], *, since: datetime) -> list[Heard]:
    """Return when the contacts of a person spoke to us since then, and how severe it was."""
    rows = (
        CaseItem.objects.filter(
            item__contact_point__contact__in=person, item__received_at__gt=since,
            item__kind="human", item__listened=False,
        )
        .exclude(why=Joined.REPEATS).exclude(item__part__in=PASSED_ON)
        .values_list("item__received_at", "item__severity", "item__findings", "item__visibility")
    )  # fmt: skip
    return [
        Heard(at, severity, frozenset(findings.get("headings") or ()))
        for at, severity, findings, visibility in rows
        if counts(public=visibility == "public", severity=severity)
    ]


def reviewed_at(person: Sequence[int]) -> datetime | None:
    """Return when somebody last decided a review of a person."""
    decided = Review.objects.filter(contact__in=person, decided_at__isnull=False)
    return decided.order_by("-decided_at").values_list("decided_at", flat=True).first()


def last_case_of(person: Sequence[int]) -> Case | None:
    """Return the case that a person spoke in last."""
    return _cases_of(person).order_by("-heard_at", "-pk").first()


def _cases_of(person: Sequence[int]) -> QuerySet[Case]:
    theirs = Q(contact__in=person) | Q(contact_point__contact__in=person)
    return Case.objects.filter(theirs)


# Who they are ---------------------------------------------------------------------


class Person(NamedTuple):
    """The contacts that officers have said are one person."""

    contact: Contact
    """The one that was asked for."""
    ids: list[int]


def person(contact: Contact) -> Person:
    """Return everybody that a contact is said to be."""
    return Person(contact, person_of(contact.pk))


def contact_for(officer: Officer, pk: int) -> Contact | None:
    """Return a contact whose page the officer may open.

    Who may read a case of theirs may; so may who decides over the whole force which
    contacts are one person.
    """
    found = Contact.objects.filter(pk=pk, force=officer.force_id).first()
    if found is None or permit.may(officer, Acts.CONTACT_MERGE, officer.force):
        return found
    return found if cases_of(officer, person_of(pk)).exists() else None


def points(officer: Officer, ids: Sequence[int]) -> QuerySet[ContactPoint]:
    """Return the addresses and handles of a person, the first known first.

    Those of the cases and words that the officer may read; who decides over the whole
    force which contacts are one person sees all of them.
    """
    heard = Q(item__in=items_of(officer, ids).order_by().values("pk"))
    found = ContactPoint.objects.filter(contact__in=ids)
    if not permit.may(officer, Acts.CONTACT_MERGE, officer.force):
        theirs = cases_of(officer, ids).order_by().values("contact_point")
        found = found.filter(heard | Q(pk__in=theirs))
    counted = found.annotate(
        said=Count("item", filter=heard, distinct=True),
        last=Max("item__received_at", filter=heard),
    )
    return counted.select_related("contact").order_by("created_at", "pk")


def members(ids: Sequence[int]) -> list[Member]:
    """Return the memberships of a person."""
    found = Member.objects.filter(contact__in=ids).select_related("contact", "force")
    return list(found.order_by("pk"))


def consents(ids: Sequence[int]) -> list[str]:
    """Return to what a person agrees now."""
    found = Consent.objects.filter(contact__in=ids, withdrawn_at=None)
    return sorted(set(found.values_list("purpose", flat=True)))


def links(ids: Sequence[int]) -> QuerySet[ContactLink]:
    """Return the merges of a person, those that were undone too, the newest first."""
    found = ContactLink.objects.filter(Q(one__in=ids) | Q(other__in=ids))
    return found.select_related("one", "other", "made_by", "undone_by").order_by("-made_at", "-pk")


def suggestions_of(ids: Sequence[int]) -> QuerySet[Suggestion]:
    """Return what is suggested of a person and not decided, the surest first."""
    found = Suggestion.objects.filter(Q(one__in=ids) | Q(other__in=ids))
    found = found.filter(state=SuggestionState.PROPOSED)
    return found.select_related("one", "other").order_by("-confidence", "pk")


# What was said --------------------------------------------------------------------


def cases_of(officer: Officer, ids: Sequence[int]) -> QuerySet[Case]:
    """Return the cases of a person that the officer may read, the newest first."""
    mine = cases(officer).filter(pk__in=_cases_of(ids).values("pk"))
    return with_facts(mine).order_by("-opened_at", "-pk")


def items_of(officer: Officer, ids: Sequence[int]) -> QuerySet[Item]:
    """Return what a person said that the officer may read, the newest first.

    What is in a case is read with the case; the rest as everything that came in.
    """
    in_cases = Q(in_case__case__in=cases(officer).values("pk"))
    beside = Q(pk__in=items(officer).filter(contact_point__contact__in=ids).values("pk"))
    found = Item.objects.filter(in_cases | beside, contact_point__contact__in=ids)
    return found.select_related("contact_point", "in_case__case").order_by("-received_at", "-pk")


def answers_to(officer: Officer, ids: Sequence[int]) -> QuerySet[Reply]:
    """Return what officers answered a person, the newest first."""
    theirs = cases(officer).filter(pk__in=_cases_of(ids).values("pk"))
    found = Reply.objects.filter(case__in=theirs, state=ReplyState.SENT)
    return found.select_related("by", "case", "act__account").order_by("-sent_at", "-pk")


def notes_about(officer: Officer, ids: Sequence[int]) -> QuerySet[Note]:
    """Return what officers noted in a person's cases, the newest first."""
    theirs = cases(officer).filter(pk__in=_cases_of(ids).values("pk"))
    return Note.objects.filter(case__in=theirs).select_related("by", "case").order_by("-at", "-pk")


def sent_to(officer: Officer, ids: Sequence[int]) -> QuerySet[Delivery]:
    """Return the messages that went to a person's addresses, the newest first.

    The officer may read both: the message, and that the address is theirs.
    """
    theirs = points(officer, ids).order_by().values("pk")
    readable = permit.scope(officer, Acts.MESSAGE_READ, unit="message__unit")
    found = Delivery.objects.filter(readable, contact_point__in=theirs)
    return found.select_related("message").order_by("-at")


# Reviews --------------------------------------------------------------------------


def reviews(officer: Officer, act: Acts = Acts.CASE_READ) -> QuerySet[Review]:
    """Return the reviews with which the officer may do ``act``, who waits longest first."""
    found = Review.objects.filter(permit.scope(officer, act))
    return found.select_related("contact", "unit", "by").order_by("made_at", "pk")


def due(officer: Officer, today: date) -> QuerySet[Review]:
    """Return the reviews that wait for somebody: new, or planned for today or before."""
    waits = Q(state=ReviewState.OPEN) | Q(state=ReviewState.DECIDED, next_on__lte=today)
    return reviews(officer, Acts.REVIEW_DECIDE).filter(waits)


def reviews_of(officer: Officer, ids: Sequence[int]) -> QuerySet[Review]:
    """Return the reviews of a person, the newest first."""
    found = reviews(officer).filter(contact__in=ids)
    return found.select_related("ended_by").order_by("-made_at", "-pk")
