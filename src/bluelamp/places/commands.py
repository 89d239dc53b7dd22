"""``bluelamp places …``, ``bluelamp import areas`` and ``bluelamp import postcodes``."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.table import Table as RichTable

from bluelamp.kit.cli import emit, emit_rows, json_option, needs_database, progress, talk
from bluelamp.kit.errors import BluelampError

FILE = click.Path(exists=True, path_type=Path)


@click.group()
def places() -> None:
    """Ask the ground: points, postcodes, cells and areas."""


@places.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--areas", "areas_files", type=FILE, multiple=True, help="Boundaries; repeatable.")
@click.option("--area-id", default="", help="The property that names an area.")
@click.option("--force", "slug", default="", help="Without --areas: only this force's areas.")
@click.option("--kind", default="", help="Without --areas: only areas of this kind.")
@json_option
def locate(
    file: Path, areas_files: tuple[Path, ...], area_id: str, slug: str, kind: str, as_json: bool
) -> None:
    """Say in which areas each row of a CSV lies.

    FILE has columns Longitude and Latitude, or postcode (against imported
    postcodes).  A row without a position lies in no area.
    """
    from bluelamp.places.importing.points import read_points

    with _speaking():
        points = read_points(file)
        codes, shapes = _areas_to_ask(areas_files, area_id, slug, kind)
        if points.postcodes is not None:
            points = _placed(points)
    _print_located(codes, shapes, points, as_json=as_json)


@contextmanager
def _speaking() -> Iterator[None]:
    """Set Django up when a refusal has to be put into words; no database is needed for it."""
    try:
        yield
    except BluelampError:
        import django

        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bluelamp.site.settings")
        django.setup()
        raise


def _areas_to_ask(
    files: Sequence[Path], area_id: str, slug: str, kind: str
) -> tuple[list[Any], list[Any]]:
    """Return codes and shapes from files, or from the database where no file is given."""
    if files:
        from bluelamp.places.importing.areas import read_areas
        from bluelamp.places.importing.files import Handed

        read = [area for path in files for area in read_areas(Handed.at(path), area_id)]
        return [area.code for area in read], [area.shape for area in read]
    return _stored_areas(slug, kind)


@needs_database
def _stored_areas(slug: str, kind: str) -> tuple[list[Any], list[Any]]:
    from bluelamp.places import queries

    forces = [queries.force_named(slug)] if slug else queries.forces()
    kinds = (kind,) if kind else ()
    areas = [area for force in forces for area in queries.areas(force, kinds=kinds)]
    return [area.code for area in areas], queries.shapes_of(areas)


@needs_database
def _placed(points: Any) -> Any:
    """Return the points with the positions of their postcodes; say how many have none."""
    from bluelamp.places import queries

    placed, unknown = queries.place_postcodes(points)
    if unknown:
        talk.print(
            f"{len(unknown)} rows have an unknown postcode, the first is row {unknown[0]}.",
            style="yellow",
        )
    return placed


def _print_located(codes: list[Any], shapes: list[Any], points: Any, *, as_json: bool) -> None:
    """Print a line a row; identical answers are put into JSON once."""
    from bluelamp.places.ground import locate as locate_points

    written: dict[tuple[int, ...], str] = {}
    lines = []
    for row, hit in enumerate(locate_points(shapes, points.longitudes, points.latitudes), 1):
        if hit not in written:
            names = list(dict.fromkeys(codes[place] for place in hit))
            written[hit] = json.dumps(names, ensure_ascii=False)
        if as_json:
            lines.append(f'{{"row": {row}, "areas": {written[hit]}}}\n')
        else:
            lines.append(f"{row}\t{', '.join(map(str, json.loads(written[hit])))}\n")
    sys.stdout.write("".join(lines))
    sys.stdout.flush()


@places.command()
@click.argument("text", metavar="POSTCODE")
@json_option
@needs_database
def postcode(text: str, as_json: bool) -> None:
    """Say where a postcode is."""
    from bluelamp.places import queries

    found = queries.position_of(text)
    if as_json:
        emit(
            {
                "postcode": found.postcode,
                "longitude": found.longitude,
                "latitude": found.latitude,
            }
        )
    else:
        click.echo(f"{found.postcode}: {found.latitude:.6f}, {found.longitude:.6f}")


@places.command()
@click.option("--force", "slug", required=True, help="The force's short name in addresses.")
@click.option("--kind", default="", help="Only areas of this kind.")
@json_option
@needs_database
def areas(slug: str, kind: str, as_json: bool) -> None:
    """List a force's areas."""
    from bluelamp.places import queries

    found = queries.areas(queries.force_named(slug), kinds=(kind,) if kind else ())
    rows = [
        {
            "id": area.pk,
            "kind": area.kind,
            "code": area.code,
            "name": area.name,
            "unit": area.unit.code if area.unit else None,
            "source": area.source,
        }
        for area in found
    ]
    if as_json:
        emit_rows(rows)
    else:
        _print_table(("kind", "code", "name", "unit", "source"), rows)


