"""One run at a time, and nothing left of the one before."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from bluelamp.site.only import MARK, AlreadyRunningError, end_leftovers, only_run
from bluelamp.site.tests.helpers import eventually, first_line, is_gone, start_python

HOLD = """
import sys, time
from pathlib import Path
from bluelamp.site.only import only_run
with only_run(Path(sys.argv[1])) as stopping:
    print("mine", flush=True)
    sys.stdin.read()
    stopping()
    time.sleep(float(sys.argv[2]))
"""
LIVE = "import time; print('live', flush=True); time.sleep(600)"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + LIVE


def test_second_run_is_refused_and_told_whose_it_is(tmp_path: Path) -> None:
    other = start_python(HOLD, str(tmp_path), "0")
    assert first_line(other) == "mine"
    with (
        pytest.raises(AlreadyRunningError, match=f"as process {other.pid}[.]"),
        only_run(tmp_path),
    ):
        pass
    other.communicate()


def test_run_that_stops_is_waited_for(tmp_path: Path) -> None:
    other = start_python(HOLD, str(tmp_path), "2.5")
    assert first_line(other) == "mine"
    assert other.stdin is not None
    other.stdin.close()
    eventually(lambda: "stopping" in (tmp_path / "run.pid").read_text())
    with only_run(tmp_path):
        assert (tmp_path / "run.pid").read_text().strip() == str(os.getpid())
    other.wait()


def test_killed_run_holds_nothing(tmp_path: Path) -> None:
    other = start_python(HOLD, str(tmp_path), "0")
    assert first_line(other) == "mine"
    other.send_signal(signal.SIGKILL)
    other.communicate()
    with only_run(tmp_path):
        pass


@pytest.mark.parametrize("program", [LIVE, STUBBORN])
def test_leftovers_of_this_var_are_ended_and_no_others(
    tmp_path: Path, program: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bluelamp.site.only._GRACE_SECONDS", 0.5)
    ours, other = tmp_path / "ours", tmp_path / "other"
    left = start_python(program, **{MARK: str(ours)})
    kept = start_python(LIVE, **{MARK: str(other)})
    first_line(left), first_line(kept)
    [name] = end_leftovers(ours)
    assert str(left.pid) in name
    assert is_gone(left.pid)
    assert not is_gone(kept.pid)
    kept.kill()
    for process in (left, kept):
        process.communicate()


def test_it_does_not_end_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = f"""
import os, sys
from pathlib import Path
from bluelamp.site.only import end_leftovers
print(end_leftovers(Path({str(tmp_path)!r})))
"""
    process = start_python(program, **{MARK: str(tmp_path)})
    assert first_line(process) == "[]"
    process.communicate()
