"""Where secrets go: who may change that must not thereby learn them.

A sealed secret is never shown, yet it is sent: to whoever the settings name.  So a
secret belongs to the place that it was given for, and does not follow to another.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel

ADDRESSES = frozenset({
    "url", "base_url", "domain", "instance", "service", "chat",
    "host", "port", "security", "ca_file", "imap_host", "imap_port", "imap_security",
})  # fmt: skip
"""Settings, of any provider or case system, that say where its secrets are sent and how safely."""

AGAIN = (
    "This sends its secrets to another place. Enter them again, all of them: the old ones do"
    " not go there. Where there are none any more, take the old ones away first."
)


def moved(model: type[BaseModel], old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Say whether settings of one model send to another place; a path is none."""
    names = ADDRESSES & model.model_fields.keys()
    return any(_place(model, name, old) != _place(model, name, new) for name in names)


def _place(model: type[BaseModel], name: str, settings: Mapping[str, Any]) -> tuple[str, ...]:
    value = settings.get(name)
    if value is None:
        value = model.model_fields[name].get_default()
    text = str("" if value is None else value).strip()
    try:
        parts = urlsplit(text)
        if parts.hostname:
            return parts.scheme, parts.hostname, str(parts.port or "")
    except ValueError:
        pass
    return (text,)
