"""The public's side: an answer to an alert, and the page on which anybody can write to us."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from bluelamp.channels.queries import active_account
from bluelamp.files.actions import keep
from bluelamp.inbound import ingest
from bluelamp.inbound.forms import ContactForm, ReplyForm
from bluelamp.inbound.rules.references import reference
from bluelamp.inbound.rules.settings import CONTACT_EMERGENCY
from bluelamp.inbound.values import REPLIES_AN_HOUR, STORIES_AN_HOUR
from bluelamp.kit import clock
from bluelamp.kit.keys import keyring
from bluelamp.org.gate import everyone
from bluelamp.org.limits import too_often
from bluelamp.org.models import Force
from bluelamp.org.queries import doors
from bluelamp.org.tenancy import force_of
from bluelamp.outbound.models import Message
from bluelamp.outbound.queries import public


@everyone
@require_http_methods(["GET", "POST"])
def reply(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """Take an answer to an alert: stored first, like everything that comes in."""
    message = get_object_or_404(public(force_of(request)), public_id=public_id)
    form = ReplyForm(request.POST or None)
    url = f"/alert/{public_id}"
    if request.method == "POST" and form.is_valid() and _may_send(request, form, "reply"):
        _keep_reply(message, form.cleaned_data, now=clock.now())
        return redirect(f"{url}/reply?done=1")
    page = {"message": message, "form": form, "done": "done" in request.GET, "url": url}
    status = 400 if form.is_bound and form.errors else 200
    return render(request, "inbound/public/reply.html", page, status=status)


def _keep_reply(message: Message, given: dict[str, Any], *, now: datetime) -> None:
    """Store an answer under the account that it can be answered from, else the pages' own."""
    force = message.force
    account = message.account or active_account(force, "email")
    facts = {name: given[name] for name in ("text", "name", "email")}
    ingest.store(
        account or ingest.web_account(force, now=now), f"form {given['once']}",
        json.dumps(facts).encode(), {"form": "reply", "message": str(message.pk)}, now,
    )  # fmt: skip


def _may_send(request: HttpRequest, form: Form, door: str) -> bool:
    """Say whether somebody may send a form again; where not, the form says what to do."""
    most = _MOST[door]
    if not too_often(request, door, most, now=clock.now()):
        return True
    form.add_error(None, _("Too many messages came from here. Try again in an hour, or call 101."))
    return False


_MOST = {"reply": REPLIES_AN_HOUR, "contact": STORIES_AN_HOUR}


# Anybody, about anything -------------------------------------------------------


@everyone
@never_cache
@require_http_methods(["GET", "POST"])
def contact(request: HttpRequest) -> HttpResponseBase:
    """Take what somebody has to tell; on one page, so that no cookie keeps any of it."""
    force, now = force_of(request), clock.now()
    form = ContactForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and _may_send(request, form, "contact"):
        once: UUID = form.cleaned_data["once"]
        name = reference(keyring().newest("codes").secret, force.pk, once.bytes)
        account = ingest.web_account(force, now=now)
        ingest.store(account, f"web {once}", _story(form, force, name, now), {}, now)
        return redirect("inbound_public:contacted", name)
    status = 400 if form.is_bound and form.errors else 200
    page = {"form": form, "emergency": emergency_of(force), **_when_read(force, now)}
    return render(request, "inbound/public/contact.html", page, status=status)


@everyone
@never_cache
@require_GET
def contacted(request: HttpRequest, name: str) -> HttpResponse:
    """Give the reference, and repeat nothing: somebody else may look over a shoulder."""
    force = force_of(request)
    page = {"name": name, "emergency": emergency_of(force), **_when_read(force, clock.now())}
    return render(request, "inbound/public/contacted.html", page)


def _story(form: ContactForm, force: Force, name: str, now: datetime) -> bytes:
    """Return what is stored of a form that was sent (``channels.written``); its files are kept."""
    given = form.cleaned_data
    channel, address = given["reach"]
    facts: dict[str, Any] = {
        "text": given["text"], "where": given["where"], "at": now.isoformat(),
        "sender": address, "channel": channel, "sender_name": given["name"],
        "conversation": name,
        "attachments": [
            {"name": file[:200], "stored": keep(force, file, content, now=now).sha256}
            for file, content in given["attachments"]
        ],
    }  # fmt: skip
    return json.dumps(facts).encode()


def emergency_of(force: Force) -> list[str]:
    """Return the force's own words for somebody in danger, a paragraph each; none: the page's."""
    own = CONTACT_EMERGENCY.read(force.settings)
    return [line.strip() for line in own.splitlines() if line.strip()]


def _when_read(force: Force, now: datetime) -> dict[str, Any]:
    """Return whether somebody reads now, and else from when, where the force says its hours."""
    hours = doors(force)
    opens = hours.next_opening(now) if hours else None
    return {"opens": opens, "is_open": opens is not None and opens <= now}
