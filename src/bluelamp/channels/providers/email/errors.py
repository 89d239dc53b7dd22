"""What the e-mail provider refuses."""

from __future__ import annotations

from datetime import timedelta

from bluelamp.channels.contract import ChannelError
from bluelamp.kit.errors import BluelampError


class ContentError(ChannelError):
    """A message cannot be put into the form of a mail, whoever receives it."""

    def __init__(self, message: str) -> None:
        super().__init__(message, permanent=True)


class SlotError(BluelampError):
    """One recipient's values cannot stand in the message.

    :param status: enhanced status (RFC 3463) for the outcome, 5.1.3 where the
        address is at fault and 5.6.0 where a slot's value is.
    """

    def __init__(self, message: str, *, status: str) -> None:
        super().__init__(message)
        self.status = status


class RelayError(ChannelError):
    """The relay cannot be reached, refuses us, or does not speak as agreed.

    :param code: its reply where it gave one, else 0.
    """

    def __init__(
        self,
        message: str,
        *,
        permanent: bool = False,
        retry_after: timedelta | None = None,
        code: int = 0,
    ) -> None:
        super().__init__(message, permanent=permanent, retry_after=retry_after)
        self.code = code
