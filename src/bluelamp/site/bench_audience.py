"""``bluelamp bench audience``: how fast ground becomes people, and whether it is right.

A synthetic county of polygons is filled with members in a schema of its own,
so that neither the record nor the real members are touched; the product's own
code runs against it unchanged.  The schema goes when the bench ends.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import click
import numpy as np
import shapely
from numpy.typing import NDArray

from bluelamp.kit.cli import emit, json_option, needs_database, progress, talk

_TABLES = ("members_member", "members_topic", "places_area", "places_areacell")
WEST, SOUTH, EAST, NORTH = -0.70, 51.80, -0.14, 52.33
"""About 38 by 59 km: a county the size of Bedfordshire and a half."""
ACROSS, DOWN = 12, 15
"""Wards, each of a million members' county some 5,500 people."""
SEED = 8


@click.command()
@click.option("--members", default=1_000_000, show_default=True, help="How many members.")
@click.option("--rounds", default=15, show_default=True, help="Runs a question, median taken.")
@json_option
@needs_database
def audience(members: int, rounds: int, as_json: bool) -> None:
    """Count neighbourhoods, districts and half a county of many members.

    Medians in milliseconds of the whole question, from the definition of an
    audience to its count, and whether each count equals shapely's on the exact
    boundaries.
    """
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    with _scratch_schema():
        county = _County(members)
        result = county.measure(rounds)
    if as_json:
        emit(result)
    else:
        for name, value in result.items():
            click.echo(f"{name:>24}  {value}")


@contextmanager
def _scratch_schema() -> Iterator[None]:
    """Put empty twins of the tables before the real ones on this connection's path."""
    from django.db import connection

    schema = f"bench_{os.getpid()}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA {schema}")
        try:
            for table in _TABLES:
                cursor.execute(f"CREATE TABLE {schema}.{table} (LIKE public.{table} INCLUDING ALL)")
            cursor.execute(f"SET search_path = {schema}, public")
            yield
        finally:
            cursor.execute(f"DROP SCHEMA {schema} CASCADE")
            cursor.execute("SET search_path = DEFAULT")


