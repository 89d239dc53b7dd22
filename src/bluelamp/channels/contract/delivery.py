"""Out to people: one message to one address, or one template to many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple, Protocol


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
