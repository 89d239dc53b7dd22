"""Settings: what casework goes by, each part open to whoever may change it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from bluelamp.kit.page import Link, Words
from bluelamp.org import permit
from bluelamp.org.gate import officer_of, officers
from bluelamp.org.models import Force, Officer
from bluelamp.org.values import Acts

ROOMS: tuple[tuple[str, Words, tuple[Acts, ...]], ...] = (
    ("routing", _("Routing"), (Acts.ROUTING_MANAGE,)),
    ("targets", _("Promises"), (Acts.ROUTING_MANAGE,)),
    ("words", _("Words"), (Acts.TRIAGE_MANAGE, Acts.WORDS_MANAGE)),
    ("wording", _("What we say"), (Acts.WORDING_MANAGE,)),
    ("force", _("Numbers and switches"), (Acts.SETTING_MANAGE,)),
    ("systems", _("Other case systems"), (Acts.ACCOUNT_MANAGE, Acts.ROUTING_MANAGE)),
)
"""Name of the room's first page, what it is called, who may do anything in it."""


def rooms(officer: Officer, here: str) -> list[Link]:
    """Return the rooms that are open to an officer."""
    return [
        Link(words, reverse(f"settings:{name}"), current=name == here)
        for name, words, acts in ROOMS
        if any(permit.may(officer, act, officer.force) for act in acts)
    ]


def force_of(request: HttpRequest, act: Acts) -> Force:
    """Return the officer's force, where the grant is over all of it: what is set holds for all.

    :raises NotPermittedError: there is none, or it is over a part.
    """
    officer = officer_of(request)
    permit.require(officer, act, officer.force)
    return officer.force


def shared(officer: Officer, here: str, **more: Any) -> dict[str, Any]:
    """Return what every page of a room shows."""
    return {"rooms": rooms(officer, here), **more}


@officers(
    Acts.ROUTING_MANAGE, Acts.TRIAGE_MANAGE, Acts.WORDS_MANAGE, Acts.WORDING_MANAGE,
    Acts.SETTING_MANAGE, Acts.ACCOUNT_MANAGE,
)  # fmt: skip
@require_GET
def home(request: HttpRequest) -> HttpResponseBase:
    """Lead to the first room that is open."""
    officer = officer_of(request)
    found = rooms(officer, "")
    if not found:  # the grant is over a part of the force; these hold for all of it
        permit.require(officer, Acts.ROUTING_MANAGE, officer.force)
    return redirect(found[0].url)
