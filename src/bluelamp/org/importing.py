"""Units, officers, grants and shifts from CSV: read whole, refused whole, repeatable.

Each kind names its columns.  Reading finds every mistake of the file, by row
and column; only a file without one is applied, in one transaction.  What is
already as the file says is left alone, so that the same file twice changes
nothing the second time.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone

from bluelamp.org.errors import ImportRefusedError
from bluelamp.org.models import Force, Grant, Officer, Shift, Unit
from bluelamp.org.rules.shifts import first_overlap
from bluelamp.org.rules.walls import Stretch
from bluelamp.org.values import Role, UnitKind

MOST_PROBLEMS = 50
"""How many mistakes of a file are told at once."""
T = TypeVar("T")


@dataclass
class Plan:
    """What a file would change."""

    changes: list[dict[str, Any]] = field(default_factory=list)
    """One for each row that changes something: ``row``, ``change``, ``key`` and what is new."""
    steps: list[Callable[[], object]] = field(default_factory=list)
    same: int = 0
    missing: list[Officer] = field(default_factory=list)
    """Active officers whom a file of officers does not name."""

    def add(self, row: int, change: str, key: str, step: Callable[[], object], **new: Any) -> None:
        """Note a change and how it is made."""
        self.changes.append({"row": row, "change": change, "key": key, **new})
        self.steps.append(step)

    def apply(self) -> None:
        """Make every change; to be called inside ``acting``."""
        for step in self.steps:
            step()


class _File:
    """A CSV with known columns; gathers what is wrong with it."""

    def __init__(self, path: Path, required: tuple[str, ...], optional: tuple[str, ...]) -> None:
        self.path = path
        self._required = required
        self._known = required + optional
        self._problems: list[str] = []

    def rows(self) -> Iterator[_Line]:
        """Yield the data rows; the header is row 1, as a spreadsheet counts."""
        try:
            with self.path.open(encoding="utf-8-sig", newline="") as file:
                yield from self._read(csv.DictReader(file, restkey="", strict=True))
        except OSError as error:
            raise ImportRefusedError([f"{self.path}: {error.strerror}."]) from error
        except UnicodeDecodeError as error:
            raise ImportRefusedError([f"{self.path.name}: the file is not UTF-8."]) from error
        except csv.Error as error:
            raise ImportRefusedError([f"{self.path.name}: not a CSV file ({error})."]) from error

    def _read(self, reader: csv.DictReader[str]) -> Iterator[_Line]:
        header = [name.strip().lower() for name in reader.fieldnames or ()]
        reader.fieldnames = header
        self._check_header(header)
        for cells in reader:
            row = reader.line_num
            if "" in cells or None in cells.values():
                self.wrong(row, "", f"has not {len(header)} columns")
                continue
            yield _Line(self, row, {name: (text or "").strip() for name, text in cells.items()})

    def _check_header(self, header: list[str]) -> None:
        missing = [name for name in self._required if name not in header]
        unknown = [name for name in header if name not in self._known]
        if missing or unknown:
            words = [f"column “{name}” is missing" for name in missing]
            words += [f"column “{name}” is not known" for name in unknown]
            known = ", ".join(self._known)
            raise ImportRefusedError(
                [f"{self.path.name}, row 1: {'; '.join(words)}. Columns are {known}."]
            )

    def wrong(self, row: int, column: str, words: str) -> None:
        """Note a mistake."""
        where = f", column {column}:" if column else ""
        self._problems.append(f"{self.path.name}, row {row}{where} {words}.")

    def refuse(self) -> None:
        """Refuse the file if anything is wrong with it."""
        if self._problems:
            more = len(self._problems) - MOST_PROBLEMS
            tail = [f"… and {more} more."] if more > 0 else []
            raise ImportRefusedError(self._problems[:MOST_PROBLEMS] + tail)


@dataclass
class _Line:
    """A data row that knows its place."""

    file: _File
    row: int
    cells: dict[str, str]

    def text(self, column: str, longest: int) -> str:
        """Return a cell that must not be empty."""
        found = self.cells[column]
        if not found:
            self.wrong(column, "is empty")
        elif len(found) > longest:
            self.wrong(column, f"is longer than {longest} characters")
        return found

    def get(self, column: str) -> str:
        """Return a cell of an optional column."""
        return self.cells.get(column, "")

    def read(self, column: str, turn: Callable[[str], T]) -> T | None:
        """Turn a cell into a value; ``None`` and a mistake where it is none."""
        try:
            return turn(self.cells[column])
        except (ValueError, ValidationError):
            self.wrong(column, f"“{self.cells[column]}” cannot be read")
            return None

    def known(self, column: str, things: dict[str, T]) -> T | None:
        """Look a cell up; ``None`` and a mistake where nothing has that name."""
        found = things.get(self.cells[column])
        if found is None:
            self.wrong(column, f"“{self.cells[column]}” is not known")
        return found

    def wrong(self, column: str, words: str) -> None:
        """Note a mistake in this row."""
        self.file.wrong(self.row, column, words)


def _once(line: _Line, column: str, seen: dict[str, int]) -> None:
    key = line.cells[column].lower()
    if key in seen:
        line.wrong(column, f"“{line.cells[column]}” is in row {seen[key]} already")
    seen[key] = line.row


# --- units ---


def plan_units(force: Force, path: Path) -> Plan:
    """Plan units from ``code,name,kind,parent,email``; an empty parent is the force itself."""
    file = _File(path, ("code", "name", "kind", "parent"), ("email",))
    units = {unit.code: unit for unit in force.units.all()}
    root = next(unit for unit in units.values() if unit.parent_id is None)
    plan, seen = Plan(), dict[str, int]()
    for line in file.rows():
        _once(line, "code", seen)
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
    plan: Plan, line: _Line, force: Force, units: dict[str, Unit], new: dict[str, Any]
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
    file = _File(path, ("number", "name", "email", "unit"), ("rank",))
    units = {unit.code: unit for unit in force.units.all()}
    there = {officer.number: officer for officer in force.officers.all()}
    taken = {o.email.lower(): o.pk for o in Officer.objects.only("email")}
    plan, numbers, addresses = Plan(), dict[str, int](), dict[str, int]()
    for line in file.rows():
        _once(line, "number", numbers)
        _once(line, "email", addresses)
        new = _officer(line, units)
        officer = there.get(line.cells["number"])
        if taken.get(new["email"], officer.pk if officer else None) != getattr(officer, "pk", None):
            line.wrong("email", "belongs to another officer")
        _plan_officer(plan, line, force, officer, new)
    file.refuse()
    plan.missing = [o for n, o in there.items() if n.lower() not in numbers and o.is_active]
    return plan


def _officer(line: _Line, units: dict[str, Unit]) -> dict[str, Any]:
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
    plan: Plan, line: _Line, force: Force, officer: Officer | None, new: dict[str, Any]
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
    file = _File(path, ("officer", "role", "unit"), ("starts", "expires", "reason"))
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
        starts = line.read("starts", _moment) if line.get("starts") else now
        expires = line.read("expires", _moment) if line.get("expires") else None
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


def _plan_grant(plan: Plan, line: _Line, grant: Grant, expires: datetime | None) -> None:
    if grant.pk and grant.expires == expires:
        plan.same += 1
        return
    grant.expires = expires
    grant.reason = line.get("reason")[:200]
    change = "change" if grant.pk else "add"
    key = f"{grant.officer.number} {grant.role} {grant.unit.code}"
    plan.add(line.row, change, key, grant.save, expires=line.get("expires"))


def _moment(text: str) -> datetime:
    """Read an ISO date or moment; without an offset it is the force's local time."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else timezone.make_aware(moment)


# --- shifts ---


def plan_shifts(force: Force, path: Path) -> Plan:
    """Plan shifts from ``officer,unit,starts,ends,on_call``; overlaps are refused."""
    file = _File(path, ("officer", "unit", "starts", "ends"), ("on_call",))
    units = {unit.code: unit for unit in force.units.all()}
    people = {officer.number: officer for officer in force.officers.all()}
    plan, wanted = Plan(), dict[int, list[Stretch]]()
    for line in file.rows():
        officer, unit = line.known("officer", people), line.known("unit", units)
        starts, ends = line.read("starts", _moment), line.read("ends", _moment)
        if officer is None or unit is None or starts is None or ends is None:
            continue
        shift = Shift(
            force=force, officer=officer, unit=unit, starts=starts, ends=ends,
            on_call=line.get("on_call").lower() in ("yes", "true", "1"),
        )  # fmt: skip
        _plan_shift(plan, line, shift, wanted)
    file.refuse()
    return plan


def _plan_shift(plan: Plan, line: _Line, shift: Shift, wanted: dict[int, list[Stretch]]) -> None:
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
