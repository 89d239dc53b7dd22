"""Tests that need a program which a bare machine lacks.

They are marked with the program's name.  Where it is missing they are left
out, never called skipped or passed: the run says so in its last lines with
the command that installs it, and fails, because what they guard was not
looked at.  Postfix is only wanted: the same paths are also tested against
servers of our own, so without it the run fails in CI alone.
"""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[2]
_SBIN = os.pathsep.join(
    [os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin", f"{sys.prefix}/bin"]
)


@dataclass(frozen=True)
class Need:
    """A marker, what it stands for and how to have it."""

    marker: str
    programs: tuple[str, ...]
    """Any one of these will do."""
    install: str
    required: bool
    folder: str = ""
    """What else must be there, below the checkout."""

    def find(self) -> str | None:
        """Where the program is."""
        if not (_ROOT / self.folder).exists():
            return None
        named = os.environ.get(f"BLUELAMP_{self.marker.upper()}")
        found = (shutil.which(program, path=_SBIN) for program in self.programs)
        return named or next(filter(None, found), None)


NEEDS = (
    Need(
        "browser",
        # the shell has no window to draw, and is over twice as quick at the same pages
        ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"),
        "sudo apt-get install -y chromium",
        required=True,
    ),
    Need("dovecot", ("dovecot",), "sudo apt-get install -y dovecot-imapd", required=False),
    Need("postfix", ("postfix",), "sudo apt-get install -y postfix", required=False),
    Need(
        "bluesky",
        ("node",),
        "make peers",
        required=False,
        folder="tests/peers/bluesky/node_modules/.made-from",
    ),
)

_left_out = pytest.StashKey[dict[str, int]]()
_NOTE = "bluelamp_left_out"


def chromium() -> str:
    """Give the path of the browser that tests drive; only for tests marked ``browser``."""
    found = NEEDS[0].find()
    assert found is not None
    return found


def pytest_configure(config: pytest.Config) -> None:
    """Name the markers."""
    config.stash[_left_out] = {}
    for need in NEEDS:
        config.addinivalue_line("markers", f"{need.marker}: needs {need.install.split()[-1]}")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what cannot run, after what was not asked for is gone."""
    for need in NEEDS:
        needing = [item for item in items if item.get_closest_marker(need.marker)]
        if needing and need.find() is None:
            config.stash[_left_out][need.marker] = len(needing)
            config.hook.pytest_deselected(items=needing)
            items[:] = [item for item in items if item not in needing]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object) -> None:
    """Take over what an xdist worker left out; all workers collect the same."""
    config: pytest.Config = node.config  # type: ignore[attr-defined]
    config.stash[_left_out].update(getattr(node, "workeroutput", {}).get(_NOTE, {}))


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Fail when something was left out that had to be looked at."""
    config = session.config
    if hasattr(config, "workeroutput"):
        config.workeroutput[_NOTE] = config.stash[_left_out]
    elif exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED) and _fails(config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_unconfigure(config: pytest.Config) -> None:
    """Say it last of all."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    for need in NEEDS:
        count = config.stash.get(_left_out, {}).get(need.marker)
        if count and reporter is not None and not hasattr(config, "workeroutput"):
            reporter.write_line(_sentence(need, count), red=_must(need), yellow=not _must(need))


def _fails(config: pytest.Config) -> bool:
    return any(_must(need) and need.marker in config.stash[_left_out] for need in NEEDS)


def _must(need: Need) -> bool:
    return need.required or bool(os.environ.get("CI"))


def _sentence(need: Need, count: int) -> str:
    tests = f"{count} {need.marker} test{'s' if count > 1 else ''}"
    outcome = "This run fails because of it." if _must(need) else "All others did."
    lacking = need.folder or need.install.split()[-1]
    return f"{tests} did not run: no {lacking} here. {outcome} Install it: {need.install}"
