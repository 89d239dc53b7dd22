"""Write requirements/*.txt anew from pyproject.toml, with uv."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from stamps import ROOT, VENV

OPTIONS = (
    "--python-version",
    "3.11",
    "--universal",
    "--generate-hashes",
    # No addresses: whoever installs decides where packages come from.
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--no-header",
    "--quiet",
)

LOCKS: dict[str, tuple[str, ...]] = {
    "run": ("pyproject.toml",),
    # What development adds must not change what runs.
    "dev": ("pyproject.toml", "--group", "dev", "--constraints", "requirements/run.txt"),
    "node": ("--group", "node"),
}


def main() -> int:
    """Lock every set; the exit code."""
    uv = os.environ.get("UV") or shutil.which("uv") or str(VENV / "bin" / "uv")
    if not os.access(uv, os.X_OK):
        print(
            "make lock needs uv: .venv/bin/pip install uv, or UV=/path/to/uv make lock",
            file=sys.stderr,
        )
        return 1
    for name, sources in LOCKS.items():
        command = [uv, "pip", "compile", *sources, *OPTIONS, "-o", f"requirements/{name}.txt"]
        if subprocess.run(command, cwd=ROOT, check=False).returncode:
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
