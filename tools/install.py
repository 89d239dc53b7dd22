"""Set up everything that Bluelamp needs, and start nothing: install.py [--dev].

Needs the standard library alone.  Each step remembers what it was made from,
so a second run only looks.
"""

from __future__ import annotations

import sys
import time

import environment

import frontend


def main(*, dev: bool) -> None:
    """Bring .venv, the front end and the translations up to date."""
    begun = time.monotonic()
    environment.ensure_venv()
    environment.install("run")
    if dev:
        environment.install("dev")
    environment.link_project()
    frontend.build()
    environment.compile_translations()
    if (took := time.monotonic() - begun) > 2:
        environment.say(f"Installed in {took:.0f} seconds")


if __name__ == "__main__":
    try:
        main(dev="--dev" in sys.argv[1:])
    except environment.InstallError as problem:
        sys.exit(str(problem))
