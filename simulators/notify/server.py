"""The HTTP side: the REST API under ``/v2``, the page of phones at ``/``."""

from __future__ import annotations

import json
import threading
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar, Self
from urllib.parse import parse_qs, quote, urlsplit

from simulators.notify import api, pages, tokens
from simulators.notify.callbacks import RETRY_AFTER, Callbacks
from simulators.notify.errors import ApiError, bad_request
from simulators.notify.faults import Fault
from simulators.notify.service import Service

_MOST = 100_000
"""Octets of a body that are read."""
_SILENCE = 60.0
"""Seconds after which a connection that is to stay silent is closed all the same."""


class Server:
    """Serves one service on this machine until closed; a context manager.

    :param callback_url: where receipts and received texts are told, with ``callback_token``.
    """

    def __init__(
        self,
        service: Service,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        callback_url: str = "",
        callback_token: str = "",
        retry_after: float = RETRY_AFTER,
    ) -> None:
        self.service = service
        self.callbacks = Callbacks(service, callback_url, callback_token, retry_after=retry_after)
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
        self.callbacks.close()
        self._http.server_close()


class Handler(BaseHTTPRequestHandler):
    """Answers one request; ``server_state`` is set by :class:`Server`."""

    server_state: ClassVar[Server]
    server_version = "notify-simulator"

    def do_GET(self) -> None:
        """Answer the API, or show the page of phones."""
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        if url.path.startswith("/v2/"):
            self._api(lambda: api.answer(self._service, url.path, query, self.server_state.url))
        elif url.path == "/style.css":
            self._write(HTTPStatus.OK, pages.STYLE.encode(), "text/css")
        elif url.path == "/":
            self._page(pages.phones(self._service, query.get("phone", "")))
        else:
            self._page(pages.missing(), HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        """Take a text message from the API, or one that a phone sends."""
        length = min(int(self.headers.get("Content-Length") or 0), _MOST)
        body, path = self.rfile.read(length), urlsplit(self.path).path
        if path == "/v2/notifications/sms":
            self._take(body)
        elif path == "/phone":
            self._from_phone(body)
        else:
            self._page(pages.missing(), HTTPStatus.NOT_FOUND)

    @property
    def _service(self) -> Service:
        return self.server_state.service

    def _take(self, body: bytes) -> None:
        try:
            self._check_token()
            self._service.meter()
            request = _read(body)
        except ApiError as error:
            self._json(error.status, error.body)
            return
        fault = self._service.faults.next()
        if fault is None:
            self._api(lambda: self._taken(request), HTTPStatus.CREATED)
        else:
            self._strike(fault, request)

    def _taken(self, request: dict[str, object]) -> dict[str, object]:
        one = self._service.send(request)
        self._service.complete(one)
        self.server_state.callbacks.delivered(one)
        return api.accepted(self._service, one, self.server_state.url)

    def _strike(self, fault: Fault, request: dict[str, object]) -> None:
        try:
            if fault.takes:
                self._taken(request)
        except ApiError as error:  # a refusal is no fault
            self._json(error.status, error.body)
            return
        if fault in (Fault.SILENCE, Fault.SILENCE_BEFORE):
            self.server_state.closing.wait(_SILENCE)
        if fault in (Fault.SILENCE, Fault.SILENCE_BEFORE, Fault.DROP):
            self.close_connection = True
        elif fault is Fault.UNAVAILABLE:
            self._write(503, b"<html><body>Service Unavailable</body></html>", "text/html")
        else:
            self._json(500, ApiError(500, "Exception", "Internal server error").body)

    def _from_phone(self, body: bytes) -> None:
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        phone, words = form.get("phone", ""), form.get("words", "").strip()
        if phone and words:
            self.server_state.callbacks.received(self._service.receive(phone, words))
        self.send_response(HTTPStatus.SEE_OTHER)
        self.send_header("Location", f"/?phone={quote(phone)}")
        self.end_headers()

    def _api(self, work: api.Work, status: int = HTTPStatus.OK) -> None:
        try:
            self._check_token()
            self._json(status, work())
        except ApiError as error:
            self._json(error.status, error.body)

    def _check_token(self) -> None:
        service = self._service
        tokens.check(
            self.headers.get("Authorization", ""),
            service_id=service.service_id, secret=service.secret, now=service.clock(),
        )  # fmt: skip

    def _json(self, status: int, body: dict[str, object]) -> None:
        self._write(status, json.dumps(body).encode(), "application/json")

    def _page(self, html: str, status: int = HTTPStatus.OK) -> None:
        self._write(status, html.encode(), "text/html")

    def _write(self, status: int, body: bytes, kind: str) -> None:
        with suppress(BrokenPipeError, ConnectionResetError):
            self.send_response(status)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Security-Policy", "default-src 'self'")
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing: numbers do not belong in logs."""


def _read(body: bytes) -> dict[str, object]:
    try:
        request = json.loads(body)
    except ValueError:
        raise bad_request("Invalid JSON supplied in POST data") from None
    if not isinstance(request, dict):
        raise bad_request("Invalid JSON supplied in POST data")
    return request
