"""Which ports of this machine are free, and who has those that are not."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import psutil

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Choice:
    """A port for a service, and why it is not the one that was wanted."""

    port: int
    remark: str = ""


def choose(wanted: Mapping[str, int]) -> dict[str, Choice]:
    """Give each service its wanted port, or the next one that is free and no other's."""
    reserved = set(wanted.values())
    chosen: dict[str, Choice] = {}
    for service, port in wanted.items():
        choice = Choice(port) if is_free(port) else _another(service, port, reserved)
        reserved.add(choice.port)
        chosen[service] = choice
    return chosen


def is_free(port: int) -> bool:
    """Whether a server could listen there now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with contextlib.suppress(OSError):
            probe.bind((HOST, port))
            return True
    return False


def holder(port: int) -> str:
    """Name the process that listens on a port, as far as we may know."""
    try:
        connections = psutil.net_connections("tcp")
    except psutil.AccessDenied:
        connections = []
    listening = (one for one in connections if one.status == psutil.CONN_LISTEN)
    pids = [one.pid for one in listening if one.laddr and one.laddr.port == port and one.pid]
    with contextlib.suppress(psutil.Error):
        return f"{psutil.Process(pids[0]).name()} (process {pids[0]})" if pids else _UNKNOWN
    return _UNKNOWN


_UNKNOWN = "another program"


def _another(service: str, port: int, reserved: Iterable[int]) -> Choice:
    free = next(
        other for other in range(port + 1, 65536) if other not in reserved and is_free(other)
    )
    remark = f"Port {port} is taken by {holder(port)}, so the {service} gets {free}."
    return Choice(free, remark)
