"""What a Bluesky account needs, and the numbers of the platform (its lexicons of November 2026)."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

POST = "app.bsky.feed.post"
REPOST = "app.bsky.feed.repost"

POST_GRAPHEMES, POST_BYTES = 300, 3_000
MESSAGE_GRAPHEMES, MESSAGE_BYTES = 1_000, 10_000
PICTURES = 4
PICTURE_BYTES = 1_000_000

PAGE = 100
"""Notifications asked for at once."""
PAGES = 10
"""Pages read by one poll; what is older waits for the next."""
BATCH = 25
"""Posts or profiles asked for at once."""
OVERLAP = timedelta(hours=1)
"""How far back every poll looks,"""
DEEP = timedelta(days=3)
"""and how far once in each :data:`OVERLAP`: a post is listed under the time that its
author's machine claims, so one from a slow clock appears behind what was read."""
WAIT = timedelta(minutes=5)
"""How long to wait where a server limits us and does not say: its window for log-ins."""
KINDS = ("mention", "reply", "quote", "repost")
"""Notifications in which somebody says something, or says it again."""


class BlueskySettings(BaseModel):
    """A Bluesky account: who it is and what lets us in."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    handle: str = Field(
        title="Handle",
        description="Without the @, for example police.example.org",
        pattern=r"^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$",
    )
    app_password: SecretStr = Field(
        title="App password",
        description="From Settings, Privacy and security; with access to direct messages.",
    )
    service: str = Field(
        default="https://bsky.social", title="Service", description="Where the account lives."
    )
    direct_messages: bool = Field(
        default=True,
        title="Direct messages",
        description="Read and answer them; the app password must allow it.",
    )
    chat: str = Field(
        default="did:web:api.bsky.chat#bsky_chat",
        title="Chat service",
        description="Who carries direct messages.",
        pattern=r"^did:[a-z]+:[A-Za-z0-9._:%-]+#[a-z_]+$",
    )
    timeout: float = Field(default=20, gt=0, le=300, title="Seconds to wait for an answer")

    @field_validator("service")
    @classmethod
    def _address(cls, value: str) -> str:
        parts = urlsplit(value if "://" in value else f"https://{value}")
        if not parts.hostname or parts.path.strip("/") or parts.query or parts.username:
            raise ValueError("Give the service's address alone.")
        if parts.scheme != "https" and not _on_this_machine(parts.hostname):
            raise ValueError("The service must be reached by https.")
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def host(self) -> str:
        """What the service is called in sentences."""
        return urlsplit(self.service).netloc


def _on_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
