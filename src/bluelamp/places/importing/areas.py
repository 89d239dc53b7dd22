"""Areas as files hold them: GeoJSON, KML and the JSON of data.police.uk.

Which of them a file is, its content says, not its name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from bluelamp.places import grid
from bluelamp.places.errors import FileRefusedError, ShapeRefusedError
from bluelamp.places.importing.files import parse_json, read_text
from bluelamp.places.importing.kml import placemarks
from bluelamp.places.shapes import Ground2D, Project, ground_from

Feature = tuple[str, Mapping[str, Any], Any]
"""Where it stands in the file, its properties, its GeoJSON geometry."""

_DEGREES = ("CRS84", "CRS:84", "4326", "4258")
"""WGS 84 and ETRS89 (within a metre of it in Britain)."""


@dataclass(frozen=True, slots=True)
class ReadArea:
    """An area as a file holds it."""

    code: Any
    """The value of the property that tells areas apart, as the file has it."""
    name: str
    shape: Ground2D
    note: str
    place: str
    """Where it stands, ``feature 3``."""


def read_areas(path: Path, id_property: str = "", name_property: str = "") -> list[ReadArea]:
    """Return the areas of a file.

    :param id_property: the property with the areas' codes; needed for GeoJSON, while
        KML goes by ``name`` and a lone boundary by the file's own name.
    :param name_property: the property with their names; empty for the code again.
    :raises FileRefusedError: something in the file is wrong; nothing of it is returned.
    """
    project, features = _open(path)
    areas = [_area(path.name, feature, id_property, name_property, project) for feature in features]
    if not areas:
        raise FileRefusedError(path.name, "", _("holds no areas"))
    return areas


def _open(path: Path) -> tuple[Project | None, Iterator[Feature]]:
    text = read_text(path)
    if text.lstrip().startswith("<"):
        return None, placemarks(path.name, text, path.stem)
    parsed = parse_json(path.name, text)
    if isinstance(parsed, list):
        return None, iter([_boundary(path, parsed)])
    if not isinstance(parsed, dict):
        raise FileRefusedError(path.name, "", _("is neither GeoJSON nor KML"))
    return _project_of(path.name, parsed), _features(path.name, parsed)


def _features(file: str, parsed: dict[str, Any]) -> Iterator[Feature]:
    kind = parsed.get("type")
    if kind == "FeatureCollection":
        features = parsed.get("features")
        if not isinstance(features, list):
            raise FileRefusedError(file, "", _("the FeatureCollection has no features"))
    elif kind == "Feature":
        features = [parsed]
    elif isinstance(kind, str) and ("coordinates" in parsed or "geometries" in parsed):
        features = [{"type": "Feature", "properties": {}, "geometry": parsed}]
    else:
        raise FileRefusedError(file, "", _("is JSON, but not GeoJSON"))
    for number, feature in enumerate(features, 1):
        place = f"feature {number}"
        if not isinstance(feature, dict):
            raise FileRefusedError(file, place, _("is no feature"))
        properties = feature.get("properties") or {}
        if "id" in feature and "id" not in properties:
            properties = {**properties, "id": feature["id"]}
        yield place, properties, feature.get("geometry")


def _project_of(file: str, parsed: dict[str, Any]) -> Project | None:
    """Return how to reach WGS 84 from the CRS that the file names, if it names one."""
    crs = parsed.get("crs")
    if crs is None:
        return None
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = str((properties or {}).get("name", ""))
    code = name.rsplit(":", 1)[-1].rsplit("/", 1)[-1]
    if code == "27700":
        return grid.project
    if name.upper().endswith(_DEGREES) or (code in {"84", "CRS84"}):
        return None
    raise FileRefusedError(
        file,
        "",
        _(
            "wrong CRS: %(name)s is not known here. Save the file as WGS 84 (EPSG:4326)"
            " or British National Grid (EPSG:27700)"
        ),
        name=name or crs,
    )


def _boundary(path: Path, points: list[Any]) -> Feature:
    """Return data.police.uk's neighbourhood boundary, a list of points, as a feature."""
    try:
        ring = [[float(point["longitude"]), float(point["latitude"])] for point in points]
    except (TypeError, KeyError, ValueError):
        raise FileRefusedError(
            path.name, "", _("is a list, but not of points with latitude and longitude")
        ) from None
    if ring and ring[0] != ring[-1]:
        ring.append(ring[0])  # the site leaves the closing point to its readers
    return "boundary", {"id": path.stem}, {"type": "Polygon", "coordinates": [ring]}


def _area(
    file: str, feature: Feature, id_property: str, name_property: str, project: Project | None
) -> ReadArea:
    place, properties, geometry = feature
    code = _value(file, place, properties, id_property or _default(properties))
    name = _value(file, place, properties, name_property) if name_property else code
    try:
        shape, note = ground_from(geometry, project)
    except ShapeRefusedError as error:
        raise FileRefusedError(file, f"{place} ({code})", error) from None
    return ReadArea(code, " ".join(str(name).split()), shape, note, place)


def _default(properties: Mapping[str, Any]) -> str:
    return "id" if "id" in properties or "name" not in properties else "name"


def _value(file: str, place: str, properties: Mapping[str, Any], wanted: str) -> Any:
    """Return a property that must be there and say something."""
    if wanted not in properties:
        raise FileRefusedError(
            file,
            place,
            _("has no property %(wanted)s; it has %(there)s"),
            wanted=wanted,
            there=", ".join(map(str, properties)) or "none",
        )
    value = properties[wanted]
    if isinstance(value, (dict, list, bool)) or value is None or not str(value).strip():
        raise FileRefusedError(file, place, _("its %(wanted)s is empty"), wanted=wanted)
    return value


def names_from(path: Path) -> dict[str, str]:
    """Return code -> name from data.police.uk's list of neighbourhoods.

    :raises FileRefusedError: it is not such a list.
    """
    parsed = parse_json(path.name, read_text(path))
    try:
        return {str(entry["id"]): str(entry["name"]) for entry in parsed}
    except (TypeError, KeyError):
        raise FileRefusedError(
            path.name, "", _("is no list of neighbourhoods, each with id and name")
        ) from None
