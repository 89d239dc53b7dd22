"""Writing a message: one page that works without script, and saves itself with it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages as flash
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bluelamp.kit import clock
from bluelamp.kit.errors import BluelampError
from bluelamp.kit.mail import preview as mail_page
from bluelamp.members.audience import count as count_audience
from bluelamp.members.audience import explain
from bluelamp.members.queries import topics
from bluelamp.members.rules import is_drawn
from bluelamp.members.values import Audience
from bluelamp.org.gate import officer_of, officers
from bluelamp.org.models import Force
from bluelamp.org.values import Acts
from bluelamp.outbound import check, compose, content, queries
from bluelamp.outbound.errors import NotReadyError, OutboundError, StaleError
from bluelamp.outbound.forms import ComposeForm, initial_of
from bluelamp.outbound.models import Message
from bluelamp.outbound.values import EDITABLE, MessageState
from bluelamp.outbound.views.shared import (
    count_words,
    message_of,
    said,
    spoken_findings,
    who,
)
from bluelamp.places.queries import areas as areas_of_force
from bluelamp.places.queries import position_of

SAVES_ITSELF = (MessageState.DRAFT, MessageState.RETURNED)
"""States in which a draft is saved while it is written; elsewhere that would
take a submission or an approval back without a word."""


def _form(force: Force, message: Message | None, data: Any = None) -> ComposeForm:
    return ComposeForm(
        data,
        initial=initial_of(message) if message else None,
        areas=[(str(a.pk), a.name) for a in areas_of_force(force).exclude(kind="force")],
        topics=[(str(topic.pk), topic.name) for topic in topics(force)],
        locate=_locate,
    )


def _locate(text: str) -> tuple[float, float] | None:
    try:
        found = position_of(text)
    except BluelampError:
        return None
    return found.longitude, found.latitude


@officers(Acts.MESSAGE_WRITE)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponseBase:
    """Write a new message."""
    return _written(request, None)


@officers(Acts.MESSAGE_WRITE)
@require_http_methods(["GET", "POST"])
@said
def edit(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Change a message; where it waits or is approved, that takes it back."""
    message = message_of(request, pk)
    if message.state not in EDITABLE:
        flash.error(request, _("This message has been sent. Amend or recall it instead."))
        return redirect("outbound:message", pk)
    return _written(request, message)


def _written(request: HttpRequest, message: Message | None) -> HttpResponseBase:
    form = _form(officer_of(request).force, message, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            stored = _store(request, message, form)
        except BluelampError as error:
            form.add_error(None, str(error))
        else:
            if request.POST.get("then") == "check":
                return redirect("outbound:check", stored.pk)
            flash.success(request, _("Draft saved"))
            return redirect("outbound:edit", stored.pk)
    return _compose_page(request, message, form)


def _store(request: HttpRequest, message: Message | None, form: ComposeForm) -> Message:
    draft, now = form.draft(), clock.now()
    if message is None:
        return compose.create(draft, now=now, **who(request))
    version = form.cleaned_data.get("version")
    if version is not None and version != message.version:
        raise StaleError
    return compose.change(message, draft, now=now, **who(request))


def _compose_page(request: HttpRequest, message: Message | None, form: ComposeForm) -> HttpResponse:
    saves = message is None or message.state in SAVES_ITSELF
    autosave = reverse("outbound:autosave_new")
    if message:
        autosave = reverse("outbound:autosave", args=[message.pk])
    return render(request, "outbound/console/compose.html", {
        "form": form,
        "message": message,
        "taken_back": not saves,
        "autosave_url": autosave if saves else "",
        "count_url": reverse("outbound:count"),
        "counted": _counted(officer_of(request).force, Audience.model_validate(message.audience))
        if message else {},
    }, status=400 if form.is_bound and form.errors else 200)  # fmt: skip


@officers(Acts.MESSAGE_WRITE)
@require_POST
def autosave_new(request: HttpRequest) -> JsonResponse:
    """Keep a message that is being written for the first time."""
    return _autosaved(request, None)


@officers(Acts.MESSAGE_WRITE)
@require_POST
def autosave(request: HttpRequest, pk: int) -> JsonResponse:
    """Keep a draft while it is being written."""
    return _autosaved(request, message_of(request, pk))


def _autosaved(request: HttpRequest, message: Message | None) -> JsonResponse:
    form = _form(officer_of(request).force, message, request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors.get_json_data()}, status=422)
    if message and message.state not in SAVES_ITSELF:
        return JsonResponse({}, status=409)
    try:
        stored = _store(request, message, form)
    except StaleError:
        return JsonResponse({}, status=409)
    except OutboundError as error:
        return JsonResponse({"error": str(error)}, status=422)
    return JsonResponse({
        "fields": {"version": str(stored.version)},
        "url": reverse("outbound:edit", args=[stored.pk]),
        "autosave_url": reverse("outbound:autosave", args=[stored.pk]),
    })  # fmt: skip


@officers(Acts.AUDIENCE_COUNT)
@require_POST
def count(request: HttpRequest) -> HttpResponse:
    """Say how many people the audience on the page holds, as a piece of HTML."""
    force = officer_of(request).force
    form = _form(force, None, request.POST)
    form.is_valid()
    if {"areas", "drawn", "postcode", "topics"} & set(form.errors):
        return render(request, "outbound/console/count.html", {"problem": True})
    try:
        facts = _counted(force, Audience.model_validate(form.audience()))
    except (BluelampError, ValueError) as error:
        facts = {"problem": str(error)}
    return render(request, "outbound/console/count.html", facts)


def _counted(force: Force, audience: Audience) -> dict[str, Any]:
    try:
        found = count_audience(force, audience, reasons=True)
    except BluelampError as error:
        return {"problem": str(error)}
    words = count_words(found.total, drawn=is_drawn(audience))
    return {"people": words, "whom": explain(force, audience), "left_out": dict(found.left_out)}


@officers(Acts.MESSAGE_WRITE)
@require_http_methods(["GET", "POST"])
@said
def checked(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show what the check finds; ask for approval."""
    message = message_of(request, pk)
    if request.method == "POST":
        try:
            check.submit(_as_read(request, message), now=clock.now(), **who(request))
        except NotReadyError as error:
            flash.error(request, str(error))
            return redirect("outbound:check", pk)
        flash.success(request, _("Sent for approval. We have told those who can approve it."))
        return redirect("outbound:message", pk)
    found = queries.findings(message, now=clock.now())
    return render(request, "outbound/console/check.html", {
        "message": message,
        **spoken_findings(found),
        **_counted(message.force, queries.audience_of(message)),
        "approvers": queries.approvers(message),
    })  # fmt: skip


def _as_read(request: HttpRequest, message: Message) -> Message:
    """Give the message the version that was on the officer's page."""
    given = request.POST.get("version", "")
    if given.isascii() and given.isdigit():
        message.version = int(given)
    return message


@officers(Acts.MESSAGE_READ)
@require_GET
def mail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the mail as it will arrive, or as it was frozen."""
    message = message_of(request, pk)
    made = message.frozen or content.freeze(
        message, areas=content.areas_of(message.force, queries.audience_of(message))
    )
    slots = dict.fromkeys(content.SLOTS, "preview")
    return mail_page(content.filled(made["html"], slots))


@officers(Acts.MESSAGE_WRITE)
@require_POST
@said
def discard(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Throw a draft away."""
    compose.discard(message_of(request, pk), **who(request))
    flash.success(request, _("Draft deleted"))
    return redirect("outbound:alerts")
