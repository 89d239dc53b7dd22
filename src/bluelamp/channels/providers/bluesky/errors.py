"""What refusals of a PDS, an AppView or the chat mean for the caller."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from bluelamp.channels.contract import ChannelError

from .values import WAIT

_WORDS = 200
_LONGEST = timedelta(hours=24)
_GONE = {"RecordNotFound", "NotFound", "RepoNotFound", "AccountNotFound", "InvalidConvo"}
EXPIRED, INVALID = "ExpiredToken", "InvalidToken"
"""Names of errors about a session: it has ended; it is none, or may not do this."""
_PASSING = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT}


class GoneError(ChannelError):
    """The thing asked for is not there, or no longer shown to us."""

    def __init__(self, body: Mapping[str, object] | None = None) -> None:
        super().__init__("This is no longer there on Bluesky.", permanent=True)
        self.body = dict(body or {})
        """The server's own words."""


class SessionError(ChannelError):
    """The service does not take our session for this call.

    :param ended: it was good once; else it never was, or is not for such calls.
    """

    def __init__(self, *, ended: bool) -> None:
        super().__init__("Bluesky does not accept our session.", permanent=False)
        self.ended = ended


def unreachable(host: str) -> ChannelError:
    """Say that no answer came."""
    return ChannelError(f"{host} did not answer.", permanent=False)


def refusal(
    status: int,
    body: Mapping[str, object],
    headers: Mapping[str, str],
    host: str,
    now: datetime,
) -> ChannelError:
    """Say what a refusal means.

    :param body: ``error``, the name of it, and ``message``.
    :param headers: names in lower case.
    """
    name, said = str(body.get("error", "")), _words(body, status)
    if status == HTTPStatus.NOT_FOUND or name in _GONE:
        return GoneError(body)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        sentence = f"{host} asks us to slow down."
        return ChannelError(sentence, permanent=False, retry_after=waiting(headers, now))
    if status == HTTPStatus.UNAUTHORIZED:
        sentence = f"{host} does not accept the handle with this app password: {said}."
        return ChannelError(sentence, permanent=True)
    if status == HTTPStatus.FORBIDDEN:
        return ChannelError(f"{host} does not allow this: {said}.", permanent=True)
    if status in _PASSING or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return ChannelError(f"{host} has a problem ({status}).", permanent=False)
    return ChannelError(f"{host} refused this: {said}.", permanent=True)


def _words(body: Mapping[str, object], status: int) -> str:
    said = body.get("message") or body.get("error") or f"no reason given ({status})"
    return " ".join(str(said).split())[:_WORDS].rstrip(".")


def waiting(headers: Mapping[str, str], now: datetime) -> timedelta:
    """Return how long to wait: ``Retry-After`` or ``RateLimit-Reset`` (seconds of the epoch)."""
    if (seconds := headers.get("retry-after", "")).isdecimal():
        return min(timedelta(seconds=int(seconds)), _LONGEST)
    if (reset := headers.get("ratelimit-reset", "")).isdecimal():
        left = datetime.fromtimestamp(min(int(reset), 2**33), UTC) - now
        return min(max(left, timedelta(seconds=1)), _LONGEST)
    return WAIT