@places.command()
@click.argument("code")
@click.option("--force", "slug", required=True, help="The force's short name in addresses.")
@click.option("--kind", default="", help="The kind of area, where two share a code.")
@json_option
@needs_database
def cells(code: str, slug: str, kind: str, as_json: bool) -> None:
    """List the H3 cells of the area CODE: whole, or at its edge."""
    from bluelamp.places import queries

    area = queries.area_coded(queries.force_named(slug), code, kind)
    rows = [{"cell": f"{cell.cell:x}", "whole": cell.whole} for cell in area.cells.order_by("cell")]
    if as_json:
        emit_rows(rows)
    else:
        _print_table(("cell", "whole"), rows)


def _print_table(titles: Sequence[str], rows: Iterable[dict[str, Any]]) -> None:
    table = RichTable(*titles, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*("" if row[title] is None else str(row[title]) for title in titles))
    from rich.console import Console

    Console().print(table)


@click.command("areas")
@click.argument("files", nargs=-1, required=True, type=FILE)
@click.option("--force", "slug", required=True, help="The force whose areas these are.")
@click.option("--kind", required=True, help="ward, neighbourhood, district, force, hot_spot.")
@click.option("--id", "id_property", default="", help="The property with the areas' codes.")
@click.option("--name", "name_property", default="", help="The property with their names.")
@click.option("--names", "names_file", type=FILE, help="data.police.uk's list of neighbourhoods.")
@click.option("--unit", "unit_code", default="", help="The unit that polices all of them.")
@click.option("--source", default="", help="What set of areas this is; the file's name if empty.")
@click.option("--dry-run", is_flag=True, help="Report and change nothing.")
@json_option
@needs_database
def import_areas(
    files: tuple[Path, ...],
    slug: str,
    kind: str,
    id_property: str,
    name_property: str,
    names_file: Path | None,
    unit_code: str,
    source: str,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Take in boundaries from GeoJSON, KML or data.police.uk JSON.

    FILES may be folders.  Taking the same file again changes nothing; areas
    that a newer file of the same source no longer holds are retired.
    """
    from bluelamp.kit import clock
    from bluelamp.places import queries
    from bluelamp.places.importing import store_areas
    from bluelamp.places.importing.files import Handed, files_of

    force = queries.force_named(slug)
    wanted = store_areas.Batch.read(
        [Handed.at(path) for path in files_of(files, (".geojson", ".json", ".kml"))],
        kind=kind,
        id_property=id_property,
        name_property=name_property,
        names_file=Handed.at(names_file) if names_file else None,
        source=source or files[0].name,
    )
    report = store_areas.import_areas(
        force,
        wanted,
        unit=queries.unit_coded(force, unit_code) if unit_code else None,
        by=_operator("import areas", force.pk),
        now=clock.now(),
        dry_run=dry_run,
    )
    if as_json:
        emit(report.facts())
        return
    for line in report.lines:
        if line.change != "unchanged" or line.note:
            click.echo(f"{line.change:9}  {line.code}  {line.name}  {line.note}".rstrip())
    counts = {key: value for key, value in report.facts().items() if isinstance(value, int)}
    talk.print(", ".join(f"{value} {key}" for key, value in counts.items() if key != "dry_run"))


@click.command("postcodes")
@click.argument("files", nargs=-1, required=True, type=FILE)
@json_option
@needs_database
def import_postcodes(files: tuple[Path, ...], as_json: bool) -> None:
    """Take in postcodes from Code-Point Open, ONSPD or a CSV with latitude and longitude.

    FILES may be folders of CSV files.  All of them are taken, or none.
    """
    from dataclasses import asdict

    from bluelamp.places.importing.store_postcodes import import_postcodes as store

    with progress("Reading postcodes") as advance:
        report = store(files, advance=advance)
    if as_json:
        emit(asdict(report))
    else:
        for name, value in asdict(report).items():
            click.echo(f"{value:>9,} {name.replace('_', ' ')}")


def _operator(command: str, force: int | None = None) -> Any:
    """Return who answers for a command: the system account that typed it."""
    import getpass

    from bluelamp.audit.values import Actor, ActorKind

    name = getpass.getuser()
    return Actor(ActorKind.OPERATOR, name, name, force=force, source=f"bluelamp {command}")


IMPORTS = [import_areas, import_postcodes]
