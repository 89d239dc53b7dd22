"""Brings up processes that a crash test kills, each with the product already imported.

A worker that is killed has done nothing but its work: starting Python and importing the
product would be most of its life otherwise.  ``python -m tests.crash.nursery MODULE`` imports
the module once and then forks itself for each line that it is given.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

import psutil
import psycopg

ROOT = Path(__file__).resolve().parents[2]

Steps = dict[str, Callable[..., dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Child:
    """A process at one step of a scene, and where it writes what came of it."""

    process: psutil.Process | None
    result: Path

    @property
    def alive(self) -> bool:
        """Whether it is still at it."""
        return self.process is not None and self.process.is_running()

    def kill(self) -> None:
        """``kill -9``, and wait until it is gone."""
        if self.process is not None:
            with suppress(psutil.NoSuchProcess):
                self.process.kill()
            self.process.wait()

    def ended(self, timeout: float = 180) -> dict[str, Any] | None:
        """Wait for its end; return what it said, or None where it did not get to its end."""
        if self.process is not None:
            self.process.wait(timeout)
        return json.loads(self.result.read_text()) if self.result.exists() else None


class Nursery:
    """A process that forks children for the steps of a scene, at one database."""

    def __init__(self, process: subprocess.Popen[str], url: str, folder: Path) -> None:
        self.process, self.url, self.folder = process, url, folder
        self._born = 0

    def begin(self, step: str, *arguments: str) -> Child:
        """Start a step in a process of its own."""
        self._born += 1
        result = self.folder / f"child-{self._born}.json"
        order = json.dumps({"step": step, "arguments": arguments, "result": str(result)})
        to, back = cast("IO[str]", self.process.stdin), cast("IO[str]", self.process.stdout)
        to.write(f"{order}\n")
        to.flush()
        pid = int(back.readline())
        try:
            return Child(psutil.Process(pid), result)
        except psutil.NoSuchProcess:  # it has ended already
            return Child(None, result)

    def run(self, step: str, *arguments: str) -> dict[str, Any]:
        """Run a step to its end; return what it said."""
        said = self.begin(step, *arguments).ended()
        assert said is not None, f"{step} failed: see its complaint above"
        return said

    def finish(self, *steps: tuple[str, ...]) -> None:
        """Run steps one after another, from the first again while one fails.

        A server that was killed may still be coming back.
        """
        for _try in range(30):
            if all(self.begin(*step).ended() is not None for step in steps):
                return
            time.sleep(0.5)
        raise AssertionError(f"{steps} never ended well")

    def kill_server(self) -> None:
        """``kill -9`` of PostgreSQL's first process; its keeper starts it again."""
        with psycopg.connect(self.url) as connection:
            postmaster = psutil.Process(connection.info.backend_pid).ppid()
        os.kill(postmaster, signal.SIGKILL)


@contextmanager
def nursery(scene: str, url: str, folder: Path) -> Iterator[Nursery]:
    """Run a nursery for the steps of a module below ``tests.crash``."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.crash.nursery", f"tests.crash.{scene}"], cwd=ROOT, text=True,
        env={**os.environ, "DATABASE_URL": url, "BLUELAMP_VAR": str(folder),
             "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    try:
        yield Nursery(process, url, folder)
    finally:
        process.kill()
        process.communicate()


def _migrate() -> dict[str, Any]:
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    return {}


def _serve(steps: Steps) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the system buries the dead
    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _live(steps[order["step"]], order["arguments"], Path(order["result"]))
        print(pid, flush=True)


def _live(step: Callable[..., dict[str, Any]], arguments: list[str], result: Path) -> None:
    """Be a child: take the step and end, whatever becomes of it."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.dup2(2, 1)  # what it prints is not for who gives the orders
    code = 1
    try:
        said = step(*arguments)
        unfinished = result.with_suffix(".part")
        unfinished.write_text(json.dumps(said))
        unfinished.replace(result)
        code = 0
    except Exception as error:
        print(f"{step.__name__}: {error!r}", file=sys.stderr, flush=True)
    finally:
        os._exit(code)


if __name__ == "__main__":
    _serve({"migrate": _migrate, **importlib.import_module(sys.argv[1]).STEPS})
