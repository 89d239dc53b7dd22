"""What reads the ground: areas, postcodes, points, maps, and audiences' ground."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from bluelamp.kit.nav import NavItem
from bluelamp.org.values import Acts
from bluelamp.places.queries.areas import (
    area_at,
    area_coded,
    area_for,
    areas,
    areas_for,
    areas_of_postcode,
    force_named,
    forces,
    kinds_of,
    unit_coded,
    units_of,
)
from bluelamp.places.queries.boundaries import shapes_of
from bluelamp.places.queries.grounds import ground_of
from bluelamp.places.queries.maps import PUBLIC_KINDS, Map, map_of
from bluelamp.places.queries.postcodes import place_postcodes, position_of, positions_of

NAV = (NavItem(_("Areas"), "places:areas", (Acts.AREA_READ.value,), order=40),)

__all__ = [
    "NAV",
    "PUBLIC_KINDS",
    "Map",
    "area_at",
    "area_coded",
    "area_for",
    "areas",
    "areas_for",
    "areas_of_postcode",
    "force_named",
    "forces",
    "ground_of",
    "kinds_of",
    "map_of",
    "place_postcodes",
    "position_of",
    "positions_of",
    "shapes_of",
    "unit_coded",
    "units_of",
]
