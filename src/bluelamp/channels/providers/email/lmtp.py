"""Takes in mail by LMTP (RFC 2033): replies and bounces, handed over by the force's own relay.

A recipient is answered 250 only after their copy has been stored; whatever fails on the
way makes the relay keep the mail and try again.  It knows no database: it is given
something that stores.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import Envelope, Session

from .addresses import domain_of

Take = Callable[[bytes, str, Sequence[str]], bool | None]
"""``take(raw, envelope_from, recipients)``: store; False: that recipient is not ours.  It may
block (it runs in a thread) and what it raises means "try again later"."""

SIZE_LIMIT = 35 * 1024 * 1024
"""Octets of a mail: what the large providers send at most, grown by base64."""
LINE_LIMIT = 512 * 1024
"""Octets of a line.  RFC 5321 allows 998; people's mail does not care, and is not to be lost."""
RECIPIENT_LIMIT = 100
_THREADS = 4

log = logging.getLogger(__name__)


class Receiver(LMTP):
    """aiosmtpd's LMTP, with the answers for each recipient that RFC 2033 section 4.2 wants."""

    line_length_limit = LINE_LIMIT
    _in_data = False

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802  # the name is aiosmtpd's
        """Remember that what is refused now is refused for everyone."""
        self._in_data = True
        try:
            await super().smtp_DATA(arg)
        finally:
            self._in_data = False

    async def push(self, status: str | bytes) -> None:
        """Answer; a mail too large is answered once for each recipient."""
        text = status.decode() if isinstance(status, bytes) else status
        if self._in_data and text.startswith(("552", "500")) and self.envelope is not None:
            text = "\r\n".join([text] * max(1, len(self.envelope.rcpt_tos)))
        await super().push(text)


class Handler:
    """aiosmtpd's side: who is taken, and where it goes."""

    def __init__(self, take: Take, domains: Collection[str] = ()) -> None:
        """Prepare.

        :param domains: what comes after the @ of recipients that may be ours; empty: ``take``
            alone decides.
        """
        self._take = take
        self._domains = frozenset(domain.lower() for domain in domains)
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="lmtp")

    async def handle_RCPT(  # noqa: N802
        self, _server: Any, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Refuse other domains at once."""
        if self._domains and domain_of(address) not in self._domains:
            return "550 5.1.2 We take no mail for this domain"
        if len(envelope.rcpt_tos) >= RECIPIENT_LIMIT:
            return "452 4.5.3 Too many recipients"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 Ok"

    async def handle_DATA(  # noqa: N802
        self, _server: Any, _session: Session, envelope: Envelope
    ) -> str:
        """Store one copy a recipient and answer for each."""
        raw = bytes(envelope.original_content or b"")
        sender = (envelope.mail_from or "").strip("<>")  # the null sender comes as it is written
        answers = [await self._store(raw, sender, rcpt) for rcpt in envelope.rcpt_tos]
        return "\r\n".join(answers)

    async def _store(self, raw: bytes, sender: str, recipient: str) -> str:
        loop = asyncio.get_running_loop()
        try:
            ours = await loop.run_in_executor(self._threads, self._take, raw, sender, [recipient])
        except Exception as error:  # any failure means: keep it and come back
            log.error("A mail could not be stored: %s", type(error).__name__)
            return "451 4.3.0 Could not be stored, try again later"
        return "550 5.1.1 Nobody here by that name" if ours is False else "250 2.0.0 Ok"

    async def handle_exception(self, error: Exception) -> str:
        """Answer for a fault of our own: aiosmtpd would refuse for good."""
        log.error("Taking in mail failed: %s", type(error).__name__)
        return "451 4.3.0 Try again later"

    def close(self) -> None:
        """Wait for what is being stored."""
        self._threads.shutdown()


async def listen(
    handler: Handler, *, host: str, port: int, size_limit: int = SIZE_LIMIT
) -> asyncio.Server:
    """Return a server that takes in mail; port 0 picks a free one."""
    return await asyncio.get_running_loop().create_server(
        lambda: Receiver(
            handler,
            hostname="bluelamp",
            ident="LMTP",
            data_size_limit=size_limit,
            enable_SMTPUTF8=True,
        ),
        host,
        port,
    )


def receive(take: Take, *, host: str, port: int, domains: Collection[str] = ()) -> None:
    """Take in mail until SIGTERM or SIGINT, then finish what has begun."""
    logging.getLogger("mail.log").setLevel(logging.ERROR)  # it would write addresses down
    asyncio.run(_serve(Handler(take, domains), host, port))


async def _serve(handler: Handler, host: str, port: int) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    server = await listen(handler, host=host, port=port)
    await _until(stop.wait(), server)
    handler.close()


async def _until(stopped: Awaitable[object], server: asyncio.Server) -> None:
    await stopped
    server.close()
