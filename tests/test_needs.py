"""What a bare machine lacks is named at the end, and never called skipped."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TESTS = """
import pytest

def test_plain(): pass

@pytest.mark.browser
def test_page(): pass

@pytest.mark.browser
def test_other_page(): pass

@pytest.mark.postfix
def test_mail(): pass
"""


def run_tests(folder: Path, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_house.py").write_text(TESTS)
    command = [sys.executable, "-m", "pytest", "-c", "/dev/null", "-p", "tests.plugins.needs"]
    none = ["-p", "no:django", "-p", "no:cacheprovider", "-p", "no:asyncio"]
    return subprocess.run(
        [*command, *none, "--strict-markers", *options, str(folder)],
        cwd=ROOT, env={"PATH": str(folder), **environment}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip


@pytest.fixture
def no_programs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder whose runs find no program, not even one outside PATH."""
    (tmp_path / "sitecustomize.py").write_text("import shutil; shutil.which = lambda *a, **k: None")
    return tmp_path


@pytest.mark.parametrize("options", [(), ("-n", "2")])
def test_run_without_a_browser_runs_the_rest_and_fails(
    no_programs: Path, options: tuple[str, ...]
) -> None:
    done = run_tests(no_programs, *options, PYTHONPATH=str(no_programs))
    assert done.returncode == 1
    assert "1 passed" in done.stdout
    assert "skipped" not in done.stdout
    last = done.stdout.strip().splitlines()[-2:]
    assert last[0].startswith("2 browser tests did not run: no chromium here. This run fails")
    assert last[0].endswith("sudo apt-get install -y chromium")
    assert last[1].startswith("1 postfix test did not run: no postfix here. All others did.")


def test_nothing_is_forgiven_in_ci(no_programs: Path) -> None:
    options = ("-m", "not browser")
    forgiven = run_tests(no_programs, *options, PYTHONPATH=str(no_programs))
    assert forgiven.returncode == 0
    done = run_tests(no_programs, *options, PYTHONPATH=str(no_programs), CI="true")
    assert done.returncode == 1
    assert "1 postfix test did not run: no postfix here. This run fails" in done.stdout


def test_run_that_asks_for_no_browser_is_not_failed(no_programs: Path) -> None:
    done = run_tests(no_programs, "-k", "plain", PYTHONPATH=str(no_programs))
    assert done.returncode == 0
    assert "did not run" not in done.stdout


def test_with_the_programs_all_run(tmp_path: Path) -> None:
    where = {"BLUELAMP_BROWSER": "/bin/true", "BLUELAMP_POSTFIX": "/bin/true"}
    done = run_tests(tmp_path, **where)
    assert done.returncode == 0
    assert "4 passed" in done.stdout
    assert "did not run" not in done.stdout


def test_failure_stays_a_failure(no_programs: Path) -> None:
    (no_programs / "test_bad.py").write_text("def test_bad(): assert 0")
    done = run_tests(no_programs, PYTHONPATH=str(no_programs))
    assert done.returncode == 1
    assert "1 failed" in done.stdout
