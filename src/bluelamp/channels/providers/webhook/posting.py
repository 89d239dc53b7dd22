"""Posts to the other system, signed, and reads what it says of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

import httpx

from bluelamp.channels.contract import ChannelError

from .signing import sign
from .values import WebhookSettings


class RefusedPostError(ChannelError):
    """The other system does not take this one thing.

    :param status: of its answer, 4xx.
    """

    def __init__(self, status: int) -> None:
        super().__init__(f"The other system refuses it ({status}).", permanent=True)
        self.status = status


def post(settings: WebhookSettings, facts: Mapping[str, object], *, now: datetime) -> str:
    """Post ``facts`` as JSON; return the id that the other system gives it, or nothing.

    ``facts["id"]`` is the same on every attempt: the other system takes it once.

    :raises RefusedPostError: it does not take this one.
    :raises ChannelError: it cannot be reached, is busy, or does not know our signature.
    """
    if not settings.url:
        raise ChannelError("The account has no address to post to.", permanent=True)
    body = json.dumps(facts, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json", "User-Agent": "bluelamp"}
    headers |= sign(settings.secret.get_secret_value(), body, now=now)
    try:
        answer = httpx.post(
            settings.url, content=body, headers=headers, timeout=settings.timeout_seconds,
            follow_redirects=False,
        )  # fmt: skip
    except httpx.HTTPError:
        raise ChannelError("The other system does not answer.", permanent=False) from None
    _judge(answer)
    return _id(answer)


def _judge(answer: httpx.Response) -> None:
    status = answer.status_code
    if answer.is_success:
        return
    if status in (401, 403):
        words = "The other system does not take our signature. Check the secret and the clocks."
        raise ChannelError(words, permanent=True)
    if status in (408, 425, 429) or status >= 500:
        seconds = answer.headers.get("Retry-After", "")
        wait = timedelta(seconds=int(seconds)) if seconds.isdecimal() else None
        raise ChannelError(
            f"The other system is busy ({status}).", permanent=False, retry_after=wait
        )
    raise RefusedPostError(status)


def _id(answer: httpx.Response) -> str:
    try:
        found = answer.json()
    except ValueError:
        return ""
    return str(found.get("id", ""))[:300] if isinstance(found, dict) else ""
