"""What an e-mail account needs, and the numbers of the protocol."""

from __future__ import annotations

from enum import StrEnum
from functools import cached_property
from ipaddress import ip_address
from pathlib import Path

from email_validator import EmailNotValidError, validate_email
from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from .dkim import Signer
from .keys import load_private_key

_DOMAIN = r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?"


class Security(StrEnum):
    """How the connection to the relay is protected."""

    NONE = "none"
    STARTTLS = "starttls"  # required: a relay that does not offer it is refused
    TLS = "tls"  # from the first byte (RFC 8314)


class Reconcile(StrEnum):
    """What becomes of messages whose answer never came.

    A hint: the message's own policy comes first.
    """

    RELAY_LOG = "relay_log"  # ask the relay's log by Message-ID, then resend
    AT_MOST_ONCE = "at_most_once"  # show them as unknown
    AT_LEAST_ONCE = "at_least_once"  # resend under the same Message-ID


class LogFormat(StrEnum):
    """Which relay writes the log."""

    POSTFIX = "postfix"
    SIMULATED = "simulated"  # the receiver of tests and demos


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Timeouts(_Settings):
    """Seconds to wait in each phase; the defaults are the minima of RFC 5321 section 4.5.3.2."""

    connect: float = Field(default=30, gt=0)
    greeting: float = Field(default=300, gt=0)
    command: float = Field(default=300, gt=0)
    data_start: float = Field(default=120, gt=0)
    data_block: float = Field(default=180, gt=0)
    data_end: float = Field(default=600, gt=0)
    quit: float = Field(default=5, gt=0)


