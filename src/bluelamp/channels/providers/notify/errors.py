"""What Notify's refusals mean: for one recipient, for the account, or for now alone.

Its documentation asks to go by status and error type, as the words may change.  Status
and type decide wherever they can; within ``BadRequestError`` only the words tell a
recipient's problem from the account's, and what is not known counts as the account's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from bluelamp.channels.contract import ChannelError

_A_MINUTE = timedelta(seconds=60)
_BAD_NUMBER = "5.1.3"
"""Bad destination address (RFC 3463): says that the address is at fault."""
_NOT_ALLOWED = "5.7.1"
_TOO_LONG = "5.2.3"
_ABOUT_ONE = re.compile(r"recipient|phone number|international", re.IGNORECASE)
_ABOUT_TEXT = re.compile(r"text messages cannot be longer|message is empty", re.IGNORECASE)
_DIGITS = re.compile(r"\+?\d[\d ()-]{5,}\d")


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer that is no success, read."""

    status: int
    error: str
    """The type that the body names, ``ValidationError``; empty where there is none."""
    message: str
    retry_after: timedelta | None = None


class RefusedTextError(ChannelError):
    """Notify refuses one text message, whatever happens to others.

    :param status: enhanced status (RFC 3463), 5.1.3 where the number is at fault.
    """

    def __init__(self, message: str, *, code: int = 0, status: str = "") -> None:
        super().__init__(message, permanent=True)
        self.code, self.status = code, status


class BusyPhoneError(ChannelError):
    """One phone gets no more texts for now; others do."""

    def __init__(self, message: str) -> None:
        super().__init__(message, permanent=False, retry_after=timedelta(hours=1))


class NoAnswerError(ChannelError):
    """It is not known whether Notify took the request: time-out, lost connection, 5xx."""

    def __init__(self, message: str) -> None:
        super().__init__(message, permanent=False)


def error_for(refusal: Refusal, *, now: datetime) -> ChannelError:
    """Return what a refusal is for those above."""
    if refusal.status >= 500:
        return NoAnswerError(f"GOV.UK Notify has a fault of its own ({refusal.status}).")
    if refusal.status in (401, 403):
        return ChannelError(_words_for_key(refusal), permanent=True)
    if refusal.status == 429:
        return _too_many(refusal, now)
    return _bad_request(refusal)


def _words_for_key(refusal: Refusal) -> str:
    if "clock" in refusal.message.lower():
        return (
            "GOV.UK Notify refuses us because this machine's clock is more than"
            " 30 seconds wrong. Set the clock."
        )
    return "GOV.UK Notify does not take the API key. Make a new one there and enter it here."


def _too_many(refusal: Refusal, now: datetime) -> ChannelError:
    if _ABOUT_ONE.search(refusal.message):
        return BusyPhoneError("This phone has had as many texts as the networks let through.")
    if refusal.error == "TooManyRequestsError":
        midnight = datetime.combine(now.astimezone(UTC) + timedelta(days=1), time(), UTC)
        words, wait = "The account may send no more text messages today.", midnight - now
    else:
        words, wait = "GOV.UK Notify takes no more than 3,000 text messages a minute.", _A_MINUTE
    return ChannelError(words, permanent=False, retry_after=refusal.retry_after or wait)


def _bad_request(refusal: Refusal) -> ChannelError:
    said = without_numbers(refusal.message)
    if refusal.error == "ValidationError" and refusal.message.startswith("phone_number "):
        return RefusedTextError(said, code=refusal.status, status=_BAD_NUMBER)
    if refusal.error == "BadRequestError" and _ABOUT_TEXT.search(refusal.message):
        return RefusedTextError(said, code=refusal.status, status=_TOO_LONG)
    if refusal.error == "BadRequestError" and _ABOUT_ONE.search(refusal.message):
        return RefusedTextError(said, code=refusal.status, status=_NOT_ALLOWED)
    return ChannelError(
        f"The account on GOV.UK Notify is not set up: {said or refusal.status}.", permanent=True
    )


def without_numbers(words: str) -> str:
    """Return a provider's words without anything like a phone number, cut to 200 characters."""
    return _DIGITS.sub("(number)", words).strip().rstrip(".")[:200]
