"""What every page knows: the force, its look, and who is at work."""

from __future__ import annotations

import hashlib
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from bluelamp.kit.config import config
from bluelamp.kit.page import Brand
from bluelamp.org.models import Force
from bluelamp.org.rules.signin import DEMO_LOGINS


def page(request: HttpRequest) -> dict[str, Any]:
    """Give templates the force of the page and the installation's public settings."""
    settings = config()
    force = getattr(request, "force", None)
    return {
        "force": force,
        "brand": brand(force) if force else Brand("Bluelamp"),
        "demo_logins": DEMO_LOGINS.read(force.settings) if force and settings.demo else (),
        "tile_url": settings.tile_url,
    }


def brand(force: Force) -> Brand:
    """Return a force's look; addresses change when what they show changes."""
    look = hashlib.sha256(f"{force.colour}{len(force.crest or b'')}".encode()).hexdigest()[:8]
    crest = reverse("org_public:crest") + f"?v={look}" if force.crest else ""
    return Brand(
        name=force.name,
        crest_url=crest,
        stylesheet_url=reverse("org_public:colours") + f"?v={look}",
        report_url=force.website,
    )
