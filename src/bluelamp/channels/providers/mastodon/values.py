"""What a Mastodon account needs, and the numbers of the platform (version 4.5, read in 2026)."""

from __future__ import annotations

import re
from datetime import timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

URL_CHARACTERS = 23
"""What every link counts, however long it is."""
ADDRESS_CHARACTERS = 32
"""Kept free in an answer for the person's name: ``@``, thirty characters, a space."""
PAGE = 40
"""Notifications asked for at once; servers before 4.3 give no more."""
BATCH = 20
"""Statuses asked for at once."""
OVERLAP = timedelta(minutes=5)
"""How far back every poll looks: a notification can become visible after a younger one."""
ROOTS = 20
"""Threads whose beginning one poll asks for: a client has 300 calls in five minutes."""
WAIT = timedelta(minutes=5)
"""How long to wait where a server limits us and does not say: its window."""
KINDS = ("mention", "reblog", "quote")
"""Notifications in which somebody says something, or says it again."""


class MastodonSettings(BaseModel):
    """A Mastodon account: where it lives and what lets us in."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    instance: str = Field(
        title="Instance", description="Address of the server, for example https://mastodon.social"
    )
    access_token: SecretStr = Field(
        title="Access token",
        description="From Preferences, Development, with the scopes read and write.",
    )
    max_characters: int = Field(
        default=500, ge=1, title="Characters a post", description="As the server is configured."
    )
    media_host: str = Field(
        default="",
        pattern=r"^(?:[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)?$",
        title="Media host",
        description="Where the server keeps pictures, if not on itself or below its own name.",
    )
    timeout: float = Field(default=20, gt=0, le=300, title="Seconds to wait for an answer")

    @field_validator("instance")
    @classmethod
    def _address(cls, value: str) -> str:
        parts = urlsplit(value if "://" in value else f"https://{value}")
        if not parts.hostname or parts.path.strip("/") or parts.query or parts.username:
            raise ValueError("Give the server's address alone.")
        if parts.scheme != "https" and not _on_this_machine(parts.hostname):
            raise ValueError("The server must be reached by https.")
        return f"{parts.scheme}://{parts.netloc}"

    @field_validator("access_token")
    @classmethod
    def _token(cls, value: SecretStr) -> SecretStr:
        """The client library would open a token that names a file; no token has a slash."""
        if not re.fullmatch(r"[\w.~+=-]+", value.get_secret_value()):
            raise ValueError("This is no access token.")
        return value

    @property
    def host(self) -> str:
        """The name that ends the addresses of the server's own people."""
        return urlsplit(self.instance).netloc


def _on_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
