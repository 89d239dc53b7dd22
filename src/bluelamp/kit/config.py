"""What an installation sets from outside: environment variables, read once.

Every name is prefixed ``BLUELAMP_`` but ``DATABASE_URL``, which keeps the name
that hosting gives it.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


def _home() -> Path:
    """The checkout this package runs from, or the working directory when installed."""
    checkout = Path(__file__).resolve().parents[3]
    return checkout if (checkout / "pyproject.toml").exists() else Path.cwd()


class Config(BaseSettings):
    """The installation's settings; each field is one environment variable."""

    model_config = SettingsConfigDict(env_prefix="BLUELAMP_", extra="ignore")

    database_url: str = Field(default="", validation_alias="DATABASE_URL")
    """Any PostgreSQL 15 or newer; empty for the embedded one under ``var``."""
    var: Path = Field(default_factory=lambda: _home() / "var")
    """Where the database, keys, logs and uploads live."""
    public_url: str = "http://localhost:8000"
    """The address that members' links begin with, without a final slash."""
    hosts: str = "localhost,127.0.0.1,[::1]"
    """Host names that the web server answers to, separated by commas."""
    web_port: int = 8000
    events_port: int = 8001
    events_url: str = ""
    """Where browsers reach the live events; empty for ``events_port`` on the same host."""
    lmtp_port: int = 8024
    mail_domain: str = "mail.localhost.test"
    """The domain of message ids, return paths and reply addresses."""
    authserv_id: str = ""
    """The name under which our own mail server writes what it found of a sender (RFC 8601)."""
    demo: bool = False
    """Serve the fictional force, with its log-ins shown on the sign-in page."""
    debug: bool = False
    secure: bool = False
    """Cookies and redirects for HTTPS only; to be set wherever people sign in for real."""
    smtp_host: str = ""
    """A real relay for the demo force's mail instead of the simulated mailbox."""
    smtp_port: int = 25
    mailbox_smtp_port: int = 8025
    mailbox_page_port: int = 8026
    phones_port: int = 8027
    tile_url: str = ""
    """A tile server for maps, e.g. ``https://tiles.example/{z}/{x}/{y}.png``; empty for none."""
    files: Path | None = None
    """Where uploads and attachments are kept; ``files`` under ``var`` without."""
    clamd: str = ""
    """A ClamAV daemon that looks at them: ``host:port``, or the path of its socket."""
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = ""
    simulators: bool = False
    """Let case systems be on this machine, and Salesforce a stand-in: for trials and tests."""
    trust_proxy: bool = False
    """Take the client's address from ``X-Forwarded-For`` (set by our own proxy)."""

    @property
    def events_root(self) -> str:
        """Return where browsers reach the live events."""
        return self.events_url or f"http://localhost:{self.events_port}"

    @property
    def files_folder(self) -> Path:
        """Where the bytes of files are kept; back it up with the database."""
        return self.files or self.var / "files"

    @property
    def keys_file(self) -> Path:
        """Where the keys are kept; back it up apart from the database."""
        return self.var / "keys.json"


@cache
def config() -> Config:
    """Return the installation's settings, read once."""
    return Config()
