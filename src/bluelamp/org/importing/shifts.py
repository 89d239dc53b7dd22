"""Shifts."""

from __future__ import annotations

from pathlib import Path

from bluelamp.org.importing.table import File, Line, Plan, moment
from bluelamp.org.models import Force, Officer, Shift
from bluelamp.org.rules.shifts import first_overlap
from bluelamp.org.rules.walls import Stretch


def plan_shifts(force: Force, path: Path) -> Plan:
    """Plan shifts from ``officer,unit,starts,ends,on_call``; overlaps are refused."""
    file = File(path, ("officer", "unit", "starts", "ends"), ("on_call",))
    units = {unit.code: unit for unit in force.units.all()}
    people = {officer.number: officer for officer in force.officers.all()}
    plan, wanted = Plan(), dict[int, list[Stretch]]()
    for line in file.rows():
        officer, unit = line.known("officer", people), line.known("unit", units)
        starts, ends = line.read("starts", moment), line.read("ends", moment)
        if officer is None or unit is None or starts is None or ends is None:
            continue
        shift = Shift(
            force=force, officer=officer, unit=unit, starts=starts, ends=ends,
            on_call=line.get("on_call").lower() in ("yes", "true", "1"),
        )  # fmt: skip
        _plan_shift(plan, line, shift, wanted)
    file.refuse()
    return plan


def _plan_shift(plan: Plan, line: Line, shift: Shift, wanted: dict[int, list[Stretch]]) -> None:
    if shift.ends <= shift.starts:
        line.wrong("ends", "is not after the start")
        return
    there = Shift.objects.filter(
        officer=shift.officer, starts__lt=shift.ends, ends__gt=shift.starts
    )
    if there.filter(
        starts=shift.starts, ends=shift.ends, unit=shift.unit, on_call=shift.on_call
    ).exists():
        plan.same += 1
        return
    mine = wanted.setdefault(shift.officer_id, [])
    stretch = Stretch(shift.starts, shift.ends)
    if there.exists() or first_overlap([*mine, stretch]):
        line.wrong("starts", "overlaps another shift of the same officer")
    mine.append(stretch)

    def save() -> None:
        Officer.objects.select_for_update().only("pk").get(pk=shift.officer_id)
        shift.save()

    plan.add(line.row, "add", f"{shift.officer.number} {line.cells['starts']}", save)
