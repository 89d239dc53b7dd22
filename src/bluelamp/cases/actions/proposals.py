"""Proposals of incidents: an officer takes one, in whole or in part, or refuses it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext as _

from bluelamp.audit.actions import acting
from bluelamp.cases.actions.group import add, gather
from bluelamp.cases.actions.propose import keep_apart
from bluelamp.cases.errors import CaseRefusedError
from bluelamp.cases.models import Case, IncidentGroup, IncidentProposal
from bluelamp.cases.queries.queue import cases
from bluelamp.cases.values import CaseState, ProposalState
from bluelamp.org import permit
from bluelamp.org.models import Officer
from bluelamp.org.values import Acts


def take(
    proposal: IncidentProposal, chosen: Collection[Case], shown: Collection[Case], *,
    title: str = "", by: Officer, now: datetime,
) -> IncidentGroup:  # fmt: skip
    """Say that the chosen cases of a proposal are one incident; return it.

    They begin an incident, or join the one that was proposed.  What was shown and not chosen
    is kept out of it; what was not shown may be proposed again.

    :param shown: the cases that could be chosen.
    :param title: of an incident that begins.
    :raises CaseRefusedError: decided already, fewer than two to begin with, or a case or the
        incident that is not what it was when it was shown.
    :raises bluelamp.org.errors.NotPermittedError: the officer may not work on one of them.
    """
    with acting(by.as_actor(), "cases.gather"):
        found = _undecided(proposal)
        theirs = _theirs(found, by)
        wanted = _checked(found, [case for case in theirs if case in chosen], len(chosen))
        group = _joined(found.group, wanted, title, by, now)
        left = [case for case in theirs if case in shown and case not in chosen]
        keep_apart(left, group, by=by, now=now)
        found.cases.exclude(case__in=wanted).delete()
        _decide(found, ProposalState.TAKEN, by, now, group=group)
    return group


def refuse(
    proposal: IncidentProposal, shown: Collection[Case], *, reason: str, by: Officer, now: datetime
) -> None:
    """Say that the cases that were shown are not one incident: not proposed together again.

    What was not shown, or is not the officer's to work on, may still be proposed.

    :raises CaseRefusedError: no reason, or decided already.
    """
    if not reason.strip():
        raise CaseRefusedError(_("Say why they are not one incident."))
    with acting(by.as_actor(), "cases.gather", reason=reason):
        found = _undecided(proposal)
        theirs = [case for case in _theirs(found, by) if case in shown]
        if len(theirs) < _least(found):
            raise CaseRefusedError(_("These are not your cases to decide on."))
        found.cases.exclude(case__in=theirs).delete()
        _decide(found, ProposalState.REFUSED, by, now, reason=reason, group=found.group)


def _undecided(proposal: IncidentProposal) -> IncidentProposal:
    rows = IncidentProposal.objects.select_for_update(of=("self",)).select_related("group__unit")
    found = rows.filter(pk=proposal.pk, state=ProposalState.PROPOSED).first()
    if found is None:
        raise CaseRefusedError(_("A colleague has decided it, or it is no longer proposed."))
    return found


def _theirs(found: IncidentProposal, by: Officer) -> list[Case]:
    """Return the proposed cases that the officer may work on, locked, by number."""
    rows = cases(by, Acts.CASE_WORK).select_for_update(of=("self",))
    return list(rows.filter(proposed__proposal=found).order_by("pk"))


def _least(found: IncidentProposal) -> int:
    return 1 if found.group_id else 2


def _checked(found: IncidentProposal, wanted: list[Case], asked: int) -> list[Case]:
    """Return the cases that were chosen, as they were when they were shown."""
    if asked < _least(found):
        raise CaseRefusedError(_("Choose the cases that are about the same thing."))
    changed = any(case.group_id or case.state == CaseState.CLOSED for case in wanted)
    if changed or len(wanted) < asked:
        raise CaseRefusedError(_("Some of them were closed or gathered meanwhile. Look again."))
    return wanted


def _joined(
    group: IncidentGroup | None, wanted: list[Case], title: str, by: Officer, now: datetime
) -> IncidentGroup:
    if group is None:
        return gather(title, wanted, unit=wanted[0].unit, by=by, now=now)
    permit.require(by, Acts.CASE_WORK, group)
    if group.closed_at is not None:
        raise CaseRefusedError(_("This incident is closed."))
    add(group, wanted, by=by, now=now)
    return group


def _decide(
    found: IncidentProposal, state: ProposalState, by: Officer, now: datetime, *,
    group: IncidentGroup | None, reason: str = "",
) -> None:  # fmt: skip
    found.state, found.group, found.reason = state, group, reason.strip()[:300]
    found.decided_by, found.decided_at, found.changed_at = by, now, now
    found.words = []  # people's own, which may have to be forgotten
    found.save()
