"""What an account of another system needs."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

SHORTEST_SECRET = 24


class WebhookSettings(BaseModel):
    """An account: the secret that both sides sign with, and where we post to."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, str_strip_whitespace=True
    )
    secret: SecretStr = Field(
        title="Secret", description="Both systems sign with it; 24 letters or more, made by chance."
    )
    url: str = Field(
        default="",
        max_length=500,
        title="Address that we post to",
        description="For answers and notices; empty where the other system only tells us things.",
    )
    timeout_seconds: float = Field(default=10, gt=0, le=60, title="Seconds to wait for an answer")

    @field_validator("secret")
    @classmethod
    def _secret(cls, secret: SecretStr) -> SecretStr:
        if len(secret.get_secret_value()) < SHORTEST_SECRET:
            raise ValueError(f"it needs {SHORTEST_SECRET} letters or more")
        return secret

    @field_validator("url")
    @classmethod
    def _url(cls, address: str) -> str:
        url = urlsplit(address)
        here = url.scheme == "http" and _is_here(url.hostname or "")
        if address and not (here or (url.scheme == "https" and url.hostname)):
            raise ValueError("it begins with https://")
        return address


def _is_here(host: str) -> bool:
    """Say whether a host is this machine, to which words may go in clear."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
