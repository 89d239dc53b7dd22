"""Who has a case: take it, give it, put it back to the unit, send it to another."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from bluelamp.cases.actions.change import changing
from bluelamp.cases.errors import CaseRefusedError
from bluelamp.cases.models import Case
from bluelamp.cases.values import CaseState
from bluelamp.org import permit
from bluelamp.org.models import Officer, Unit
from bluelamp.org.values import Acts


def take(case: Case, *, by: Officer, now: datetime) -> None:
    """Take a case that nobody has; taking one's own again changes nothing.

    :raises CaseRefusedError: a colleague has it.
    """
    with changing(case, Acts.CASE_WORK, by=by, now=now) as found:
        if found.owner_id not in {None, by.pk}:
            raise CaseRefusedError(_("%(name)s has this case."), name=str(found.owner))
        _own(found, by)


def take_call(case: Case, *, by: Officer, now: datetime) -> None:
    """Take a case that rang, unless a colleague has begun to work on it."""
    with changing(case, Acts.CASE_WORK, by=by, now=now) as found:
        if found.owner_id is None or found.state == CaseState.NEW:
            _own(found, by)


def give(case: Case, to: Officer, *, by: Officer, now: datetime, reason: str = "") -> None:
    """Give a case to a colleague who may work on it.

    :raises CaseRefusedError: they may not.
    """
    act = Acts.CASE_WORK if case.owner_id == by.pk else Acts.CASE_ASSIGN
    if not permit.may(to, Acts.CASE_WORK, case):
        raise CaseRefusedError(_("%(name)s may not work on this unit's cases."), name=to.name)
    with changing(case, act, by=by, now=now, reason=reason) as found:
        _own(found, to)


def release(case: Case, *, by: Officer, now: datetime, reason: str = "") -> None:
    """Put a case back into its unit's queue: the unit owns it, as always."""
    act = Acts.CASE_WORK if case.owner_id == by.pk else Acts.CASE_ASSIGN
    with changing(case, act, by=by, now=now, reason=reason) as found:
        found.owner = None
        found.save(update_fields=["owner"])


def send_to(case: Case, unit: Unit, *, by: Officer, now: datetime, reason: str) -> None:
    """Send a case to another unit of the force, with the reason.

    :raises CaseRefusedError: no reason, or a unit of another force.
    """
    if not reason.strip():
        raise CaseRefusedError(_("Say why the case goes to another unit."))
    if unit.force_id != case.force_id:
        raise CaseRefusedError(_("This unit belongs to another force."))
    with changing(case, Acts.CASE_WORK, by=by, now=now, reason=reason) as found:
        found.unit, found.owner = unit, None
        found.save(update_fields=["unit", "owner"])


def _own(case: Case, officer: Officer) -> None:
    case.owner = officer
    if case.state == CaseState.NEW:
        case.state = CaseState.OPEN
    case.save(update_fields=["owner", "state"])
