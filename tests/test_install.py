"""The installer, on a checkout of its own with nothing to fetch."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

TOOLS = Path(__file__).parents[1] / "tools"
PROJECT = """
[project]
name = "lantern"
version = "1.2.3"
[project.scripts]
lantern = "lantern:main"
"""
PROGRAM = """
import importlib.metadata, sys
def main():
    print(importlib.metadata.version("lantern"), *sys.argv[1:])
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    return make_checkout(tmp_path)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout in which it is all done, and well."""
    root = make_checkout(tmp_path_factory.mktemp("installed"))
    done = install(root)
    assert done.returncode == 0, done.stderr
    return root


def make_checkout(folder: Path) -> Path:
    root = folder / "a checkout"  # with a space, as on many desktops
    shutil.copytree(TOOLS, root / "tools", ignore=shutil.ignore_patterns("__pycache__"))
    (root / "requirements").mkdir()
    for lock in ("run", "dev", "node"):
        (root / "requirements" / f"{lock}.txt").write_text("# nothing\n")
    (root / "src").mkdir()
    (root / "src" / "lantern.py").write_text(PROGRAM)
    (root / "pyproject.toml").write_text(PROJECT)
    return root


def install(root: Path) -> subprocess.CompletedProcess[str]:
    command = ["sh", "tools/with-python.sh", "tools/install.py"]
    clean = {"PATH": os.environ["PATH"], "PYTHON": sys.executable, "HOME": str(root)}
    return subprocess.run(command, cwd=root, env=clean, capture_output=True, text=True, check=False)


def call(root: Path, *arguments: str) -> str:
    command = [str(root / ".venv" / "bin" / "lantern"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_install_makes_the_command_and_the_second_one_only_looks(installed: Path) -> None:
    assert call(installed, "two words") == "1.2.3 two words"
    made = {path: path.stat().st_mtime_ns for path in (installed / ".venv" / ".bluelamp").iterdir()}
    second = install(installed)
    assert (second.returncode, second.stdout, second.stderr) == (0, "", "")
    assert made == {path: path.stat().st_mtime_ns for path in made}


def test_changed_lock_is_installed_again_and_a_wrong_hash_refused(installed: Path) -> None:
    lock = installed / "requirements" / "run.txt"
    wheel = make_wheel(installed)
    lock.write_text(f"lamp @ {wheel.as_uri()} --hash=sha256:{'0' * 64}\n")
    refused = install(installed)
    assert refused.returncode == 1
    assert "DO NOT MATCH THE HASHES" in refused.stderr
    assert "This step failed with exit code 1" in refused.stderr
    lock.write_text("# nothing\n")
    assert install(installed).returncode == 0


def make_wheel(root: Path) -> Path:
    """The smallest wheel there is."""
    path = root / "lamp-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr("lamp.py", "")
        wheel.writestr(
            "lamp-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: lamp\nVersion: 1.0\n"
        )
        wheel.writestr("lamp-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        wheel.writestr("lamp-1.0.dist-info/RECORD", "")
    return path


def test_moved_checkout_gets_a_new_environment(checkout: Path) -> None:
    made = checkout / ".venv" / ".bluelamp" / "made-at"
    made.parent.mkdir(parents=True)
    made.write_text("/where/it/was/.venv")
    assert "Making it anew" in install(checkout).stderr
    assert call(checkout) == "1.2.3"


def test_environment_that_others_made_is_kept(checkout: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", checkout / ".venv"], check=True)
    kept = checkout / ".venv" / "mine.txt"
    kept.write_text("keep me")
    for _ in range(2):
        assert install(checkout).returncode == 0
        assert kept.exists()
    assert call(checkout) == "1.2.3"


def test_python_that_is_too_old_is_said_so(checkout: Path) -> None:
    old = checkout / "bin"
    old.mkdir()
    (old / "python3").write_text("#!/bin/sh\necho 3.9.2; exit 1\n")
    (old / "python3").chmod(0o755)
    for tool in ("sh", "basename"):
        (old / tool).symlink_to(shutil.which(tool) or "/bin/sh")
    done = subprocess.run(
        ["sh", "tools/with-python.sh", "tools/install.py"],
        cwd=checkout, env={"PATH": str(old)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "needs Python 3.11 or newer. Found only: python3 (3.9.2)." in done.stderr


def test_python_without_venv_is_told_what_to_install(checkout: Path) -> None:
    without = checkout / "bin"
    without.mkdir()
    program = '#!/bin/sh\ncase "$*" in *ensurepip*) exit 1;; *) echo 3.11.2;; esac'
    (without / "python3.11").write_text(program)
    (without / "python3.11").chmod(0o755)
    for tool in ("sh", "basename"):
        (without / tool).symlink_to(shutil.which(tool) or "/bin/sh")
    done = subprocess.run(
        ["sh", "tools/with-python.sh", "tools/install.py"],
        cwd=checkout, env={"PATH": str(without)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "sudo apt-get install -y python3.11-venv" in done.stderr


NPM = """#!/bin/sh
echo "$0 $*" >> "{root}/calls"
mkdir -p node_modules
[ "$1" != run ] || cp src/page.css "$DIST/page.css"
[ ! -e src/fault ]
"""


def give_node(root: Path, folder: Path, version: str) -> None:
    """Put a Node there that only says its version, and an npm that only says what it is told."""
    folder.mkdir(exist_ok=True)
    for name, program in (("node", f"#!/bin/sh\necho v{version}\n"), ("npm", NPM)):
        (folder / name).write_text(program.replace("{root}", str(root)))
        (folder / name).chmod(0o755)


def build(root: Path, node: Path) -> list[str]:
    """Build the front end; what npm was told since the last time."""
    calls = root / "calls"
    calls.unlink(missing_ok=True)
    done = try_to_build(root, node)
    assert done.returncode == 0, done.stderr
    return calls.read_text().splitlines() if calls.exists() else []


def try_to_build(root: Path, node: Path) -> subprocess.CompletedProcess[str]:
    clean = {"PATH": f"{node}:/usr/bin:/bin", "HOME": str(root)}
    command = [sys.executable, "tools/frontend.py"]
    return subprocess.run(command, cwd=root, env=clean, capture_output=True, text=True, check=False)


@pytest.fixture
def with_frontend(installed: Path, tmp_path: Path) -> Iterator[Path]:
    (installed / "frontend" / "src").mkdir(parents=True)
    for name in ("package.json", "package-lock.json", "src/page.css"):
        (installed / "frontend" / name).write_text("{}")
    yield installed
    shutil.rmtree(installed / "frontend")
    shutil.rmtree(installed / "src" / "bluelamp")


def test_front_end_is_built_when_its_sources_change_and_not_otherwise(
    with_frontend: Path, tmp_path: Path
) -> None:
    node = tmp_path / "node"
    give_node(with_frontend, node, "22.1.0")
    fetched, built = build(with_frontend, node)
    assert " ci " in fetched
    assert built.endswith("run --silent build")
    assert build(with_frontend, node) == []
    (with_frontend / "frontend" / "src" / "page.css").write_text("p {}")
    assert build(with_frontend, node) == [built]
    (with_frontend / "frontend" / "package-lock.json").write_text("{ }")
    assert len(build(with_frontend, node)) == 2
    shutil.rmtree(with_frontend / "src" / "bluelamp" / "kit")
    assert build(with_frontend, node) == [built]


def test_what_was_built_stays_whole_until_the_new_is(with_frontend: Path, tmp_path: Path) -> None:
    node, sources = tmp_path / "node", with_frontend / "frontend" / "src"
    give_node(with_frontend, node, "22.1.0")
    build(with_frontend, node)
    static = with_frontend / "src" / "bluelamp" / "kit" / "static" / "bluelamp"
    (sources / "page.css").write_text("p {}")
    (sources / "fault").touch()
    assert try_to_build(with_frontend, node).returncode != 0
    assert (static / "dist" / "page.css").read_text() == "{}"
    (sources / "fault").unlink()
    build(with_frontend, node)
    assert (static / "dist" / "page.css").read_text() == "p {}"
    assert [one.name for one in static.iterdir()] == ["dist"]


@pytest.mark.parametrize(("version", "whose"), [("20.0.0", "machine"), ("18.9.9", "ours")])
def test_node_of_the_machine_is_used_when_it_is_new_enough(
    with_frontend: Path, tmp_path: Path, version: str, whose: str
) -> None:
    machine, ours = tmp_path / "machine", with_frontend / ".venv" / "bin"
    give_node(with_frontend, machine, version)
    give_node(with_frontend, ours, "24.0.0")
    expected = machine if whose == "machine" else ours
    assert all(call.startswith(f"{expected}/npm ") for call in build(with_frontend, machine))
