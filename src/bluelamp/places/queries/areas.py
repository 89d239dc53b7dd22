"""Areas, units and forces by name, list and point."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from bluelamp.org.models import Force, Officer, Unit
from bluelamp.org.permit import may
from bluelamp.org.values import Acts
from bluelamp.places.cells import cell_of
from bluelamp.places.errors import PlacesError, UnknownAreaError
from bluelamp.places.models import Area, AreaCell
from bluelamp.places.queries.boundaries import patches_of
from bluelamp.places.queries.postcodes import position_of
from bluelamp.places.values import Position


def force_named(slug: str) -> Force:
    """Return the force of that short name.

    :raises PlacesError: there is none.
    """
    force = Force.objects.filter(slug=slug).first()
    if force is None:
        raise PlacesError(
            _("There is no force %(slug)s. There is: %(there)s."),
            slug=slug,
            there=", ".join(force.slug for force in forces()) or "none",
        )
    return force


def forces() -> list[Force]:
    """Return every force; for the command line alone."""
    return list(Force.objects.order_by("slug"))


def unit_coded(force: Force, code: str) -> Unit:
    """Return the force's unit of that code.

    :raises PlacesError: the force has none.
    """
    unit = Unit.objects.filter(force=force, code=code).first()
    if unit is None:
        raise PlacesError(
            _("%(force)s has no unit with the code %(code)s."), force=force.name, code=code
        )
    return unit


def areas(
    force: Force, *, kinds: Sequence[str] = (), search: str = "", retired: bool = False
) -> QuerySet[Area]:
    """Return a force's areas in use, by kind and name, without their boundaries."""
    found = Area.objects.filter(force=force).select_related("unit").defer("boundary")
    if not retired:
        found = found.filter(retired_at=None)
    if kinds:
        found = found.filter(kind__in=kinds)
    if search:
        found = found.filter(Q(name__icontains=search) | Q(code__iexact=search))
    return found


def areas_for(officer: Officer, *, kind: str = "", search: str = "") -> QuerySet[Area]:
    """Return the areas that an officer may see: all of the force's, as maps show them."""
    if not may(officer, Acts.AREA_READ):
        return Area.objects.none()
    return areas(officer.force, kinds=(kind,) if kind else (), search=search)


def area_coded(force: Force, code: str, kind: str = "") -> Area:
    """Return the area in use with that code.

    :raises UnknownAreaError: there is none, or there are several kinds of it.
    """
    found = list(areas(force, kinds=(kind,) if kind else ()).filter(code=code)[:2])
    if not found:
        raise UnknownAreaError(
            _("%(force)s has no area with the code %(code)s."), force=force.name, code=code
        )
    if len(found) > 1:
        raise UnknownAreaError(_("Areas of several kinds have this code. Name the kind."))
    return found[0]


def area_at(
    force: Force, longitude: float, latitude: float, *, kinds: Sequence[str] = ()
) -> list[Area]:
    """Return the force's areas in use that cover a point, by kind and name."""
    rows = AreaCell.objects.filter(
        cell=cell_of(longitude, latitude), area__in=areas(force, kinds=kinds)
    ).values_list("area_id", "area__digest", "whole")
    inside = [pk for pk, _digest, whole in rows if whole]
    edge = [(pk, digest) for pk, digest, whole in rows if not whole]
    here = np.array([longitude]), np.array([latitude])
    for (pk, _digest), patch in zip(edge, patches_of(edge), strict=True):
        if len(patch.points_in(*here)):
            inside.append(pk)
    return list(areas(force).filter(pk__in=inside))


def areas_at(force: int, longitude: float, latitude: float) -> list[int]:
    """Return the ids of the force's areas in use that cover a point (for routing: no names)."""
    return [area.pk for area in area_at(Force(pk=force), longitude, latitude)]


def areas_of_postcode(
    force: Force, postcode: str, *, kinds: Sequence[str] = ()
) -> tuple[Position, list[Area]]:
    """Return where a postcode is and the force's areas there (none: it is elsewhere).

    :raises UnknownPostcodeError: it is no postcode, or nobody has imported it.
    """
    position = position_of(postcode)
    return position, area_at(force, position.longitude, position.latitude, kinds=kinds)


def area_for(officer: Officer, pk: int) -> Area | None:
    """Return an area of the officer's force, with its unit; none if there is no such."""
    found = areas(officer.force, retired=True).filter(pk=pk)
    return found.first() if may(officer, Acts.AREA_READ) else None


def kinds_of(force: Force) -> list[str]:
    """Return the kinds of area that a force has in use, the commonest first."""
    rows = (
        Area.objects.filter(force=force, retired_at=None)
        .order_by()
        .values("kind")
        .annotate(number=Count("pk"))
        .order_by("-number", "kind")
    )
    return [row["kind"] for row in rows]


def units_of(force: Force) -> QuerySet[Unit]:
    """Return the force's units in the order of their tree."""
    return Unit.objects.filter(force=force).order_by("path")
