"""Where a case is about: what that was found from, and whose ground it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bluelamp.cases.models import Case, CasePlace
from bluelamp.cases.queries.desk import Desk
from bluelamp.cases.values import CaseState, Joined
from bluelamp.inbound.models import Item
from bluelamp.org.models import Unit
from bluelamp.places.errors import UnknownPostcodeError
from bluelamp.places.models import Area
from bluelamp.places.queries.areas import area_at
from bluelamp.places.queries.postcodes import position_of

_SAME = 1e-6
"""Degrees within which two positions are one; about a tenth of a metre."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a case is about, as far as anybody knows."""

    longitude: float | None = None
    latitude: float | None = None
    areas: Sequence[Area] = ()
    """The force's areas there, the smallest first."""
    set_by: CasePlace | None = None
    """Who set it; else it was found in the words, or came with them."""
    found: str = ""
    """The name or postcode in the words that it was found from."""
    named: Sequence[str] = field(default=())
    """What the words name, where that was not enough to tell one place."""

    @property
    def known(self) -> bool:
        """Whether there is a point to show."""
        return self.longitude is not None and self.latitude is not None

    @property
    def point(self) -> str:
        """Return latitude and longitude, as maps take a pin."""
        return f"{self.latitude},{self.longitude}"

    @property
    def selected(self) -> str:
        """Return the numbers of the areas, as maps take what to show."""
        return ",".join(str(area.pk) for area in self.areas)


def place_of(case: Case) -> Place:
    """Return where a case is about and what that was found from."""
    item = _opening(case)
    names = [str(name) for name in item.findings.get("places", ())] if item else []
    if case.longitude is None or case.latitude is None:
        return Place(named=names)
    areas = _smallest_first(area_at(case.force, case.longitude, case.latitude))
    set_by = case.places.select_related("by", "area").order_by("-at", "-pk").first()
    found = "" if set_by or item is None else _found(case, item, names)
    return Place(case.longitude, case.latitude, areas, set_by, found)


def _opening(case: Case) -> Item | None:
    return Item.objects.filter(in_case__case=case, in_case__why=Joined.OPENED).first()


def _found(case: Case, item: Item, names: Sequence[str]) -> str:
    """Return which postcode or name in the words led here."""
    codes = [str(code) for code in item.findings.get("postcodes", ())]
    here = next((code for code in codes if _is_at(case, code)), "")
    return here or (names[0] if len(names) == 1 else "")


def _is_at(case: Case, code: str) -> bool:
    try:
        position = position_of(code)
    except UnknownPostcodeError:
        return False
    east, north = (
        position.longitude - (case.longitude or 0),
        position.latitude - (case.latitude or 0),
    )
    return abs(east) < _SAME and abs(north) < _SAME


# Whose ground it is -----------------------------------------------------------------


def takers(case: Case, place: Place, *, now: datetime) -> list[Unit]:
    """Return the other units that a place an officer set leads to.

    First where the force's routing would send the case from there, then who polices the
    ground.  Nothing is sent by itself.
    """
    if place.set_by is None or case.state == CaseState.CLOSED:
        return []
    units = [_routed(case, now), *(area.unit for area in place.areas)]
    others = {unit.pk: unit for unit in units if unit is not None and unit.pk != case.unit_id}
    return list(others.values())[:2]


def _routed(case: Case, now: datetime) -> Unit | None:
    item = _opening(case)
    if item is None:
        return None
    item.longitude, item.latitude = case.longitude, case.latitude  # never saved
    there = Desk(case.force_id, now=now).place(item, people=False)
    return Unit.objects.filter(pk=there.unit).first() if there.why.get("by") == "rule" else None


def _smallest_first(areas: Sequence[Area]) -> list[Area]:
    return sorted(areas, key=lambda area: (area.east - area.west) * (area.north - area.south))
