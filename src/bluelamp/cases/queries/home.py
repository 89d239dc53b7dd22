"""What may go out by itself goes home: to who brought the case, nobody who spoke in it since.

The address in our answers never expires and takes any sender: whoever has seen one can
write into the case.  An officer sees who it is and answers as they judge; what is sent
without being looked at, an outcome or an answer to many, never goes to them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from bluelamp.cases.models import Case
from bluelamp.cases.queries.way import Way, no_way, spoken, way_of
from bluelamp.cases.values import Joined
from bluelamp.channels.queries import active_account
from bluelamp.inbound.models import Item
from bluelamp.members.merging import people_of


def last_of_citizen(case: Case) -> Item | None:
    """Return what who brought a case said in it last; ``None``: nothing that can be answered."""
    return _lasts([case]).get(case.pk)


def way_home(case: Case) -> Way | None:
    """Return how who brought a case is answered; ``None``: there is no way."""
    return ways_home([case])[case.pk]


def ways_home(cases: Sequence[Case]) -> dict[int, Way | None]:
    """Return by case how who brought it is answered; as many statements for many as for one."""
    lasts, find = _lasts(cases), cache(active_account)
    return {
        case.pk: way_of(case, lasts[case.pk], find=find) if case.pk in lasts else None
        for case in cases
    }


def _lasts(cases: Sequence[Case]) -> dict[int, Item]:
    """Return by case what who brought it said in it last.

    They are who opened it, from whichever address of the contacts that officers say are
    that one person.
    """
    brought = F("in_case__case__contact_point")
    contact = Coalesce(F("in_case__case__contact"), F("in_case__case__contact_point__contact"))
    theirs = Q(in_case__why=Joined.OPENED) | Q(contact_point=brought)
    theirs |= Q(contact_point__contact=contact)
    for case, person in _persons(cases).items():
        theirs |= Q(in_case__case=case, contact_point__contact__in=person)
    found = spoken(*cases).filter(theirs).annotate(of=F("in_case__case"))
    last = found.order_by("of", "-received_at", "-pk").distinct("of")
    return {item.of: item for item in last}


def _persons(cases: Sequence[Case]) -> dict[int, list[int]]:
    """Return by case the contacts of who brought it, where officers say that several are one."""
    there = Case.objects.filter(pk__in=[case.pk for case in cases])
    contact = Coalesce("contact", "contact_point__contact")
    contacts = dict(there.annotate(whose=contact).values_list("pk", "whose"))
    people = people_of(pk for pk in contacts.values() if pk is not None)
    return {case: people[whose] for case, whose in contacts.items() if whose in people}


def no_way_home(case: Case) -> str:
    """Say plainly why nothing of what who brought a case said can be answered."""
    if spoken(case).exists():
        return _("There is no way to answer who brought it: only others have spoken in it since.")
    return no_way(case)
