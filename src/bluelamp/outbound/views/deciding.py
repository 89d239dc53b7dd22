"""Deciding: approve, return, break the glass, move the time."""

from __future__ import annotations

import difflib
from typing import Any

from django.contrib import messages as flash
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bluelamp.kit import clock
from bluelamp.members.audience import explain
from bluelamp.members.values import Audience
from bluelamp.org.gate import officer_of, officers
from bluelamp.org.values import Acts
from bluelamp.outbound import approve, content, labels, queries, schedule
from bluelamp.outbound.forms import ReasonForm, TimeForm
from bluelamp.outbound.models import Message
from bluelamp.outbound.rules import times
from bluelamp.outbound.values import MessageState, Urgency
from bluelamp.outbound.views.shared import (
    acts_of,
    audience_words,
    message_of,
    people_words,
    said,
    spoken_findings,
    who,
)


@officers(Acts.MESSAGE_APPROVE)
@require_http_methods(["GET", "POST"])
@said
def decide(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show everything there is to decide on; take the decision."""
    message = message_of(request, pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST":
        answered = _decided(request, message, form)
        if answered is not None:
            return answered
    return _page(request, message, form, "outbound/console/approve.html")


def _decided(request: HttpRequest, message: Message, form: ReasonForm) -> HttpResponseBase | None:
    facts = {"digest": request.POST.get("digest", ""), "now": clock.now(), **who(request)}
    if request.POST.get("decision") == "approve":
        done = approve.approve(message, **facts)
        flash.success(request, _approved_words(done))
    elif form.is_valid():
        approve.send_back(message, reason=form.cleaned_data["reason"], **facts)
        flash.success(request, _("Returned to the author with your reason"))
    else:
        return None
    return redirect("outbound:message", message.pk)


def _approved_words(message: Message) -> str:
    at = message.scheduled_for
    if at is None or at <= clock.now():
        return _("Approved. It is on its way.")
    local = at.astimezone(times.LONDON)
    return _("Approved. It goes on %(at)s.") % {"at": local.strftime("%-d %B at %H:%M")}


@officers(Acts.MESSAGE_SEND_URGENT)
@require_http_methods(["GET", "POST"])
@said
def break_glass(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Send something urgent without a second officer, and say why."""
    message = message_of(request, pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        approve.break_glass(
            message, digest=request.POST.get("digest", ""), reason=form.cleaned_data["reason"],
            now=clock.now(), **who(request),
        )  # fmt: skip
        flash.warning(request, _("Sent without approval. Everyone who approves has been told."))
        return redirect("outbound:message", pk)
    return _page(request, message, form, "outbound/console/break_glass.html")


def _page(request: HttpRequest, message: Message, form: ReasonForm, template: str) -> HttpResponse:
    now = clock.now()
    goes = times.send_time(now, message.scheduled_for, Urgency(message.urgency))
    areas = content.areas_of(message.force, queries.audience_of(message))
    context: dict[str, Any] = {
        "message": message,
        "form": form,
        "may": acts_of(request, message),
        "own": officer_of(request).pk in queries.gate_of(message).writers,
        "waits": message.state == MessageState.SUBMITTED,
        "urgent": message.urgency == Urgency.URGENT,
        "digest": queries.digest_of(message),
        "kind": labels.KINDS[message.kind],
        "body": content.html_of(message.body),
        "goes_now": goes <= now,
        "goes_at": goes,
        "moved": goes != max(now, message.scheduled_for or now),
        "people": people_words(message),
        "whom": audience_words(message.force, message),
        "areas": areas,
        "selected": ",".join(str(area.pk) for area in areas),
        "changes": changes(message),
        "account": queries.mail_account(message.force),
        **spoken_findings(queries.findings(message, now=now)),
    }
    return render(request, template, context, status=400 if form.is_bound and form.errors else 200)


def changes(message: Message) -> list[tuple[str, str]]:
    """Return what changed since the last decision: (mark, line), mark ``+``, ``-`` or blank."""
    last = message.approvals.order_by("-at").first()
    if last is None or not last.content:
        return []
    before = _lines(message, last.content)
    after = _lines(message, queries.content_of(message))
    lines = [(line[0], line[2:]) for line in difflib.ndiff(before, after) if line[0] in "+- "]
    return [] if all(mark == " " for mark, _text in lines) else [one for one in lines if one[1]]


def _lines(message: Message, what: dict[str, Any]) -> list[str]:
    kind = _("Kind: %(kind)s") % {"kind": labels.KINDS[what["kind"]]}
    urgency = _("Urgency: %(urgency)s") % {"urgency": labels.URGENCIES[what["urgency"]]}
    title = _("Title: %(title)s") % {"title": what["title"]}
    ground = _("Audience: %(audience)s") % {
        "audience": explain(message.force, Audience.model_validate(what["audience"]))
    }
    time = _("Time: %(time)s") % {"time": what["scheduled_for"] or _("as soon as approved")}
    return [kind, urgency, title, *what["body"].splitlines(), ground, time]


@officers(Acts.MESSAGE_APPROVE)
@require_http_methods(["GET", "POST"])
@said
def reschedule(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Give an approved message another time."""
    message = message_of(request, pk)
    form = TimeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = request.POST.get("version", "")
        if given.isdigit():
            message.version = int(given)
        moved = schedule.reschedule(message, at=form.moment(), now=clock.now(), **who(request))
        flash.success(request, _approved_words(moved))
        return redirect("outbound:message", pk)
    page = {"message": message, "form": form}
    return render(request, "outbound/console/reschedule.html", page)
