"""What every page knows: the force and its look."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from bluelamp.kit.config import config


def page(request: HttpRequest) -> dict[str, Any]:
    """Give templates the force of the page and the installation's public settings."""
    settings = config()
    return {
        "force": getattr(request, "force", None),
        "demo": settings.demo,
        "tile_url": settings.tile_url,
        "events_url": settings.events_url or f"http://localhost:{settings.events_port}",
    }
