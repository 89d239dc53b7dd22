"""What every provider may raise, declare and limit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from bluelamp.kit.errors import BluelampError


class Capability(StrEnum):
    """What an adapter can do; code above asks for these and never for a name."""

    SEND = "send"  # one envelope to one address, now
    BULK = "bulk"  # one template to many recipients, in windows
    PARSE = "parse"  # turn a raw payload into receipts and items
    VERIFY = "verify"  # check that a raw payload really comes from the platform
    LOOKUP = "lookup"  # ask whether an earlier send arrived
    HEALTH = "health"  # say whether the account works
    POST = "post"  # publish to the account's own page or timeline
    REPLY = "reply"  # answer something said to the account, publicly or in private
    EDIT = "edit"  # change what was posted
    DELETE = "delete"  # take down what was posted
    POLL = "poll"  # fetch what was said since a cursor
    REVISIT = "revisit"  # see what became of things said earlier: edited, gone
    MEDIA = "media"  # pictures and films that come with things lie on hosts of the platform


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
