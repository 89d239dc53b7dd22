"""Where postcodes are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from bluelamp.places import rules
from bluelamp.places.errors import UnknownPostcodeError
from bluelamp.places.models import Postcode
from bluelamp.places.values import Position


def position_of(text: str) -> Position:
    """Return where a postcode is, however it is written.

    :raises UnknownPostcodeError: it is no postcode, or nobody has imported it.
    """
    postcode = rules.normalise_postcode(text)
    if postcode is None:
        raise UnknownPostcodeError(
            _("“%(text)s” is not a postcode. A postcode looks like LU1 2AB."), text=text.strip()
        )
    row = Postcode.objects.filter(pk=postcode).values_list("longitude", "latitude").first()
    if row is None:
        raise UnknownPostcodeError(
            _("We do not know the postcode %(postcode)s."), postcode=postcode
        )
    return Position(postcode, *row)


def positions_of(texts: Iterable[str]) -> dict[str, Position]:
    """Return positions by text as written; unknown postcodes are not in it."""
    normal = {text: rules.normalise_postcode(text) for text in set(texts)}
    wanted = [postcode for postcode in normal.values() if postcode]
    rows = Postcode.objects.filter(pk__in=wanted).values_list("pk", "longitude", "latitude")
    known = {row[0]: Position(*row) for row in rows}
    return {text: known[code] for text, code in normal.items() if code and code in known}


def place_postcodes(points: Any) -> tuple[Any, list[int]]:
    """Return points of postcodes with their positions, and the rows that have none.

    :param points: with ``postcodes``, ``longitudes`` and ``latitudes`` (changed in place).
    """
    known = positions_of(points.postcodes)
    unknown = []
    for place, text in enumerate(points.postcodes):
        position = known.get(text)
        if position is not None:
            points.longitudes[place] = position.longitude
            points.latitudes[place] = position.latitude
        elif text.strip():
            unknown.append(place + 1)
    return points, unknown
