"""E-mail: out by SMTP, in by LMTP."""

from bluelamp.channels.providers.email.adapter import ADAPTER, EmailAdapter

__all__ = ["ADAPTER", "EmailAdapter"]
