"""A Bluesky network on this machine: directory, AppView and PDS, the real ones from npm."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import socket
from urllib.parse import urlsplit, urlunsplit

import psycopg

HERE = Path(__file__).parent
MODULES = HERE / "node_modules"
_START = 180


@dataclass(frozen=True, slots=True)
class Network:
    """Where a running network is."""

    pds: str
    """Address of the PDS, which leads to all the rest."""
    chat: str
    """DID and service id under which the PDS finds the chat that was given."""


@contextmanager
def running(*, chat: str) -> Iterator[Network]:
    """Start a network with a database of its own on the tests' server; stop it at the end."""
    with _database() as database, tempfile.TemporaryDirectory(prefix="bluesky-") as folder:
        log = Path(folder, "log")
        with log.open("wb") as errors:
            process = subprocess.Popen(
                ["node", "--require", str(HERE / "loopback.cjs"), str(HERE / "serve.cjs")],
                env=_environment(database, chat, folder),
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors,
            )  # fmt: skip
        try:
            yield _ready(process, log)
        finally:
            process.terminate()
            process.communicate()


def _environment(database: str, chat: str, folder: str) -> dict[str, str]:
    # Node may be the one that the front end was built with.
    return os.environ | {
        "PATH": f"{os.environ['PATH']}{os.pathsep}{sys.prefix}/bin",
        "NODE_PATH": str(MODULES),
        "DB_POSTGRES_URL": database,
        "PDS_PORT": str(_free_port()),
        "CHAT_URL": chat,
        "TMPDIR": folder,
        "LOG_ENABLED": "false",
    }


def _ready(process: subprocess.Popen[bytes], log: Path) -> Network:
    assert process.stdout is not None
    if select.select([process.stdout], [], [], _START)[0]:
        line = process.stdout.readline()
        if line:
            return Network(**json.loads(line))
    raise RuntimeError(f"The Bluesky network does not start: {log.read_text()}")


@contextmanager
def _database() -> Iterator[str]:
    """Make a database beside the tests' own; drop it at the end."""
    server = os.environ["DATABASE_URL"]
    name = f"bluesky_{os.getpid()}"
    with closing(psycopg.connect(server, autocommit=True)) as connection:
        connection.execute(f"create database {name}")
        try:
            yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
        finally:
            connection.execute(f"drop database {name} with (force)")


def _free_port() -> int:
    with closing(socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
