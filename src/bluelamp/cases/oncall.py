"""On call: who answers what rang for a case has the case.

What nobody has followed up is the queue (``Page.followed_at``): an answer is never
lost, and one that was followed up takes nothing back from a later owner.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from bluelamp.audit.actions import acting
from bluelamp.audit.values import SYSTEM
from bluelamp.cases.actions.own import take_call
from bluelamp.cases.models import Case
from bluelamp.cases.values import RINGS_FOR_ITEM, RINGS_FOR_PROMISE
from bluelamp.notices.models import Page
from bluelamp.org import permit
from bluelamp.org.values import Acts


def follow_up(*, now: datetime, limit: int = 50) -> int:
    """Give cases to those who answered for them; return how many answers there were."""
    with transaction.atomic():
        answered = Page.objects.filter(
            Q(about__startswith=RINGS_FOR_ITEM) | Q(about__startswith=RINGS_FOR_PROMISE),
            answered_at__isnull=False, followed_at=None,
        )  # fmt: skip
        rows = answered.select_for_update(skip_locked=True, of=("self",))
        pages = list(rows.select_related("answered_by").order_by("answered_at")[:limit])
        for page in pages:
            _take(page, now)
        with acting(SYSTEM, "cases.follow_up"):
            Page.objects.filter(pk__in=[page.pk for page in pages]).update(followed_at=now)
    return len(pages)


def _take(page: Page, now: datetime) -> None:
    officer, case = page.answered_by, case_of(page)
    # a commander of another branch may answer without being of the unit: it stays the unit's
    if case is not None and officer is not None and permit.may(officer, Acts.CASE_WORK, case):
        take_call(case, by=officer, now=now)


def case_of(page: Page) -> Case | None:
    """Return the case that a page rings for, whether for its words or for a promise."""
    kind, _colon, number = page.about.partition(":")
    named = {
        RINGS_FOR_ITEM: Q(items__item=number), RINGS_FOR_PROMISE: Q(milestones__pk=number)
    }.get(f"{kind}:")  # fmt: skip
    return Case.objects.filter(named, force=page.force_id).first() if named else None
