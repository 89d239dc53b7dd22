"""All addresses: the public's at the root, the console's under ``/console/``.

A floor offers ``public`` and ``console`` lists of patterns in its ``urls.py``;
their names are ``<floor>_public:...`` and ``<floor>:...``.
"""

from __future__ import annotations

import importlib
import importlib.util
from typing import Any

from django.urls import URLPattern, URLResolver, include, path

from bluelamp.kit.config import config
from bluelamp.site import views

_CONSOLE = {
    "audit": "console/audit/",
    "org": "console/people/",
    "places": "console/areas/",
    "channels": "console/accounts/",
    "members": "console/members/",
    "outbound": "console/alerts/",
    "inbound": "console/inbox/",
    "cases": "console/cases/",
    "insight": "console/board/",
}
_PUBLIC = (
    "org", "places", "members", "outbound", "inbound", "audit", "notices", "cases",
)  # fmt: skip


def _floor(name: str, side: str) -> list[Any]:
    if importlib.util.find_spec(f"bluelamp.{name}.urls") is None:
        return []
    return list(getattr(importlib.import_module(f"bluelamp.{name}.urls"), side, []))


urlpatterns: list[URLPattern | URLResolver] = [
    path("console/", views.console, name="console"),
    path("console/account/", include("allauth.urls")),
    path("accessibility", views.accessibility, name="accessibility"),
    path("privacy", views.privacy, name="privacy"),
    *([path("console/gallery/", include("bluelamp.kit.gallery"))] if config().demo else []),
    path("healthz", views.health, name="health"),
    *(path(at, include((_floor(name, "console"), name))) for name, at in _CONSOLE.items()),
    path("console/contacts/", include((_floor("cases", "contacts"), "contacts"))),
    path("console/briefings/", include((_floor("cases", "briefings"), "briefings"))),
    path("console/settings/", include((_floor("cases", "settings"), "settings"))),
    *(path("", include((_floor(name, "public"), f"{name}_public"))) for name in _PUBLIC),
]
