"""Boundaries as maps draw them: simplified together, so that neighbours still meet."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import shapely

from bluelamp.org.models import Force
from bluelamp.places.models import Area
from bluelamp.places.queries.areas import areas
from bluelamp.places.queries.boundaries import Kept, shapes_of
from bluelamp.places.values import AreaKind

PUBLIC_KINDS = (AreaKind.FORCE, AreaKind.DISTRICT, AreaKind.NEIGHBOURHOOD, AreaKind.WARD)
"""What everyone may see: a hot spot or a drawn shape is the police's own matter."""

_DEGREES_A_TILE = 360.0
_PIXELS_A_TILE = 256
_DECIMALS = 5
"""About a metre."""
_MOST_DETAIL = 18


@dataclass(frozen=True, slots=True)
class Map:
    """A GeoJSON FeatureCollection, ready to be served."""

    etag: str
    body: bytes
    zipped: bytes
    """The same under gzip."""


_maps: Kept[Map] = Kept(64)
"""By entity tag, which holds all that a map is made of."""


def map_of(
    force: Force, *, kinds: Sequence[str] = (), ids: Sequence[int] = (), zoom: int = 12
) -> Map:
    """Return a force's areas in use for a map.

    :param kinds: only these; all if empty.
    :param ids: only these of them; all if empty.
    :param zoom: a slippy map's zoom: detail below half a pixel is left out.
    """
    found = areas(force, kinds=kinds)
    wanted = list(found.filter(pk__in=ids) if ids else found)
    zoom = max(0, min(zoom, _MOST_DETAIL))
    etag = _etag(wanted, zoom)
    return _maps.get(etag) or _maps.put(etag, _draw(wanted, zoom, etag))


def _etag(found: Sequence[Area], zoom: int) -> str:
    facts = [(area.pk, area.digest, area.name, area.kind) for area in found]
    return hashlib.sha256(repr((zoom, facts)).encode()).hexdigest()[:32]


def _draw(found: Sequence[Area], zoom: int, etag: str) -> Map:
    features: list[dict[str, Any]] = []
    for kind in dict.fromkeys(area.kind for area in found):
        mine = [area for area in found if area.kind == kind]
        shapes = shapely.coverage_simplify(shapes_of(mine), _tolerance(zoom))
        features += [_feature(area, shape) for area, shape in zip(mine, shapes, strict=True)]
    collection = {"type": "FeatureCollection", "features": features}
    body = json.dumps(collection, separators=(",", ":"), ensure_ascii=False).encode()
    return Map(etag, body, gzip.compress(body, 6, mtime=0))


def _tolerance(zoom: int) -> float:
    """Return half a pixel at a zoom in degrees of longitude."""
    return _DEGREES_A_TILE / _PIXELS_A_TILE / float(2**zoom) / 2


def _feature(area: Area, shape: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": area.pk,
        "properties": {"name": area.name, "kind": area.kind},
        "geometry": _rounded(json.loads(shapely.to_geojson(shape))),
    }


def _rounded(value: Any) -> Any:
    """Return GeoJSON with its numbers rounded to what a map can show."""
    if isinstance(value, float):
        return round(value, _DECIMALS)
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    return value
