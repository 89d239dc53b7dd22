"""Many public answers approved in one act: each its own decision, each only as it was shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from bluelamp.cases.actions.answer import approve
from bluelamp.cases.models import Reply
from bluelamp.cases.queries.approvals import waiting
from bluelamp.cases.queries.queue import cases
from bluelamp.kit.errors import BluelampError
from bluelamp.org.models import Officer

MOST = 50
"""So many answers are shown, and approved, in one go."""


@dataclass(slots=True)
class Approved:
    """What came of it."""

    went: int = 0
    left: dict[str, str] = field(default_factory=dict)
    """Case reference -> why its answer did not go; of cases that the officer may read."""
    others: int = 0
    """So many more did not go, in cases that are not for the officer to read any more."""


def approve_all(shown: Mapping[int, str], *, by: Officer, now: datetime) -> Approved:
    """Let others' answers go that are still what they were; say of each that is not, why.

    Each goes, or does not, in a transaction of its own, recorded as if it were alone.

    :param shown: answer -> its mark when the officer read it (``queries.approvals.mark_of``);
        no more than :data:`MOST` are looked at.
    """
    asked = dict(list(shown.items())[:MOST])
    there = waiting(by).filter(pk__in=asked).select_related("case__unit", "by")
    made, found = Approved(), {reply.pk: reply for reply in there}
    for pk, reply in found.items():
        try:
            approve(reply, by=by, now=now, seen=asked[pk])
        except BluelampError as error:  # a vault, an account that is shut: the others go
            made.left[reply.case.reference] = str(error)
        else:
            made.went += 1
    _name_missing(made, asked.keys() - found.keys(), by)
    return made


def _name_missing(made: Approved, missing: set[int], by: Officer) -> None:
    """Say of answers that wait no more, or not for this officer, that they did not go."""
    readable = Reply.objects.filter(pk__in=missing, case__in=cases(by).values("pk"))
    references = readable.values_list("case__reference", flat=True)
    why = _("This answer does not wait for your decision any more.")
    made.left |= dict.fromkeys(references, why)
    made.others = len(missing) - len(references)
