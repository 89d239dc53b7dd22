"""Processes run as one: in order, minded, and never left behind."""

from __future__ import annotations

import asyncio
import io
import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import asdict

import psutil
import pytest

from bluelamp.site import supervisor
from bluelamp.site.output import Output
from bluelamp.site.supervisor import Chore, ProcessSpec
from bluelamp.site.tests.helpers import eventually, is_gone, start_python

HOUSE = """
import json, sys
from bluelamp.site.supervisor import ProcessSpec, run
specs = [ProcessSpec(**{**spec, "after": tuple(spec["after"])}) for spec in json.loads(sys.argv[1])]
sys.exit(run(specs, on_ready=lambda: print("ALL READY", flush=True)))
"""

LIVE = "import os, time; print('pid', os.getpid()); time.sleep(600)"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + LIVE
PARENT = (
    "import subprocess, sys, time\n"
    f"child = subprocess.Popen([sys.executable, '-u', '-c', {LIVE!r}])\n"
    "print('leader'); time.sleep(600)"
)


def spec(name: str, program: str, **options: object) -> ProcessSpec:
    return ProcessSpec(name, [sys.executable, "-u", "-c", program], **options)  # type: ignore[arg-type]


class House:
    """A supervisor in a process of its own, its output read as it comes."""

    def __init__(self, *specs: ProcessSpec) -> None:
        self.process = start_python(HOUSE, json.dumps([asdict(one) for one in specs]))
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.strip())

    def has_said(self, words: str, times: int = 1) -> bool:
        return sum(words in line for line in self.lines) >= times

    def await_words(self, words: str, times: int = 1) -> None:
        eventually(lambda: self.has_said(words, times))

    def pids(self) -> list[int]:
        return [int(line.split()[-1]) for line in self.lines if "pid " in line]

    def end(self, sign: signal.Signals) -> int:
        self.process.send_signal(sign)
        code = self.process.wait(30)
        self._reader.join(30)
        return code


@pytest.fixture
def houses() -> Iterator[list[House]]:
    opened: list[House] = []
    yield opened
    for house in opened:
        if house.process.poll() is None:
            house.end(signal.SIGTERM)


@pytest.fixture
def open_house(houses: list[House]) -> type[House]:
    class Opened(House):
        def __init__(self, *specs: ProcessSpec) -> None:
            super().__init__(*specs)
            houses.append(self)

    return Opened


def test_second_waits_for_the_firsts_line(open_house: type[House]) -> None:
    slow = "import time; time.sleep(0.5); print('open for all'); time.sleep(600)"
    house = open_house(
        spec("first", slow, line="open for all"), spec("second", LIVE, after=("first",))
    )
    house.await_words("ALL READY")
    [opened] = [at for at, line in enumerate(house.lines) if "open for all" in line]
    [second] = [at for at, line in enumerate(house.lines) if line.startswith("second")] or [99]
    assert opened < second


def test_port_that_answers_is_ready(open_house: type[House]) -> None:
    with __import__("socket").create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    serve = (
        "import socket, time; time.sleep(0.5); print('now listening')\n"
        f"server = socket.create_server(('127.0.0.1', {port}))\ntime.sleep(600)"
    )
    house = open_house(spec("server", serve, port=port))
    house.await_words("ALL READY")
    assert house.has_said("now listening")


def test_killed_child_is_started_again_and_said_so(open_house: type[House]) -> None:
    house = open_house(spec("worker", LIVE))
    house.await_words("pid ")
    psutil.Process(house.pids()[0]).kill()
    house.await_words("pid ", times=2)
    assert house.has_said("worker: It was ended by SIGKILL. Starting it again in 0.5 seconds.")
    assert is_gone(house.pids()[0])


def test_what_a_killed_leader_started_ends_before_it_starts_again(open_house: type[House]) -> None:
    house = open_house(spec("web", PARENT))
    house.await_words("pid ")
    grandchild = house.pids()[0]
    parent = psutil.Process(grandchild).parent()
    assert parent is not None
    parent.kill()
    house.await_words("leader", times=2)
    assert is_gone(grandchild)


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_stops_all_when_told(open_house: type[House], sign: signal.Signals) -> None:
    house = open_house(spec("one", LIVE), spec("two", PARENT))
    house.await_words("pid ", times=2)
    assert house.end(sign) == 0
    assert all(is_gone(pid) for pid in house.pids())


