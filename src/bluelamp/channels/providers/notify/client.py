"""Notify's REST API, as much of it as text messages need.

Its own Python client is not used: it says the same of a request that never left and
of one without an answer, may not be shared between threads, and needs a package that
has not been kept since 2014.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import cache
from types import TracebackType
from typing import Self, TypeVar

import httpx
import jwt
from pydantic import BaseModel, ValidationError

from bluelamp.channels.contract import ChannelError

from .answers import ReceivedText, ReceivedTexts, SentText, SentTexts, Taken, Template
from .errors import NoAnswerError, Refusal, error_for
from .values import NotifySettings

M = TypeVar("M", bound=BaseModel)
_CONNECT = 5.0
"""Seconds to wait for a connection: a machine that is there answers at once."""


class Client:
    """Speaks to one account; a context manager, not to be shared between threads."""

    def __init__(self, settings: NotifySettings, *, clock: Callable[[], datetime]) -> None:
        self._settings, self._clock = settings, clock
        timeout = httpx.Timeout(settings.timeout_seconds, connect=_CONNECT)
        self._http = httpx.Client(base_url=settings.base_url, timeout=timeout, verify=_trust())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._http.close()

    def send_text(self, number: str, text: str, reference: str) -> Taken:
        """Hand over one text message.

        :raises NoAnswerError: it may have been taken or not.
        :raises ChannelError: it was not taken.
        """
        request: dict[str, object] = {
            "phone_number": number,
            "template_id": self._settings.template_id,
            "personalisation": {"body": text},
            "reference": reference,
        }
        if self._settings.sms_sender_id:
            request["sms_sender_id"] = self._settings.sms_sender_id
        return self._ask(Taken, "POST", "/v2/notifications/sms", body=request)

    def sent_as(self, reference: str) -> SentText | None:
        """Return the text message that was first taken under our reference."""
        query = {"reference": reference}
        page = self._ask(SentTexts, "GET", "/v2/notifications", query)
        rows = [row for row in page.notifications if row.reference == reference]
        return rows[-1] if rows else None

    def received(self, older_than: str = "") -> tuple[ReceivedText, ...]:
        """Return a page of received text messages, newest first; empty at the end."""
        query = {"older_than": older_than} if older_than else {}
        page = self._ask(ReceivedTexts, "GET", "/v2/received-text-messages", query)
        return page.received_text_messages

    def template(self) -> Template:
        """Return the account's template."""
        return self._ask(Template, "GET", f"/v2/template/{self._settings.template_id}")

    def _ask(
        self,
        kind: type[M],
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, object] | None = None,
    ) -> M:
        headers = {"Authorization": f"Bearer {self._token()}", "User-Agent": "bluelamp"}
        try:
            answer = self._http.request(method, path, params=query, json=body, headers=headers)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            raise ChannelError("GOV.UK Notify cannot be reached.", permanent=False) from None
        except httpx.HTTPError:
            raise NoAnswerError("GOV.UK Notify did not answer.") from None
        if not answer.is_success:
            raise error_for(_refusal(answer), now=self._clock())
        try:
            return kind.model_validate_json(answer.content)
        except ValidationError:
            raise NoAnswerError("GOV.UK Notify's answer cannot be read.") from None

    def _token(self) -> str:
        """Sign for half a minute: who we are, and when it is."""
        claims = {"iss": self._settings.issuer, "iat": int(self._clock().timestamp())}
        return jwt.encode(claims, self._settings.secret, "HS256")


@cache
def _trust() -> ssl.SSLContext:
    """Return whom we trust: read once, as it takes longer than a text message."""
    return httpx.create_ssl_context()


def _refusal(answer: httpx.Response) -> Refusal:
    try:
        first = answer.json()["errors"][0]
        error, message = str(first["error"]), str(first["message"])
    except (json.JSONDecodeError, LookupError, TypeError):
        error, message = "", ""
    seconds = answer.headers.get("Retry-After", "")
    wait = timedelta(seconds=int(seconds)) if seconds.isdecimal() else None
    return Refusal(answer.status_code, error, message, wait)
