"""Milestones of cases: begun, paused, met, begun again; warned of and breached in time.

The clock of each is told what happened (``rules.clocks``) and its moments are
computed anew; the sweep looks only at those moments.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from bluelamp.cases.models import Case, Judged, Milestone, Target
from bluelamp.cases.rules import clocks
from bluelamp.cases.rules.clocks import WARN_SHARE, Clock, ClockEvent
from bluelamp.cases.values import CaseState, ClockEventKind, MilestoneKind, MilestoneState
from bluelamp.kit import bulk
from bluelamp.org.models import Calendar
from bluelamp.org.queries import hours_of
from bluelamp.org.rules.hours import ROUND_THE_CLOCK, Hours

_MET = {MilestoneState.MET, MilestoneState.MET_LATE}
_SAVED = ["events", "state", "due_at", "warn_at", "warned_at", "breached_at", "met_at"]


class _Calendars:
    """Hours of calendars, each read once."""

    def __init__(self) -> None:
        self._of = cache(lambda pk: hours_of(Calendar.objects.get(pk=pk)))

    def hours(self, calendar: int | None) -> Hours:
        return self._of(calendar) if calendar else ROUND_THE_CLOCK


# Begin ------------------------------------------------------------------------


def start(cases: Sequence[Case]) -> None:
    """Begin the clocks of new cases: from the moment the citizen spoke."""
    if not cases:
        return
    promised = _promised({case.force_id for case in cases})
    calendars = _Calendars()
    made = [
        _begun(case, target, calendars.hours(target.calendar_id))
        for case in cases
        for target in promised.get((case.force_id, case.severity), ())
    ]
    bulk.add(Milestone, made)


def _begun(case: Case, target: Target, hours: Hours) -> dict[str, Any]:
    """Return a clock that begins when the citizen spoke, as ``_tell`` would have it.

    Without the event's course: a thousand cases a second begin, and nothing but the
    beginning has happened to them.  What is over already is the sweep's to say.
    """
    event = ClockEvent(ClockEventKind.STARTED, case.heard_at)
    return {
        "force_id": case.force_id, "case_id": case.pk, "kind": target.kind,
        "target": target.within, "calendar_id": target.calendar_id, "events": [_row(event)],
        "state": MilestoneState.RUNNING, "due_at": hours.after(case.heard_at, target.within),
        "warn_at": hours.after(case.heard_at, target.within * WARN_SHARE),
    }  # fmt: skip


def _promised(forces: Iterable[int]) -> dict[tuple[int, int], list[Target]]:
    found: dict[tuple[int, int], list[Target]] = {}
    for target in Target.objects.filter(force__in=forces).order_by("kind"):
        found.setdefault((target.force_id, target.severity), []).append(target)
    return found


# What happens ------------------------------------------------------------------


def heard(cases: Iterable[Case], *, now: datetime) -> None:
    """The citizen spoke: what waited for them goes on, what had ended begins again."""
    pairs = {
        MilestoneState.PAUSED: ClockEventKind.RESUMED,
        MilestoneState.MET: ClockEventKind.REOPENED,
        MilestoneState.MET_LATE: ClockEventKind.REOPENED,
        MilestoneState.CANCELLED: ClockEventKind.REOPENED,
    }
    _happen(_of(cases), pairs, now=now)


def answered(case: Case, *, waiting: bool, now: datetime) -> None:
    """An officer answered; ``waiting``: and now it is the citizen's turn."""
    kinds = {MilestoneKind.FIRST_RESPONSE: ClockEventKind.MET}
    live = {MilestoneState.RUNNING, MilestoneState.PAUSED, MilestoneState.BREACHED}
    mine = _of([case])
    for kind, event in kinds.items():
        _happen(mine.filter(kind=kind), dict.fromkeys(live, event), now=now)
    update = mine.filter(kind=MilestoneKind.UPDATE)
    _happen(update, dict.fromkeys(live, ClockEventKind.MET), now=now)
    again = {MilestoneState.MET: ClockEventKind.REOPENED}
    _happen(update, again | {MilestoneState.MET_LATE: ClockEventKind.REOPENED}, now=now)
    if waiting:
        running = {MilestoneState.RUNNING, MilestoneState.BREACHED}
        rest = mine.exclude(kind=MilestoneKind.FIRST_RESPONSE)
        _happen(rest, dict.fromkeys(running, ClockEventKind.PAUSED), now=now)


