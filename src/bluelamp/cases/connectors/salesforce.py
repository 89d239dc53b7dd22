"""Salesforce Service Cloud: a Case each, upserted by an external id field of ours.

The force adds to the Case object a text field, "External ID" and "Unique", with the
name :data:`REFERENCE` (or what ``reference_field`` says).  An upsert by it is what makes
repeating safe: a Case that was made by an attempt whose answer was lost is changed,
not made again (REST API Developer Guide, "Insert or Update (Upsert) a Record Using an
External ID").  What is refused is told from what may work later by the error's code.

Settings: ``domain`` ("force.my"), ``consumer_key``, and either ``username`` with
``private_key`` (JWT bearer), with ``password`` and ``consumer_secret``, or only
``consumer_secret`` (client credentials).  ``url``: a stand-in for Salesforce itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from functools import lru_cache
from typing import Any, cast
from urllib.parse import quote, urlsplit

import requests
from pydantic import Field, SecretStr, field_validator
from requests.adapters import HTTPAdapter
from simple_salesforce.api import Salesforce, SFType
from simple_salesforce.exceptions import (
    SalesforceAuthenticationFailed,
    SalesforceError,
    SalesforceResourceNotFound,
)

from bluelamp.cases.connectors import address
from bluelamp.cases.connectors.contract import Common, ConnectorError, Told
from bluelamp.kit.config import config

REFERENCE = "Bluelamp_Reference__c"
VERSION = "62.0"
TIMEOUT = 20.0
"""Seconds to connect, and between two parts of an answer."""
_LOG_INS = 3
"""In one call: the library asks for another session as often as one is refused."""
_LIMIT_REST = timedelta(minutes=15)
"""Salesforce counts calls over a rolling day: soon again helps nobody."""

_FOR_ALL = {
    "REQUEST_LIMIT_EXCEEDED", "SERVER_UNAVAILABLE", "INVALID_SESSION_ID", "API_DISABLED_FOR_ORG",
    "API_CURRENTLY_DISABLED", "STORAGE_LIMIT_EXCEEDED",
}  # fmt: skip
"""What says nothing of the case that was told."""
_FOR_NOW = {"UNABLE_TO_LOCK_ROW", "QUERY_TIMEOUT", "UNKNOWN_EXCEPTION", "TXN_SECURITY_NO_ACCESS"}
_FOR_NOW |= _FOR_ALL


class Settings(Common):
    """How an organisation at Salesforce is reached."""

    domain: str = Field(
        "login", title="Domain", description="login, test, or your own: example.my",
        pattern=r"^[A-Za-z0-9][A-Za-z0-9.-]{0,200}$",
    )  # fmt: skip
    consumer_key: str = Field(title="Consumer key", description="Of the connected app.")
    username: str = Field("", title="User name", description="Empty for client credentials.")
    consumer_secret: SecretStr = Field(SecretStr(""), title="Consumer secret")
    password: SecretStr = Field(SecretStr(""), title="Password")
    private_key: SecretStr = Field(
        SecretStr(""), title="Private key", description="For the JWT bearer flow, as PEM."
    )
    object: str = Field("Case", title="Object", pattern=r"^\w{1,80}$")
    reference_field: str = Field(
        REFERENCE, title="Field of our reference", pattern=r"^\w{1,80}$",
        description="A text field of the object, marked External ID and Unique.",
    )  # fmt: skip
    version: str = Field(VERSION, title="Version of the API", pattern=r"^\d{2}\.0$")
    url: str = Field(
        "", title="Stand-in", description="Another address in place of Salesforce, for trials."
    )

    @field_validator("url")
    @classmethod
    def _url(cls, value: str) -> str:
        if value and not config().simulators:
            raise ValueError("there are no stand-ins here")
        return address.checked(value) if value else value


class ServiceCloud:
    """Speaks to Salesforce."""

    label = "Salesforce Service Cloud"
    settings_model = Settings

    def check(self, settings: Mapping[str, Any]) -> str:
        """Log in and look for a case by our field; that there is none says all is well."""
        field = str(settings.get("reference_field", REFERENCE))
        with _spoken():
            try:
                _cases(settings).get(f"{field}/bluelamp-check")
            except SalesforceResourceNotFound as error:
                _code, words = _told(error.content)
                if "external id field" in words.lower():
                    raise ConnectorError(f"The field {field} is not there: {words}") from error
        return f"Logged in. Cases are found there by {field}."

    def tell(self, told: Told, settings: Mapping[str, Any]) -> str:
        """Upsert the Case; one that is known by their id is given our reference."""
        with _spoken():
            return self._tell(told, settings)

    def _tell(self, told: Told, settings: Mapping[str, Any]) -> str:
        cases = _cases(settings)
        field = str(settings.get("reference_field", REFERENCE))
        if told.their_id:
            cases.update(told.their_id, dict(told.fields) | {field: told.reference})
            return told.their_id
        path = f"{field}/{quote(told.reference, safe='')}"
        answer = cases.upsert(path, dict(told.fields), raw_response=True)
        return _id_of(answer) or str(cases.get(path)["Id"])


def _cases(settings: Mapping[str, Any]) -> SFType:
    """Return the object that holds cases, logged in."""
    return cast("SFType", getattr(
        _logged_in(_key(settings)), str(settings.get("object") or "Case")
    ))  # fmt: skip


def _id_of(answer: requests.Response) -> str:
    """Return the id that an upsert names; before version 46 a change named none (204)."""
    return str(answer.json().get("id", "")) if answer.content else ""


# Its refusals -----------------------------------------------------------------


@contextmanager
def _spoken() -> Iterator[None]:
    """Let what goes wrong in a call be ours to raise.

    :raises ConnectorError: Salesforce refused the log-in or the call, or gave no answer.
    """
    try:
        yield
    except SalesforceAuthenticationFailed as error:
        _logged_in.cache_clear()
        raise ConnectorError(f"Log-in refused: {error}"[:300], whole=True) from error
    except SalesforceError as error:
        raise _refusal(error) from error
    except requests.RequestException as error:
        raise ConnectorError(f"No answer: {type(error).__name__}") from error


def _refusal(error: SalesforceError) -> ConnectorError:
    code, message = _told(error.content)
    known = code in _FOR_NOW
    broken = not code and error.status >= 500
    return ConnectorError(
        f"{code or error.status}: {message}"[:300], permanent=not (known or broken),
        whole=code in _FOR_ALL or (broken and error.status == 503),
        retry_after=_LIMIT_REST if code == "REQUEST_LIMIT_EXCEEDED" else None,
    )  # fmt: skip


def _told(content: object) -> tuple[str, str]:
    """Return the code and the sentence of an error body, ``[{"errorCode", "message"}]``."""
    first = content[0] if isinstance(content, list) and content else None
    if isinstance(first, dict):
        return str(first.get("errorCode", "")), str(first.get("message", ""))
    return "", str(content)


# The session ------------------------------------------------------------------


class _Session(requests.Session):
    """Never waits for ever, never logs in for ever, and may speak to a stand-in."""

    def __init__(self, elsewhere: str) -> None:
        super().__init__()
        self._refused = 0
        if elsewhere:
            self.mount("https://", _Elsewhere(elsewhere))

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **options: Any) -> Any:
        options.setdefault("timeout", TIMEOUT)
        answer = super().request(method, url, *args, **options)
        self._refused = self._refused + 1 if answer.status_code == 401 else 0
        if self._refused > _LOG_INS:
            self._refused = 0
            raise ConnectorError("Every session is refused.", whole=True)
        return answer


class _Elsewhere(HTTPAdapter):
    """Sends to a stand-in whatever is meant for Salesforce."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._to = urlsplit(url)

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> Any:
        meant = urlsplit(request.url or "")
        to = meant._replace(scheme=self._to.scheme, netloc=self._to.netloc)
        request.url = to.geturl()
        return super().send(request, *args, **options)


_LOG_IN_WITH = ("domain", "username", "password", "consumer_key", "consumer_secret")


def _key(settings: Mapping[str, Any]) -> str:
    names = (*_LOG_IN_WITH, "private_key", "url", "version")
    return json.dumps({name: settings[name] for name in names if settings.get(name)})


@lru_cache(maxsize=32)
def _logged_in(key: str) -> Salesforce:
    """Return a session; the library renews it when it has run out."""
    settings: dict[str, Any] = json.loads(key)
    session = _Session(settings.get("url", ""))
    try:
        return _session_of(settings, session)
    except TypeError as error:  # the library's word for it
        raise ConnectorError("There is not enough to log in with.", whole=True) from error


def _session_of(settings: Mapping[str, Any], session: _Session) -> Salesforce:
    return Salesforce(
        **{name: settings[name] for name in _LOG_IN_WITH if name in settings},
        privatekey=settings.get("private_key"), version=settings.get("version", VERSION),
        session=session,
    )  # fmt: skip


CONNECTOR = ServiceCloud()
