"""Cases found by what a caller says: a whole address, or words and names that were written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Q, QuerySet

from bluelamp.cases.models import Case, CaseItem
from bluelamp.cases.queries.queue import cases, with_facts
from bluelamp.cases.rules.searching import written_query
from bluelamp.channels.models import Account
from bluelamp.inbound.models import ARRIVED, Item, words_of_item
from bluelamp.kit import phone
from bluelamp.members.errors import AddressError
from bluelamp.members.models import ContactPoint
from bluelamp.members.queries import address_key
from bluelamp.members.values import Channel
from bluelamp.org import permit
from bluelamp.org.models import Force, Officer
from bluelamp.org.values import Acts

MOST = 500
"""Cases that one search finds at most: who finds more has to name more."""
_SIMPLE = "simple"
"""No language's stems: people write to us in many, and names have none."""


def found_by(officer: Officer, words: str) -> QuerySet[Case]:
    """Return the cases that the officer may read and that fit, closed ones too, newest first.

    An address is found whole or not at all; of what was written all words have to stand in
    one message, or in the title, or words that begin so.
    """
    mine = cases(officer)
    found = {*_ids(mine.filter(_of_person(officer.force, words)))}
    if text := written_query(words):
        query = SearchQuery(text, config=_SIMPLE, search_type="raw")
        found |= {*_said(officer, query), *_ids(_titled(mine, query))}
    newest = sorted(found, reverse=True)[:MOST]
    return with_facts(mine.filter(pk__in=newest)).order_by("-opened_at", "-pk")


def _ids(found: QuerySet[Case]) -> QuerySet[Case, int]:
    return found.order_by("-pk").values_list("pk", flat=True)[:MOST]


def _of_person(force: Force, words: str) -> Q:
    """Return the condition that somebody with this address brought a case or spoke in it."""
    named = Q(pk__in=())
    for channel, key in _keys(force, words):
        named |= Q(channel=channel, key=key)
    points = ContactPoint.objects.filter(named, force=force).values("pk")
    spoke = CaseItem.objects.filter(item__contact_point__in=points)
    people = ContactPoint.objects.filter(pk__in=points).values("contact")
    return Q(contact_point__in=points) | Q(contact__in=people) | Q(pk__in=spoke.values("case"))


def _keys(force: Force, words: str) -> Iterator[tuple[str, bytes]]:
    """Yield what equality of addresses goes by, on each channel on which this may be one."""
    name = words.strip()
    if "@" in name:
        with suppress(AddressError):
            yield Channel.EMAIL, address_key(Channel.EMAIL, name)
    try:
        yield Channel.SMS, address_key(Channel.SMS, phone.e164(name))
    except phone.PhoneNumberError:
        yield Channel.SMS, address_key(Channel.SMS, name)
    platforms = Account.objects.filter(force=force).order_by().values_list("provider", flat=True)
    for channel in sorted(set(platforms) - {Channel.EMAIL, Channel.SMS}):
        yield channel, address_key(channel, name)


def _said(officer: Officer, query: SearchQuery) -> QuerySet[CaseItem, int]:
    """Return the cases, of those the officer may read, in which somebody said it."""
    items = Item.objects.filter(force=officer.force_id, stage__in=ARRIVED)
    items = items.annotate(said=words_of_item())
    rows = CaseItem.objects.filter(permit.scope(officer, Acts.CASE_READ, unit="case__unit"))
    fit = rows.filter(item__in=items.filter(said=query).values("pk"))
    return fit.order_by("-case").values_list("case", flat=True).distinct()[:MOST]


def _titled(mine: QuerySet[Case], query: SearchQuery) -> QuerySet[Case]:
    return mine.annotate(named=SearchVector("title", config=_SIMPLE)).filter(named=query)
