"""What a force sets for itself: what there is, who changed it last, and whether it is still so."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bluelamp.audit import queries as record
from bluelamp.kit import phone
from bluelamp.kit.offers import offered
from bluelamp.org.models import Force, Officer, Unit
from bluelamp.org.rules.settings import Setting

LATELY = 100
"""Changes of a force among which the last one of a setting is looked for."""


@dataclass(frozen=True, slots=True)
class Changed:
    """Who changed a setting last, and when; nobody as far as is known."""

    who: str = ""
    at: datetime | None = None


def all_settings() -> list[Setting[Any]]:
    """Return what the floors offer, what officers change first."""
    found = [one for floor in offered("SETTINGS") for one in floor]
    return sorted(found, key=lambda one: bool(one.kept))


def setting_of(key: str) -> Setting[Any] | None:
    """Return the setting of that key which officers change; ``None``: there is none."""
    return next((one for one in all_settings() if one.key == key and not one.kept), None)


def mark(force: Force, key: str) -> str:
    """Write down what an officer sees of a setting, to tell later whether it is still so."""
    if key not in force.settings:
        return "none"
    value = json.dumps(force.settings[key], sort_keys=True)
    return hashlib.sha256(value.encode()).hexdigest()[:16]


def changed_last(force: Force, keys: Iterable[str]) -> dict[str, Changed]:
    """Return who changed each setting last, on a page or past it."""
    found = {key: Changed() for key in keys}
    for entry in record.history(force.pk, "org_force", force.pk)[:LATELY]:
        for change in record.changes(entry) or ():
            if change.column == "settings":
                changed = Changed(entry.act.actor_label, entry.act.at)
                for key in (key for key, last in found.items() if last.at is None):
                    if _of(change.old, key) != _of(change.new, key):
                        found[key] = changed
    return found


def _of(settings: object, key: str) -> object:
    return settings.get(key) if isinstance(settings, dict) else None


def rung_at_night(force: Force, written: str) -> str:
    """Say whose on-call phone a number is; empty: nobody's, as far as we know."""
    try:
        number = phone.e164(written)
    except phone.PhoneNumberError:
        return ""
    unit = Unit.objects.filter(force=force, phone=number).first()
    officer = None if unit else Officer.objects.filter(force=force, phone=number).first()
    return unit.name if unit else officer.label if officer else ""


def codes(force: Force) -> frozenset[str]:
    """Return the codes of a force's units."""
    return frozenset(Unit.objects.filter(force=force).values_list("code", flat=True))
