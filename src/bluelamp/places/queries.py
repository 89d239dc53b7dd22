"""What reads the ground: areas, postcodes, points, and audiences' ground."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from typing import Any, Generic, TypeVar

import numpy as np
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from bluelamp.kit.nav import NavItem
from bluelamp.org.models import Force, Officer, Unit
from bluelamp.org.permit import scope
from bluelamp.org.values import Acts
from bluelamp.places import rules
from bluelamp.places.cells import Cells, cells_of
from bluelamp.places.errors import PlacesError, UnknownAreaError, UnknownPostcodeError
from bluelamp.places.ground import Ground, Patch, cells_of_circle, union
from bluelamp.places.models import Area, AreaCell, Postcode
from bluelamp.places.shapes import Ground2D, ground_from, shape_of
from bluelamp.places.values import Circle, Position

NAV = (NavItem(_("Areas"), "places:areas", (Acts.AREA_READ.value,), order=40),)

V = TypeVar("V")


class _Kept(Generic[V]):
    """The last so many things made, by key; safe between threads."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._held: OrderedDict[Any, V] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Any) -> V | None:
        """Return what is held under ``key``, if it is."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
            return self._held.get(key)

    def put(self, key: Any, value: V) -> V:
        """Hold ``value``; let go of what was asked for longest ago."""
        with self._lock:
            self._held[key] = value
            self._held.move_to_end(key)
            while len(self._held) > self._size:
                self._held.popitem(last=False)
        return value


_patches: _Kept[Patch] = _Kept(4096)
"""Prepared boundaries by digest."""
_cells: _Kept[tuple[Cells, Cells, Cells, Cells]] = _Kept(4096)
"""An area's whole cells, edge cells, and joint cells with their numbers, by (id, stamp)."""
_grounds: _Kept[Ground] = _Kept(64)
"""Whole audiences' ground, by the areas' ids and stamps."""


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
    if scope(officer, Acts.AREA_READ) == Q(pk__in=[]):
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


def shapes_of(found: Iterable[Area]) -> list[Ground2D]:
    """Return the boundaries of areas, in their order."""
    wanted = list(found)
    patches = _patches_of([(area.pk, area.digest) for area in wanted])
    return [patch.shape for patch in patches]


def _patches_of(wanted: Sequence[tuple[int, str]]) -> list[Patch]:
    """Return prepared boundaries of (id, digest) pairs, parsing those not held yet."""
    held = {digest: _patches.get(digest) for _pk, digest in wanted}
    missing = [pk for pk, digest in wanted if held[digest] is None]
    rows = Area.objects.filter(pk__in=missing).values_list("digest", "boundary") if missing else ()
    for digest, boundary in rows:
        held[digest] = _patches.put(digest, Patch.of(shape_of(boundary)))
    found = [held[digest] for _pk, digest in wanted]
    if None in found:  # changed between the two queries: ask again
        fresh = Area.objects.filter(pk__in=[pk for pk, _ in wanted]).values_list("pk", "digest")
        return _patches_of(list(fresh))
    return [patch for patch in found if patch is not None]


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


def area_at(
    force: Force, longitude: float, latitude: float, *, kinds: Sequence[str] = ()
) -> list[Area]:
    """Return the force's areas in use that cover a point, by kind and name."""
    from bluelamp.places.cells import cell_of

    rows = AreaCell.objects.filter(
        cell=cell_of(longitude, latitude), area__in=areas(force, kinds=kinds)
    ).values_list("area_id", "area__digest", "whole")
    inside = [pk for pk, _digest, whole in rows if whole]
    edge = [(pk, digest) for pk, digest, whole in rows if not whole]
    here = np.array([longitude]), np.array([latitude])
    for (pk, _digest), patch in zip(edge, _patches_of(edge), strict=True):
        if len(patch.points_in(*here)):
            inside.append(pk)
    return list(areas(force).filter(pk__in=inside))


def areas_of_postcode(
    force: Force, postcode: str, *, kinds: Sequence[str] = ()
) -> tuple[Position, list[Area]]:
    """Return where a postcode is and the force's areas there (none: it is elsewhere).

    :raises UnknownPostcodeError: it is no postcode, or nobody has imported it.
    """
    position = position_of(postcode)
    return position, area_at(force, position.longitude, position.latitude, kinds=kinds)


