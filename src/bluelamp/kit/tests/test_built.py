"""What the front end's build made: whole, ours alone, and light on an old phone."""

import gzip
import re
from pathlib import Path

import pytest

BUILT = Path(__file__).parents[1] / "static" / "bluelamp" / "dist"
SHEETS = ("public.css", "officer.css", "map.css")
KILOBYTE = 1024


def read(name: str) -> str:
    assert (BUILT / name).exists(), "build the front end first: make frontend"
    return (BUILT / name).read_text()


def packed(*names: str) -> int:
    """Return what these weigh on the wire, octets."""
    return sum((BUILT / f"{name}.gz").stat().st_size for name in names)


def loaded_with(name: str) -> set[str]:
    """Return a script and what it loads before it runs."""
    found = {name}
    for other in re.findall(r'from"\./(?:chunks/)?([\w-]+\.js)"', read(name)):
        found |= loaded_with(f"chunks/{other}")
    return found


@pytest.mark.parametrize("sheet", SHEETS)
def test_everything_a_sheet_names_is_there_and_ours(sheet: str) -> None:
    named = re.findall(r"url\(\"?([^)\"]+)\"?\)", read(sheet))
    assert [n for n in named if not n.startswith(("#", "data:")) and not (BUILT / n).exists()] == []
    assert not [n for n in named if re.match(r"(https?:)?//", n)]
    assert "@import" not in read(sheet)


@pytest.mark.parametrize("sheet", SHEETS)
def test_no_sheet_speaks_for_the_government(sheet: str) -> None:
    assert not re.search(r"GDS Transport|crown", read(sheet), re.IGNORECASE)


def test_the_publics_pages_are_light() -> None:
    assert packed("public.css") < 20 * KILOBYTE
    assert packed(*loaded_with("public.js")) < 12 * KILOBYTE
    fonts = [p.stat().st_size for p in (BUILT / "fonts").glob("*-latin-[47]00-normal.woff2")]
    assert len(fonts) == 2
    assert sum(fonts) < 30 * KILOBYTE


def test_what_is_packed_is_what_is_not() -> None:
    files = [p for p in BUILT.rglob("*") if p.suffix in {".css", ".js"}]
    assert len(files) > 5
    for path in files:
        assert gzip.decompress(Path(f"{path}.gz").read_bytes()) == path.read_bytes()


def test_the_map_is_loaded_only_by_a_page_that_has_one() -> None:
    maps = [p for p in (BUILT / "chunks").glob("*.js") if "leaflet" in p.read_text()]
    assert maps
    waiting = loaded_with("public.js") | loaded_with("officer.js")
    assert not [p for p in maps if f"chunks/{p.name}" in waiting]


def test_the_terms_of_what_we_give_away_go_with_it() -> None:
    terms = read("LICENCES.txt")
    for name in ("govuk-frontend", "@ministryofjustice/frontend", "leaflet", "htmx.org"):
        assert re.search(rf"^{re.escape(name)} \d", terms, re.MULTILINE)
    assert "Open Font License" in read("fonts/LICENSE") or "OFL" in read("fonts/LICENSE")
