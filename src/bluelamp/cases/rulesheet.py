"""Routing rules as a file: JSON that names units, accounts and areas as people do."""

from __future__ import annotations

import json
from typing import Any

from pydantic import ValidationError

from bluelamp.cases.errors import CaseRefusedError
from bluelamp.cases.models import RoutingRule
from bluelamp.cases.rules.routing import Condition, Rule
from bluelamp.channels.models import Account
from bluelamp.org.models import Calendar, Force, Unit
from bluelamp.places.models import Area

_KEYS = {"name", "unit", "when", "skill", "to_person"}


def read_rules(force: Force, text: str) -> list[Rule]:
    """Return the rules of a sheet, in its order; their ids are their places from 1.

    A sheet is a list of ``{"name", "unit", "when", "skill", "to_person"}``; ``unit`` is a
    unit's code; ``when`` has the fields of :class:`Condition`, with accounts and calendars by
    name and areas by code.

    :raises CaseRefusedError: naming the place of the first mistake.
    """
    try:
        rows = json.loads(text)
    except json.JSONDecodeError as error:
        raise _refused(f"line {error.lineno}", error.msg) from error
    if not isinstance(rows, list):
        raise _refused("the file", "a list of rules is wanted")
    return [_rule(force, number, row) for number, row in enumerate(rows, 1)]


def _rule(force: Force, number: int, row: Any) -> Rule:
    place = f"rule {number}"
    if not isinstance(row, dict) or not row.get("name") or not row.get("unit"):
        raise _refused(place, "name and unit are wanted")
    unknown = sorted(set(row) - _KEYS)
    if unknown:
        raise _refused(place, f"{unknown[0]} is not known")
    unit = Unit.objects.filter(force=force, code=row["unit"]).first()
    if unit is None:
        raise _refused(place, f"there is no unit {row['unit']}")
    when = _condition(force, place, dict(row.get("when") or {}))
    return Rule(
        number, str(row["name"])[:80], when, unit.pk, str(row.get("skill", ""))[:50],
        bool(row.get("to_person", False)),
    )  # fmt: skip


def _condition(force: Force, place: str, when: dict[str, Any]) -> Condition:
    accounts = Account.objects.filter(force=force).values_list("name", "pk")
    areas = Area.objects.filter(force=force, retired_at=None).values_list("code", "pk")
    calendars = dict(Calendar.objects.filter(force=force).values_list("name", "pk"))
    for name, known in (
        ("accounts", dict(accounts)), ("areas", dict(areas)), ("open_at", calendars),
        ("closed_at", calendars),
    ):  # fmt: skip
        if name in when:
            when[name] = [_known(place, name, known, one) for one in when[name]]
    try:
        return Condition.model_validate(when)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = " ".join(str(part) for part in first["loc"])
        raise _refused(place, f"when {where}: {first['msg']}") from error


def _known(place: str, name: str, known: dict[str, int], wanted: Any) -> int:
    if wanted not in known:
        raise _refused(place, f"{name}: {wanted} is not known")
    return known[wanted]


def _refused(place: str, words: str) -> CaseRefusedError:
    return CaseRefusedError(f"{place}: {words}.")


def written(force: Force) -> str:
    """Return the force's active rules as a sheet."""
    accounts = dict(Account.objects.filter(force=force).values_list("pk", "name"))
    areas = dict(Area.objects.filter(force=force).values_list("pk", "code"))
    calendars = dict(Calendar.objects.filter(force=force).values_list("pk", "name"))
    rows = []
    for rule in RoutingRule.objects.filter(force=force, active=True).select_related("unit"):
        when = Condition.model_validate(rule.when).model_dump(mode="json", exclude_defaults=True)
        for name, names in (
            ("accounts", accounts), ("areas", areas), ("open_at", calendars),
            ("closed_at", calendars),
        ):  # fmt: skip
            if name in when:
                when[name] = [names[pk] for pk in when[name] if pk in names]
        rows.append(
            {"name": rule.name, "unit": rule.unit.code, "when": when, "skill": rule.skill,
             "to_person": rule.to_person}
        )  # fmt: skip
    return json.dumps(rows, indent=2, ensure_ascii=False)