def closed(cases: Iterable[Case], *, now: datetime) -> None:
    """Cases were closed: they are resolved, and nothing more is due."""
    live = {MilestoneState.RUNNING, MilestoneState.PAUSED, MilestoneState.BREACHED}
    mine = _of(cases)
    done = mine.filter(kind=MilestoneKind.RESOLUTION)
    _happen(done, dict.fromkeys(live, ClockEventKind.MET), now=now)
    rest = mine.exclude(kind=MilestoneKind.RESOLUTION)
    _happen(rest, dict.fromkeys(live, ClockEventKind.CANCELLED), now=now)


def reassessed(case: Case, *, now: datetime) -> None:
    """The severity changed: what is promised for the new one holds; time used counts."""
    calendars = _Calendars()
    there = {one.kind: one for one in _of([case])}
    for target in Target.objects.filter(force=case.force_id, severity=case.severity):
        one = there.get(target.kind)
        if one is None:
            one = Milestone(
                force_id=case.force_id, case=case, kind=target.kind, target=target.within,
                calendar=target.calendar,
            )  # fmt: skip
            _tell(one, ClockEvent(ClockEventKind.STARTED, now), calendars, now)
            one.save()
        elif one.state in {MilestoneState.RUNNING, MilestoneState.PAUSED, MilestoneState.BREACHED}:
            _hold_to(one, target, calendars, now)
            one.save(update_fields=_SAVED)


def promised(force: int, severity: int, kind: str) -> QuerySet[Milestone]:
    """Return what runs, waits or is overdue of a promise, in open cases of a severity."""
    live = [MilestoneState.RUNNING, MilestoneState.PAUSED, MilestoneState.BREACHED]
    found = Milestone.objects.filter(force=force, case__severity=severity, kind=kind)
    return found.filter(state__in=live).exclude(case__state=CaseState.CLOSED).order_by("pk")


def promise_anew(found: Sequence[Milestone], target: Target | None, *, now: datetime) -> None:
    """Hold milestones to a promise that was changed, or to none any more; nothing is saved."""
    calendars = _Calendars()
    for one in found:
        if target is None:
            _tell(one, ClockEvent(ClockEventKind.CANCELLED, now), calendars, now)
        else:
            _hold_to(one, target, calendars, now)


def save(found: Sequence[Milestone]) -> None:
    """Write down how milestones stand."""
    bulk.update(found, _SAVED)


def _hold_to(one: Milestone, target: Target, calendars: _Calendars, now: datetime) -> None:
    """Let another target hold from now on, in its own calendar's hours."""
    if _calendar_of(one) != target.calendar_id:
        hours = calendars.hours(target.calendar_id)
        event = ClockEvent(ClockEventKind.HOURS_CHANGED, now, hours=hours)
        _tell(one, event, calendars, now, calendar=target.calendar_id)
    event = ClockEvent(ClockEventKind.TARGET_CHANGED, now, target=target.within)
    _tell(one, event, calendars, now)


def _calendar_of(one: Milestone) -> int | None:
    """Return in whose hours a milestone is counted now."""
    changes = (row["calendar"] for row in reversed(one.events) if "calendar" in row)
    return next(changes, one.calendar_id)


def _of(cases: Iterable[Case]) -> QuerySet[Milestone]:
    return Milestone.objects.filter(case__in=[case.pk for case in cases])


def _happen(
    milestones: QuerySet[Milestone],
    pairs: dict[MilestoneState, ClockEventKind],
    *,
    now: datetime,
) -> None:
    """Tell each clock the event that goes with its state."""
    calendars = _Calendars()
    found = milestones.filter(state__in=list(pairs)).select_related("case")
    rows = list(found.select_for_update(of=("self",)).order_by("pk"))
    for one in rows:
        _tell(one, ClockEvent(pairs[MilestoneState(one.state)], now), calendars, now)
    bulk.update(rows, _SAVED)
    bulk.insert([_judged(one, calendars) for one in rows if one.state in _MET])


