"""The console's navigation, composed from what the floors offer."""

from __future__ import annotations

import importlib
import importlib.util
from functools import cache
from typing import Any

from django.apps import apps
from django.http import HttpRequest
from django.urls import reverse

from bluelamp.kit.nav import NavItem
from bluelamp.org import permit
from bluelamp.org.models import Officer
from bluelamp.org.values import Acts


@cache
def _items() -> tuple[NavItem, ...]:
    """Collect every floor's ``queries.NAV``."""
    found: list[NavItem] = []
    for app in apps.get_app_configs():
        if not app.name.startswith("bluelamp."):
            continue
        if importlib.util.find_spec(f"{app.name}.queries") is not None:
            found += getattr(importlib.import_module(f"{app.name}.queries"), "NAV", ())
    return tuple(sorted(found, key=lambda item: item.order))


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Give console pages the entries that this officer may use."""
    officer = getattr(request, "user", None)
    if not isinstance(officer, Officer) or not request.path.startswith("/console/"):
        return {}
    return {
        "navigation": [
            {
                "label": item.label,
                "url": (url := reverse(item.url_name)),
                "current": request.path.startswith(url) and url != "/console/",
            }
            for item in _items()
            if not item.acts or any(permit.may(officer, Acts(act)) for act in item.acts)
        ]
    }
