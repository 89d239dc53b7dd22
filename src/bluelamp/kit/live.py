"""Live events: small JSON facts sent to open pages when a transaction commits.

One NOTIFY a batch, never one a row.  A topic names what is watched
(``message:12``); a page may hear it only with a sealed token that its view gave it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.core import signing
from django.db import connection

from bluelamp.kit.config import config

CHANNEL = "bluelamp_live"
"""The PostgreSQL channel that all live events share."""

TOKEN_SECONDS = 12 * 3600
"""How long a page may go on listening: a shift."""


def publish(topic: str, facts: Mapping[str, Any]) -> None:
    """Tell the open pages; PostgreSQL sends it at commit, or never."""
    payload = json.dumps({"topic": topic, "facts": facts}, separators=(",", ":"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, payload])


def token(topic: str) -> str:
    """Seal the right to hear ``topic``, to be put into the page that shows it."""
    return signing.dumps(topic, salt=CHANNEL)


def address(*topics: str) -> str:
    """Return where a page listens that may hear these topics."""
    tokens = urlencode([("token", token(topic)) for topic in topics])
    return f"{config().events_root}/events?{tokens}"


def topic_of(sealed: str) -> str | None:
    """Return the topic a token allows, or ``None`` where it is forged or old."""
    try:
        return str(signing.loads(sealed, salt=CHANNEL, max_age=TOKEN_SECONDS))
    except signing.BadSignature:
        return None
