"""A Mastodon server to talk to: mastodon_mock in a process of its own, and a lossy way to it."""

from __future__ import annotations

import http.client
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import socket
from threading import Thread
from typing import Any

import requests

PEOPLE = ("police", "anna", "ben")
_SEED = "\n".join(
    f'[[seed.accounts]]\nusername = "{name}"\naccess_token = "{name}-token"' for name in PEOPLE
)


class Server:
    """A running mock and what tests do at it as somebody else."""

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self.heard: list[bytes] = []
        """Bodies that went a lossy way."""

    def settings(self, person: str = "police", **more: Any) -> dict[str, Any]:
        return {"instance": self.address, "access_token": f"{person}-token", "timeout": 5} | more

    def call(self, person: str, method: str, path: str, **content: Any) -> Any:
        """Do something as ``person``; fails if the server refuses."""
        headers = {"Authorization": f"Bearer {person}-token"}
        answer = requests.request(
            method, f"{self.address}/api/v1/{path}", json=content, headers=headers, timeout=10
        )
        answer.raise_for_status()
        return answer.json()

    def say(self, person: str, text: str, **more: Any) -> dict[str, Any]:
        status: dict[str, Any] = self.call(person, "POST", "statuses", status=text, **more)
        return status

    def statuses(self, person: str) -> list[dict[str, Any]]:
        """What somebody has said, newest first."""
        me = self.call(person, "GET", "accounts/verify_credentials")["id"]
        found: list[dict[str, Any]] = self.call(person, "GET", f"accounts/{me}/statuses")
        return found

    def fail(self, path: str, **effect: Any) -> None:
        """Let the next call of ``path`` fail, once."""
        fault = {"match": {"path": path}, "effect": effect, "count": 1}
        requests.post(f"{self.address}/api/v1/_mock/faults", json=fault, timeout=10)

    def reset(self) -> None:
        requests.post(f"{self.address}/api/v1/_mock/reset", timeout=10).raise_for_status()


@contextmanager
def running(folder: Path) -> Iterator[Server]:
    """Start a server on a free port; stop it at the end."""
    config = folder / "mock.toml"
    config.write_text(_SEED)
    port = free_port()
    command = [
        sys.executable, "-m", "mastodon_mock", "serve", "--config", str(config), "--in-memory",
        "--host", "127.0.0.1", "--port", str(port), "--log-level", "error",
    ]  # fmt: skip
    with (folder / "mock.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        server = Server(port)
        _await(server, process, folder / "mock.log")
        yield server
    finally:
        process.terminate()
        process.wait()


def _await(server: Server, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        try:
            requests.get(f"{server.address}/api/v1/instance", timeout=5)
            return
        except requests.ConnectionError:
            if process.poll() is not None:
                break
            time.sleep(0.1)
    raise RuntimeError(f"mastodon_mock does not start: {log.read_text()}")


def free_port() -> int:
    with closing(socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class _Lossy(BaseHTTPRequestHandler):
    """Hands a call on, and loses the answer where it was told to."""

    target: Server
    lose: list[str]
    """Methods and paths whose next answer is lost."""
    heard: list[bytes]

    def _hand_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.heard.append(body)
        connection = http.client.HTTPConnection(self.target.address.removeprefix("http://"))
        with closing(connection):
            connection.request(self.command, self.path, body, dict(self.headers))
            answer = connection.getresponse()
            content = answer.read()
        named = f"{self.command} {self.path}"
        if named in self.lose:
            self.lose.remove(named)
            self.close_connection = True
            return
        self.send_response(answer.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_DELETE = _hand_on  # noqa: N815

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def lossy(server: Server, *lose: str) -> Iterator[Server]:
    """Offer a way to ``server`` that loses the answers to ``lose``, once each."""
    facts: dict[str, Any] = {"target": server, "lose": list(lose), "heard": []}
    handler = type("Handler", (_Lossy,), facts)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as proxy:
        Thread(target=proxy.serve_forever, daemon=True).start()
        try:
            way = Server(proxy.server_address[1])
            way.heard = facts["heard"]
            yield way
        finally:
            proxy.shutdown()