class _County:
    """Wards of uneven outline and members scattered in towns and fields."""

    def __init__(self, members: int) -> None:
        from bluelamp.org.models import Force

        self.random = np.random.default_rng(SEED)
        self.force = Force(pk=2**40, slug="bench", name="Bench")
        self.wards = self._draw_wards()
        self.longitudes, self.latitudes = self._scatter(members)
        self.topics = self.random.integers(0, 256, members)
        self.sparse = self._some_reach(members)
        self.ids = self._store_wards()
        self._store_members()

    def _draw_wards(self) -> list[Any]:
        """Return wards that tile the county, their shared borders wandering between corners."""
        xs = np.linspace(WEST, EAST, ACROSS + 1)
        ys = np.linspace(SOUTH, NORTH, DOWN + 1)
        jitter = self.random.uniform(-0.3, 0.3, (ACROSS + 1, DOWN + 1, 2))
        step = np.array([xs[1] - xs[0], ys[1] - ys[0]])
        corners = np.stack(np.meshgrid(xs, ys, indexing="ij"), axis=-1) + jitter * step
        sides: dict[tuple[Any, Any], NDArray[np.float64]] = {}

        def side(a: tuple[int, int], b: tuple[int, int]) -> NDArray[np.float64]:
            if (b, a) in sides:
                return sides[b, a][::-1]
            if (a, b) not in sides:
                sides[a, b] = self._wander(corners[a], corners[b])
            return sides[a, b]

        wards = []
        for i in range(ACROSS):
            for j in range(DOWN):
                ring = [(i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1), (i, j)]
                lines = [side(a, b)[:-1] for a, b in pairwise(ring)]
                ward = shapely.Polygon(np.concatenate(lines))
                wards.append(ward if ward.is_valid else shapely.make_valid(ward))
        return wards

    def _wander(self, start: Any, end: Any) -> NDArray[np.float64]:
        """Return a border of 65 points between two corners."""
        along = np.linspace(0, 1, 65)[:, None]
        line = start + (end - start) * along
        across = np.array([start[1] - end[1], end[0] - start[0]])
        walk = np.cumsum(self.random.normal(0, 0.012, 65))
        bridge = walk - walk[-1] * along[:, 0] - walk[0] * (1 - along[:, 0])
        return np.asarray(line + across * bridge[:, None])

    def _scatter(self, members: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return places of members: two thirds in forty towns, the rest anywhere."""
        towns = self.random.uniform((WEST, SOUTH), (EAST, NORTH), (40, 2))
        chosen = self.random.integers(0, len(towns), members)
        spread = self.random.normal(0, 1, (members, 2)) * (0.022, 0.014)
        fields = self.random.uniform((WEST, SOUTH), (EAST, NORTH), (members, 2))
        in_town = self.random.random(members) < 0.66
        points = np.where(in_town[:, None], towns[chosen] + spread, fields)
        return points[:, 0].round(6), points[:, 1].round(6)

    def _some_reach(self, members: int) -> NDArray[np.int64]:
        """Return reach: nine in ten can be reached, as in life some cannot."""
        return np.where(self.random.random(members) < 0.9, 3, 1)

    def _store(self, kind: str, number: int, shape: Any) -> int:
        """Store one area with its cells, as an import does; return its id."""
        from django.utils import timezone

        from bluelamp.places.cells import cells_of
        from bluelamp.places.models import Area, AreaCell

        west, south, east, north = shape.bounds
        area = Area.objects.create(
            force=self.force, kind=kind, code=f"{kind}{number}", name=f"{kind} {number}",
            boundary=shape.wkb, digest=f"{kind}{number}", west=west, south=south, east=east,
            north=north, imported_at=timezone.now(),
        )  # fmt: skip
        found = cells_of(shape)
        rows = zip(found.cells.tolist(), found.whole.tolist(), strict=True)
        AreaCell.objects.bulk_create(
            [AreaCell(area=area, cell=cell, whole=whole) for cell, whole in rows]
        )
        return int(area.pk)

    def _store_wards(self) -> list[int]:
        from bluelamp.places.importing.store_areas import join_cells

        ids = [self._store("ward", number, ward) for number, ward in enumerate(self.wards)]
        join_cells(self.force, "ward")
        return ids

    def _store_members(self) -> None:
        from django.db import connection
        from django.utils import timezone

        from bluelamp.places.cells import cells_of_points

        columns = (
            "force_id, contact_id, state, postcode, longitude, latitude, cell, topics, language,"
            " reach, email_point_id, joined_at, leave_reason, leave_words, source, reference"
        )
        joined = timezone.now()
        total = len(self.longitudes)
        with (
            progress("Filling the county", total) as advance,
            connection.connection.cursor() as cursor,
            cursor.copy(f"COPY members_member ({columns}) FROM STDIN") as copy,
        ):
            for start in range(0, total, 50_000):
                part = slice(start, start + 50_000)
                lons, lats = self.longitudes[part], self.latitudes[part]
                cells = cells_of_points(lons, lats)
                columns_of = (lons, lats, cells, self.topics[part], self.sparse[part])
                each = zip(*(column.tolist() for column in columns_of), strict=True)
                for point, (lon, lat, cell, topics, reach) in enumerate(each, start + 1):
                    copy.write_row((
                        self.force.pk, point, "joined", "BD1 1AA", lon, lat, cell, topics, "en",
                        reach, point, joined, "", "", "bench", "",
                    ))  # fmt: skip
                advance(len(lons))
        with connection.cursor() as cursor:
            cursor.execute("VACUUM (ANALYZE) members_member")
            cursor.execute("ANALYZE places_area, places_areacell")

    def _nearest_wards(self, wanted: int) -> list[int]:
        """Return wards that lie together and hold about so many members who can be reached."""
        held = [self._exact([n], None) for n in range(len(self.wards))]
        best: list[int] = []
        most = float("inf")
        for first in range(0, len(self.wards), 7):
            middle = self.wards[first].centroid
            order = sorted(range(len(self.wards)), key=lambda n: self.wards[n].distance(middle))
            sums = np.cumsum([held[n] for n in order])
            size = int(np.argmin(np.abs(sums - wanted))) + 1
            if abs(int(sums[size - 1]) - wanted) < most:
                most, best = abs(int(sums[size - 1]) - wanted), order[:size]
        return best

    def _exact(self, wards: list[int], shape: Any) -> int:
        """Return shapely's own count over every member, no cell and no index used."""
        inside = np.zeros(len(self.longitudes), dtype=bool)
        shapes = [self.wards[n] for n in wards] if shape is None else [shape]
        for ground in shapes:
            west, south, east, north = ground.bounds
            near = np.flatnonzero(
                (self.longitudes >= west) & (self.longitudes <= east)
                & (self.latitudes >= south) & (self.latitudes <= north)
            )  # fmt: skip
            shapely.prepare(ground)
            inside[near] |= shapely.intersects_xy(
                ground, self.longitudes[near], self.latitudes[near]
            )
        return int(np.count_nonzero(inside & (self.sparse == 3)))

    def _neighbourhood(self) -> shapely.Polygon:
        """Return a few streets: a crooked shape in the middle of a ward, about 1,000 members."""
        middle = self.wards[len(self.wards) // 2].centroid
        turns = np.linspace(0, 2 * np.pi, 40, endpoint=False)
        best: tuple[int, shapely.Polygon] = (2**60, shapely.Polygon())
        for size in np.geomspace(0.002, 0.03, 30):
            radius = size * (1 + 0.25 * np.sin(3 * turns) + 0.1 * np.cos(7 * turns))
            ring = np.stack(
                [middle.x + radius * np.cos(turns), middle.y + 0.62 * radius * np.sin(turns)], 1
            )
            shape = shapely.Polygon(ring)
            found = self._exact([], shape)
            if abs(found - 1_000) < best[0]:
                best = (abs(found - 1_000), shape)
        return best[1]

    def measure(self, rounds: int) -> dict[str, Any]:
        """Ask each question some times; return medians and whether every count was exact."""
        from bluelamp.members.audience import count
        from bluelamp.members.values import Audience

        scale = len(self.longitudes) / 1_000_000
        shape = self._neighbourhood()
        streets = self._store("neighbourhood", 0, shape)
        district = self._nearest_wards(round(40_000 * scale))
        half = self._nearest_wards(round(180_000 * scale))
        questions = {
            "neighbourhood": (Audience(areas=(streets,)), [], shape),
            "drawn": (Audience(shapes=(shapely.geometry.mapping(shape),)), [], shape),
            "district": (Audience(areas=tuple(self.ids[n] for n in district)), district, None),
            "half_county": (Audience(areas=tuple(self.ids[n] for n in half)), half, None),
        }
        result: dict[str, Any] = {"members": len(self.longitudes), "rounds": rounds}
        exact = True
        for name, (asked, wards, drawn) in questions.items():
            took = []
            for _round in range(rounds):
                begun = time.perf_counter()
                found = count(self.force, asked).total
                took.append(1_000 * (time.perf_counter() - begun))
            truth = self._exact(wards, drawn)
            exact &= found == truth
            result |= {
                f"{name}_ms": round(statistics.median(took), 2),
                f"{name}_best_ms": round(min(took), 2),
                f"{name}_first_ms": round(took[0], 2),
                f"{name}_members": found,
            }
            talk.print(f"{name}: {found:,} members, shapely {truth:,}")
        return result | {"exact": exact}
