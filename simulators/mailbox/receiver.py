"""The SMTP side: takes mail, and refuses as real mail systems do.

Recipients' domains decide: ``gone.example.test`` has no such user (550 5.1.1),
``full.example.test`` is full (452 4.2.2, always), ``slow.example.test`` wants a
second try (451 4.7.1 once, greylisting).  All else is accepted.
"""

from __future__ import annotations

from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from simulators.mailbox.store import Store


class Handler:
    """Answers RCPT by domain and stores what is accepted."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._greylisted: set[str] = set()

    async def handle_RCPT(  # noqa: N802  (the name is aiosmtpd's)
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        """Refuse, defer or take one recipient."""
        domain = address.rpartition("@")[2].lower()
        if domain == "gone.example.test":
            return "550 5.1.1 No such user here"
        if domain == "full.example.test":
            return "452 4.2.2 Mailbox full"
        if domain == "slow.example.test" and address not in self._greylisted:
            self._greylisted.add(address)
            return "451 4.7.1 Greylisted, try again later"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Keep the mail once for each recipient."""
        content = envelope.content
        raw = content if isinstance(content, bytes) else str(content).encode()
        for recipient in envelope.rcpt_tos:
            self._store.add(recipient, envelope.mail_from or "", raw)
        return "250 2.0.0 Kept"


def serve(store: Store, host: str, port: int) -> Controller:
    """Start the receiver in a thread of its own."""
    controller = Controller(
        Handler(store), hostname=host, port=port, enable_SMTPUTF8=True, decode_data=False
    )
    controller.start()
    return controller
