"""A case system that takes ``PUT {url}/{reference}`` with JSON and answers ``{"id": …}``.

PUT on our own reference is idempotent (RFC 9110, 9.2.2): an attempt whose answer
was lost is simply made again.  Settings: ``url``, and ``token`` for a bearer token.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx
from pydantic import Field, SecretStr, field_validator

from bluelamp.cases.connectors import address
from bluelamp.cases.connectors.contract import Common, ConnectorError, Told

TIMEOUT = 20.0
"""Seconds for each step of a call."""
_FOR_ALL = {401, 403, 429, 503}
"""Statuses that say nothing of the case that was told."""
_FOR_NOW = _FOR_ALL | {408, 409, 423, 425, 500, 502, 504}


class Settings(Common):
    """How a REST service is reached."""

    url: str = Field(
        title="Address",
        description="Cases are put under it by our reference: https://crm.example.org/cases",
    )  # fmt: skip
    token: SecretStr = Field(
        SecretStr(""), title="Token", description="Sent as a bearer token; empty for none."
    )

    @field_validator("url")
    @classmethod
    def _url(cls, value: str) -> str:
        return address.checked(value)


class Rest:
    """Speaks to a generic REST service."""

    label = "REST service"
    settings_model = Settings

    def check(self, settings: Mapping[str, Any]) -> str:
        """Ask for the address itself: whatever it answers, it is there and lets us in."""
        try:
            answer = httpx.get(str(settings["url"]), headers=_headers(settings), timeout=TIMEOUT)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ConnectorError(f"No answer: {type(error).__name__}") from error
        if answer.status_code in {401, 403} or answer.status_code >= 500:
            raise _refusal(answer)
        return f"It answers ({answer.status_code}). Whether it takes a case only a case shows."

    def tell(self, told: Told, settings: Mapping[str, Any]) -> str:
        """Put the case."""
        url = f"{str(settings['url']).rstrip('/')}/{quote(told.reference, safe='')}"
        body = dict(told.fields) | ({"id": told.their_id} if told.their_id else {})
        try:
            answer = httpx.put(url, json=body, headers=_headers(settings), timeout=TIMEOUT)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ConnectorError(f"No answer: {type(error).__name__}") from error
        return _their_id(answer)


def _headers(settings: Mapping[str, Any]) -> dict[str, str]:
    token = settings.get("token", "")
    return {"Authorization": f"Bearer {token}"} if token else {}


def _their_id(answer: httpx.Response) -> str:
    if not answer.is_success:
        raise _refusal(answer)
    try:
        found = answer.json()["id"]
    except (ValueError, KeyError, TypeError):
        raise ConnectorError("It took the case, yet names no id of its own.") from None
    return str(found)


def _refusal(answer: httpx.Response) -> ConnectorError:
    """Return the refusal by its status alone: who sets an address up may not read by our hand."""
    status, asked = answer.status_code, answer.headers.get("Retry-After", "")
    wait = timedelta(seconds=int(asked)) if asked.isdigit() and len(asked) < 6 else None
    return ConnectorError(
        f"It refused: {_named(status)}", permanent=status not in _FOR_NOW,
        whole=status in _FOR_ALL, retry_after=wait,
    )  # fmt: skip


def _named(status: int) -> str:
    known = status in HTTPStatus.__members__.values()
    return f"{status} ({HTTPStatus(status).phrase})" if known else str(status)


CONNECTOR = Rest()
