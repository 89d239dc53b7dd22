"""The whole house as ``bluelamp run`` starts it: killed part by part, and started again."""

from __future__ import annotations

import contextlib
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest

from bluelamp.site.only import MARK
from bluelamp.site.postgres import EmbeddedPostgres, processes
from bluelamp.site.postgres.embedded import reachable_folder
from bluelamp.site.postgres.layout import data_folder
from bluelamp.site.tests.helpers import eventually, is_gone

PORTS = (
    "WEB_PORT", "EVENTS_PORT", "LMTP_PORT", "MAILBOX_SMTP_PORT", "MAILBOX_PAGE_PORT", "PHONES_PORT",
)  # fmt: skip
PARTS = {"granian": 1, "uvicorn": 1, "receive-mail": 1, "worker": 2}
"""A word of the command, and how many there are."""
COMMAND = [sys.executable, "-c", "from bluelamp.site.cli import main; main()", "run"]


class House:
    """One run, with an empty force rather than the demo's."""

    def __init__(self, var: Path, ports: dict[str, int]) -> None:
        self.var, self.ports = var, ports
        self.lines: list[str] = []
        settings = {f"BLUELAMP_{name}": str(port) for name, port in ports.items()}
        clean = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        self.process = subprocess.Popen(
            COMMAND,
            env={**clean, **settings, "BLUELAMP_VAR": str(var), "BLUELAMP_DEMO": "0"},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
        )  # fmt: skip
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.lines.extend(self.process.stdout)

    def await_ready(self) -> None:
        eventually(lambda: self._has_started() or self.process.poll() is not None, seconds=120)
        assert self.process.poll() is None, "".join(self.lines)

    def _has_started(self) -> bool:
        return any("Bluelamp is running" in line for line in self.lines)

    def members(self) -> list[psutil.Process]:
        return [one for one in psutil.process_iter() if self._is_member(one)]

    def leaders(self, part: str) -> list[psutil.Process]:
        found = [one for one in self.members() if os.getpgid(one.pid) == one.pid]
        return [one for one in found if part in one.cmdline()]

    def _is_member(self, process: psutil.Process) -> bool:
        try:
            return process.environ().get(MARK) == str(self.var)
        except psutil.Error:
            return False

    def answers(self) -> bool:
        """Whether web and database work."""
        try:
            page = http.client.HTTPConnection("127.0.0.1", self.ports["WEB_PORT"], timeout=10)
            page.request("GET", "/healthz", headers={"Host": "localhost"})
            return page.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False

    def database(self) -> EmbeddedPostgres:
        return EmbeddedPostgres(self.var / "postgres")

    def keeper(self) -> psutil.Process:
        home = str(self.var / "postgres")
        [found] = [
            one
            for one in psutil.process_iter(["cmdline"])
            if (one.info["cmdline"] or [])[2:4] == ["bluelamp.site.postgres.keeper", home]
        ]
        return found

    def postmaster(self) -> psutil.Process:
        found = processes.postmaster(data_folder(self.var / "postgres"))
        assert found is not None
        return found

    def is_all_gone(self) -> bool:
        no_database = not processes.all_on(data_folder(self.var / "postgres"))
        return not self.members() and no_database and not self.database().status().kept

    def stop(self, sign: signal.Signals = signal.SIGINT) -> int:
        self.process.send_signal(sign)
        return self.process.wait(60)


@pytest.fixture(scope="module")
def place() -> Iterator[tuple[Path, dict[str, int]]]:
    """A ``var`` that is prepared once, and ports of its own."""
    var = reachable_folder("bluelamp-house-").resolve()
    with ExitStack() as held:
        sockets = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in PORTS]
        ports = {name: one.getsockname()[1] for name, one in zip(PORTS, sockets, strict=True)}
    yield var, ports
    shutil.rmtree(var)


@pytest.fixture
def house(place: tuple[Path, dict[str, int]]) -> Iterator[House]:
    started = House(*place)
    started.await_ready()
    yield started
    if started.process.poll() is None:
        started.stop(signal.SIGTERM)
    eventually(started.is_all_gone)


def greeting(port: int) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        return connection.recv(4)


def test_everything_answers_and_one_ctrl_c_stops_it(house: House) -> None:
    assert house.answers()
    assert greeting(house.ports["LMTP_PORT"]).startswith(b"220")
    socket.create_connection(("127.0.0.1", house.ports["EVENTS_PORT"])).close()
    eventually(lambda: any("worker ready" in line for line in house.lines))
    members = house.members()
    assert house.stop() == 0
    assert all(is_gone(member.pid) for member in members)
    assert house.is_all_gone()


def test_closing_the_window_stops_it_too(house: House) -> None:
    assert house.stop(signal.SIGHUP) == 0
    assert house.is_all_gone()


def test_each_killed_part_comes_back(house: House) -> None:
    for part, count in PARTS.items():
        eventually(lambda part=part, count=count: len(house.leaders(part)) == count)  # type: ignore[misc]
        victim = house.leaders(part)[0]
        victim.kill()
        eventually(lambda victim=victim: is_gone(victim.pid))  # type: ignore[misc]
        eventually(lambda part=part, count=count: len(house.leaders(part)) == count)  # type: ignore[misc]
    eventually(house.answers)


def test_killed_database_comes_back_under_a_running_house(house: House) -> None:
    for find in (house.postmaster, house.keeper, house.postmaster):
        victim = find()
        victim.kill()
        eventually(lambda victim=victim: is_gone(victim.pid))  # type: ignore[misc]
        eventually(lambda: house.database().status().running and house.database().status().kept)
        eventually(house.answers)


def test_next_start_recovers_from_a_killed_supervisor(
    house: House, place: tuple[Path, dict[str, int]]
) -> None:
    house.process.kill()
    again = House(*place)
    again.await_ready()
    eventually(again.answers)
    assert again.stop() == 0


def test_next_start_recovers_when_everything_was_killed_at_once(
    house: House, place: tuple[Path, dict[str, int]]
) -> None:
    watchdogs = psutil.Process(house.process.pid).children()
    for victim in [house.keeper(), house.postmaster(), *watchdogs, *house.members()]:
        with contextlib.suppress(psutil.NoSuchProcess):  # one's death may be another's end
            victim.kill()
    house.process.kill()
    again = House(*place)
    again.await_ready()
    eventually(again.answers)
    assert again.stop() == 0


def test_second_start_in_the_same_place_is_refused(
    house: House, place: tuple[Path, dict[str, int]]
) -> None:
    second = House(*place)
    assert second.process.wait(60) == 1
    eventually(lambda: any("already running here" in line for line in second.lines))
    assert house.answers()
