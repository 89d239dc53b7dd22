"""Makes Django and its database ready for a command."""

from __future__ import annotations

import os
from functools import cache

import django

from bluelamp.kit import cli
from bluelamp.kit.config import config
from bluelamp.site.postgres import EmbeddedPostgres


@cache
def embedded() -> EmbeddedPostgres:
    """Return this process's hold on the embedded server."""
    return EmbeddedPostgres(config().var / "postgres")


@cache
def ensure_database() -> None:
    """Set Django up; start or join the embedded server where no other is named."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bluelamp.site.settings")
    if not config().database_url:
        embedded().start()
    django.setup()


cli.prepare.append(ensure_database)
