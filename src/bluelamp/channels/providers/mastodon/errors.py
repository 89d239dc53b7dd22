"""What a Mastodon server's refusals mean for the caller."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from mastodon import MastodonIllegalArgumentError, MastodonNetworkError
from requests import Response

from bluelamp.channels.contract import ChannelError

from .values import WAIT

_WORDS = 200
_LONGEST = timedelta(hours=1)


class GoneError(ChannelError):
    """The thing asked for is not there, or no longer shown to us."""

    def __init__(self) -> None:
        super().__init__("This is no longer there on Mastodon.", permanent=True)


def refusal(error: Exception, answer: Response | None, host: str, now: datetime) -> ChannelError:
    """Say what a failed call means.

    :param answer: the server's last answer, where there was one to this call.
    """
    if isinstance(error, MastodonIllegalArgumentError):
        return ChannelError("This cannot be put into a call to Mastodon.", permanent=True)
    if isinstance(error, MastodonNetworkError) or answer is None:
        return ChannelError(f"{host} did not answer.", permanent=False)
    return _by_status(answer, host, now)


def _by_status(answer: Response, host: str, now: datetime) -> ChannelError:
    status = answer.status_code
    if status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
        return GoneError()
    if status == HTTPStatus.UNAUTHORIZED:
        sentence = f"{host} does not accept the access token: it is wrong or was withdrawn."
        return ChannelError(sentence, permanent=True)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        sentence = f"{host} asks us to slow down."
        return ChannelError(sentence, permanent=False, retry_after=waiting(answer, now))
    said = _words(answer)
    if status == HTTPStatus.FORBIDDEN:
        return ChannelError(f"{host} does not allow this: {said}.", permanent=True)
    if status == HTTPStatus.REQUEST_TIMEOUT or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return ChannelError(f"{host} has a problem ({status}).", permanent=False)
    if status >= HTTPStatus.BAD_REQUEST:
        return ChannelError(f"{host} refused this: {said}.", permanent=True)
    return ChannelError(f"{host} answered what is not Mastodon's.", permanent=False)


def _words(answer: Response) -> str:
    """Return the server's own reason, in one line."""
    try:
        said = answer.json()["error"]
    except (ValueError, KeyError, TypeError):
        said = f"no reason given ({answer.status_code})"
    return " ".join(str(said).split())[:_WORDS].rstrip(".")


def waiting(answer: Response, now: datetime) -> timedelta:
    """Return how long the server asks us to wait: ``Retry-After`` or ``X-RateLimit-Reset``."""
    seconds = answer.headers.get("Retry-After", "")
    if seconds.isdecimal():
        return min(timedelta(seconds=int(seconds)), _LONGEST)
    try:
        left = _time(answer.headers["X-RateLimit-Reset"]) - now
    except (KeyError, ValueError, OverflowError):
        return WAIT
    return min(max(left, timedelta(seconds=1)), _LONGEST)


def _time(words: str) -> datetime:
    """Read a time as Mastodon writes it, or as GoToSocial does: seconds of the epoch."""
    if words.isdecimal():
        return datetime.fromtimestamp(int(words), UTC)
    return datetime.fromisoformat(words).astimezone(UTC)
