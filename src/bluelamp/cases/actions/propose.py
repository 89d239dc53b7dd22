"""Propose: which open cases look like one incident, kept in step with what still stands for it.

Nothing is joined here.  An officer takes or refuses what is proposed (``proposals``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from bluelamp.audit.actions import acting
from bluelamp.audit.values import SYSTEM
from bluelamp.cases.models import Case, IncidentGroup, IncidentProposal, ProposedCase
from bluelamp.cases.queries.alike import reports
from bluelamp.cases.rules.gathering import Proposed, proposals
from bluelamp.cases.values import ProposalState
from bluelamp.org.models import Force, Officer


def propose(force: Force, *, now: datetime) -> int:
    """Make, change and withdraw a force's proposals; return how many there are.

    One at a time for each force: a decision waits until this is done, and this for it.
    """
    with transaction.atomic():
        there = _undecided(force)
        found = proposals(reports(force, now=now))
        pairs = _matched(found, there)
        changed = [(one, row) for one, row in pairs if row is None or _differs(one, row, there)]
        gone = there.keys() - {row.pk for _one, row in pairs if row is not None}
        if changed or gone:
            with acting(SYSTEM, "cases.propose"):
                IncidentProposal.objects.filter(pk__in=gone).delete()
                for one, row in changed:
                    _write(one, row or IncidentProposal(force=force, made_at=now), now)
    return len(found)


_There = Mapping[int, tuple[IncidentProposal, frozenset[int]]]
"""Number -> a proposal that nobody has decided, and its cases."""


def _undecided(force: Force) -> _There:
    rows = IncidentProposal.objects.filter(force=force, state=ProposalState.PROPOSED)
    locked = list(rows.select_for_update().order_by("pk").prefetch_related("cases"))
    return {row.pk: (row, frozenset(one.case_id for one in row.cases.all())) for row in locked}


def _matched(
    found: Iterable[Proposed], there: _There
) -> list[tuple[Proposed, IncidentProposal | None]]:
    """Return each proposal with the row that has most of its cases already."""
    left = dict(there)
    pairs: list[tuple[Proposed, IncidentProposal | None]] = []
    for one in found:
        shared = {pk: len(cases & set(one.cases)) for pk, (_row, cases) in left.items()}
        best = max(shared, key=lambda pk: (shared[pk], -pk), default=0)
        pairs.append((one, left.pop(best)[0] if shared.get(best) else None))
    return pairs


def _differs(one: Proposed, row: IncidentProposal, there: _There) -> bool:
    same = all(getattr(row, name) == value for name, value in _facts(one).items())
    return not same or there[row.pk][1] != set(one.cases)


def _facts(one: Proposed) -> dict[str, Any]:
    because = one.because
    return {
        "group_id": one.group, "people": because.people, "minutes": because.minutes,
        "metres": because.metres, "same_text": because.same_text,
        "words": [{str(case): word for case, word in by.items()} for by in one.shared],
    }  # fmt: skip


def _write(one: Proposed, row: IncidentProposal, now: datetime) -> None:
    for name, value in _facts(one).items():
        setattr(row, name, value)
    row.changed_at = now
    row.save()
    row.cases.exclude(case__in=one.cases).delete()
    _name(row, one.cases)


def _name(row: IncidentProposal, cases: Iterable[int]) -> None:
    ProposedCase.objects.bulk_create(
        [ProposedCase(force_id=row.force_id, proposal=row, case_id=case) for case in cases],
        ignore_conflicts=True,
    )


def keep_apart(
    cases: Iterable[Case], group: IncidentGroup, *, by: Officer, now: datetime, reason: str = ""
) -> None:
    """Remember that cases are not of an incident: they are not proposed for it again.

    Inside an act.
    """
    rows = list(cases)
    if not rows:
        return
    made = IncidentProposal.objects.create(
        force_id=group.force_id, group=group, state=ProposalState.REFUSED, made_at=now,
        changed_at=now, decided_by=by, decided_at=now, reason=reason.strip()[:300],
    )  # fmt: skip
    _name(made, [case.pk for case in rows])
