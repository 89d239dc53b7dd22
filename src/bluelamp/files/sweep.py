"""Sweep: bytes that no row names, left by a crash between the bytes and the row.

Somebody may be keeping the very same bytes at this moment, and will name them in a row
that is not committed yet.  So what goes is first taken out of its place: who keeps it
either touched it before, which shows, or finds nothing there and writes it anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from bluelamp.files import disk
from bluelamp.files.models import File
from bluelamp.kit.config import config

SAFE_AGE = timedelta(days=1)
"""Far longer than any transaction lasts between the bytes and the commit of their row."""


def sweep(*, now: datetime) -> int:
    """Take away what nobody names and nobody touched for a day; return how many files."""
    before = (now - SAFE_AGE).timestamp()
    return sum(_sweep(int(force.name), folder, before) for force, folder in _folders())


def _folders() -> Iterator[tuple[Path, Path]]:
    root = config().files_folder
    for force in sorted(root.iterdir()) if root.is_dir() else ():
        if force.is_dir() and force.name.isdecimal():
            yield from ((force, one) for one in sorted(force.iterdir()) if one.is_dir())


def _sweep(force: int, folder: Path, before: float) -> int:
    old = [path for path in folder.iterdir() if disk.touched(path) < before]
    # a sweeper that died may have taken out what was named since: that goes back
    out = [path for path in folder.iterdir() if disk.is_taken_out(path)]
    named = _named(force, {disk.sha256_of(path) for path in (*old, *out)})
    for path in out:
        if disk.sha256_of(path) in named:
            disk.put_back(path)
    orphans = [path for path in old if disk.sha256_of(path) not in named]
    return sum(disk.remove_untouched(path, before) for path in orphans)


def _named(force: int, hashes: Iterable[str]) -> set[str]:
    rows = File.objects.filter(force=force, sha256__in=set(hashes))
    return set(rows.values_list("sha256", flat=True))
