"""Accept: what another case system tells of its cases joins ours; none is made twice.

Each telling may come again, late or out of order: it says how things stand there, and
what stands so here already changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict, Field

from bluelamp.audit.actions import acting
from bluelamp.audit.values import Actor, ActorKind
from bluelamp.cases import milestones
from bluelamp.cases.errors import CaseRefusedError
from bluelamp.cases.models import Case, CaseItem, CaseSystem, Link
from bluelamp.cases.rules import fieldmap
from bluelamp.cases.rules.fieldmap import Fact, Scalar
from bluelamp.cases.rules.reference import new_reference, read_reference
from bluelamp.cases.shelter import shelter
from bluelamp.cases.values import CaseState, Joined, LinkState, Told
from bluelamp.inbound.models import Item
from bluelamp.inbound.values import Severity
from bluelamp.kit import live
from bluelamp.kit.locks import lock
from bluelamp.org.models import Unit

_LOCK = 0x6C696E6B
"""First half of the advisory lock's key ("link"); the second is the system."""


class Telling(BaseModel):
    """One call of another system."""

    model_config = ConfigDict(extra="ignore")

    event: Told
    their_id: str = Field(min_length=1, max_length=100)
    at: datetime | None = None
    """When it stood so there; an older telling never undoes a newer one."""
    reference: str = ""
    """Our case's, where theirs has one."""
    item: str = ""
    """The platform's id of something said to us."""
    fields: dict[str, Scalar] = {}
    """As they are called there."""


def accept(system: CaseSystem, telling: Telling, *, now: datetime) -> Case:
    """Let one telling have its effect; return the case it is about.

    :raises CaseRefusedError: it names something that is not here.
    """
    actor = Actor(ActorKind.SYSTEM, f"case_system:{system.pk}", system.name, force=system.force_id)
    with acting(actor, "cases.accept"):
        lock(_LOCK, system.pk)  # two tellings at once must not open two cases
        link = _link(system, telling, now=now)
        if telling.event == Told.ITEM_LINKED:
            _move(_item(system, telling.item), link.case, now=now)
        _follow(link, telling, now=now)
        live.publish(f"cases:{system.force_id}", {"case": link.case_id})
    return link.case


# Which case -------------------------------------------------------------------


def _link(system: CaseSystem, telling: Telling, *, now: datetime) -> Link:
    """Return the link to their case: known, or to the case they name, or to a new one."""
    mine = Link.objects.select_for_update(of=("self",)).select_related("case__unit")
    known = mine.filter(system=system, their_id=telling.their_id).first()
    if known is not None:
        return known
    case = _named(system, telling) or _open(system, telling, now=now)
    link, _new = mine.get_or_create(
        case=case, system=system,
        defaults={"force_id": system.force_id, "due_at": now, "state": LinkState.DONE},
    )  # fmt: skip
    if link.their_id:
        raise CaseRefusedError(f"Case {case.reference} is {link.their_id} there.")
    link.their_id = telling.their_id
    link.save(update_fields=["their_id"])
    return link


def _named(system: CaseSystem, telling: Telling) -> Case | None:
    if telling.reference:
        reference = read_reference(telling.reference)
        found = Case.objects.filter(force=system.force_id, reference=reference).first()
        if found is None:
            raise CaseRefusedError(f"There is no case {telling.reference[:20]} here.")
        return found
    if telling.event == Told.ITEM_LINKED:
        row = CaseItem.objects.filter(item=_item(system, telling.item)).select_related("case")
        joined = row.first()
        known = joined and joined.case.links.filter(system=system).exclude(their_id="").exists()
        return joined.case if joined and not known else None
    if telling.event != Told.CASE_OPENED:
        raise CaseRefusedError("Neither a reference nor an id that is known here.")
    return None


def _item(system: CaseSystem, external_id: str) -> Item:
    found = Item.objects.filter(force=system.force_id, external_id=external_id)
    item = found.order_by("-pk").first() if external_id else None
    if item is None:
        raise CaseRefusedError("There is no such item here.")
    return item


def _open(system: CaseSystem, telling: Telling, *, now: datetime) -> Case:
    said = fieldmap.ours(fieldmap.read(system.fields), telling.fields)
    unit = _unit(system, said.get(Fact.UNIT))
    case = Case.objects.create(
        force_id=system.force_id, reference=new_reference(), unit=unit, state=CaseState.NEW,
        severity=_severity(said.get(Fact.SEVERITY)),
        title=str(said.get(Fact.TITLE) or telling.their_id)[:120],
        routed={"by": "system", "name": system.name},
        opened_at=now, changed_at=now, heard_at=now,
    )  # fmt: skip
    milestones.start([case])
    return case


def _unit(system: CaseSystem, code: Scalar) -> Unit:
    units = Unit.objects.filter(force=system.force_id)
    return units.filter(code=str(code)).first() or units.get(parent=None)


def _severity(value: Scalar) -> int:
    known = {str(int(one)): int(one) for one in Severity}
    return known.get(str(value), int(Severity.ROUTINE))


# What changes -----------------------------------------------------------------


def _move(item: Item, case: Case, *, now: datetime) -> None:
    """Put an item into a case; a case that is left without any is closed."""
    row = CaseItem.objects.select_for_update().filter(item=item).first()
    if row is not None and row.case_id == case.pk:
        return
    left = row.case if row else None
    CaseItem.objects.update_or_create(
        item=item, defaults={"case": case, "at": item.received_at, "why": Joined.BY_SYSTEM}
    )
    case.heard_at, case.changed_at = max(case.heard_at, item.received_at), now
    graver = item.severity > case.severity
    case.severity = max(case.severity, item.severity)
    case.save(update_fields=["heard_at", "changed_at", "severity"])
    if graver:
        milestones.reassessed(case, now=now)
    shelter([(case, item)], now=now)
    if left is not None and not left.items.exists():
        _stand([left], CaseState.CLOSED, now=now)


def _follow(link: Link, telling: Telling, *, now: datetime) -> None:
    """Keep what they say of it, and close or open ours where theirs was."""
    at = (telling.at or now).astimezone(UTC)
    if at.isoformat() < link.theirs.get("at", ""):
        return
    system = link.system
    said = fieldmap.ours(fieldmap.read(system.fields), telling.fields)
    link.theirs = {"at": at.isoformat(), "fields": link.theirs.get("fields", {}) | telling.fields}
    state, case = said.get(Fact.STATE), link.case
    if state == CaseState.CLOSED and case.state != CaseState.CLOSED:
        _stand([case], CaseState.CLOSED, now=now)
    elif case.state == CaseState.CLOSED and state in {CaseState.NEW, CaseState.OPEN}:
        _stand([case], CaseState.OPEN, now=now)
    link.save(update_fields=["theirs"])


def _stand(cases: Iterable[Case], state: CaseState, *, now: datetime) -> None:
    for case in cases:
        case.state, case.changed_at = state, now
        case.closed_at = now if state == CaseState.CLOSED else None
        case.save(update_fields=["state", "changed_at", "closed_at"])
        tell = milestones.closed if state == CaseState.CLOSED else milestones.heard
        tell([case], now=now)
