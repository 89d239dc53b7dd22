"""On call: who answers what rang for a case has the case.

What nobody has followed up is the queue (``Page.followed_at``): an answer is never
lost, and one that was followed up takes nothing back from a later owner.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from bluelamp.audit.actions import acting
from bluelamp.audit.values import SYSTEM
from bluelamp.cases.actions.own import take_call
from bluelamp.cases.models import Case
from bluelamp.notices.models import Page
from bluelamp.org import permit
from bluelamp.org.values import Acts

ABOUT = "item:"
"""What a page for an item is about begins so; its number follows."""


def follow_up(*, now: datetime, limit: int = 50) -> int:
    """Give cases to those who answered for them; return how many answers there were."""
    with transaction.atomic():
        answered = Page.objects.filter(
            answered_at__isnull=False, followed_at=None, about__startswith=ABOUT
        )
        rows = answered.select_for_update(skip_locked=True, of=("self",))
        pages = list(rows.select_related("answered_by").order_by("answered_at")[:limit])
        for page in pages:
            _take(page, now)
        with acting(SYSTEM, "cases.follow_up"):
            Page.objects.filter(pk__in=[page.pk for page in pages]).update(followed_at=now)
    return len(pages)


def _take(page: Page, now: datetime) -> None:
    officer, item = page.answered_by, int(page.about.removeprefix(ABOUT))
    case = Case.objects.filter(items__item=item, force=page.force_id).first()
    # a commander of another branch may answer without being of the unit: it stays the unit's
    if case is not None and officer is not None and permit.may(officer, Acts.CASE_WORK, case):
        take_call(case, by=officer, now=now)