def _judged(one: Milestone, calendars: _Calendars) -> Judged:
    """Return what came of a milestone that has just been met."""
    events = events_of(one, calendars)
    met = events[-1].at
    return Judged(
        force_id=one.force_id, case=one.case, unit_id=one.case.unit_id, kind=one.kind,
        severity=one.case.severity, late=one.state == MilestoneState.MET_LATE, at=met,
        used=clocks.used(clock_of(one, calendars), events, met),
    )  # fmt: skip


# The clock ----------------------------------------------------------------------


def clock_of(one: Milestone, calendars: _Calendars) -> Clock:
    """Return the pure clock of a milestone."""
    return Clock(MilestoneKind(one.kind), one.target, calendars.hours(one.calendar_id))


def events_of(one: Milestone, calendars: _Calendars | None = None) -> tuple[ClockEvent, ...]:
    """Return what happened to a milestone."""
    read = calendars or _Calendars()
    return tuple(_event(row, read) for row in one.events)


def _event(row: dict[str, Any], calendars: _Calendars) -> ClockEvent:
    target = timedelta(seconds=row["target"]) if "target" in row else None
    hours = calendars.hours(row["calendar"]) if "calendar" in row else None
    at = datetime.fromisoformat(row["at"])
    return ClockEvent(ClockEventKind(row["kind"]), at, target=target, hours=hours)


def _row(event: ClockEvent, calendar: int | None = None) -> dict[str, Any]:
    """Return an event as it is stored; of hours only whose they are."""
    row: dict[str, Any] = {"kind": event.kind.value, "at": event.at.isoformat()}
    if event.target is not None:
        row["target"] = event.target.total_seconds()
    return row | ({"calendar": calendar} if event.hours is not None else {})


def _tell(
    one: Milestone, event: ClockEvent, calendars: _Calendars, now: datetime, *,
    calendar: int | None = None,
) -> None:  # fmt: skip
    """Tell a milestone's clock an event and compute its moments anew.

    :param calendar: whose hours they are, of ``HOURS_CHANGED`` alone.
    """
    clock, before = clock_of(one, calendars), events_of(one, calendars)
    events = clocks.follow(clock, before, event)
    if len(events) > len(before):
        one.events = [*one.events, _row(events[-1], calendar)]
    at = max(now, events[-1].at)  # another machine's clock may be ahead of ours
    _stand(one, clocks.state(clock, events, at), at)
    one.due_at = clocks.due_at(clock, events, at)
    one.warn_at = clocks.warn_at(clock, events, at)


def _stand(one: Milestone, state: MilestoneState, now: datetime) -> None:
    """Write down how it stands; only the sweep breaches, so that each breach is told."""
    untold = state == MilestoneState.BREACHED and one.breached_at is None
    one.state = MilestoneState.RUNNING if untold else state
    ended = state in {MilestoneState.MET, MilestoneState.MET_LATE}
    one.met_at = (one.met_at or now) if ended else None
    if state in {MilestoneState.RUNNING, MilestoneState.PAUSED}:  # in time (again)
        one.breached_at = None
        one.warned_at = one.warned_at if one.warn_at and one.warn_at <= now else None


# The sweep ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rung:
    """A milestone whose moment came, for whoever tells people."""

    milestone: int
    case: int
    kind: MilestoneKind
    breached: bool
    late: timedelta
    """How long after its moment it was noticed."""


def ring(*, now: datetime, limit: int = 500) -> list[Rung]:
    """Mark what is to be warned of and what is breached now; return it."""
    with transaction.atomic():
        return [*_mark(now, limit, breached=True), *_mark(now, limit, breached=False)]


def _mark(now: datetime, limit: int, *, breached: bool) -> list[Rung]:
    moment, mark = ("due_at", "breached_at") if breached else ("warn_at", "warned_at")
    due = Milestone.objects.filter(
        **{f"{moment}__lte": now, mark: None, "state": MilestoneState.RUNNING}
    )
    rows = list(due.select_for_update(skip_locked=True).order_by(moment)[:limit])
    for one in rows:
        setattr(one, mark, now)
        if breached:
            one.state = MilestoneState.BREACHED
    bulk.update(rows, [mark, "state"])
    return [
        Rung(one.pk, one.case_id, MilestoneKind(one.kind), breached, now - getattr(one, moment))
        for one in rows
    ]
