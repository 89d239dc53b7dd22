"""What the browser of somebody who looks at their case keeps: numbers, signed, for minutes.

Which code was asked for, then which one opened a case.  Nothing of the case is in it, it goes
with every page that says "leave", and it is worth nothing once the case is hidden.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse

from bluelamp.kit.config import config
from bluelamp.org.models import Force

NAME = "bl_case"
PATH = "/case/"
SECONDS = 15 * 60
"""Since the last page; whoever goes on reading is not thrown out."""
LONGEST = 60 * 60
"""Since the code was entered."""


def read(request: HttpRequest, force: Force) -> dict[str, Any]:
    """Return what the cookie holds for this force; nothing where it is forged or too old."""
    try:
        held = signing.loads(
            request.COOKIES.get(NAME, ""), salt=f"{NAME}:{force.pk}", max_age=SECONDS
        )
    except signing.BadSignature:
        return {}
    return held if isinstance(held, dict) else {}


def write(response: HttpResponse, force: Force, **held: int) -> None:
    """Keep ``held`` in the cookie; its age begins anew."""
    response.set_cookie(
        NAME, signing.dumps(held, salt=f"{NAME}:{force.pk}"), max_age=SECONDS, path=PATH,
        httponly=True, secure=config().secure, samesite="Strict",
    )  # fmt: skip


def drop(response: HttpResponse) -> None:
    """Forget the cookie."""
    response.delete_cookie(NAME, path=PATH, samesite="Strict")


def asked(request: HttpRequest, force: Force) -> int | None:
    """Return which code this browser asked for."""
    pk = read(request, force).get("asked")
    return pk if isinstance(pk, int) else None


def session(request: HttpRequest, force: Force, *, now: datetime) -> dict[str, int] | None:
    """Return which code opened a case in this browser and since when (seconds since 1970)."""
    held = read(request, force)
    opened, since = held.get("opened"), held.get("since")
    if not isinstance(opened, int) or not isinstance(since, int):
        return None
    return {"opened": opened, "since": since} if now.timestamp() - since < LONGEST else None
