"""What the tests of processes share."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from bluelamp.site.postgres.processes import is_alive

SOURCE = str(Path(__file__).parents[3])


def eventually(true: Callable[[], bool], seconds: float = 30) -> None:
    """Wait until it comes true; how long it takes is not tested."""
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "it never came true"
        time.sleep(0.02)


def is_gone(pid: int) -> bool:
    """Whether no process has this number, or only a zombie."""
    try:
        return not is_alive(psutil.Process(pid))
    except psutil.NoSuchProcess:
        return True


def start_python(program: str, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    """Run a program text in a new process, with pipes."""
    return subprocess.Popen(
        [sys.executable, "-u", "-c", program, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": SOURCE, "PYTHONUNBUFFERED": "1", **environment},
    )


def first_line(process: subprocess.Popen[str]) -> str:
    """Wait for the next line it writes."""
    assert process.stdout is not None
    return process.stdout.readline().strip()
