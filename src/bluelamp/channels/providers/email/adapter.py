"""The e-mail provider's face: what the contract asks, each in a line or two."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Collection, Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from bluelamp.channels.contract import (
    Capability,
    ChannelError,
    Content,
    Envelope,
    Fit,
    InboundItem,
    Limits,
    Outcome,
    OutcomeKind,
    Polled,
    Posted,
    RawInbound,
    Utterance,
)
from bluelamp.kit.config import config

from . import lmtp, mailbox, relaylog
from .answer import envelope_of
from .greeting import Abilities, open_wire, tls_context
from .session import PipelinedSession
from .single import send_single
from .template import Letterhead, compile_template
from .values import EmailSettings, LogFormat
from .wire import Wire

UNCHECKED = "Senders of incoming mail are not checked: BLUELAMP_AUTHSERV_ID is not set."
T = TypeVar("T")
Clock = Callable[[], datetime]

_DIALECTS = {LogFormat.POSTFIX: relaylog.postfix, LogFormat.SIMULATED: relaylog.simulated}


class EmailAdapter:
    """E-mail: out by SMTP, in by LMTP, or fetched by IMAP."""

    name = "email"
    label = "E-mail"
    icon = "mail"
    channel = "email"
    capabilities = frozenset(
        {
            Capability.SEND,
            Capability.BULK,
            Capability.PARSE,
            Capability.LOOKUP,
            Capability.HEALTH,
            Capability.REPLY,
            Capability.POLL,
        }
    )
    limits = Limits(subject_characters=200)
    essential = (
        "host", "port", "security", "username", "password", "sender_name", "sender_address",
        "reply_to",
    )  # fmt: skip
    """The settings that every account fills in; the rest is folded away in its form."""
    settings_model: type[BaseModel] = EmailSettings

    def __init__(self, clock: Clock = lambda: datetime.now(UTC)) -> None:
        self._clock = clock

    def send(self, envelope: Envelope, settings: Mapping[str, Any]) -> Outcome:
        """Send one mail now; codes and test copies.

        :raises ChannelError: if it cannot be rendered, or the relay refuses us.
        """
        return wait_for(send_single(envelope, account(settings), now=self._clock()))

    async def open_bulk(
        self, content: Content, slot_names: tuple[str, ...], settings: Mapping[str, Any]
    ) -> PipelinedSession:
        """Render ``content`` once and open the first connection.

        The ``Date`` is the content's own header, or now: give it, and a
        later session for the same message sends the same bytes.

        :raises ChannelError: if it cannot be rendered, or the relay refuses us.
        """
        model = account(settings)
        template = compile_template(
            content, slot_names, letterhead(model), date=self._clock(), signers=model.signers
        )
        session = PipelinedSession(model, template, tls_context(model))
        await session.open()
        return session

    def lookup(self, message_ids: Collection[str], settings: Mapping[str, Any]) -> frozenset[str]:
        """Return those that the relay has accepted, by its log; none where there is no log.

        :raises ChannelError: if the log cannot be read or does not say yet (temporary).
        """
        model = account(settings)
        if not model.relay_log or not message_ids:
            return frozenset()
        dialect = _DIALECTS[model.relay_log_format]
        log = relaylog.RelayLog(model.relay_log, dialect, settle=model.relay_log_settle)
        return log.accepted(message_ids)

    def fit(self, utterance: Utterance, settings: Mapping[str, Any]) -> Fit:
        """Count characters: a mail takes any number."""
        return Fit(len(utterance.text), None, "characters")

    def post(self, utterance: Utterance, settings: Mapping[str, Any]) -> Posted:
        """Answer one person's mail.

        :raises ChannelError: permanent where the relay refuses the receiver; else the
            same mail, with the same Message-ID, may be tried again.
        """
        envelope = envelope_of(utterance, account(settings))
        outcome = self.send(envelope, settings)
        if outcome.kind is OutcomeKind.ACCEPTED:
            return Posted(f"<{envelope.message_id}>", self._clock())
        words = f"{outcome.code or outcome.status} {outcome.detail}".strip()
        permanent = outcome.kind is OutcomeKind.REFUSED
        raise ChannelError(f"The mail was not taken: {words}.", permanent=permanent)

    def poll(self, cursor: str, settings: Mapping[str, Any]) -> Polled:
        """Fetch mail from the account's mailbox; nothing where it has none.

        :raises ChannelError: the server refuses us or cannot be reached.
        """
        model = account(settings)
        if not model.imap_host:
            return Polled((), cursor)
        return mailbox.poll(model, cursor, now=self._clock())

    def parse(self, raw: RawInbound) -> InboundItem:
        """Say what a mail is: receipts about ours, a person's words, or a machine's."""
        from .inbound import read_mail

        return read_mail(raw)

    def health(self, settings: Mapping[str, Any]) -> str:
        """Connect, sign in, say goodbye; return what is to be known about it.

        :raises ChannelError: with the sentence that says what is wrong.
        """
        said = wait_for(_greet(account(settings)))
        return said if config().authserv_id else f"{said} {UNCHECKED}"

    def receive(self, take: lmtp.Take, *, host: str, port: int) -> None:
        """Take in mail by LMTP until stopped."""
        lmtp.receive(take, host=host, port=port)


def account(settings: Mapping[str, Any]) -> EmailSettings:
    """Return the checked settings of an account.

    :raises ChannelError: naming the first that does not fit; never its value.
    """
    try:
        return EmailSettings.model_validate(dict(settings))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = " ".join(str(part) for part in first["loc"]) or "account"
        words = first["msg"].removeprefix("Value error, ").rstrip(".")
        raise ChannelError(
            f"The e-mail account is not set up: {place}: {words}.", permanent=True
        ) from None


def letterhead(settings: EmailSettings) -> Letterhead:
    """Return what an account puts into every bulk message."""
    return Letterhead(
        settings.sender_name,
        settings.sender_address,
        settings.reply_to,
        settings.list_id,
        settings.list_name,
        settings.feedback_id,
    )


def wait_for(work: Coroutine[Any, Any, T]) -> T:
    """Run ``work`` to its end from code that is not asynchronous.

    In a thread of its own where an event loop runs already: the contract's face is
    synchronous for callers of both kinds.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


async def _greet(settings: EmailSettings) -> str:
    wire, abilities = await open_wire(settings, tls_context(settings))
    sentence = _sentence(settings, wire, abilities)
    await wire.ask(b"QUIT", settings.timeouts.quit, "QUIT")
    wire.close()
    return sentence


def _sentence(settings: EmailSettings, wire: Wire, abilities: Abilities) -> str:
    facts = [
        f"encrypted with {_version(wire.tls_version)}" if wire.encrypted else "not encrypted",
        "signed in" if settings.username else "without signing in",
        "pipelining" if abilities.pipelining else "no pipelining, so slower",
    ]
    if abilities.size:
        facts.append(f"up to {abilities.size / 1_000_000:.0f} MB a mail")
    return f"{settings.host}:{settings.port} takes mail: {', '.join(facts)}."


def _version(name: str) -> str:
    return re.sub(r"v(?=\d)", " ", name) or "TLS"


ADAPTER = EmailAdapter()
"""What the registry hands out."""
