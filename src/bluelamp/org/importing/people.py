"""Units, officers and grants."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.validators import validate_email
from django.utils import timezone

from bluelamp.org.importing.table import File, Line, Plan, moment, once
from bluelamp.org.models import Force, Grant, Officer, Unit
from bluelamp.org.values import Role, UnitKind

# --- units ---


def plan_units(force: Force, path: Path) -> Plan:
    """Plan units from ``code,name,kind,parent,email``; an empty parent is the force itself."""
    file = File(path, ("code", "name", "kind", "parent"), ("email",))
    units = {unit.code: unit for unit in force.units.all()}
    root = next(unit for unit in units.values() if unit.parent_id is None)
    plan, seen = Plan(), dict[str, int]()
    for line in file.rows():
        once(line, "code", seen)
        line.text("code", 40)
        name = line.text("name", 120)
        kind = line.read("kind", UnitKind)
        parent = root if not line.cells["parent"] else line.known("parent", units)
        if kind and parent is not None:
            new = {"name": name, "kind": kind.value, "parent": parent, "email": line.get("email")}
            _plan_unit(plan, line, force, units, new)
    file.refuse()
    plan.steps.append(lambda: _rebuild_paths(force))
    return plan


def _plan_unit(
    plan: Plan, line: Line, force: Force, units: dict[str, Unit], new: dict[str, Any]
) -> None:
    code = line.cells["code"]
    unit = units.get(code)
    if unit is not None and _lies_below(new["parent"], unit, units):
        line.wrong("parent", "lies below the unit itself")
        return
    if unit is not None and unit.parent_id is None:
        new["parent"] = None  # the root stays the root
    old = {name: getattr(unit, name) for name in new} if unit else {}
    if unit is None:
        unit = units[code] = Unit(force=force, code=code)
    elif old == new:
        plan.same += 1
        return
    changed = {name: str(value or "") for name, value in new.items() if old.get(name) != value}
    for name, value in new.items():
        setattr(unit, name, value)
    plan.add(line.row, "change" if old else "add", code, unit.save, **changed)


def _rebuild_paths(force: Force) -> None:
    """Write every unit's path anew from its parents, where it is not right."""
    units = {unit.pk: unit for unit in Unit.objects.filter(force=force)}

    def path(unit: Unit) -> str:
        above = path(units[unit.parent_id]) if unit.parent_id else "/"
        return f"{above}{unit.pk}/"

    for unit in units.values():
        if unit.path != (right := path(unit)):
            unit.path = right
            unit.save(update_fields=["path"])


def _lies_below(place: Unit | None, unit: Unit, units: dict[str, Unit]) -> bool:
    while place is not None:
        if place.code == unit.code:
            return unit.parent_id is not None
        place = units[place.parent.code] if place.parent else None
    return False


# --- officers ---


def plan_officers(force: Force, path: Path) -> Plan:
    """Plan officers from ``number,name,email,unit,rank``; numbers name them."""
    file = File(path, ("number", "name", "email", "unit"), ("rank",))
    units = {unit.code: unit for unit in force.units.all()}
    there = {officer.number: officer for officer in force.officers.all()}
    taken = {o.email.lower(): o.pk for o in Officer.objects.only("email")}
    plan, numbers, addresses = Plan(), dict[str, int](), dict[str, int]()
    for line in file.rows():
        once(line, "number", numbers)
        once(line, "email", addresses)
        new = _officer(line, units)
        officer = there.get(line.cells["number"])
        if taken.get(new["email"], officer.pk if officer else None) != getattr(officer, "pk", None):
            line.wrong("email", "belongs to another officer")
        _plan_officer(plan, line, force, officer, new)
    file.refuse()
    plan.missing = [o for n, o in there.items() if n.lower() not in numbers and o.is_active]
    return plan


def _officer(line: Line, units: dict[str, Unit]) -> dict[str, Any]:
    email = line.text("email", 254).lower()
    line.text("number", 20)
    if email:
        line.read("email", validate_email)
    return {
        "name": line.text("name", 120),
        "email": email,
        "unit": line.known("unit", units),
        "rank": line.get("rank"),
    }


def _plan_officer(
    plan: Plan, line: Line, force: Force, officer: Officer | None, new: dict[str, Any]
) -> None:
    number = line.cells["number"]
    old = {name: getattr(officer, name) for name in new} if officer else {}
    if officer is not None and old == new:
        plan.same += 1
        return
    if officer is None:
        officer = Officer(force=force, number=number)
        officer.set_unusable_password()
    for name, value in new.items():
        setattr(officer, name, value)
    changed = {name: str(value or "") for name, value in new.items() if old.get(name) != value}
    plan.add(line.row, "change" if old else "add", number, officer.save, **changed)


# --- grants ---


def plan_grants(force: Force, path: Path) -> Plan:
    """Plan grants from ``officer,role,unit,starts,expires,reason``; never takes one back."""
    file = File(path, ("officer", "role", "unit"), ("starts", "expires", "reason"))
    units = {unit.code: unit for unit in force.units.all()}
    people = {officer.number: officer for officer in force.officers.all()}
    held = {
        (g.officer_id, g.role, g.unit_id): g
        for g in Grant.objects.filter(force=force, revoked_at=None)
    }
    plan, now = Plan(), timezone.now()
    for line in file.rows():
        officer, unit = line.known("officer", people), line.known("unit", units)
        role = line.read("role", Role)
        starts = line.read("starts", moment) if line.get("starts") else now
        expires = line.read("expires", moment) if line.get("expires") else None
        if officer is None or unit is None or role is None or starts is None:
            continue
        if expires and expires <= starts:
            line.wrong("expires", "is not after the start")
        known = held.get((officer.pk, role.value, unit.pk))
        grant = known or Grant(force=force, officer=officer, role=role, unit=unit, starts=starts)
        _plan_grant(plan, line, grant, expires)
        held[(officer.pk, role.value, unit.pk)] = grant
    file.refuse()
    return plan


def _plan_grant(plan: Plan, line: Line, grant: Grant, expires: datetime | None) -> None:
    if grant.pk and grant.expires == expires:
        plan.same += 1
        return
    grant.expires = expires
    grant.reason = line.get("reason")[:200]
    change = "change" if grant.pk else "add"
    key = f"{grant.officer.number} {grant.role} {grant.unit.code}"
    plan.add(line.row, change, key, grant.save, expires=line.get("expires"))