def test_child_that_does_not_stop_is_killed(open_house: type[House]) -> None:
    house = open_house(spec("stubborn", STUBBORN, grace=0.3))
    house.await_words("pid ")
    assert house.end(signal.SIGTERM) == 0
    assert house.has_said("It does not stop. Killing it.")
    assert is_gone(house.pids()[0])


@pytest.mark.parametrize("program", [LIVE, PARENT, STUBBORN])
def test_killed_supervisor_leaves_nothing_behind(open_house: type[House], program: str) -> None:
    house = open_house(spec("child", program))
    house.await_words("pid ")
    house.end(signal.SIGKILL)
    for pid in house.pids():
        eventually(lambda pid=pid: is_gone(pid))  # type: ignore[misc]


def test_killed_watchdog_is_replaced(open_house: type[House]) -> None:
    house = open_house(spec("stubborn", STUBBORN))
    house.await_words("pid ")
    [first] = watchdogs_of(house)
    first.kill()
    eventually(lambda: [dog.pid for dog in watchdogs_of(house) if dog.pid != first.pid] != [])
    house.end(signal.SIGKILL)
    eventually(lambda: is_gone(house.pids()[0]))


def watchdogs_of(house: House) -> list[psutil.Process]:
    children = psutil.Process(house.process.pid).children()
    return [child for child in children if is_watchdog(child)]


def is_watchdog(process: psutil.Process) -> bool:
    try:
        return any("watchdog" in part for part in process.cmdline())
    except psutil.ZombieProcess:
        return False


def test_failure_of_what_runs_once_stops_all(open_house: type[House]) -> None:
    prepare = spec("prepare", "import sys; sys.exit(7)", once=True)
    house = open_house(prepare, spec("web", LIVE, after=("prepare",)))
    assert house.process.wait(30) == 1
    eventually(lambda: house.has_said("prepare: It ended with exit code 7."))
    assert not house.has_said("pid ")
    assert not house.has_said("ALL READY")


def test_what_runs_once_is_not_run_again(open_house: type[House]) -> None:
    house = open_house(
        spec("prepare", "print('prepared')", once=True), spec("web", LIVE, after=("prepare",))
    )
    house.await_words("ALL READY")
    house.await_words("pid ")
    assert not house.has_said("prepared", times=2)


def test_gives_up_on_what_never_gets_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "_FIRST_PAUSE", 0.01)
    screen = io.StringIO()
    broken = spec("broken", "print('oh no')", line="never said")
    assert supervisor.run([broken], output=Output(screen)) == 1
    assert "broken: It ended 5 times before it was ready." in screen.getvalue()


def test_program_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "_FIRST_PAUSE", 0.01)
    screen = io.StringIO()
    missing = ProcessSpec("mail", ["/nowhere/at/all"], line="never said")
    assert supervisor.run([missing], output=Output(screen)) == 1
    assert "mail: It cannot be started" in screen.getvalue()


def test_endless_line_and_broken_text_pass(open_house: type[House]) -> None:
    odd = (
        "import sys, time\n"
        "sys.stdout.buffer.write(b'x' * 300_000 + b'\\xff\\n'); sys.stdout.flush()\n"
        "print('still here'); time.sleep(600)"
    )
    house = open_house(spec("odd", odd, line="still here"))
    house.await_words("ALL READY")


def test_closed_terminal_does_not_stop_it() -> None:
    chatty = "import time\nwhile True: print('talk', flush=True); time.sleep(0.01)"
    house = start_python(HOUSE, json.dumps([asdict(spec("chatty", chatty))]))
    assert house.stdout is not None
    house.stdout.readline()
    house.stdout.close()
    with pytest.raises(subprocess.TimeoutExpired):
        house.wait(1)
    house.terminate()
    assert house.wait(30) == 0


def test_chore_is_seen_to_and_its_trouble_is_only_shown() -> None:
    screen = io.StringIO()
    seen: list[int] = []

    def trouble() -> str | None:
        seen.append(1)
        if len(seen) == 3:
            asyncio.run_coroutine_threadsafe(stop_soon(), loop[0])
        raise RuntimeError("no answer from the database")

    async def stop_soon() -> None:
        signal.raise_signal(signal.SIGTERM)

    loop: list[asyncio.AbstractEventLoop] = []
    house = supervisor.run(
        [spec("child", LIVE)],
        output=Output(screen),
        chores=[Chore("database", 0.05, trouble)],
        on_ready=lambda: loop.append(asyncio.get_running_loop()),
    )
    assert house == 0
    assert "no answer from the database" in screen.getvalue()
