"""What the floors offer under one name in their ``queries``, for who composes it."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterator
from typing import Any

from django.apps import apps


def offered(what: str) -> Iterator[Any]:
    """Yield ``queries.<what>`` of each floor that has it, lowest floor first."""
    for app in apps.get_app_configs():
        if app.name.startswith("bluelamp.") and importlib.util.find_spec(f"{app.name}.queries"):
            found = getattr(importlib.import_module(f"{app.name}.queries"), what, None)
            if found is not None:
                yield found
