"""Placemarks of a KML file as GeoJSON-like features (OGC 07-147r2)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from lxml import etree

from bluelamp.places.errors import FileRefusedError

_END = re.compile(r"</(\w+:)?kml\s*>\s*$")


def placemarks(
    file: str, text: str, fallback: str
) -> Iterator[tuple[str, Mapping[str, Any], dict[str, Any] | None]]:
    """Yield place, properties and geometry of each placemark.

    Properties are ``name``, ``id`` and the extended data.

    :param fallback: the name of a lone placemark that has none (data.police.uk
        names the file after the neighbourhood).
    :raises FileRefusedError: it is cut short or no KML.
    """
    root = _parse(file, text)
    marks = [node for node in root.iter() if _tag(node) == "Placemark"]
    for number, mark in enumerate(marks, 1):
        properties = _properties(mark)
        if len(marks) == 1:
            properties.setdefault("name", fallback)
        yield f"placemark {number}", properties, _geometry(mark)


def _parse(file: str, text: str) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as error:
        cut = _END.search(text) is None and "kml" in text[:1000]
        words = _("the file is cut short") if cut else _("is not proper XML (%(why)s)")
        place = f"line {error.lineno}"
        raise FileRefusedError(file, place, words, why=error.msg) from None
    if _tag(root) != "kml":
        raise FileRefusedError(file, "", _("is XML, but not KML"))
    return root


def _tag(node: etree._Element) -> str:
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""


def _properties(mark: etree._Element) -> dict[str, str]:
    found = {"id": mark.get("id", "")} if mark.get("id") else {}
    for node in mark.iter():
        text = (node.text or "").strip()
        if _tag(node) == "name" and node.getparent() is mark and text:
            found["name"] = text
        elif _tag(node) == "SimpleData" and text:
            found[node.get("name", "")] = text
        elif _tag(node) == "Data":
            value = next((child.text for child in node if _tag(child) == "value"), None)
            found[node.get("name", "")] = (value or "").strip()
    return found


def _geometry(mark: etree._Element) -> dict[str, Any] | None:
    polygons = [_rings(node) for node in mark.iter() if _tag(node) == "Polygon"]
    if polygons:
        return {"type": "MultiPolygon", "coordinates": polygons}
    others = [_tag(node) for node in mark if _tag(node) in {"Point", "LineString", "LinearRing"}]
    return {"type": others[0]} if others else None


def _rings(polygon: etree._Element) -> list[list[list[str]]]:
    """Return the outer ring, then the holes."""
    rings: dict[str, list[list[list[str]]]] = {"outerBoundaryIs": [], "innerBoundaryIs": []}
    for side in polygon:
        for node in side.iter():
            if _tag(node) == "coordinates" and _tag(side) in rings:
                positions = (node.text or "").split()
                rings[_tag(side)].append([position.split(",") for position in positions])
    return rings["outerBoundaryIs"] + rings["innerBoundaryIs"]
