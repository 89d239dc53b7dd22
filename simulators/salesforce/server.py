"""The HTTP side: the token endpoint and the Case object's REST resources."""

from __future__ import annotations

import json
import re
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar, Self
from urllib.parse import parse_qs, unquote, urlsplit

from simulators.salesforce.errors import ApiError
from simulators.salesforce.faults import Fault
from simulators.salesforce.service import Service

_MOST = 200_000
"""Octets of a body that are read."""
_SILENCE = 60.0
"""Seconds after which a connection that is to stay silent is closed all the same."""
_PATH = re.compile(r"/services/data/v(\d+)\.0/sobjects/Case/(?:(\w+)/)?([^/]+)$")
_NAMES_CHANGED_FROM = 46
"""The version from which an upsert that changes a record answers with its id."""


class Server:
    """Serves one organisation on this machine until closed; a context manager."""

    def __init__(self, service: Service, *, host: str = "127.0.0.1", port: int = 0) -> None:
        self.service = service
        self.closing = threading.Event()
        handler = type("BoundHandler", (Handler,), {"server_state": self})
        self._http = ThreadingHTTPServer((host, port), handler)
        self._http.daemon_threads = True
        self.url = f"http://{host}:{self._http.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
        self._http.shutdown()

    def serve_forever(self) -> None:
        """Serve from this thread."""
        self._http.serve_forever()

    def close(self) -> None:
        """Answer nobody any more."""
        self.closing.set()
        self._http.server_close()


class Handler(BaseHTTPRequestHandler):
    """Answers one request; ``server_state`` is set by :class:`Server`."""

    server_state: ClassVar[Server]
    server_version = "salesforce-simulator"
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    @property
    def _service(self) -> Service:
        return self.server_state.service

    @property
    def _authorization(self) -> str:
        return self.headers.get("Authorization", "")

    def do_POST(self) -> None:
        """Log somebody in."""
        body = self._body()
        if urlsplit(self.path).path != "/services/oauth2/token":
            self._json(405, ApiError(405, "METHOD_NOT_ALLOWED", "HTTP Method not allowed").body)
            return
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        try:
            session = self._service.token(form, self._authorization)
        except ApiError as error:
            self._json(error.status, error.body)
            return
        told = {"access_token": session, "instance_url": self.server_state.url}
        self._json(200, told | {"token_type": "Bearer"})

    def do_GET(self) -> None:
        """Read a Case."""
        try:
            self._service.check_session(self._authorization)
            _version, name, value = self._target()
            self._json(200, self._service.find(name, value))
        except ApiError as error:
            self._json(error.status, error.body)

    def do_PATCH(self) -> None:
        """Upsert by an external id, or change by id."""
        body = self._body()
        try:
            self._service.check_session(self._authorization)
            self._write(body)
        except ApiError as error:
            self._json(error.status, error.body)

    def _write(self, body: bytes) -> None:
        version, name, value = self._target()
        try:
            data = json.loads(body)
        except ValueError:
            raise ApiError(400, "JSON_PARSER_ERROR", "Unexpected character") from None
        fault = self._service.faults.next()
        if fault is not None and not fault.takes:
            self._refuse(fault)
            return
        found, made = self._service.upsert(name, value, data)
        if fault is not None:
            self._fall_silent(fault)
        elif name == "Id" or (not made and version < _NAMES_CHANGED_FROM):
            self._answer(204, b"")
        else:
            told = {"id": found, "success": True, "errors": [], "created": made}
            self._json(201 if made else 200, told)

    def _refuse(self, fault: Fault) -> None:
        if fault is Fault.LOCK:
            raise ApiError(400, "UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this "
                           "record or 1 records: 5003z00000AbCdE")  # fmt: skip
        if fault is Fault.LIMIT:
            raise ApiError(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
        if fault is Fault.SESSION:
            self._service.end_session(self._authorization)
            self._service.check_session(self._authorization)
        self._answer(503, b"<html><body>Service Unavailable</body></html>", "text/html")

    def _fall_silent(self, fault: Fault) -> None:
        if fault is Fault.SILENCE:
            self.server_state.closing.wait(_SILENCE)
        self.close_connection = True

    def _target(self) -> tuple[int, str, str]:
        found = _PATH.match(urlsplit(self.path).path)
        if found is None:
            raise ApiError(404, "NOT_FOUND", "The requested resource does not exist")
        return int(found[1]), found[2] or "Id", unquote(found[3])

    def _body(self) -> bytes:
        return self.rfile.read(min(int(self.headers.get("Content-Length") or 0), _MOST))

    def _json(self, status: int, body: object) -> None:
        self._answer(status, json.dumps(body).encode())

    def _answer(self, status: int, body: bytes, kind: str = "application/json") -> None:
        with suppress(BrokenPipeError, ConnectionResetError):
            self.send_response(status)
            self.send_header("Content-Type", f"{kind};charset=UTF-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing: what people said does not belong in logs."""
