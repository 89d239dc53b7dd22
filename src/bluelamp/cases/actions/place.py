"""An officer says where a case is about; it stays where it lies until somebody sends it."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from bluelamp.cases.actions.change import changing
from bluelamp.cases.errors import CaseRefusedError
from bluelamp.cases.models import Case, CasePlace
from bluelamp.org.models import Officer
from bluelamp.org.values import Acts
from bluelamp.places.models import Area
from bluelamp.places.values import Position


def set_place(
    case: Case, to: Area | Position, *, by: Officer, now: datetime
) -> CasePlace:  # fmt: skip
    """Set where a case is about: an area (its middle), a postcode, or a point without one.

    :param to: a position's ``postcode`` is empty where the map was pressed.
    :raises CaseRefusedError: the area is another force's, or the point is nowhere.
    """
    if isinstance(to, Area):
        if to.force_id != case.force_id:
            raise CaseRefusedError(_("This area is not your force’s."))
        point = (to.west + to.east) / 2, (to.south + to.north) / 2
    else:
        point = to.longitude, to.latitude
    if not (-180 <= point[0] <= 180 and -90 <= point[1] <= 90):
        raise CaseRefusedError(_("There is no such place."))
    with changing(case, Acts.CASE_WORK, by=by, now=now) as found:
        found.longitude, found.latitude = point
        found.save(update_fields=["longitude", "latitude"])
        return CasePlace.objects.create(
            force_id=found.force_id, case=found, by=by, at=now, longitude=point[0],
            latitude=point[1], area=to if isinstance(to, Area) else None,
            postcode="" if isinstance(to, Area) else to.postcode,
        )  # fmt: skip
