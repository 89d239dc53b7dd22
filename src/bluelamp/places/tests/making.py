"""Small ground for tests: squares near Luton, files of them, and an import in one call."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bluelamp.audit.values import SYSTEM
from bluelamp.org.models import Force
from bluelamp.places.importing.files import Handed
from bluelamp.places.importing.store_areas import Batch, import_areas
from bluelamp.places.models import Area
from bluelamp.places.values import AreaReport

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
WEST, SOUTH, SIDE = -0.43, 51.88, 0.02
REAL = Path(__file__).resolve().parents[4].parent / "shared" / "data"


def square(column: int, row: int, side: float = SIDE) -> list[list[float]]:
    """A closed ring; squares of neighbouring columns share a side exactly."""
    xs = (WEST + column * SIDE, WEST + column * SIDE + side)
    ys = (SOUTH + row * SIDE, SOUTH + row * SIDE + side)
    return [[xs[0], ys[0]], [xs[1], ys[0]], [xs[1], ys[1]], [xs[0], ys[1]], [xs[0], ys[0]]]


def feature(code: Any, *rings: list[list[float]], name: str = "") -> dict[str, Any]:
    geometry = {"type": "Polygon", "coordinates": list(rings)}
    properties = {"CODE": code, "NAME": name or f"Ward {code}"}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def collection(*features: dict[str, Any], **more: Any) -> str:
    return json.dumps({"type": "FeatureCollection", "features": list(features), **more})


def crs(name: str) -> dict[str, Any]:
    return {"crs": {"type": "name", "properties": {"name": name}}}


def take_in(force: Force, text: str, name: str = "wards.geojson", **options: Any) -> AreaReport:
    read = {key: options.pop(key) for key in ("kind", "source") if key in options}
    batch = Batch.read(
        [Handed(name, text.encode())],
        **{"kind": "ward", "id_property": "CODE", "name_property": "NAME"} | read,
    )
    return import_areas(force, batch, **{"by": SYSTEM, "now": NOW} | options)


def make_wards(force: Force, codes: Iterable[str] = ("A", "B", "C"), **options: Any) -> list[Area]:
    """Wards side by side from west to east, one square each."""
    squares = [feature(code, square(place, 0)) for place, code in enumerate(codes)]
    take_in(force, collection(*squares), **options)
    return list(Area.objects.filter(force=force).order_by("code"))


def real(*globs: str) -> list[Path]:
    """Real files that are here: none on a machine without them, and then less is tried."""
    import os

    root = Path(os.environ.get("BLUELAMP_DATA", REAL))
    return [path for pattern in globs for path in sorted(root.glob(pattern))]
