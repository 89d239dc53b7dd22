"""What every provider promises: the values that cross the line, and the methods.

A provider is a folder in ``channels/providers``; its adapter implements those
methods whose :class:`Capability` it declares.  Nothing here knows a platform
or a business noun: a message is an :class:`Envelope`, a person is an address.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Any, NamedTuple, Protocol

from pydantic import BaseModel

from bluelamp.kit.errors import BluelampError


class Capability(StrEnum):
    """What an adapter can do; code above asks for these and never for a name."""

    SEND = "send"  # one envelope to one address, now
    BULK = "bulk"  # one template to many recipients, in windows
    PARSE = "parse"  # turn a raw payload into receipts and items
    VERIFY = "verify"  # check that a raw payload really comes from the platform
    LOOKUP = "lookup"  # ask whether an earlier send arrived
    HEALTH = "health"  # say whether the account works


class ChannelError(BluelampError):
    """A provider refused us as a whole, or could not be reached.

    What concerns one recipient alone is never an error but an :class:`Outcome`.

    :param permanent: repeating the same call cannot help.
    :param retry_after: how long the provider asks us to wait, where it says so.
    """

    def __init__(
        self, message: str, *, permanent: bool, retry_after: timedelta | None = None
    ) -> None:
        super().__init__(message)
        self.permanent = permanent
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Limits:
    """What fits on a channel; ``None`` means without limit."""

    subject_characters: int | None = None
    body_characters: int | None = None
    attachment_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """What a message says on one channel, before any recipient is known.

    ``html`` and ``text`` may hold slots written ``[[name]]``; each recipient's
    :attr:`Recipient.slots` fills them.  ``headers`` may hold slots too.
    """

    subject: str
    text: str
    html: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Envelope:
    """One thing to say to one address, complete."""

    to: str
    content: Content
    sender_name: str
    sender_address: str
    message_id: str
    """Without angle brackets; the same on every attempt."""
    return_path: str
    """Where bounces go (VERP); empty for the null return path."""


class Recipient(NamedTuple):
    """One recipient of a bulk window: as little as the wire needs.

    A named tuple, like :class:`Outcome`: a frozen dataclass costs four times as
    much to make, and the hot path makes one of each a recipient.
    """

    contact_point: int
    address: str
    message_id: str
    return_path: str
    slots: tuple[bytes, ...]
    """UTF-8 values in the order of the template's slot names, escaped by nobody: the
    provider escapes them for the place where each slot stands.  Line breaks are
    refused everywhere, and in a header only visible ASCII is taken."""


class OutcomeKind(IntEnum):
    """What became of one attempt.  Stored: never renumber."""

    ACCEPTED = 1
    REFUSED = 2  # permanent (5xx): do not try again; code 0: refused here, never offered
    DEFERRED = 3  # temporary (4xx, 421, connection lost before the answer was due)
    UNKNOWN = 4  # sent, but the answer never came
    SKIPPED = 5  # suppressed, withdrawn or stopped before it was sent


class Outcome(NamedTuple):
    """What became of one attempt to one recipient.

    ``status`` and ``detail`` stay empty where a bulk session says ACCEPTED.
    """

    contact_point: int
    kind: OutcomeKind
    code: int = 0
    """Reply code of the protocol (SMTP 250, 451, 550 ...), 0 where there is none: the
    connection failed, or we refused by ourselves (then ``status`` still says why,
    5.1.3 for a malformed address: only a status 5.1.x speaks about the address)."""
    status: str = ""
    """Enhanced status (RFC 3463), ``5.1.1``, or empty."""
    detail: str = ""
    """The provider's words, cut to 200 characters, without addresses."""


class ReceiptKind(StrEnum):
    """What can come back about a delivery."""

    ACCEPTED = "accepted"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    OPENED = "opened"
    CLICKED = "clicked"
    RATED = "rated"
    REPLIED = "replied"
    AUTO_REPLIED = "auto_replied"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Receipt:
    """Something came back about one delivery.

    ``token`` is our own sealed token where one was found (VERP, Message-ID,
    link); ``address`` the recipient as the report names it.
    """

    kind: ReceiptKind
    at: datetime
    token: str = ""
    address: str = ""
    hard: bool | None = None
    status: str = ""
    reason: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class RawInbound:
    """A payload exactly as it came in, stored before anything reads it."""

    provider: str
    external_id: str
    received_at: datetime
    payload: bytes
    meta: Mapping[str, str] = field(default_factory=dict)


class InboundKind(StrEnum):
    """What a parsed payload turned out to be."""

    RECEIPT = "receipt"  # about something we sent
    HUMAN = "human"  # a person says something
    AUTO = "auto"  # a machine answers for a person (out of office)


@dataclass(frozen=True, slots=True)
class InboundItem:
    """A parsed payload: receipts about our messages, or what a person wrote."""

    kind: InboundKind
    receipts: tuple[Receipt, ...] = ()
    sender: str = ""
    sender_name: str = ""
    subject: str = ""
    text: str = ""
    """What the person wrote, quoted history and signature removed."""
    full_text: str = ""
    in_reply_to: str = ""
    """Our sealed token of the message this answers, or empty."""


class BulkSession(Protocol):
    """An open way to a provider over which windows of one template are sent.

    Opened once per worker and template, used for many windows, closed at the
    end.  It never raises for a single recipient: every recipient handed to
    :meth:`send_window` comes back as exactly one :class:`Outcome`.
    """

    async def send_window(self, recipients: Sequence[Recipient]) -> list[Outcome]:
        """Send one window; return one outcome per recipient, in any order.

        A second window may be handed over before the first has come back: it
        follows on the same connections without a pause between the two.
        Cancelling does not unsend: what was handed over is sent all the same,
        so stop with :meth:`halt` and await the window.
        """
        ...

    def halt(self) -> None:
        """Start nothing more: what is not on the wire yet comes back SKIPPED."""
        ...

    async def close(self) -> None:
        """Close every connection politely and wait until the peer has closed."""
        ...


class Adapter(Protocol):
    """The face of a provider.  Methods outside ``capabilities`` are never called."""

    name: str
    label: str
    icon: str
    channel: str
    """The kind of contact point it reaches: ``email``, ``sms`` ..."""
    capabilities: frozenset[Capability]
    limits: Limits
    settings_model: type[BaseModel]
    """What an account of this provider needs: the setup form and the check of it."""

    def send(self, envelope: Envelope, settings: Mapping[str, Any]) -> Outcome:
        """Send one envelope now.

        :raises ChannelError: if the provider cannot be reached or refuses us.
        """
        ...

    async def open_bulk(
        self,
        content: Content,
        slot_names: tuple[str, ...],
        settings: Mapping[str, Any],
    ) -> BulkSession:
        """Render ``content`` once and open a session for it.

        :raises ChannelError: if the content cannot be rendered (permanent), or the
            provider cannot be reached or refuses us.
        """
        ...

    def lookup(self, message_ids: Collection[str], settings: Mapping[str, Any]) -> frozenset[str]:
        """Return those of our Message-IDs that the provider has accepted.

        Asked after a worker died or a connection was lost: it waits until what
        was on the wire has been taken or dropped before it answers.
        """
        ...

    def parse(self, raw: RawInbound) -> InboundItem:
        """Say what a stored payload is; never called before it is stored."""
        ...

    def health(self, settings: Mapping[str, Any]) -> str:
        """Say in one sentence how the account works.

        :raises ChannelError: if it does not, with the sentence that says why.
        """
        ...
