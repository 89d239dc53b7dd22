"""What may go out by itself goes home: to who brought the case, nobody who spoke in it since.

The address in our answers never expires and takes any sender: whoever has seen one can
write into the case.  An officer sees who it is and answers as they judge; what is sent
without being looked at, an outcome or an answer to many, never goes to them.
"""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext as _

from bluelamp.cases.models import Case
from bluelamp.cases.queries.way import Way, no_way, spoken, way_of
from bluelamp.cases.values import Joined
from bluelamp.inbound.models import Item
from bluelamp.members.merging import person_of


def last_of_citizen(case: Case) -> Item | None:
    """Return what who brought a case said in it last; ``None``: nothing that can be answered.

    They are who opened it, from whichever address of the contacts that officers say are
    that one person.
    """
    theirs = Q(in_case__why=Joined.OPENED)
    if case.contact_point_id is not None:
        theirs |= Q(contact_point=case.contact_point_id)
    contact = case.contact_id or (case.contact_point.contact_id if case.contact_point else None)
    if contact is not None:
        theirs |= Q(contact_point__contact__in=person_of(contact))
    return spoken(case).filter(theirs).first()


def way_home(case: Case) -> Way | None:
    """Return how who brought a case is answered; ``None``: there is no way."""
    item = last_of_citizen(case)
    return way_of(case, item) if item is not None else None


def no_way_home(case: Case) -> str:
    """Say plainly why nothing of what who brought a case said can be answered."""
    if spoken(case).exists():
        return _("There is no way to answer who brought it: only others have spoken in it since.")
    return no_way(case)
