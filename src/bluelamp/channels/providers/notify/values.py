"""What an account on GOV.UK Notify needs."""

from __future__ import annotations

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

LIVE = "https://api.notifications.service.gov.uk"
_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_KEY = re.compile(rf"(?P<name>.+)-(?P<service>{_UUID})-(?P<secret>{_UUID})", re.IGNORECASE)


class NotifySettings(BaseModel):
    """An account: whose key, which template, who sends, what it costs."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, str_strip_whitespace=True
    )
    api_key: SecretStr = Field(
        title="API key", description="From API integration; a live key, or nobody else gets any."
    )
    service_id: str = Field(
        default="",
        pattern=rf"(?i)^(?:{_UUID})?$",
        title="Service ID",
        description="Where given, a key of another service is refused.",
    )
    template_id: str = Field(
        pattern=rf"(?i)^{_UUID}$",
        title="Template ID",
        description="Of a text message template that says ((body)) and nothing else.",
    )
    sms_sender_id: str = Field(
        default="",
        pattern=rf"(?i)^(?:{_UUID})?$",
        title="Text message sender ID",
        description="Empty: the service's default sender.",
    )
    callback_token: SecretStr = Field(
        default=SecretStr(""),
        title="Bearer token of callbacks",
        description="The one given to Notify with our address; at least 10 characters.",
    )
    name_in_front: str = Field(
        default="",
        max_length=255,
        title="Name in front of each text",
        description="The service's name, if Notify puts it there: it takes room and is paid for.",
    )
    pence_per_part: float = Field(
        default=0,
        ge=0,
        le=100,
        title="Pence for each part",
        description="With VAT if the force pays it; from Notify's pricing page.",
    )
    base_url: str = Field(default=LIVE, title="Address of the service")
    timeout_seconds: float = Field(default=10, gt=0, le=60, title="Seconds to wait for an answer")
    settle_seconds: float = Field(
        default=6,
        ge=0,
        le=60,
        title="Seconds to look for a text whose answer was lost",
    )

    @field_validator("api_key")
    @classmethod
    def _key(cls, key: SecretStr) -> SecretStr:
        if not _KEY.fullmatch(key.get_secret_value().strip()):
            raise ValueError("it has the form name-serviceid-secret; copy all of it")
        return SecretStr(key.get_secret_value().strip())

    @field_validator("callback_token")
    @classmethod
    def _token(cls, token: SecretStr) -> SecretStr:
        if 0 < len(token.get_secret_value()) < 10:
            raise ValueError("it needs 10 characters or more")
        return token

    @field_validator("base_url")
    @classmethod
    def _address(cls, address: str) -> str:
        url = urlsplit(address)
        if url.scheme != "https" and not (url.scheme == "http" and _is_here(url.hostname or "")):
            raise ValueError("it begins with https://")
        return address.rstrip("/")

    @model_validator(mode="after")
    def _same_service(self) -> NotifySettings:
        if self.service_id and self.service_id.lower() != self.issuer:
            raise ValueError("the API key is another service's")
        return self

    @property
    def issuer(self) -> str:
        """The service that the key is for: what tokens are issued by."""
        return self._part("service").lower()

    @property
    def secret(self) -> str:
        """What tokens are signed with."""
        return self._part("secret")

    def _part(self, name: str) -> str:
        found = _KEY.fullmatch(self.api_key.get_secret_value())
        return found[name] if found else ""


def _is_here(host: str) -> bool:
    """Say whether a host is this machine: a key goes in clear to a simulator alone."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
