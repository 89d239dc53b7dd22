"""Hand over: a shift closes, its open cases are accepted one by one, none is ever ownerless.

Until a case is accepted, who hands over still owns it; what nobody has accepted
when the handover ends goes to the unit's queue, which owns it.  For who went home
without one a supervisor begins it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from bluelamp.audit.actions import acting
from bluelamp.cases.errors import CaseRefusedError
from bluelamp.cases.models import Case, Handover, HandoverCase
from bluelamp.cases.values import CaseState, Settled
from bluelamp.kit import live
from bluelamp.org import permit
from bluelamp.org.models import Officer, Shift, Unit
from bluelamp.org.queries import at_work
from bluelamp.org.values import Acts


def begin(
    unit: Unit, *, by: Officer, now: datetime, to: Officer | None = None, words: str = "",
    of_cases: Mapping[int, str] | None = None, of: Officer | None = None,
) -> Handover:  # fmt: skip
    """Put one's open cases of a unit before who comes in.

    :param to: the officer who comes in; anybody of the unit may accept without.
    :param of_cases: case id -> what the next officer should know of it.
    :param of: a colleague who is off shift, and whose cases they are; ``by`` supervises.
    :raises CaseRefusedError: an earlier one is not finished, ``to`` may not work here,
        or ``of`` is at work and can do it.
    """
    whose = of or by
    if whose.pk == by.pk:
        permit.require(by, Acts.CASE_WORK, unit)
    else:
        permit.require(by, Acts.CASE_ASSIGN, unit)
        _absent(whose, unit, now)
    if to is not None and not permit.may(to, Acts.CASE_WORK, unit):
        raise CaseRefusedError(_("%(name)s may not work on this unit's cases."), name=to.name)
    with acting(by.as_actor(), "cases.handover"):
        Officer.objects.select_for_update().get(pk=whose.pk)  # two clicks are one handover
        _unfinished(whose, unit, by)
        shift = Shift.objects.filter(officer=whose, starts__lte=now, ends__gt=now).first()
        made = Handover.objects.create(
            force_id=unit.force_id, unit=unit, shift=shift, by=whose, to=to, words=words, at=now,
        )  # fmt: skip
        told = of_cases or {}
        HandoverCase.objects.bulk_create(
            HandoverCase(
                force_id=unit.force_id, handover=made, case=case,
                words=told.get(case.pk, "")[:300],
            )
            for case in _open_cases(whose, unit)
        )  # fmt: skip
    live.publish(f"cases:{unit.force_id}", {"handover": made.pk})
    return made


def _absent(whose: Officer, unit: Unit, now: datetime) -> None:
    """Refuse a handover for somebody of another force, or who is at work."""
    if whose.force_id != unit.force_id:
        raise CaseRefusedError(_("This officer belongs to another force."))
    if at_work([whose.pk], now):
        raise CaseRefusedError(
            _("%(name)s is on shift, and hands over their own cases."), name=whose.name
        )


def _unfinished(whose: Officer, unit: Unit, by: Officer) -> None:
    if not Handover.objects.filter(by=whose, unit=unit, done_at=None).exists():
        return
    if whose.pk == by.pk:
        raise CaseRefusedError(_("Your last handover of this unit is not finished."))
    raise CaseRefusedError(
        _("A handover by %(name)s of this unit is not finished."), name=whose.name
    )


def _open_cases(by: Officer, unit: Unit) -> list[Case]:
    mine = Case.objects.filter(owner=by, force=unit.force_id, unit__path__startswith=unit.path)
    return list(mine.exclude(state=CaseState.CLOSED).order_by("-severity", "heard_at"))


def accept(row: HandoverCase, *, by: Officer, now: datetime) -> None:
    """Take over one case; from this moment on it is the incoming officer's.

    :raises CaseRefusedError: it is meant for somebody else, or one's own.
    """
    permit.require(by, Acts.CASE_WORK, row.case)
    if by.pk == row.handover.by_id:
        raise CaseRefusedError(_("Somebody else has to accept what you hand over."))
    if row.handover.to_id not in {None, by.pk}:
        raise CaseRefusedError(_("This handover is meant for %(name)s."), name=str(row.handover.to))
    with acting(by.as_actor(), "cases.accept"):
        fresh = HandoverCase.objects.select_for_update().get(pk=row.pk)
        if fresh.settled_at is None:
            _settle(fresh, Settled.ACCEPTED, by, now)
    live.publish(f"case:{row.case_id}", {"owner": by.name})


def finish(handover: Handover, *, by: Officer, now: datetime) -> int:
    """End a handover; what nobody accepted goes to the unit. Return how many did.

    :raises CaseRefusedError: neither one's own nor a supervisor's.
    """
    mine = by.pk in {handover.by_id, handover.to_id}
    if not mine and not permit.may(by, Acts.CASE_ASSIGN, handover):
        raise CaseRefusedError(_("Only who hands over, who takes over or a supervisor may end it."))
    with acting(by.as_actor(), "cases.handover"):
        Handover.objects.select_for_update().get(pk=handover.pk)
        left = list(handover.cases.select_for_update().filter(settled_at=None))
        for row in left:
            _settle(row, Settled.TO_UNIT, None, now)
        Handover.objects.filter(pk=handover.pk, done_at=None).update(done_at=now)
    live.publish(f"cases:{handover.force_id}", {"handover": handover.pk})
    return len(left)


def _settle(row: HandoverCase, outcome: Settled, to: Officer | None, now: datetime) -> None:
    """Settle a row; the owner changes only if the case is still with who hands over."""
    row.settled_at, row.outcome = now, outcome
    row.save(update_fields=["settled_at", "outcome"])
    held = Case.objects.filter(pk=row.case_id, owner=row.handover.by_id)
    held.exclude(state=CaseState.CLOSED).update(owner=to, changed_at=now)
