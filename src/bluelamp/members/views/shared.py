"""What the members' pages share: the rooms beside one another, moments and states in words."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from bluelamp.kit.page import Link, Tag
from bluelamp.members import labels
from bluelamp.members.models import Member
from bluelamp.members.values import MemberState
from bluelamp.org import permit
from bluelamp.org.gate import officer_of
from bluelamp.org.models import Officer
from bluelamp.org.values import Acts

_COLOURS: dict[str, Any] = {
    MemberState.JOINED: "green", MemberState.PENDING: "yellow", MemberState.LEFT: "grey",
}  # fmt: skip


def _rooms(officer: Officer, here: str) -> list[Link]:
    rooms = (
        ("search", _("Find a member"), Acts.MEMBER_SEARCH),
        ("figures", _("Figures"), Acts.AUDIENCE_COUNT),
        ("suppression", _("Suppression list"), Acts.SUPPRESSION_MANAGE),
        ("import", _("Import"), Acts.MEMBER_IMPORT),
    )
    return [
        Link(text, reverse(f"members:{name}"), current=name == here)
        for name, text, act in rooms
        if permit.may(officer, act, officer.force)
    ]


def show_page(
    request: HttpRequest, template: str, here: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """Show a page with the rooms that are open to the officer, ``here`` among them."""
    page = {"rooms": _rooms(officer_of(request), here), **context}
    return render(request, f"members/console/{template}.html", page, status=status)


def stamp(moment: datetime | None) -> str:
    """Write a moment, on the force's clock; nothing where there is none."""
    return date_format(timezone.localtime(moment), "j F Y, H:i") if moment else ""


def state_tag(member: Member) -> Tag:
    """Return where a member stands, as a tag."""
    return Tag(labels.STATES.get(member.state, member.state), _COLOURS.get(member.state, "grey"))
