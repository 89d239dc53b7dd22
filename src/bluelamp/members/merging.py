"""Merging: contacts said to be one person, and unsaid again without loss."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

from bluelamp.audit.actions import acting
from bluelamp.members.errors import MergeRefusedError
from bluelamp.members.models import Contact, ContactLink
from bluelamp.members.values import Basis
from bluelamp.org import permit
from bluelamp.org.models import Officer
from bluelamp.org.values import Acts


def merge(
    one: Contact, other: Contact, *, basis: Basis, reason: str, by: Officer, now: datetime
) -> ContactLink:
    """Say that two contacts are one person; saying it again changes nothing.

    :raises MergeRefusedError: the same contact, another force's, or no reason.
    """
    if one.pk == other.pk or one.force_id != other.force_id:
        raise MergeRefusedError(_("Choose two different contacts of your force."))
    if not reason.strip():
        raise MergeRefusedError(_("Say how you know that they are one person."))
    permit.require(by, Acts.CONTACT_MERGE, one)
    first, second = sorted([one.pk, other.pk])
    with acting(by.as_actor(), Acts.CONTACT_MERGE.value, reason=reason):
        link, _new = ContactLink.objects.get_or_create(
            one_id=first, other_id=second, undone_at=None,
            defaults={
                "force_id": one.force_id, "basis": basis, "reason": reason.strip()[:300],
                "made_by": by, "made_at": now,
            },
        )  # fmt: skip
    return link


def unmerge(link: ContactLink, *, reason: str, by: Officer, now: datetime) -> None:
    """Unsay it: everything is as it was before; a second time changes nothing."""
    permit.require(by, Acts.CONTACT_MERGE, link)
    if not reason.strip():
        raise MergeRefusedError(_("Say why they are not one person."))
    with acting(by.as_actor(), Acts.CONTACT_MERGE.value, reason=reason):
        live = ContactLink.objects.filter(pk=link.pk, undone_at=None)
        live.update(undone_at=now, undone_by=by)


_PEOPLE = """
WITH RECURSIVE person(whose, id) AS (
    SELECT given, given FROM unnest(%s::bigint[]) AS given
    UNION
    SELECT p.whose, CASE WHEN l.one_id = p.id THEN l.other_id ELSE l.one_id END
      FROM person p JOIN members_contactlink l
        ON (l.one_id = p.id OR l.other_id = p.id) AND l.undone_at IS NULL
)
SELECT whose, array_agg(id ORDER BY id) FROM person GROUP BY whose
"""


def people_of(contacts: Iterable[int]) -> dict[int, list[int]]:
    """Return for those contacts that were said to be one with others all of their person's."""
    given = set(contacts)
    links = ContactLink.objects.filter(undone_at=None)
    live = links.filter(Q(one__in=given) | Q(other__in=given)).values_list("one_id", "other_id")
    linked = given.intersection(pk for pair in live for pk in pair)
    return _people(linked) if linked else {}


def person_of(contact: int) -> list[int]:
    """Return the ids of all contacts said to be the same person, itself among them."""
    return _people([contact])[contact]


def _people(contacts: Iterable[int]) -> dict[int, list[int]]:
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, [list(contacts)])
        return dict(cursor.fetchall())
