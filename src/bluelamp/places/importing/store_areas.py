"""Areas into the database: compare, report, and store all of them or none."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import shapely
from django.db import connection
from django.utils.translation import gettext_lazy as _

from bluelamp.audit.actions import acting
from bluelamp.audit.values import Actor
from bluelamp.org.models import Force, Unit
from bluelamp.org.values import Acts
from bluelamp.places import rules
from bluelamp.places.cells import cells_of, hexagons
from bluelamp.places.errors import FileRefusedError, PlacesError
from bluelamp.places.importing.areas import ReadArea, names_from, read_areas
from bluelamp.places.importing.files import Handed
from bluelamp.places.models import Area, AreaCell
from bluelamp.places.shapes import shape_of
from bluelamp.places.values import AreaKind, AreaLine, AreaReport, Change


@dataclass(frozen=True, slots=True)
class Incoming:
    """An area that is to be stored."""

    code: str
    name: str
    boundary: bytes
    digest: str
    bounds: tuple[float, float, float, float]
    note: str


@dataclass(frozen=True, slots=True)
class Batch:
    """The areas of one kind that some files hold, checked and ready to be stored."""

    kind: AreaKind
    source: str
    areas: Mapping[str, Incoming]

    @classmethod
    def read(
        cls,
        files: Sequence[Handed],
        *,
        kind: str,
        id_property: str = "",
        name_property: str = "",
        names_file: Handed | None = None,
        source: str = "",
    ) -> Batch:
        """Read files.

        :param source: what set these areas belong to; areas of the same set that
            are no longer in it are retired.  The first file's name if empty.
        :raises FileRefusedError: a file is wrong, or two areas have one code.
        """
        names = names_from(names_file) if names_file else {}
        areas: dict[str, Incoming] = {}
        seen: dict[str, str] = {}
        for file in files:
            for read in read_areas(file, id_property, name_property):
                made = _incoming(file.name, read, names)
                if made.code in areas:
                    raise FileRefusedError(
                        file.name,
                        read.place,
                        _("the code %(code)s is there twice; it was in %(before)s"),
                        code=made.code,
                        before=seen[made.code],
                    )
                areas[made.code] = made
                seen[made.code] = f"{file.name}, {read.place}"
        return cls(_kind(kind), source or files[0].name, areas)


def _kind(text: str) -> AreaKind:
    try:
        return AreaKind(text)
    except ValueError:
        raise PlacesError(
            _("There is no kind of area %(kind)s. There is: %(there)s."),
            kind=text,
            there=", ".join(AreaKind),
        ) from None


def _incoming(file: str, read: ReadArea, names: Mapping[str, str]) -> Incoming:
    code = str(read.code).strip()
    name = names.get(code, read.name)
    for words, limit in ((code, 60), (name, 120)):
        if len(words) > limit:
            raise FileRefusedError(
                file,
                read.place,
                _("%(text)s… is longer than %(limit)s characters"),
                text=words[:30],
                limit=limit,
            )
    # one form for one ground: where a ring starts and which way it runs says nothing
    shape = shapely.normalize(shapely.force_2d(read.shape))
    boundary = shapely.to_wkb(shape, byte_order=1)
    digest = hashlib.sha256(boundary).hexdigest()
    return Incoming(code, name, boundary, digest, shape.bounds, read.note)


def import_areas(
    force: Force,
    batch: Batch,
    *,
    by: Actor,
    now: datetime,
    unit: Unit | None = None,
    dry_run: bool = False,
) -> AreaReport:
    """Store a batch, and say what it changed; a dry run only says so.

    What is the same already is not written.  An officer's permission is asked
    for by ``uploads``, which knows the officer.

    :param unit: who polices these areas; none leaves who does now.
    """
    kept = {
        area.code: area
        for area in Area.objects.filter(force=force, kind=batch.kind).defer("boundary")
    }
    live = [
        area.code
        for area in kept.values()
        if area.source == batch.source and area.retired_at is None
    ]
    changes = rules.compare(
        {code: _facts(area) for code, area in kept.items()},
        live,
        {
            code: _wanted(area, kept.get(code), unit, batch.source)
            for code, area in batch.areas.items()
        },
    )
    lines = tuple(_line(code, change, batch, kept, unit) for code, change in changes.items())
    if not dry_run and any(change is not Change.UNCHANGED for change in changes.values()):
        with acting(by, Acts.AREA_IMPORT.value):
            _store(force, batch, kept, changes, unit, now)
    return AreaReport(lines, dry_run)


def _facts(area: Area) -> tuple[object, ...]:
    return (area.name, area.digest, area.unit_id, area.source, area.retired_at is None)


def _wanted(
    area: Incoming, kept: Area | None, unit: Unit | None, source: str
) -> tuple[object, ...]:
    unit_id = unit.pk if unit else kept.unit_id if kept else None
    return (area.name, area.digest, unit_id, source, True)


_FACTS = (_("name"), _("boundary"), _("unit"), _("source"), _("in use again"))


def _line(
    code: str, change: Change, batch: Batch, kept: Mapping[str, Area], unit: Unit | None
) -> AreaLine:
    if change is Change.RETIRED:
        return AreaLine(change, code, kept[code].name)
    area = batch.areas[code]
    repaired = [str(_("repaired: %(what)s")) % {"what": area.note}] if area.note else []
    moved = []
    if change is Change.CHANGED:
        was = kept[code]
        pairs = zip(_FACTS, _facts(was), _wanted(area, was, unit, batch.source), strict=True)
        moved = [str(name) for name, old, new in pairs if old != new]
    return AreaLine(change, code, area.name, "; ".join(moved + repaired))


def _store(
    force: Force,
    batch: Batch,
    kept: Mapping[str, Area],
    changes: Mapping[str, Change],
    unit: Unit | None,
    now: datetime,
) -> None:
    ground_moved: list[Area] = []
    for code, change in changes.items():
        if change is Change.UNCHANGED:
            continue
        area = kept.get(code) or Area(force=force, kind=batch.kind, code=code)
        if change is Change.RETIRED:
            area.retired_at = now
            area.save(update_fields=["retired_at"])
            ground_moved.append(area)
            continue
        moved = area.digest != batch.areas[code].digest or area.retired_at is not None
        _fill(area, batch.areas[code], batch.source, now)
        area.unit = unit or area.unit
        area.save()
        if moved:
            _replace_cells(area, batch.areas[code])
            ground_moved.append(area)
    if ground_moved:
        join_cells(force, batch.kind)


def _fill(area: Area, incoming: Incoming, source: str, now: datetime) -> None:
    area.name = incoming.name
    area.boundary = incoming.boundary
    area.digest = incoming.digest
    area.west, area.south, area.east, area.north = incoming.bounds
    area.source = source
    area.imported_at = now
    area.retired_at = None


def _replace_cells(area: Area, incoming: Incoming) -> None:
    found = cells_of(shape_of(incoming.boundary))
    AreaCell.objects.filter(area=area).delete()
    with (
        connection.cursor() as cursor,
        cursor.copy("COPY places_areacell (area_id, cell, whole, together) FROM STDIN") as copy,
    ):
        for cell, whole in zip(found.cells.tolist(), found.whole.tolist(), strict=True):
            copy.write_row((area.pk, cell, whole, 0))


def join_cells(force: Force, kind: str) -> None:
    """Find the cells that several areas of a kind cover jointly, and stamp the areas.

    To be called inside the act that changed the ground.
    """
    live = list(Area.objects.filter(force=force, kind=kind, retired_at=None))
    shapes = {area.pk: shape_of(area.boundary) for area in live}
    touching: dict[int, list[int]] = {}
    whole: set[int] = set()
    rows = AreaCell.objects.filter(area__in=shapes).values_list("cell", "area_id", "whole")
    for cell, area, inside in rows.iterator(chunk_size=10_000):
        touching.setdefault(cell, []).append(area)
        if inside:
            whole.add(cell)
    shared = {c: a for c, a in touching.items() if len(a) > 1 and c not in whole}
    _write_together(force, kind, _covered(shared, shapes))
    _stamp(Area.objects.filter(force=force, kind=kind).defer("boundary"))


def _covered(shared: Mapping[int, Sequence[int]], shapes: Mapping[int, Any]) -> dict[int, int]:
    """Return the cells whose areas cover them jointly, with how many areas that takes."""
    by_areas: dict[tuple[int, ...], list[int]] = {}
    for cell, areas in shared.items():
        by_areas.setdefault(tuple(sorted(areas)), []).append(cell)
    found: dict[int, int] = {}
    for areas, cells in by_areas.items():
        joined = shapely.union_all([shapes[area] for area in areas])
        shapely.prepare(joined)
        covered = shapely.contains_properly(joined, hexagons(np.array(cells, dtype=np.int64)))
        found.update(dict.fromkeys(np.array(cells)[covered].tolist(), len(areas)))
    return found


def _write_together(force: Force, kind: str, found: Mapping[int, int]) -> None:
    """Write the numbers to every cell of the kind; zero where it takes no neighbours."""
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE places_areacell c SET together = coalesce(j.needed, 0)
                 FROM places_areacell d JOIN places_area a ON a.id = d.area_id
                 LEFT JOIN unnest(%s::bigint[], %s::int[]) j(cell, needed)
                        ON j.cell = d.cell AND a.retired_at IS NULL
                WHERE c.id = d.id AND a.force_id = %s AND a.kind = %s
                  AND c.together <> coalesce(j.needed, 0)""",
            [list(found), list(found.values()), force.pk, kind],
        )


def _stamp(areas: Iterable[Area]) -> None:
    """Give each area the digest of its cells, where that changed."""
    for area in areas:
        rows = area.cells.order_by("cell").values_list("cell", "whole", "together")
        stamp = hashlib.md5(repr(list(rows)).encode(), usedforsecurity=False).hexdigest()
        if stamp != area.cells_stamp:
            area.cells_stamp = stamp
            area.save(update_fields=["cells_stamp"])
