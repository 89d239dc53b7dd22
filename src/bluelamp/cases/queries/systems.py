"""Other case systems: how each stands, and what they said of a case."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, QuerySet

from bluelamp.audit.queries import Filter, acts
from bluelamp.cases.models import Case, CaseSystem, Link
from bluelamp.cases.rules import fieldmap
from bluelamp.cases.rules.fieldmap import Fact, Scalar
from bluelamp.cases.values import LinkState
from bluelamp.org import permit
from bluelamp.org.models import Officer
from bluelamp.org.values import Acts


def systems(officer: Officer) -> QuerySet[CaseSystem]:
    """Return the case systems of the force, for those who may see to any."""
    acts_ = (Acts.ACCOUNT_MANAGE, Acts.ROUTING_MANAGE)
    if not any(permit.may(officer, act, officer.force) for act in acts_):
        return CaseSystem.objects.none()
    return CaseSystem.objects.filter(force=officer.force_id).order_by("name")


def tally(system: CaseSystem) -> dict[str, int]:
    """Return how many cases wait to be told, are told, and were refused."""
    rows = Link.objects.filter(system=system).order_by().values("state").annotate(n=Count("pk"))
    counted = {row["state"]: row["n"] for row in rows}
    return {
        "waiting": counted.get(LinkState.READY, 0) + counted.get(LinkState.DOING, 0),
        "done": counted.get(LinkState.DONE, 0),
        "failed": counted.get(LinkState.FAILED, 0),
    }


def refused(system: CaseSystem, officer: Officer) -> QuerySet[Link]:
    """Return what a system refused for good, as far as the officer may read the cases."""
    mine = permit.scope(officer, Acts.CASE_READ, unit="case__unit")
    found = Link.objects.filter(mine, system=system, state=LinkState.FAILED)
    return found.select_related("case").order_by("pk")


def mark(system: CaseSystem) -> str:
    """Write down how a system is set up, to tell later whether it is still so."""
    facts = [system.name, system.active, system.settings, system.fields]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]


def changed_last(system: CaseSystem) -> tuple[str, datetime | None]:
    """Return who set a system up last, and when."""
    wanted = Filter(act="cases.", table="cases_casesystem", row=str(system.pk))
    found = acts(system.force_id, wanted).first()
    return (found.actor_label or "", found.at) if found else ("", None)


# --- on a case's page ---


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A case as another system knows it."""

    link: Link
    at: datetime | None
    """When it last told us something."""
    said: list[tuple[Fact | str, Scalar]]
    """What it said: our fact, or its own name for what we have none for."""


def elsewhere(case: Case) -> list[Elsewhere]:
    """Return what other systems know and say of a case."""
    found = case.links.select_related("system").order_by("system__name")
    return [_elsewhere(link) for link in found]


def _elsewhere(link: Link) -> Elsewhere:
    fields = link.theirs.get("fields", {})
    lines = fieldmap.read(link.system.fields)
    ours = fieldmap.ours(lines, fields)
    named = {line.theirs for line in lines if line.ours is not None}
    rest = [(name, value) for name, value in fields.items() if name not in named]
    at = link.theirs.get("at")
    return Elsewhere(link, datetime.fromisoformat(at) if at else None, [*ours.items(), *rest])
