"""Areas as files hold them: GeoJSON, KML and the JSON of data.police.uk.

Which of them a file is, its content says, not its name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from bluelamp.places import grid, rules
from bluelamp.places.errors import FileRefusedError, ShapeRefusedError
from bluelamp.places.importing.files import Handed, parse_json
from bluelamp.places.importing.kml import placemarks
from bluelamp.places.shapes import Coordinates, Ground2D, Project, ground_from

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


def read_areas(file: Handed, id_property: str = "", name_property: str = "") -> list[ReadArea]:
    """Return the areas of a file.

    :param id_property: the property with the areas' codes; needed for GeoJSON, while
        KML goes by ``name`` and a lone boundary by the file's own name.
    :param name_property: the property with their names; empty for the code again.
    :raises FileRefusedError: something in the file is wrong; nothing of it is returned.
    """
    project, features = _open(file)
    areas = [_area(file.name, feature, id_property, name_property, project) for feature in features]
    if not areas:
        raise FileRefusedError(file.name, "", _("holds no areas"))
    return areas


def properties_of(file: Handed) -> list[dict[str, Any]]:
    """Return the properties of every area of a file, for a page that asks which to go by.

    :raises FileRefusedError: it cannot be read.
    """
    return [dict(properties) for _place, properties, _geometry in _open(file)[1]]


def guess_properties(rows: Sequence[Mapping[str, Any]]) -> tuple[str, str]:
    """Return which properties look like the code and the name of an area.

    A code tells all areas apart and holds no blank; a name is what is left
    whose title says so (``WD13NM``, ``Name``).
    """
    titles = list(rows[0]) if rows else []
    texts = {title: [str(row.get(title) or "") for row in rows] for title in titles}
    telling = [t for t in titles if all(texts[t]) and len(set(texts[t])) == len(rows)]
    code = next((t for t in telling if not any(" " in text for text in texts[t])), "")
    code = code or next(iter(telling), titles[0] if titles else "")
    named = [t for t in titles if t.lower().endswith(("name", "nm")) and all(texts[t])]
    return code, next(iter(named), code)


def _open(file: Handed) -> tuple[Project | None, Iterator[Feature]]:
    text = file.text()
    if text.lstrip().startswith("<"):
        return None, placemarks(file.name, text, file.stem)
    parsed = parse_json(file.name, text)
    if isinstance(parsed, list):
        return None, iter([_boundary(file, parsed)])
    if not isinstance(parsed, dict):
        raise FileRefusedError(file.name, "", _("is neither GeoJSON nor KML"))
    return _project_of(file.name, parsed), _features(file.name, parsed)


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
        return _from_grid
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


def _from_grid(points: Coordinates) -> Coordinates:
    """Return a ring of eastings and northings in degrees."""
    for east, north in points:
        if not rules.on_grid(east, north):
            raise ShapeRefusedError(
                _("wrong CRS: %(x)s, %(y)s is not on the British National Grid"),
                x=f"{east:.10g}",
                y=f"{north:.10g}",
            )
    return grid.project(points)


def _boundary(file: Handed, points: list[Any]) -> Feature:
    """Return data.police.uk's neighbourhood boundary, a list of points, as a feature."""
    try:
        ring = [[float(point["longitude"]), float(point["latitude"])] for point in points]
    except (TypeError, KeyError, ValueError):
        raise FileRefusedError(
            file.name, "", _("is a list, but not of points with latitude and longitude")
        ) from None
    if ring and ring[0] != ring[-1]:
        ring.append(ring[0])  # the site leaves the closing point to its readers
    return "boundary", {"id": file.stem}, {"type": "Polygon", "coordinates": [ring]}


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


def names_from(file: Handed) -> dict[str, str]:
    """Return code -> name from data.police.uk's list of neighbourhoods.

    :raises FileRefusedError: it is not such a list.
    """
    parsed = parse_json(file.name, file.text())
    try:
        return {str(entry["id"]): str(entry["name"]) for entry in parsed}
    except (TypeError, KeyError):
        raise FileRefusedError(
            file.name, "", _("is no list of neighbourhoods, each with id and name")
        ) from None
