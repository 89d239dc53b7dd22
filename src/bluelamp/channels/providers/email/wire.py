"""One connection: bytes out, replies in, and nothing about mail."""

from __future__ import annotations

import asyncio
import ssl
from typing import Protocol, cast

from .errors import RelayError
from .replies import Reply, ReplyParser


class Receiver(Protocol):
    """Takes the replies of a connection once its greetings are over."""

    def received(self, replies: list[Reply], *, partial: bool) -> None:
        """Replies came in; ``partial``: and the beginning of another."""

    def lost(self, why: str) -> None:
        """The connection is gone.  Called once."""

    def resumed(self) -> None:
        """The write buffer has emptied after it was full."""


class Wire(asyncio.Protocol):
    """The protocol object of a connection to a relay.

    Until :meth:`attach`, replies are awaited one by one with :meth:`ask`; afterwards they
    go to the receiver without a task or a future in between.
    """

    def __init__(self) -> None:
        self._parser = ReplyParser()
        self._replies: asyncio.Queue[Reply | None] = asyncio.Queue()
        self._receiver: Receiver | None = None
        self._transport: asyncio.Transport | None = None
        self._why = ""
        self.gone = asyncio.Event()
        """Set once the connection is lost or closed."""
        self.paused = False
        """Whether the write buffer is above its high-water mark: the peer reads slowly."""

    @property
    def transport(self) -> asyncio.Transport:
        """The transport of an open connection."""
        if self._transport is None:
            raise RelayError("The connection is not open.")
        return self._transport

    @property
    def encrypted(self) -> bool:
        """Whether TLS is on."""
        return self._tls() is not None

    @property
    def tls_version(self) -> str:
        """``TLSv1.3``, or empty without TLS."""
        tls = self._tls()
        return (tls.version() or "") if tls else ""

    def _tls(self) -> ssl.SSLObject | None:
        return cast("ssl.SSLObject | None", self.transport.get_extra_info("ssl_object"))

    def attach(self, receiver: Receiver) -> None:
        """Hand replies to ``receiver`` from now on."""
        self._receiver = receiver
        if self.gone.is_set():
            receiver.lost(self._why)
        elif not self._replies.empty() or self._parser.pending:
            self.fail("the relay spoke before it was asked")

    def write(self, data: bytes) -> None:
        """Queue ``data``."""
        self.transport.write(data)

    def unsent(self) -> int:
        """Octets that the operating system has not taken yet (under TLS: at least some)."""
        return self.transport.get_write_buffer_size()

    async def ask(self, command: bytes, seconds: float, what: str) -> Reply:
        """Send a command and return its reply; an empty command waits for the greeting.

        :param what: names the step in errors.
        :raises RelayError: if no answer comes in time or the connection is lost.
        """
        if command:
            self._refuse_early(what)
            self.write(command + b"\r\n")
        try:
            async with asyncio.timeout(seconds):
                reply = await self._replies.get()
        except TimeoutError:
            self.abort()
            raise RelayError(f"The relay did not answer {what} in time.") from None
        if reply is None:
            raise RelayError(f"The relay closed the connection at {what}{_reason(self._why)}.")
        return reply

    def _refuse_early(self, what: str) -> None:
        """Refuse anything that stands in the buffer now: it was not asked for.

        Before STARTTLS it may come from someone between us and the relay (CVE-2011-0411).
        """
        if self.gone.is_set():
            raise RelayError(f"The relay closed the connection before {what}{_reason(self._why)}.")
        if not self._replies.empty() or self._parser.pending:
            self.abort()
            raise RelayError(f"The relay spoke before it was asked, at {what}.")

    async def start_tls(self, context: ssl.SSLContext, host: str, seconds: float) -> None:
        """Turn encryption on, after the relay agreed to STARTTLS."""
        self._refuse_early("STARTTLS")
        loop = asyncio.get_running_loop()
        transport = await loop.start_tls(
            self.transport, self, context, server_hostname=host, ssl_handshake_timeout=seconds
        )
        if transport is None:
            raise RelayError("The relay closed the connection at STARTTLS.")
        self._transport = transport

    def close(self) -> None:
        """Close once what is written has left."""
        if self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        """Drop the connection now."""
        if self._transport is not None:
            self._transport.abort()

    def fail(self, why: str) -> None:
        """Drop the connection and say why to the receiver at once."""
        self._why = self._why or why
        self.abort()
        self._end()

    # --- asyncio's side

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Cut replies out and hand them on."""
        if self.gone.is_set():
            return
        try:
            replies = self._parser.feed(data)
        except RelayError as error:
            self.fail(str(error).rstrip("."))
            return
        if self._receiver is not None:
            if replies:
                self._receiver.received(replies, partial=self._parser.pending)
        else:
            for reply in replies:
                self._replies.put_nowait(reply)

    def pause_writing(self) -> None:
        """Remember that the buffer is full; nothing more is written before the next reply."""
        self.paused = True

    def resume_writing(self) -> None:
        """Tell the receiver that the peer reads again."""
        self.paused = False
        if self._receiver is not None:
            self._receiver.resumed()

    def eof_received(self) -> bool:
        """Close when the peer has finished sending."""
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell whoever waits."""
        self._why = self._why or (exc.__class__.__name__ if exc else "")
        self._end()

    def _end(self) -> None:
        if self.gone.is_set():
            return
        self.gone.set()
        self._replies.put_nowait(None)
        if self._receiver is not None:
            self._receiver.lost(self._why)


def _reason(why: str) -> str:
    return f" ({why})" if why else ""
