"""What a visitor's own browser keeps: signed, not readable by script, gone by itself.

Members have no user row and no session in the database.  While somebody signs
up, what they said is in their cookie alone; a member who signed in by code
carries the number of a contact point and nothing else.
"""

from __future__ import annotations

from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse

from bluelamp.kit.config import config
from bluelamp.members.models import Member
from bluelamp.members.values import MemberState
from bluelamp.org.models import Force

JOINING = "bl_join"
SIGNED_IN = "bl_member"
JOINING_SECONDS = 24 * 3600
SIGNED_IN_SECONDS = 30 * 60
_PATHS = {JOINING: "/join/", SIGNED_IN: "/preferences/"}
_AGES = {JOINING: JOINING_SECONDS, SIGNED_IN: SIGNED_IN_SECONDS}


def read(request: HttpRequest, name: str, force: Force) -> dict[str, Any]:
    """Return what the cookie holds for this force; nothing where it is forged or too old."""
    try:
        held = signing.loads(
            request.COOKIES.get(name, ""), salt=f"{name}:{force.pk}", max_age=_AGES[name]
        )
    except signing.BadSignature:
        return {}
    return held if isinstance(held, dict) else {}


def write(response: HttpResponse, name: str, force: Force, held: dict[str, Any]) -> None:
    """Keep ``held`` in the cookie; its age begins anew."""
    value = signing.dumps(held, salt=f"{name}:{force.pk}", compress=True)
    response.set_cookie(
        name, value, max_age=_AGES[name], path=_PATHS[name], httponly=True,
        secure=config().secure, samesite="Lax",
    )  # fmt: skip


def drop(response: HttpResponse, name: str) -> None:
    """Forget the cookie."""
    response.delete_cookie(name, path=_PATHS[name], samesite="Lax")


def signed_in(request: HttpRequest, force: Force) -> Member | None:
    """Return the member who signed in with this browser, while they are one."""
    contact = read(request, SIGNED_IN, force).get("contact")
    if not isinstance(contact, int):
        return None
    return (
        Member.objects.select_related("contact", "email_point", "force")
        .filter(contact=contact, force=force, state=MemberState.JOINED)
        .first()
    )
