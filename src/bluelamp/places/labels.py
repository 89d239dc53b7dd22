"""Names of kinds and changes, as pages show them."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from bluelamp.places.values import AreaKind, Change

KINDS: dict[str, Promise] = {
    AreaKind.FORCE: _("Force area"),
    AreaKind.DISTRICT: _("District"),
    AreaKind.NEIGHBOURHOOD: _("Neighbourhood"),
    AreaKind.WARD: _("Ward"),
    AreaKind.HOT_SPOT: _("Hot spot"),
    AreaKind.DRAWN: _("Drawn area"),
}

CHANGES: dict[str, Promise] = {
    Change.NEW: _("New"),
    Change.CHANGED: _("Changed"),
    Change.UNCHANGED: _("Unchanged"),
    Change.RETIRED: _("Retired"),
}


def kind_label(kind: str) -> Promise | str:
    """Return the name of a kind of area."""
    return KINDS.get(kind, kind)
