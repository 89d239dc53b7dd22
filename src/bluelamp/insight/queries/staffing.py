"""Officers needed, hour by hour, against the rota: forecast, handling time, who is on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from bluelamp.cases.models import Reply
from bluelamp.cases.values import ReplyState
from bluelamp.evaluation.arrivals import Counted, Expected, forecast
from bluelamp.evaluation.staffing import officers_needed
from bluelamp.insight.queries.board import first_arrival, hourly
from bluelamp.insight.rules.hours import HOUR, day_of, hours_of, midnight, slot_of
from bluelamp.insight.values import Level
from bluelamp.org import permit
from bluelamp.org.models import Officer, Shift
from bluelamp.org.values import Acts

PAST = timedelta(days=182)
"""So much past a forecast is made from."""


# What is expected ----------------------------------------------------------------


def expected(officer: Officer, day: date, *, today: date) -> list[Expected]:
    """Return what each hour of a day will bring, from what came up to yesterday."""
    return forecast(_history(officer, today), [slot_of(hour) for hour in hours_of(day)])


def _history(officer: Officer, today: date) -> list[Counted]:
    last = midnight(today)
    first = first_arrival(officer, last - PAST)
    if first is None or first >= last:
        return []
    began = midnight(day_of(first))
    came = hourly(officer, began, last)
    return [
        Counted(slot_of(hour), came.get(hour, 0))
        for hour in (began + n * HOUR for n in range(round((last - began) / HOUR)))
    ]


# Handling -----------------------------------------------------------------------

MEASURED = timedelta(days=28)
LONGEST = timedelta(minutes=30)
"""A longer time between two answers was not spent on one of them."""
ENOUGH = 30
"""So many make a mean that is worth more than a guess."""


def handling(officer: Officer, *, now: datetime) -> timedelta | None:
    """Return how long an answer takes: the mean time from an officer's answer to their next.

    Of those who answer one after another; ``None`` where too few did.
    """
    mine = permit.scope(officer, Acts.BOARD_READ, unit="case__unit")
    sent = Reply.objects.filter(mine, state=ReplyState.SENT, sent_at__gte=now - MEASURED)
    rows = sent.order_by("by", "sent_at").values_list("by", "sent_at")
    gaps = [
        later[1] - one[1]
        for one, later in pairwise(rows)
        if one[0] == later[0] and one[1] and later[1] and later[1] - one[1] <= LONGEST
    ]
    return sum(gaps, timedelta()) / len(gaps) if len(gaps) >= ENOUGH else None


# The rota -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Hour:
    """An hour of the desk."""

    begins: datetime
    expected: Expected
    needed: int
    rostered: int

    @property
    def short(self) -> int:
        """Officers that are missing."""
        return max(0, self.needed - self.rostered)


def plan(officer: Officer, day: date, level: Level, *, today: date) -> list[Hour]:
    """Return each hour of a day with who is needed and who is on."""
    hours = hours_of(day)
    on = _rostered(officer, hours)
    return [
        Hour(hour, one, _needed(one.mean, level), on[hour])
        for hour, one in zip(hours, expected(officer, day, today=today), strict=True)
    ]


def _needed(arrivals: float, level: Level) -> int:
    need = officers_needed(
        arrivals, level.handling.total_seconds(), level.target, level.within.total_seconds()
    )
    return need.answering


def _rostered(officer: Officer, hours: Sequence[datetime]) -> dict[datetime, int]:
    """Count who is on duty in the middle of each hour."""
    touching = Shift.objects.filter(
        permit.scope(officer, Acts.BOARD_READ), on_call=False, officer__is_active=True,
        starts__lt=hours[-1] + HOUR, ends__gt=hours[0],
    ).values_list("starts", "ends")  # fmt: skip
    shifts, half = list(touching), HOUR / 2
    return {
        hour: sum(1 for starts, ends in shifts if starts <= hour + half < ends) for hour in hours
    }
