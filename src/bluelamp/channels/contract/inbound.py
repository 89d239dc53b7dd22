"""In: a payload as it came, and what it turns out to be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


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


class Visibility(StrEnum):
    """Who else can read something."""

    PUBLIC = "public"
    PRIVATE = "private"  # direct message, e-mail, text message, form


class Change(StrEnum):
    """What happened on the platform to the thing that a payload is about."""

    NEW = "new"
    EDITED = "edited"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Attachment:
    """Something that came with an item; ``content`` where the payload carried it."""

    name: str
    media_type: str
    content: bytes = b""
    url: str = ""
    """Where the platform serves it, if ``content`` is empty."""
    stored: str = ""
    """SHA-256 of what a page of ours has put into the files already."""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What only a platform knows of something said: where, by whom, after what.

    Ids are the platform's own, as its API gives them, and mean something with
    the account they came through alone.
    """

    external_id: str
    at: datetime
    visibility: Visibility = Visibility.PUBLIC
    change: Change = Change.NEW
    author_id: str = ""
    """The platform's lasting id of the author; a handle may change its owner."""
    url: str = ""
    answers: str = ""
    """External id of the thing this replies to."""
    repeats: str = ""
    """External id of the thing this re-posts or quotes."""
    conversation: str = ""
    """External id that all of one exchange share: thread root, DM conversation."""
    reach: int = 0
    """People who follow the author, where the platform says."""
    language: str = ""
    """BCP 47, as the author declared it."""
    longitude: float | None = None
    latitude: float | None = None


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
    sender_proven: bool | None = None
    """Whether more than the sender's own word says that it comes from that address.

    Only mail needs it, and only where it is looked at: a platform knows its authors, and
    ``None`` is what nobody has looked at.
    """
    channel: str = ""
    """The kind of address that ``sender`` is, where it is not the provider's."""
    subject: str = ""
    text: str = ""
    """What the person wrote, quoted history and signature removed."""
    full_text: str = ""
    in_reply_to: str = ""
    """Our sealed token of the message this answers, or empty."""
    said: Said | None = None
    """Where and after what it was said, on platforms that know."""
    attachments: tuple[Attachment, ...] = ()
    reached_at: str = ""
    """Another address of the sender's, from a field of a form that asks for it."""
    profile: str = ""
    """What the sender's profile says to everybody, where it came with the payload."""
    links: tuple[str, ...] = ()
    """Addresses in that profile which the platform has checked to lead back (``rel="me"``)."""


@dataclass(frozen=True, slots=True)
class Polled:
    """What a poll brought, oldest first, and where the next one goes on.

    A cursor may repeat what was brought before and must never skip anything:
    storing is unique on account and external id.
    """

    raws: tuple[RawInbound, ...]
    cursor: str
    more: bool = False
    """More is waiting now."""
