"""The queue: which cases an officer sees in which list, and who spoke in each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Subquery

from bluelamp.cases import labels
from bluelamp.cases.models import Case, CaseItem, Milestone, Reply
from bluelamp.cases.queries.citizen import case_named
from bluelamp.cases.rules.naming import shown_name
from bluelamp.cases.values import CaseState, Joined, MilestoneState, ReplyState
from bluelamp.inbound.models import Item
from bluelamp.org import permit
from bluelamp.org.models import Grant, Officer, Unit
from bluelamp.org.values import ROLE_ACTS, Acts

LISTS = ("todo", "mine", "unit", "nobody", "approve", "waiting", "closed")
OPEN = ~Q(state=CaseState.CLOSED)
"""It is not closed."""
OURS = Q(state__in=[CaseState.NEW, CaseState.OPEN])
"""It is our turn."""
DUE = [MilestoneState.RUNNING, MilestoneState.BREACHED]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which part of the queue is asked for."""

    part: str = "todo"
    severity: int | None = None
    channel: str = ""
    tag: int | None = None


def cases(officer: Officer, act: Acts = Acts.CASE_READ) -> QuerySet[Case]:
    """Return the cases with which the officer may do ``act``."""
    found = Case.objects.filter(permit.scope(officer, act))
    return found.select_related("unit", "owner", "force", "group")


def case_known_as(officer: Officer, reference: str) -> Case | None:
    """Return the case of a reference, its own or the one that its citizen was given.

    :param reference: as ``rules.reference.read_any`` returns it.
    :returns: ``None`` too where the officer may not read it.
    """
    found = case_named(officer.force, reference) if reference else None
    return cases(officer).filter(pk=found.pk).first() if found is not None else None


def queue(officer: Officer, wanted: Wanted) -> QuerySet[Case]:
    """Return a list of cases: most urgent first, then who waits longest."""
    found = cases(officer).filter(_part(officer, wanted.part))
    if wanted.severity is not None:
        found = found.filter(severity=wanted.severity)
    if wanted.channel:
        said = CaseItem.objects.filter(case=OuterRef("pk"), item__channel=wanted.channel)
        found = found.filter(Exists(said))
    if wanted.tag is not None:
        found = found.filter(tagged__tag=wanted.tag)
    order = ("-closed_at", "pk") if wanted.part == "closed" else ("-severity", "heard_at", "pk")
    return with_facts(found).order_by(*order)


def _part(officer: Officer, part: str) -> Q:
    return {
        "mine": OPEN & Q(owner=officer),
        "unit": OURS & Q(unit__path__startswith=officer.unit.path),
        "nobody": OURS & Q(owner=None),
        "approve": Q(Exists(_submitted(officer))),
        "waiting": Q(state=CaseState.WAITING),
        "closed": Q(state=CaseState.CLOSED),
    }.get(part, OURS)


def _submitted(officer: Officer) -> QuerySet[Reply]:
    """Return others' answers that wait for a yes."""
    waiting = Reply.objects.filter(case=OuterRef("pk"), state=ReplyState.SUBMITTED)
    return waiting.exclude(by=officer)


def with_facts(found: QuerySet[Case]) -> QuerySet[Case]:
    """Add who spoke last and where, and which promise is due next."""
    spoke = Item.objects.filter(in_case__case=OuterRef("pk"), kind="human")
    spoke = spoke.exclude(in_case__why=Joined.REPEATS)
    last = spoke.order_by("-received_at", "-pk")
    due = Milestone.objects.filter(case=OuterRef("pk"), state__in=DUE, due_at__isnull=False)
    return found.annotate(
        spoke_name=Subquery(last.values("sender_name")[:1]),
        spoke_as=Subquery(last.values("sender")[:1]),
        channel=Subquery(last.values("channel")[:1]),
        due_at=Subquery(due.order_by("due_at").values("due_at")[:1]),
        due_kind=Subquery(due.order_by("due_at").values("kind")[:1]),
    )


def row(case: Case, now: datetime) -> dict[str, Any]:
    """Return what a list shows of a case that came with its facts."""
    facts: Any = case  # with_facts() added who spoke, where, and what is due
    due = facts.due_at
    return {
        "case": case,
        "severity": labels.severity_tag(case.severity),
        "state": labels.state_tag(case.state) if case.state != CaseState.OPEN else None,
        "who": shown_name(facts.spoke_name or "", facts.spoke_as or ""),
        "channel": labels.channel(facts.channel or ""),
        "waited": labels.span(now - case.heard_at),
        "due": due,
        "due_kind": labels.KINDS.get(facts.due_kind or ""),
        "left": labels.span(due - now) if due else "",
        "overdue": due is not None and due <= now,
    }


def counts(officer: Officer) -> dict[str, int]:
    """Return how many cases wait in the lists that are worked through."""
    mine = cases(officer).order_by()
    return {part: mine.filter(_part(officer, part)).count() for part in LISTS if part != "closed"}


def channels(officer: Officer) -> list[str]:
    """Return the channels by which the officer's open cases came."""
    inside = CaseItem.objects.filter(case__in=cases(officer).filter(OPEN))
    return sorted(set(inside.values_list("item__channel", flat=True)))


def newest(officer: Officer) -> int:
    """Return the number of the last item that joined a case the officer may read."""
    inside = CaseItem.objects.filter(permit.scope(officer, Acts.CASE_READ, unit="case__unit"))
    return inside.aggregate(last=Max("pk"))["last"] or 0


def joined_since(officer: Officer, after: int) -> int:
    """Return how many items joined such cases after the item numbered ``after``."""
    inside = CaseItem.objects.filter(permit.scope(officer, Acts.CASE_READ, unit="case__unit"))
    return inside.filter(pk__gt=after).count()


# Who may work on what ---------------------------------------------------------

_WORKING = [role for role, acts in ROLE_ACTS.items() if Acts.CASE_WORK in acts]


def workers(unit: Unit, *, now: datetime) -> list[Officer]:
    """Return the officers who may work on a unit's cases, by name."""
    above = [int(part) for part in unit.path.split("/") if part]
    live = Q(expires=None) | Q(expires__gt=now)
    holding = Grant.objects.filter(
        live, force=unit.force_id, revoked_at=None, role__in=_WORKING, unit__in=above,
        starts__lte=now,
    )  # fmt: skip
    found = Officer.objects.filter(is_active=True, pk__in=holding.values("officer"))
    return list(found.order_by("name", "pk"))


def units(officer: Officer) -> list[Unit]:
    """Return the units of the force, to which a case can be sent."""
    return list(Unit.objects.filter(force=officer.force_id).order_by("path"))


def named(officer: Officer, references: Iterable[str], act: Acts) -> list[Case]:
    """Return the cases of these references with which the officer may do ``act``."""
    return list(with_facts(cases(officer, act)).filter(reference__in=list(references)))
