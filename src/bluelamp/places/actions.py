"""What officers change about areas that are there."""

from __future__ import annotations

from bluelamp.audit.actions import acting
from bluelamp.org.gate import officer_actor
from bluelamp.org.models import Officer, Unit
from bluelamp.org.permit import require
from bluelamp.org.values import Acts
from bluelamp.places.models import Area


def assign_unit(area: Area, unit: Unit | None, *, by: Officer, source: str = "") -> Area:
    """Say which unit polices an area.

    The officer must answer for the area as it is and for the unit that gets it.
    """
    require(by, Acts.AREA_IMPORT, area)
    if unit is not None:
        require(by, Acts.AREA_IMPORT, unit)
    with acting(officer_actor(by, source), Acts.AREA_IMPORT.value):
        area.unit = unit
        area.save(update_fields=["unit"])
    return area
