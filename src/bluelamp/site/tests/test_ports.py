"""Ports: the wanted ones when they are free, and the holder's name when not."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator

import pytest

from bluelamp.site import ports


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_free_ports_are_given_as_wanted() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        free = server.getsockname()[1]
    assert ports.choose({"web": free}) == {"web": ports.Choice(free)}


def test_taken_port_is_replaced_and_its_holder_named(taken: int) -> None:
    choice = ports.choose({"web server": taken})["web server"]
    assert choice.port > taken
    assert ports.is_free(choice.port)
    assert f"Port {taken} is taken by" in choice.remark
    assert f"(process {os.getpid()})" in choice.remark
    assert f"so the web server gets {choice.port}." in choice.remark


def test_replacement_is_no_other_services_port(taken: int) -> None:
    chosen = ports.choose({"web": taken, "events": taken + 1, "mail": taken})
    assert len({choice.port for choice in chosen.values()}) == 3
    assert chosen["web"].port != taken + 1
