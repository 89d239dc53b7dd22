"""One account's way to its server: the atproto client, with JSON as it came.

A log-in is dear (30 in five minutes, 300 a day for a handle), so sessions are kept in
the process and refreshed; they are never written anywhere.  The library takes two
seconds to import: only what is about to speak imports this module.
"""

from __future__ import annotations

import hashlib
import json
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import httpx

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from atproto_client import Client
    from atproto_client.client.session import Session, SessionEvent
    from atproto_client.exceptions import AtProtocolError, RequestErrorBase
    from atproto_client.models.common import XrpcError
    from atproto_client.models.dot_dict import DotDict
    from atproto_client.request import Request, Response

from bluelamp.channels.contract import ChannelError

from .errors import EXPIRED, INVALID, SessionError, refusal, unreachable
from .values import BlueskySettings

_SESSIONS: dict[bytes, str] = {}
_NO_MESSAGES = (
    "This app password may not read or send direct messages: make one that may,"
    " or switch direct messages off."
)


class Wire:
    """A client for one call of the contract, closed after it."""

    def __init__(self, settings: BlueskySettings, now: datetime) -> None:
        self.settings = settings
        self.now = now
        self._request = Request(timeout=settings.timeout)
        self._client = Client(settings.service, request=self._request)
        self._client.on_session_change(self._keep)
        self._place = _place(settings)
        self.did = ""
        """The lasting id of the account, and"""
        self.handle = ""
        """its name, as the service knows it; both once begun."""

    # Who we are

    def begin(self) -> None:
        """Take up the kept session, or log in.

        :raises ChannelError: the service refuses us or cannot be reached.
        """
        kept = _SESSIONS.get(self._place)
        if kept is None:
            self._log_in()
        else:
            self._client.login(session_string=kept, fetch_bsky_profile=False)

    def _log_in(self) -> None:
        password = self.settings.app_password.get_secret_value()
        self._translated(
            lambda: self._client.login(self.settings.handle, password, fetch_bsky_profile=False)
        )

    def _keep(self, _event: SessionEvent, session: Session) -> None:
        _SESSIONS[self._place] = session.export()
        self.did, self.handle = session.did, session.handle

    # Asking and telling

    def ask(self, method: str, /, *, chat: bool = False, **parameters: Any) -> dict[str, Any]:
        """Make a query; return the JSON of the answer, unchanged.

        :raises ChannelError: see :mod:`.errors`.
        """
        query, asked = self._client.invoke_query, DotDict(parameters)
        if chat:
            return self._chatted(lambda: query(method, params=asked, headers=self._to_chat))
        return self._called(lambda: query(method, params=asked))

    def tell(
        self, method: str, /, content: dict[str, Any], *, chat: bool = False
    ) -> dict[str, Any]:
        """Have something changed; return the JSON of the answer.

        :raises ChannelError: see :mod:`.errors`.
        """
        body = json.dumps(content, ensure_ascii=False).encode()
        procedure, headers = self._client.invoke_procedure, {"Content-Type": "application/json"}
        if chat:
            headers |= self._to_chat
            return self._chatted(lambda: procedure(method, content=body, headers=headers))
        return self._called(lambda: procedure(method, content=body, headers=headers))

    def upload(self, content: bytes, media_type: str) -> dict[str, Any]:
        """Upload a picture; return the reference to it.

        :raises ChannelError: it is too big, or see :mod:`.errors`.
        """
        answer = self._called(
            lambda: self._client.invoke_procedure(
                "com.atproto.repo.uploadBlob", content=content, headers={"Content-Type": media_type}
            )
        )
        blob: dict[str, Any] = answer["blob"]
        return blob

    @property
    def _to_chat(self) -> dict[str, str]:
        return {"atproto-proxy": self.settings.chat}

    def _called(self, call: Callable[[], Response]) -> dict[str, Any]:
        """Call; log in anew where the kept session is no longer good."""
        try:
            return self._answered(call)
        except SessionError:
            _SESSIONS.pop(self._place, None)
            self._log_in()
            return self._answered(call)

    def _chatted(self, call: Callable[[], Response]) -> dict[str, Any]:
        """Call the chat: a good session of an app password without messages is no good there."""
        try:
            return self._answered(call)
        except SessionError as error:
            if error.ended:
                return self._called(call)
            raise ChannelError(_NO_MESSAGES, permanent=True) from None

    def _answered(self, call: Callable[[], Response]) -> dict[str, Any]:
        content = self._translated(call).content
        return content if isinstance(content, dict) else {}

    def _translated(self, call: Callable[[], Any]) -> Any:
        try:
            return call()
        except (AtProtocolError, httpx.HTTPError, ValueError) as error:
            raise self._meaning(error) from None

    def _meaning(self, error: Exception) -> ChannelError:
        answer = error.response if isinstance(error, RequestErrorBase) else None
        if answer is None:
            return unreachable(self.settings.host)
        body = _body(answer)
        if (name := body.get("error")) in (EXPIRED, INVALID):
            return SessionError(ended=name == EXPIRED)
        return refusal(answer.status_code, body, answer.headers, self.settings.host, self.now)

    def close(self) -> None:
        """Close the connections."""
        self._request.close()


def _body(answer: Response) -> dict[str, object]:
    content = answer.content
    if isinstance(content, XrpcError):
        return {"error": content.error, "message": content.message}
    return content if isinstance(content, dict) else {}


def _place(settings: BlueskySettings) -> bytes:
    """Return under which name a session is kept: another password begins another."""
    secret = settings.app_password.get_secret_value()
    return hashlib.sha256(f"{settings.service}\0{settings.handle}\0{secret}".encode()).digest()


@contextmanager
def speaking(settings: BlueskySettings, now: datetime) -> Iterator[Wire]:
    """Open a way to the account.

    :raises ChannelError: the service refuses us or cannot be reached.
    """
    wire = Wire(settings, now)
    try:
        wire.begin()
        yield wire
    finally:
        wire.close()
