"""The virtual environment: made, filled from the locks, pointed at the sources."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import tomllib
import venv
from pathlib import Path
from typing import Any

from stamps import ROOT, VENV, Stamp, digest

PYTHON = VENV / "bin" / "python"
_STAMPS = VENV / ".bluelamp"


class InstallError(Exception):
    """It cannot be installed; the message says what to do."""


def ensure_venv() -> None:
    """Make .venv when it is missing, was moved, or lost its Python."""
    if not _is_sound():
        _make_venv()
    if not (_site_packages() / "pip").is_dir():  # one made by other tools may lack it
        run([str(PYTHON), "-m", "ensurepip"])


def _make_venv() -> None:
    if VENV.exists():
        say("The environment in .venv is for another Python or another place. Making it anew.")
        shutil.rmtree(VENV)
    say(f"Making .venv with Python {sys.version.split()[0]}")
    try:
        venv.EnvBuilder(with_pip=True, symlinks=True).create(VENV)
    except subprocess.CalledProcessError as problem:
        raise InstallError(f"The virtual environment could not be made: {problem}") from None
    _where().write(str(VENV))


def install(lock: str) -> None:
    """Install requirements/``lock``.txt, each file checked against its hash."""
    file = ROOT / "requirements" / f"{lock}.txt"
    made_from = digest([file])
    stamp = Stamp(_STAMPS / f"installed-{lock}")
    if stamp.says(made_from):
        return
    say(f"Installing requirements/{lock}.txt")
    stamp.remove()
    built = _BUILT_HERE.get(lock, ())
    if built:
        _pip("install", "-r", str(_only(file, _BUILDER)))
    _pip("install", *(f"--no-binary={name}" for name in built), "-r", str(file))
    stamp.write(made_from)


def link_project() -> None:
    """Make the sources importable and the ``bluelamp`` command callable.

    A path file and the metadata that an editable install would leave.  No
    build backend runs, so nothing is needed or fetched that no lock names.
    """
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    made_from = digest([ROOT / "pyproject.toml", Path(__file__)])
    stamp = Stamp(_STAMPS / "linked")
    if stamp.says(made_from):
        return
    packages = _site_packages()
    for old in packages.glob(f"{project['name']}-*.dist-info"):
        shutil.rmtree(old)
    _write_metadata(packages, project)
    for name, target in project["scripts"].items():
        _write_script(VENV / "bin" / name, target)
    stamp.write(made_from)


def compile_translations() -> None:
    """Turn each .po file into the .mo file that the pages read."""
    for source in sorted((ROOT / "src").rglob("*.po")):
        stamp = Stamp(_STAMPS / f"translated-{source.parent.parent.name}-{source.stem}")
        made_from, target = digest([source]), source.with_suffix(".mo")
        if target.exists() and stamp.says(made_from):
            continue
        run([str(VENV / "bin" / "pybabel"), "-q", "compile", "-i", str(source), "-o", str(target)])
        stamp.write(made_from)


def run(command: list[str], *, cwd: Path = ROOT, env: dict[str, str] | None = None) -> None:
    """Run a step of the installation; InstallError names it when it fails."""
    try:
        subprocess.run(command, cwd=cwd, env=env, check=True)
    except subprocess.CalledProcessError as problem:
        raise InstallError(
            f"This step failed with exit code {problem.returncode}: {' '.join(command)}"
        ) from None


def say(line: str) -> None:
    """Tell the person at the terminal what takes its time."""
    print(f"• {line}", file=sys.stderr, flush=True)


# The lock names every package, so nothing is resolved; wheels only, so nothing is compiled;
# and what is built all the same is built with what the lock names, not with the newest.
_PIP_OPTIONS = (
    "--require-hashes",
    "--no-deps",
    "--only-binary=:all:",
    "--no-build-isolation",
    "--no-compile",  # Python compiles what is used when it is used: a third of the work
    "-qq",
    "--no-input",
    "--disable-pip-version-check",
)


_BUILT_HERE = {"dev": ("dkimpy",)}
"""Packages of a lock that are published as sources alone."""
_BUILDER = "setuptools"


def _pip(command: str, *arguments: str) -> None:
    run([str(PYTHON), "-m", "pip", command, *_PIP_OPTIONS, *arguments])


def _only(lock: Path, name: str) -> Path:
    """Copy one package's lines out of a lock."""
    entries = lock.read_text().replace("\\\n", "\0").splitlines()
    [entry] = [entry for entry in entries if entry.startswith(f"{name}==")]
    target = _STAMPS / f"only-{name}.txt"
    target.write_text(entry.replace("\0", "\\\n") + "\n")
    return target


def _where() -> Stamp:
    return Stamp(_STAMPS / "made-at")


def _is_sound() -> bool:
    if _where().path.exists() and not _where().says(str(VENV)):
        return False
    check = "import sys; sys.exit(sys.version_info < (3, 11))"
    try:
        done = subprocess.run([str(PYTHON), "-I", "-S", "-c", check], check=False)
    except OSError:
        return False
    return done.returncode == 0


def _site_packages() -> Path:
    [folder] = (VENV / "lib").glob("python3.*/site-packages")
    return folder


def _write_metadata(packages: Path, project: dict[str, Any]) -> None:
    name, version = project["name"], project["version"]
    info = packages / f"{name}-{version}.dist-info"
    info.mkdir()
    path_file = packages / f"{name}.pth"
    path_file.write_text(f"{ROOT / 'src'}\n")
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    (info / "INSTALLER").write_text("make\n")
    entries = "".join(f"{script} = {target}\n" for script, target in project["scripts"].items())
    (info / "entry_points.txt").write_text(f"[console_scripts]\n{entries}")
    files = [path_file, *sorted(info.iterdir())]
    own = f"{info.name}/RECORD,,\n"
    (info / "RECORD").write_text("".join(_record_line(file, packages) for file in files) + own)


def _record_line(file: Path, packages: Path) -> str:
    content = file.read_bytes()
    found = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    return f"{file.relative_to(packages)},sha256={found},{len(content)}\n"


def _write_script(path: Path, target: str) -> None:
    module, _, function = target.partition(":")
    # A first line that names Python directly breaks where its path is long or has a space.
    path.write_text(
        "#!/bin/sh\n"
        f'\'\'\'exec\' "{PYTHON}" "$0" "$@"\n'
        "' '''\n"
        "import sys\n"
        f"from {module} import {function}\n"
        f"sys.exit({function}())\n"
    )
    path.chmod(0o755)


def environment_with_venv() -> dict[str, str]:
    """Give a step an environment in which it finds the programs in .venv first."""
    return {**os.environ, "PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"}
