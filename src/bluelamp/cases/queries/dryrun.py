"""What other rules would have done with the cases of the last days."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bluelamp.cases.models import CaseItem
from bluelamp.cases.queries.desk import Desk
from bluelamp.cases.rules.routing import Rule
from bluelamp.cases.values import Joined
from bluelamp.org.models import Force, Unit

DAYS = 30


@dataclass(frozen=True, slots=True)
class Would:
    """Where a case went, and where it would have gone."""

    reference: str
    opened_at: datetime
    went: str
    """Code of the unit that the rules of the day chose."""
    would: str
    because: str
    """Name of the rule; ``message``, ``account`` or ``force`` where none matched."""

    @property
    def differs(self) -> bool:
        """Whether it would have gone elsewhere."""
        return self.went != self.would


def would_have(
    force: Force, rules: Iterable[Rule], *, now: datetime, days: int = DAYS
) -> Iterator[Would]:
    """Yield each case of the last days by the item that opened it, oldest first.

    The same desk decides as live; who was on shift then is not asked, only the unit is.
    """
    desk = Desk(force.pk, now=now, rules=rules)
    codes = dict(Unit.objects.filter(force=force).values_list("pk", "code"))
    opening = CaseItem.objects.filter(
        case__force=force, why=Joined.OPENED, case__opened_at__gte=now - timedelta(days=days)
    ).select_related("case", "item__message")
    for row in opening.order_by("case__opened_at", "pk").iterator(500):
        place = desk.place(row.item, people=False)
        went = row.case.routed.get("unit", row.case.unit_id)
        yield Would(
            row.case.reference, row.case.opened_at, codes.get(went, ""), codes[place.unit],
            str(place.why.get("name") or place.why["by"]),
        )  # fmt: skip
