"""The proposals of incidents that an officer may decide on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Sequence
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


def because_of(one: IncidentProposal, officer: Officer) -> Because:
    """Return what a proposal stands on; of its words, those in cases that the officer may read."""
    return _because(one, _readable([one], officer))


def _because(one: IncidentProposal, readable: Container[int]) -> Because:
    words = tuple(word for said in one.words for word in _written(said, readable))
    return Because(one.people, one.minutes, one.metres, one.same_text, words)


def _written(said: Any, readable: Container[int]) -> list[str]:
    """Return a word as the first readable case has it; a word alone is nobody's to read.

    So it was kept before; the next look at the open cases writes it anew.
    """
    by = said if isinstance(said, dict) else {}
    return [by[case] for case in sorted(by, key=int) if int(case) in readable][:1]


def _readable(rows: Iterable[IncidentProposal], officer: Officer) -> frozenset[int]:
    """Return which of the cases with words in proposals an officer may read."""
    named = {int(case) for one in rows for said in one.words for case in said if case.isdecimal()}
    return frozenset(cases(officer).filter(pk__in=named).values_list("pk", flat=True))


@dataclass(frozen=True, slots=True)
class Asked:
    """A proposal as an officer is asked it."""

    proposal: IncidentProposal
    because: Because
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
    readable = _readable(rows, officer)
    return [_asked(row, members[row.pk], readable) for row in rows]


def _cases_of(rows: Sequence[IncidentProposal], officer: Officer) -> Iterable[Any]:
    theirs = cases(officer, Acts.CASE_WORK).filter(proposed__proposal__in=rows)
    found = with_facts(theirs.annotate(of=F("proposed__proposal")))
    return found.order_by("opened_at", "pk")[:CASES]


def _asked(row: Any, members: Sequence[Case], readable: Container[int]) -> Asked:
    return Asked(row, _because(row, readable), members, row.all - len(members))


def of_case(case: Case, officer: Officer) -> IncidentProposal | None:
    """Return the proposal that a case is in, if the officer may decide on it."""
    return proposed(officer).filter(pk__in=case.proposed.values("proposal")).first()
