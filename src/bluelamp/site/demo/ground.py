"""The county: wards that fit together without gap, districts made of them, postcodes on them."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import MultiPoint, Point, Polygon
from shapely.geometry.base import BaseGeometry

from bluelamp.site.demo.words import DISTRICTS, WARDS

CENTRE = (1.75, 53.55)
"""Longitude and latitude: open sea."""
RADIUS = 0.24
"""Half the county's width in degrees of longitude; about 16 km."""


@dataclass(frozen=True, slots=True)
class DemoArea:
    """A ward or a district of the county."""

    code: str
    name: str
    district: int
    shape: BaseGeometry


@dataclass(frozen=True, slots=True)
class DemoPostcode:
    """A postcode of the county; the postcode area ``BK`` does not exist."""

    postcode: str
    longitude: float
    latitude: float


def outline(chance: random.Random) -> Polygon:
    """Draw the county's border: a circle with a coast."""
    waves = [
        (k, chance.uniform(0.02, 0.10) / k, chance.uniform(0, 2 * math.pi)) for k in range(2, 9)
    ]
    return Polygon([_on_coast(2 * math.pi * step / 180, waves) for step in range(180)])


def _on_coast(angle: float, waves: list[tuple[int, float, float]]) -> tuple[float, float]:
    reach = RADIUS * (1 + sum(size * math.sin(k * angle + phase) * 2 for k, size, phase in waves))
    return CENTRE[0] + reach * math.cos(angle), CENTRE[1] + 0.6 * reach * math.sin(angle)


def _spread(count: int, within: Polygon, chance: random.Random) -> list[Point]:
    """Scatter points and move each to the middle of its cell, so that wards are of like size."""
    points = list(_inside(within, count, chance))
    for _ in range(4):
        cells = _cells(points, within)
        points = [cell.centroid for cell in cells]
    return points


def _inside(shape: BaseGeometry, count: int, chance: random.Random) -> Iterator[Point]:
    west, south, east, north = shape.bounds
    while count:
        point = Point(chance.uniform(west, east), chance.uniform(south, north))
        if shape.contains(point):
            count -= 1
            yield point


def _cells(points: list[Point], within: Polygon) -> list[BaseGeometry]:
    cells = shapely.voronoi_polygons(MultiPoint(points), extend_to=within, ordered=True)
    return [cell.intersection(within) for cell in cells.geoms]


def wards(seed: int = 7) -> list[DemoArea]:
    """Make the 24 wards, named and sorted into four districts by where they lie."""
    chance = random.Random(seed)
    within = outline(chance)
    cells = _cells(_spread(sum(map(len, WARDS)), within, chance), within)
    cells = [shapely.set_precision(cell, 1e-6) for cell in cells]
    cells.sort(key=lambda cell: math.atan2(*_from_centre(cell)))
    made = []
    for district, names in enumerate(WARDS):
        for number, name in enumerate(names):
            cell = cells[district * len(names) + number]
            made.append(DemoArea(f"BKW{district + 1}{number + 1}", name, district, cell))
    return made


def _from_centre(cell: BaseGeometry) -> tuple[float, float]:
    return cell.centroid.y - CENTRE[1], cell.centroid.x - CENTRE[0]


def districts(parts: list[DemoArea]) -> list[DemoArea]:
    """Join the wards of each district."""
    return [
        DemoArea(
            f"BKD{number + 1}", name, number,
            shapely.union_all([ward.shape for ward in parts if ward.district == number]),
        )
        for number, name in enumerate(DISTRICTS)
    ]  # fmt: skip


def postcodes(parts: list[DemoArea], per_ward: int = 60, seed: int = 11) -> list[DemoPostcode]:
    """Put postcodes on each ward, denser around its middle, as streets are."""
    chance = np.random.default_rng(seed)
    letters = "ABDEFGHJLNPQRSTUWXYZ"
    made = []
    for number, ward in enumerate(parts):
        places = _clustered(ward.shape, per_ward, chance)
        for index, (longitude, latitude) in enumerate(places):
            unit = letters[index // 20 % 20] + letters[index % 20]
            text = f"BK{number + 1} {1 + index // 400}{unit}"
            made.append(DemoPostcode(text, round(longitude, 6), round(latitude, 6)))
    return made


def _clustered(
    shape: BaseGeometry, count: int, chance: np.random.Generator
) -> list[tuple[float, float]]:
    west, south, east, north = shape.bounds
    middle, spread = shape.centroid, ((east - west) / 5, (north - south) / 5)
    found: list[tuple[float, float]] = []
    while len(found) < count:
        longitude, latitude = chance.normal((middle.x, middle.y), spread)
        if shape.contains(Point(longitude, latitude)):
            found.append((float(longitude), float(latitude)))
    return found
