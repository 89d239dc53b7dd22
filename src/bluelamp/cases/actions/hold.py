"""Hold: keep what its author took down, under recorded grounds; let it go again."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from bluelamp.cases.actions.change import changing
from bluelamp.cases.errors import CaseRefusedError
from bluelamp.cases.models import CaseItem
from bluelamp.inbound.models import Item
from bluelamp.org.models import Officer
from bluelamp.org.values import Acts


def hold(row: CaseItem, *, grounds: str, by: Officer, now: datetime) -> None:
    """Keep an item's words though they were, or may be, taken down on the platform.

    :raises CaseRefusedError: no grounds.
    """
    if not grounds.strip():
        raise CaseRefusedError(_("Name the grounds: the law wants them recorded."))
    with changing(row.case, Acts.CASE_HOLD, by=by, now=now, reason=grounds):
        Item.objects.filter(pk=row.item_id).update(held=True)


def let_go(row: CaseItem, *, reason: str, by: Officer, now: datetime) -> None:
    """End the holding: what was taken down is emptied within the day."""
    with changing(row.case, Acts.CASE_HOLD, by=by, now=now, reason=reason):
        Item.objects.filter(pk=row.item_id).update(held=False)
