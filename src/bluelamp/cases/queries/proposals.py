"""The proposals of incidents that an officer may decide on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from bluelamp.cases.models import Case, IncidentProposal
from bluelamp.cases.queries.queue import cases, with_facts
from bluelamp.cases.rules.gathering import Because
from bluelamp.cases.values import ProposalState
from bluelamp.org import permit
from bluelamp.org.models import Officer
from bluelamp.org.values import Acts

SHOWN = 10
"""So many proposals are shown at once."""
CASES = 200
"""So many cases of theirs together."""


def because_of(one: IncidentProposal) -> Because:
    """Return what a proposal stands on."""
    words = tuple(str(word) for word in one.words)
    return Because(one.people, one.minutes, one.metres, one.same_text, words)


@dataclass(frozen=True, slots=True)
class Asked:
    """A proposal as an officer is asked it."""

    proposal: IncidentProposal
    cases: Sequence[Case]
    """Those that the officer may work on, with their facts, the first opened first."""
    others: int
    """So many more are not theirs."""


def proposed(officer: Officer) -> QuerySet[IncidentProposal]:
    """Return what an officer may decide on: enough of its cases are theirs to work on."""
    theirs = permit.scope(officer, Acts.CASE_WORK, unit="cases__case__unit")
    found = IncidentProposal.objects.filter(force=officer.force_id, state=ProposalState.PROPOSED)
    counted = found.annotate(all=Count("cases"), theirs=Count("cases", filter=theirs))
    joins = permit.scope(officer, Acts.CASE_WORK, unit="group__unit")
    return counted.filter(Q(group=None, theirs__gte=2) | (joins & Q(theirs__gte=1)))


def asked(officer: Officer) -> list[Asked]:
    """Return the proposals with their cases, those that most people tell of first."""
    found = proposed(officer).select_related("group").order_by("-people", "made_at", "pk")
    rows = list(found[:SHOWN])
    members = defaultdict[int, list[Case]](list)
    for case in _cases_of(rows, officer):
        members[case.of].append(case)
    return [_asked(row, members[row.pk]) for row in rows]


def _cases_of(rows: Sequence[IncidentProposal], officer: Officer) -> Iterable[Any]:
    theirs = cases(officer, Acts.CASE_WORK).filter(proposed__proposal__in=rows)
    found = with_facts(theirs.annotate(of=F("proposed__proposal")))
    return found.order_by("opened_at", "pk")[:CASES]


def _asked(row: Any, members: Sequence[Case]) -> Asked:
    return Asked(row, members, row.all - len(members))


def of_case(case: Case, officer: Officer) -> IncidentProposal | None:
    """Return the proposal that a case is in, if the officer may decide on it."""
    return proposed(officer).filter(pk__in=case.proposed.values("proposal")).first()