class EmailSettings(_Settings):
    """An e-mail account: the relay, who writes, and how the mail is signed."""

    host: str = Field(min_length=1, title="Relay", description="Name or address of the server.")
    port: int = Field(default=587, ge=1, le=65535, title="Port")
    security: Security = Field(default=Security.STARTTLS, title="Encryption")
    ca_file: Path | None = Field(
        default=None, title="Certificate authority", description="PEM file; empty: the system's."
    )
    username: str = Field(default="", title="User name")
    password: SecretStr = Field(default=SecretStr(""), title="Password")
    allow_clear_password: bool = Field(
        default=False,
        title="Allow a password without encryption",
        description="Only to a relay on this machine.",
    )
    ehlo_name: str = Field(
        default="",
        pattern=rf"(?:{_DOMAIN})?",
        title="Our name",
        description="What this host is called in the DNS; empty: its address.",
    )
    connections: int = Field(default=10, ge=1, le=200, title="Connections")
    reconnects: int = Field(
        default=4,
        ge=0,
        le=20,
        title="Reconnections",
        description="Fruitless attempts of one connection in a row before its work is deferred.",
    )
    reconnect_delay: float = Field(default=0.5, ge=0, title="First delay, seconds")
    timeouts: Timeouts = Field(default=Timeouts(), title="Time-outs")

    sender_name: str = Field(default="", max_length=100, title="Name that people see")
    sender_address: str = Field(title="Address that people see")
    reply_to: str = Field(default="", title="Reply address")
    return_path_domain: str = Field(
        default="",
        pattern=rf"(?:{_DOMAIN})?",
        title="Bounce domain",
        description="Where bounces go, one address a delivery (VERP).",
    )
    list_id: str = Field(
        default="",
        pattern=rf"(?:{_DOMAIN})?",
        title="List-Id",
        description="Stable identifier of the list, under a domain of yours (RFC 2919).",
    )
    list_name: str = Field(default="", max_length=100, title="Name of the list")
    feedback_id: str = Field(
        default="",
        pattern=r"[\x21-\x7e]*",
        title="Feedback-ID",
        description="Up to four fields with colons between, the last one always the same.",
    )
    dkim_domain: str = Field(
        default="",
        pattern=rf"(?:{_DOMAIN})?",
        title="DKIM domain",
        description="Empty where the relay signs.  With keys of both kinds, mail is signed twice.",
    )
    dkim_rsa_selector: str = Field(
        default="", pattern=rf"(?:{_DOMAIN})?", title="DKIM selector of the RSA key"
    )
    dkim_rsa_key: SecretStr = Field(
        default=SecretStr(""), title="DKIM RSA key", description="Private key, PEM."
    )
    dkim_ed25519_selector: str = Field(
        default="", pattern=rf"(?:{_DOMAIN})?", title="DKIM selector of the Ed25519 key"
    )
    dkim_ed25519_key: SecretStr = Field(
        default=SecretStr(""),
        title="DKIM Ed25519 key",
        description="Private key: PEM, or its seed of 32 bytes in base64.",
    )
    imap_host: str = Field(
        default="",
        max_length=253,
        title="Mailbox server (IMAP)",
        description="Where mail to us is fetched from; empty where it is handed over by LMTP.",
    )
    imap_port: int = Field(default=993, ge=1, le=65535, title="Mailbox port")
    imap_security: Security = Field(default=Security.TLS, title="Mailbox encryption")
    imap_username: str = Field(default="", title="Mailbox user name")
    imap_password: SecretStr = Field(default=SecretStr(""), title="Mailbox password")
    imap_folder: str = Field(
        default="INBOX", pattern=r'[^"\\\x00-\x1f\x7f-\uffff]+', title="Mailbox folder"
    )
    reconcile: Reconcile = Field(default=Reconcile.AT_LEAST_ONCE, title="Answers that never came")
    relay_log: tuple[Path, ...] = Field(
        default=(), title="Relay's log", description="Oldest first, to reconcile by Message-ID."
    )
    relay_log_format: LogFormat = Field(default=LogFormat.POSTFIX, title="Form of the log")
    relay_log_settle: float = Field(
        default=1.0, gt=0, title="Settling time", description="Seconds the log must be silent."
    )

    @field_validator("sender_address", "reply_to")
    @classmethod
    def _address(cls, value: str) -> str:
        if not value:
            return value
        try:
            found = validate_email(value, check_deliverability=False, test_environment=True)
        except EmailNotValidError as error:
            raise ValueError(str(error)) from error
        if found.ascii_email is None:
            raise ValueError("The part before the @ must be ASCII.")
        return found.ascii_email

    @cached_property
    def signers(self) -> tuple[Signer, ...]:
        """What signs, none, one or two."""
        given = (
            ("rsa", self.dkim_rsa_selector, self.dkim_rsa_key),
            ("ed25519", self.dkim_ed25519_selector, self.dkim_ed25519_key),
        )
        return tuple(
            Signer(self.dkim_domain, selector, load_private_key(secret.get_secret_value(), kind))
            for kind, selector, secret in given
            if secret.get_secret_value()
        )

    @model_validator(mode="after")
    def _can_sign(self) -> EmailSettings:
        for signer in self.signers:
            if not signer.domain or not signer.selector:
                raise ValueError("A DKIM key needs its domain and selector.")
        return self

    @model_validator(mode="after")
    def _is_safe(self) -> EmailSettings:
        if not self.sender_address:
            raise ValueError("The sender's address is missing.")
        if self.username and self.security is Security.NONE and not self._may_speak_clearly():
            raise ValueError(
                "A password would travel unencrypted: choose STARTTLS or TLS"
                " (only a relay on this machine may be allowed to take it in clear)."
            )
        clear = self.imap_host and self.imap_security is Security.NONE
        if clear and not is_loopback(self.imap_host):
            raise ValueError("The mailbox's password would travel unencrypted: choose TLS.")
        if self.reconcile is Reconcile.RELAY_LOG and not self.relay_log:
            raise ValueError("To reconcile by the relay's log, name its file.")
        return self

    def _may_speak_clearly(self) -> bool:
        return self.allow_clear_password and is_loopback(self.host)


def is_loopback(host: str) -> bool:
    """Say whether ``host`` is this machine by its very name, without asking the DNS."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
