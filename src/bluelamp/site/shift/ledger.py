"""What a simulated shift is judged by: when promises fell due, when they were told, who waited."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import numpy as np
from django.db.models import Max, Q

from bluelamp.cases.models import Case, CaseItem, Milestone
from bluelamp.cases.values import CaseState, MilestoneState
from bluelamp.notices.models import Notice
from bluelamp.notices.values import NoticeKind
from bluelamp.org.models import Shift
from bluelamp.site.shift.plan import EMERGENCY
from bluelamp.site.shift.public import Request

Moment = tuple[int, str, datetime]
"""A milestone, what of it came (``warned_at`` or ``breached_at`` marks it), and when."""
_WARNING = Q(warn_at__isnull=False, warned_at=None, due_at__isnull=False)
_ENDED = (MilestoneState.MET, MilestoneState.MET_LATE, MilestoneState.CANCELLED)


class Ledger:
    """Looks at the promises from outside: what has come due, and what was marked.

    It looks on its own timetable, not the product's, so that a moment which the product
    would never notice is counted as due nevertheless.
    """

    def __init__(self) -> None:
        self.due: set[Moment] = set()
        self.told: dict[Moment, datetime] = {}
        """When each was marked."""
        self.ended_first = 0
        """Moments whose promise was kept or dropped before they could be told."""
        self._pending: set[Moment] = set()
        self.ownerless = 0

    def look(self, now: datetime) -> None:
        """Note what is due now and not marked; what is overdue is no warning any more."""
        running = Milestone.objects.filter(state=MilestoneState.RUNNING)
        overdue = running.filter(due_at__lte=now, breached_at=None)
        near = running.filter(_WARNING, warn_at__lte=now, due_at__gt=now)
        new = {
            (pk, mark, at)
            for rows, mark, moment in (
                (overdue, "breached_at", "due_at"), (near, "warned_at", "warn_at")
            )
            for pk, at in rows.values_list("pk", moment)
        }  # fmt: skip
        self._pending |= new - self.due
        self.due |= new

    def settle(self) -> None:
        """Note which of what is due has been marked."""
        if not self._pending:
            return
        rows = Milestone.objects.in_bulk({pk for pk, _mark, _at in self._pending})
        for moment in list(self._pending):
            one = rows[moment[0]]
            marked = getattr(one, moment[1])
            if marked is not None:
                self.told[moment] = marked
            elif one.state in _ENDED:
                self.ended_first += 1
            else:
                continue
            self._pending.discard(moment)

    def count_ownerless(self, now: datetime) -> None:
        """Count open cases of somebody who is not on duty: the unit has not got them back."""
        on = Shift.objects.filter(starts__lte=now, ends__gt=now).values("officer")
        cases = Case.objects.exclude(state=CaseState.CLOSED)
        adrift = cases.filter(owner__isnull=False).exclude(owner__in=on)
        self.ownerless = max(self.ownerless, adrift.count())

    def figures(self) -> dict[str, Any]:
        """Return how many moments came, and how late they were told."""
        late = self._late({})
        letters = self._late(_sent())
        return {
            "milestones_due": len(self.due),
            "fired": len(self.told),
            "ended_first": self.ended_first,
            "late_max_s": round(max(late, default=0.0), 2),
            "late_p99_s": round(float(np.quantile(late, 0.99)), 2) if late else 0.0,
            "letters_late_max_s": round(max(letters, default=0.0), 2),
        }

    def _late(self, sent: Mapping[datetime, datetime | None]) -> list[float]:
        """Return the seconds from each moment until it was marked, or its last letter gone."""
        return [
            (max(marked, sent.get(marked) or marked) - moment[2]).total_seconds()
            for moment, marked in self.told.items()
        ]


def _sent() -> dict[datetime, datetime | None]:
    """Return when the last of the letters about promises had gone, by when they were written."""
    notices = Notice.objects.filter(kind=NoticeKind.CASE).values("made_at")
    return dict(notices.annotate(at=Max("sent_at")).values_list("made_at", "at"))


def unsent() -> int:
    """Return how many notices about promises have not gone."""
    return Notice.objects.filter(Q(sent_at=None), kind=NoticeKind.CASE).count()


def waits(requests: Iterable[Request], ends: datetime) -> dict[str, Any]:
    """Return how long people waited for a person; who still does is counted up to the end."""
    found = list(requests)
    urgent = [one for one in found if one.kind == EMERGENCY]
    said = _said([one.wait(ends) for one in urgent])
    return {
        "emergency_wait_longest_s": said["longest_s"], "emergency_wait_p50_s": said["p50_s"],
        "emergency_wait_p99_s": said["p99_s"],
        "emergencies_not_reached": sum(one.reached is None for one in urgent),
        "waits": _by_severity(found, ends),
    }  # fmt: skip


def _by_severity(requests: Iterable[Request], ends: datetime) -> dict[str, Any]:
    """Return the waits by the severity that triage found."""
    found = CaseItem.objects.values_list("item__raw__external_id", "item__severity")
    severities = dict(found)
    grouped: dict[str, list[float]] = {}
    for one in requests:
        name = str(severities.get(one.name, "aside"))
        grouped.setdefault(name, []).append(one.wait(ends))
    return {name: _said(values) for name, values in sorted(grouped.items(), reverse=True)}


def _said(seconds: list[float]) -> dict[str, Any]:
    if not seconds:
        return {"n": 0, "p50_s": 0.0, "p99_s": 0.0, "longest_s": 0.0}
    p50, p99 = np.quantile(seconds, [0.5, 0.99])
    return {
        "n": len(seconds), "p50_s": round(float(p50), 1), "p99_s": round(float(p99), 1),
        "longest_s": round(max(seconds), 1),
    }  # fmt: skip
