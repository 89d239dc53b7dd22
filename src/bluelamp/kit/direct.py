"""Connections of one's own, never the pool's: for locks, LISTEN and COPY.

Session locks, SET and LISTEN would leak to a pooled connection's next user.
"""

from __future__ import annotations

from typing import Any

import psycopg
from django.db import connection as django_connection


def parameters() -> dict[str, Any]:
    """Return libpq's parameters of the database that Django uses."""
    given = dict(django_connection.get_connection_params())
    for ours in ("cursor_factory", "context", "prepare_threshold"):
        given.pop(ours, None)
    return given


def connect(*, name: str) -> psycopg.Connection[tuple[Any, ...]]:
    """Open a connection in autocommit; ``name`` shows in ``pg_stat_activity``."""
    return psycopg.connect(**parameters(), application_name=name, autocommit=True)


async def connect_async(*, name: str) -> psycopg.AsyncConnection[tuple[Any, ...]]:
    """Open an asynchronous connection in autocommit."""
    return await psycopg.AsyncConnection.connect(
        **parameters(), application_name=name, autocommit=True
    )
