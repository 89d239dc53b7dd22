"""Build the pages' styles and scripts, when their sources have changed.

Uses the machine's Node when it is new enough, and otherwise the one from a
Python package, locked like the others in requirements/node.txt.
"""

from __future__ import annotations

import os
import shutil
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import environment
from environment import InstallError, run, say
from stamps import ROOT, VENV, Stamp, digest

SOURCES = ROOT / "frontend"
BUILT = ROOT / "src" / "bluelamp" / "kit" / "static" / "bluelamp" / "dist"
OLDEST_NODE = 20
_BUNDLES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt")
_MODULES = SOURCES / "node_modules"


def build() -> None:
    """Have the built files there and up to date."""
    if not (SOURCES / "package.json").exists():
        return
    made_from, stamp = digest(_inputs()), Stamp(BUILT / ".made-from")
    if stamp.says(made_from):
        return
    where = environment_with_node()
    _install_packages(where)
    say("Building the pages' styles and scripts")
    with _beside() as made:
        run(["npm", "run", "--silent", "build"], cwd=SOURCES, env={**where, "DIST": str(made)})
        if not any(made.iterdir()):
            raise InstallError("The front end's build wrote nothing.")
        Stamp(made / stamp.path.name).write(made_from)


@contextmanager
def _beside() -> Iterator[Path]:
    """Give a folder to build in, which then takes the place of what was built before.

    Pages that are open meanwhile find the old files, whole, until the new ones are.
    """
    made, old = (BUILT.with_name(f".dist-{what}-{os.getpid()}") for what in ("new", "old"))
    made.mkdir(parents=True)
    try:
        yield made
        if BUILT.exists():
            BUILT.rename(old)
        made.rename(BUILT)
    finally:
        for folder in (made, old):
            shutil.rmtree(folder, ignore_errors=True)


def _install_packages(where: dict[str, str]) -> None:
    made_from = digest([SOURCES / "package.json", SOURCES / "package-lock.json"])
    stamp = Stamp(_MODULES / ".made-from")
    if stamp.says(made_from):
        return
    say("Installing frontend/package-lock.json")
    # No package may run a script of its own while it is installed.
    options = [
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--no-update-notifier",
        "--loglevel=error",
    ]
    run(["npm", "ci", *options], cwd=SOURCES, env=where)
    stamp.write(made_from)


def _inputs() -> Iterator[Path]:
    for place, folders, files in os.walk(SOURCES):
        folders[:] = [name for name in folders if name != "node_modules"]
        yield from (Path(place, name) for name in files)


def environment_with_node() -> dict[str, str]:
    """Return the environment in which ``node`` and ``npm`` are found."""
    if _machine_has_node():
        return _trusting(dict(os.environ))
    environment.install("node")
    return _trusting(environment.environment_with_venv())


def _trusting(where: dict[str, str]) -> dict[str, str]:
    """Trust what the machine trusts.

    Node brings a list of its own; the inspecting proxy of an office network is
    only on the machine's.
    """
    for bundle in (ssl.get_default_verify_paths().cafile, *_BUNDLES):
        if bundle and Path(bundle).exists():
            where.setdefault("NODE_EXTRA_CA_CERTS", bundle)
    return where


def _machine_has_node() -> bool:
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return False
    if Path(node).is_relative_to(VENV):
        return True
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    major = said.strip().lstrip("v").partition(".")[0]
    return major.isdigit() and int(major) >= OLDEST_NODE


if __name__ == "__main__":
    try:
        environment.ensure_venv()
        build()
    except InstallError as problem:
        sys.exit(str(problem))
