"""Install the servers of other platforms that tests talk to, each from its own lock.

They need a Node of the machine's own with its headers, a C++ compiler and make: one of
their parts, better-sqlite3, is compiled.  No other may run a script of its own.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from environment import InstallError, run, say
from stamps import ROOT, Stamp, digest

from frontend import environment_with_node

BLUESKY = ROOT / "tests" / "peers" / "bluesky"
_COMPILED = ("better-sqlite3",)
_QUIET = ("--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error")


def install(folder: Path) -> None:
    """Have the packages of ``folder``'s lock there."""
    made_from = digest([folder / "package.json", folder / "package-lock.json"])
    stamp = Stamp(folder / "node_modules" / ".made-from")
    if stamp.says(made_from):
        return
    say(f"Installing {folder.relative_to(ROOT)}/package-lock.json")
    where = environment_with_node()
    run(["npm", "ci", "--ignore-scripts", *_QUIET], cwd=folder, env=where)
    run(["npm", "rebuild", *_COMPILED, *_QUIET], cwd=folder, env=where | _headers(where))
    stamp.write(made_from)


def _headers(where: dict[str, str]) -> dict[str, str]:
    """Say where Node's headers are, if they came with it: else they are downloaded."""
    node = shutil.which("node", path=where.get("PATH"))
    prefix = Path(node).resolve().parents[1] if node else Path("/usr")
    there = (prefix / "include" / "node" / "node.h").exists()
    return {"npm_config_nodedir": str(prefix)} if there else {}


if __name__ == "__main__":
    try:
        install(BLUESKY)
    except InstallError as problem:
        sys.exit(str(problem))
