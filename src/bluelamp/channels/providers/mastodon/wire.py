"""One account's way to its server: Mastodon.py, with the answers kept as they came."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from mastodon import Mastodon
from mastodon.errors import MastodonError
from requests import Response, Session

from .errors import refusal
from .values import MastodonSettings


class Wire:
    """A client for one call of the contract, closed after it.

    What the library returns has been made into its own types; what is stored is
    the server's JSON, so the session keeps the last answer.
    """

    def __init__(self, settings: MastodonSettings) -> None:
        self.settings = settings
        self.session = Session()
        self.session.hooks["response"].append(self._keep)
        self.answer: Response | None = None
        self.api = Mastodon(
            access_token=settings.access_token.get_secret_value(),
            api_base_url=settings.instance,
            ratelimit_method="throw",
            request_timeout=settings.timeout,
            session=self.session,
            user_agent="bluelamp",
        )

    def _keep(self, answer: Response, **_: Any) -> None:
        self.answer = answer

    def said(self) -> Any:
        """Return the JSON of the last answer, unchanged."""
        return self.answer.json() if self.answer is not None else None


@contextmanager
def speaking(settings: MastodonSettings, now: datetime) -> Iterator[Wire]:
    """Open a way to the server; what the library raises comes out as ChannelError.

    :raises ChannelError: see :mod:`.errors`; with no word of the token.
    """
    wire = Wire(settings)
    try:
        yield wire
    except MastodonError as error:
        raise refusal(error, wire.answer, settings.host, now) from None
    finally:
        wire.session.close()
