"""What a force promises of a case's time, changed; and what that does to open cases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bluelamp.audit.actions import acting
from bluelamp.cases import milestones
from bluelamp.cases.actions.meanwhile import meanwhile
from bluelamp.cases.models import Milestone, Target
from bluelamp.cases.queries.targets import Promise, changed_last, mark, promise_of
from bluelamp.cases.values import MilestoneKind
from bluelamp.inbound.values import Severity
from bluelamp.org import permit
from bluelamp.org.models import Force
from bluelamp.org.permit import By
from bluelamp.org.values import Acts


@dataclass(frozen=True, slots=True)
class Effect:
    """What a promise would do to open cases that it would hold for."""

    open: int
    """Those that have this promise now."""
    overdue: int
    """Of these, overdue as things are."""
    would_be: int
    """Of these, overdue at once if the new promise held for them."""


def effect(
    force: Force, severity: Severity, kind: MilestoneKind, promise: Promise | None, *,
    now: datetime,
) -> Effect:  # fmt: skip
    """Say what a changed promise would do to open cases; nothing is changed."""
    found = list(milestones.promised(force.pk, severity, kind))
    overdue = _overdue(found, now)
    milestones.promise_anew(found, _target(force, severity, kind, promise), now=now)
    return Effect(len(found), overdue, _overdue(found, now))


def _overdue(found: list[Milestone], now: datetime) -> int:
    return sum(one.due_at is not None and one.due_at <= now for one in found)


def set_promise(
    force: Force, severity: Severity, kind: MilestoneKind, promise: Promise | None, *,
    was: str, open_too: bool, by: By, now: datetime,
) -> int:  # fmt: skip
    """Promise something else, or nothing; return how many open cases are held to it.

    :param was: the :func:`mark` of what the officer saw; another by now is not overwritten.
    :param open_too: open cases are held to it from now on; else they keep what they have.
    :raises ChangedMeanwhileError: somebody promised something else meanwhile.
    """
    actor = permit.answering(by, Acts.ROUTING_MANAGE, force)
    with acting(actor, "cases.set_promise"):
        Force.objects.select_for_update(no_key=True).get(pk=force.pk)
        if mark(promise_of(force, severity, kind)) != was:
            raise meanwhile(*changed_last(force))
        _keep(force, severity, kind, promise)
        if not open_too:
            return 0
        found = list(milestones.promised(force.pk, severity, kind).select_for_update(of=("self",)))
        milestones.promise_anew(found, _target(force, severity, kind, promise), now=now)
        milestones.save(found)
    return len(found)


def _keep(force: Force, severity: Severity, kind: MilestoneKind, promise: Promise | None) -> None:
    rows = Target.objects.filter(force=force, severity=severity, kind=kind)
    if promise is None:
        rows.delete()
        return
    given: dict[str, timedelta | int | None] = {
        "within": promise.within,
        "calendar_id": promise.calendar,
    }
    if not rows.update(**given):
        Target.objects.create(force=force, severity=severity, kind=kind, **given)


def _target(
    force: Force, severity: Severity, kind: MilestoneKind, promise: Promise | None
) -> Target | None:
    if promise is None:
        return None
    return Target(
        force=force, severity=severity, kind=kind, within=promise.within,
        calendar_id=promise.calendar,
    )  # fmt: skip
