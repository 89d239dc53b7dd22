"""The receiver: listens, and keeps the book."""

from __future__ import annotations

import asyncio
import os
import ssl
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple, Self

from .certificates import Certificates
from .faults import Fault, Stage
from .session import Manners, Session


class Received(NamedTuple):
    """An accepted message."""

    mail_from: str
    rcpt_to: str
    data: bytes
    """As it came over the wire, without the final dot, dots still stuffed."""


class Sink:
    """A receiver on one port of this machine.

    :param log: file to which ``begin``, ``accept`` and ``end`` are written before the client
        hears of them; the form is that of ``PlainLog`` in the product.
    :param keep: keep the messages, not only their Message-IDs.
    """

    def __init__(
        self,
        manners: Manners | None = None,
        faults: Iterable[Fault] = (),
        *,
        certificates: Certificates | None = None,
        implicit_tls: bool = False,
        log: Path | None = None,
        keep: bool = True,
    ) -> None:
        self.accepted: Counter[str] = Counter()
        """How often each Message-ID was accepted."""
        self.messages: list[Received] = []
        self.sessions = 0
        """Connections so far."""
        self.names: list[str] = []
        """What clients called themselves, one entry a connection."""
        self.encrypted = 0
        """Connections whose last EHLO came under TLS."""
        self.port = 0
        self._manners = manners or Manners()
        self._faults: dict[Stage, list[Fault]] = defaultdict(list)
        self.inject(*faults)
        self._context = certificates.server_context() if certificates else None
        self._implicit = implicit_tls
        self._keep = keep
        self._prefix = f"{os.getpid()}-"
        self._log = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600) if log else None
        self._server: asyncio.Server | None = None
        self._open: set[Session] = set()

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> int:
        """Listen; return the port."""
        context: ssl.SSLContext | None = self._context if self._implicit else None
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._session, host, port, ssl=context, backlog=512)
        self.port = self._server.sockets[0].getsockname()[1]
        return self.port

    async def stop(self) -> None:
        """Stop listening and hang up on everyone."""
        if self._server is not None:
            self._server.close()
        for session in tuple(self._open):
            session.abort()
        await asyncio.sleep(0)
        if self._log is not None:
            os.close(self._log)
            self._log = None

    async def __aenter__(self) -> Self:
        """Listen on a free port."""
        await self.start()
        return self

    async def __aexit__(self, *error: object) -> None:
        """Stop."""
        await self.stop()

    def _session(self) -> Session:
        self.sessions += 1
        return Session(self.sessions, self._manners, self._faults, self, self._context)

    @property
    def open(self) -> int:
        """Connections now."""
        return len(self._open)

    def say(self, data: bytes, *, hang_up: bool = False) -> None:
        """Send octets that nobody asked for on every open connection."""
        for session in tuple(self._open):
            session.say(data, hang_up=hang_up)

    def inject(self, *faults: Fault) -> None:
        """Order failures."""
        for fault in faults:
            self._faults[fault.stage].append(fault)

    # --- the book

    def connect(self, session: Session) -> None:
        """A client is there."""
        self._open.add(session)

    def greet(self, name: str, *, encrypted: bool) -> None:
        """A client has said EHLO."""
        self.names.append(name)
        self.encrypted += encrypted

    def begin(self, session: int) -> None:
        """A body is asked for."""
        self._write("begin", session)

    def accept(self, session: int, message_id: str, mail: bytes, rcpt: bytes, body: bytes) -> None:
        """A message is accepted."""
        self._write("accept", session, message_id)
        self.accepted[message_id] += 1
        if self._keep:
            self.messages.append(Received(mail.decode(), rcpt.decode(), body))

    def end(self, session: Session) -> None:
        """A connection has ended."""
        self._open.discard(session)
        self._write("end", session.number)

    def _write(self, what: str, session: int, *words: str) -> None:
        if self._log is not None:
            line = " ".join((what, f"{self._prefix}{session}", *words))
            os.write(self._log, line.encode() + b"\n")