def ground_of(
    force: Force,
    areas: Sequence[int] = (),
    shapes: Sequence[Any] = (),
    circles: Sequence[Circle | Any] = (),
) -> Ground:
    """Return the union of a force's areas, drawn shapes and circles.

    :param areas: ids of areas of the force, retired ones included.
    :param shapes: GeoJSON Polygons or MultiPolygons in WGS 84.
    :param circles: anything with ``longitude``, ``latitude`` and ``metres``.
    :raises UnknownAreaError: an id is not one of the force's areas.
    :raises ShapeRefusedError: a shape crosses itself or is none.
    """
    named = _ground_of_areas(force, sorted(set(areas)))
    if not shapes and not circles:
        return named
    drawn = [ground_from(shape)[0] for shape in shapes]
    rounds = [Circle(circle.longitude, circle.latitude, circle.metres) for circle in circles]
    sets = [cells_of(shape) for shape in drawn] + [cells_of_circle(circle) for circle in rounds]
    return union(
        [named.whole, *(found.whole_cells for found in sets)],
        [named.edge, *(found.edge_cells for found in sets)],
        [*named.patches, *(Patch.of(shape) for shape in drawn)],
        rounds,
    )


def _ground_of_areas(force: Force, wanted: list[int]) -> Ground:
    if not wanted:
        return Ground()
    rows = list(
        Area.objects.filter(force=force, pk__in=wanted)
        .order_by("pk")
        .values_list("pk", "digest", "cells_stamp", "kind")
    )
    if len(rows) != len(wanted):
        raise UnknownAreaError(_("One of these areas is not your force’s, or is gone."))
    key = tuple(rows)
    return _grounds.get(key) or _grounds.put(key, _build(rows))


def _build(rows: Sequence[tuple[int, str, str, str]]) -> Ground:
    """Join areas; cells that neighbours of a kind cover jointly become whole."""
    held = _cells_of_areas([(pk, stamp) for pk, _digest, stamp, _kind in rows])
    whole = [cells[0] for cells in held]
    for kind in {row[3] for row in rows}:
        mine = [cells for cells, row in zip(held, rows, strict=True) if row[3] == kind]
        whole.append(_joint([c[2] for c in mine], [c[3] for c in mine]))
    patches = _patches_of([(pk, digest) for pk, digest, _stamp, _kind in rows])
    return union(whole, [cells[1] for cells in held], patches, ())


def _joint(cells: Sequence[Cells], needed: Sequence[Cells]) -> Cells:
    """Return the cells of which as many areas are here as it takes to cover them."""
    found, first, counts = np.unique(np.concatenate(cells), return_index=True, return_counts=True)
    return np.asarray(found[counts == np.concatenate(needed)[first]], dtype=np.int64)


def _cells_of_areas(
    wanted: Sequence[tuple[int, str]],
) -> list[tuple[Cells, Cells, Cells, Cells]]:
    held = {key: _cells.get(key) for key in wanted}
    missing = [key for key in wanted if held[key] is None]
    if missing:
        held |= _read_cells(missing)
    return [cells for key in wanted if (cells := held[key]) is not None]


def _read_cells(
    keys: Sequence[tuple[int, str]],
) -> dict[tuple[int, str], tuple[Cells, Cells, Cells, Cells] | None]:
    rows = np.array(
        AreaCell.objects.filter(area__in=[pk for pk, _stamp in keys]).values_list(
            "area_id", "cell", "whole", "together"
        ),
        dtype=np.int64,
    ).reshape(-1, 4)
    made: dict[tuple[int, str], tuple[Cells, Cells, Cells, Cells] | None] = {}
    for key in keys:
        mine = rows[rows[:, 0] == key[0]]
        edge, joint = mine[mine[:, 2] == 0], mine[mine[:, 3] > 0]
        parts = (mine[mine[:, 2] == 1][:, 1], edge[:, 1], joint[:, 1], joint[:, 3])
        made[key] = _cells.put(key, parts)
    return made


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
