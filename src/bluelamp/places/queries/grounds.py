"""The ground of an audience: areas, drawn shapes and circles as one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from django.utils.translation import gettext_lazy as _

from bluelamp.org.models import Force
from bluelamp.places.cells import Cells, cells_of
from bluelamp.places.errors import UnknownAreaError
from bluelamp.places.ground import Ground, Patch, cells_of_circle, union
from bluelamp.places.models import Area, AreaCell
from bluelamp.places.queries.boundaries import Kept, patches_of
from bluelamp.places.shapes import ground_from
from bluelamp.places.values import Circle

AreaCells = tuple[Cells, Cells, Cells, Cells]
"""An area's whole cells, edge cells, and joint cells with how many areas those take."""

_cells: Kept[AreaCells] = Kept(4096)
"""By (id, stamp)."""
_grounds: Kept[Ground] = Kept(64)
"""Whole audiences' ground, by the areas' ids and stamps."""


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
    patches = patches_of([(pk, digest) for pk, digest, _stamp, _kind in rows])
    return union(whole, [cells[1] for cells in held], patches, ())


def _joint(cells: Sequence[Cells], needed: Sequence[Cells]) -> Cells:
    """Return the cells of which as many areas are here as it takes to cover them."""
    found, first, counts = np.unique(np.concatenate(cells), return_index=True, return_counts=True)
    return np.asarray(found[counts == np.concatenate(needed)[first]], dtype=np.int64)


def _cells_of_areas(wanted: Sequence[tuple[int, str]]) -> list[AreaCells]:
    held = {key: _cells.get(key) for key in wanted}
    missing = [key for key in wanted if held[key] is None]
    if missing:
        held |= _read_cells(missing)
    return [cells for key in wanted if (cells := held[key]) is not None]


def _read_cells(
    keys: Sequence[tuple[int, str]],
) -> dict[tuple[int, str], AreaCells | None]:
    rows = np.array(
        AreaCell.objects.filter(area__in=[pk for pk, _stamp in keys]).values_list(
            "area_id", "cell", "whole", "together"
        ),
        dtype=np.int64,
    ).reshape(-1, 4)
    made: dict[tuple[int, str], AreaCells | None] = {}
    for key in keys:
        mine = rows[rows[:, 0] == key[0]]
        edge, joint = mine[mine[:, 2] == 0], mine[mine[:, 3] > 0]
        parts = (mine[mine[:, 2] == 1][:, 1], edge[:, 1], joint[:, 1], joint[:, 3])
        made[key] = _cells.put(key, parts)
    return made
