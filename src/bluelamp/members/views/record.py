"""One member's record, opened for a reason; leaving and erasing for them."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from bluelamp.audit import actions as audit
from bluelamp.kit import clock
from bluelamp.kit.page import Event, Row, Tag
from bluelamp.members import actions, forms, labels, queries
from bluelamp.members.models import Member
from bluelamp.members.values import MemberState
from bluelamp.members.views.shared import show_page, stamp, state_tag
from bluelamp.org import permit
from bluelamp.org.gate import actor_of, officer_of, officers
from bluelamp.org.models import Officer
from bluelamp.org.values import Acts
from bluelamp.places.queries import area_at

OPEN_SECONDS = 15 * 60


def _member_or_404(officer: Officer, pk: int, act: Acts) -> Member:
    found = (
        Member.objects.select_related("contact", "email_point", "force")
        .filter(pk=pk, force=officer.force_id)
        .first()
    )
    if found is None:
        raise Http404("No such member in this force.")
    permit.require(officer, act, found)
    return found


def _opened(request: HttpRequest, pk: int) -> str:
    """Return the reason for which this officer opened the record a short while ago."""
    held = request.session.get("members_opened", {}).get(str(pk))
    return held[0] if held and clock.now().timestamp() - held[1] < OPEN_SECONDS else ""


def _keep_open(request: HttpRequest, pk: int, reason: str) -> None:
    held = request.session.get("members_opened", {})
    request.session["members_opened"] = {**held, str(pk): [reason, clock.now().timestamp()]}


@never_cache
@require_http_methods(["GET", "POST"])
@officers(Acts.MEMBER_READ)
def member(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask why, then show a member's record; every showing is recorded with that reason."""
    found = _member_or_404(officer_of(request), pk, Acts.MEMBER_READ)
    form = forms.ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        _keep_open(request, pk, form.cleaned_data["reason"])
        return redirect("members:member", pk=pk)
    reason = _opened(request, pk)
    if not reason:
        return show_page(request, "why", "search", {"form": form, "member": found})
    audit.read(actor_of(request), Acts.MEMBER_READ, "members_member", [found.pk], reason=reason)
    return show_page(request, "member", "search", _record(officer_of(request), found))


def _record(officer: Officer, found: Member) -> dict[str, Any]:
    return {
        "member": found,
        "state": state_tag(found),
        "facts": _facts(found),
        "point_columns": (_("Address"), _("Confirmed"), _("Sending")),
        "points": _points(found),
        "consents": _consents(found),
        "may_change": permit.may(officer, Acts.MEMBER_CHANGE, found),
        "may_erase": permit.may(officer, Acts.MEMBER_ERASE, found),
        "is_joined": found.state == MemberState.JOINED,
    }


def _facts(found: Member) -> list[Row]:
    here = area_at(found.force, found.longitude, found.latitude) if found.postcode else []
    rows = [
        Row(_("Name"), found.contact.name or _("Not given")),
        Row(_("Postcode"), found.postcode),
        Row(_("Areas"), [area.name for area in here]),
        Row(_("Topics"), [topic.name for topic in queries.topics_in(found.force, found.topics)]),
        Row(_("Language"), labels.LANGUAGES.get(found.language, found.language)),
        Row(_("Joined"), stamp(found.joined_at)),
        Row(_("From"), found.source),
        Row(_("Reference"), found.reference),
    ]
    if found.paused_until and found.paused_until > clock.now():
        rows.append(Row(_("Paused until"), stamp(found.paused_until)))
    if found.left_at:
        rows.append(Row(_("Left"), stamp(found.left_at)))
    if found.leave_reason:
        said = [labels.LEAVE_REASONS.get(found.leave_reason, ""), found.leave_words]
        rows.append(Row(_("Why they left"), [words for words in said if words]))
    return rows


def _points(found: Member) -> list[tuple[Any, ...]]:
    rows = []
    for point in found.contact.points.order_by("pk"):
        held = queries.suppressed_keys(found.force_id, point.channel, [bytes(point.key)])
        why = labels.REASONS.get(next(iter(held.values()), ""), "")
        sending = Tag(_("Nothing is sent"), "red") if held else Tag(_("Open"), "green")
        confirmed = stamp(point.verified_at) or _("Not confirmed")
        rows.append((point.address or _("Erased"), confirmed, [sending, why] if why else sending))
    return rows


def _consents(found: Member) -> list[Event]:
    events = []
    for consent in queries.consents_of(found.contact):
        purpose = labels.PURPOSES.get(consent.purpose, consent.purpose)
        if consent.withdrawn_at:
            title = _("Withdrawn: %(purpose)s") % {"purpose": purpose}
            events.append(Event(title, consent.withdrawn_at))
        text = f"“{consent.wording.text}”"
        title = _("Agreed: %(purpose)s") % {"purpose": purpose}
        events.append(Event(title, consent.given_at, by=consent.source, text=text))
    return sorted(events, key=lambda event: event.at, reverse=True)


@never_cache
@require_POST
@officers(Acts.MEMBER_READ)
def data(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand out all that is kept about a person, for a subject access request."""
    found = _member_or_404(officer_of(request), pk, Acts.MEMBER_READ)
    reason = _opened(request, pk)
    if not reason:
        return redirect("members:member", pk=pk)
    audit.read(actor_of(request), Acts.MEMBER_EXPORT, "members_member", [found.pk], reason=reason)
    body = json.dumps(queries.everything_about(found.contact), indent=1, ensure_ascii=False)
    response = HttpResponse(body, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="member-{pk}.json"'
    return response


def _asked(
    request: HttpRequest, found: Member, template: str
) -> tuple[forms.ReasonForm, HttpResponse | None]:
    """Ask why before something is done to a member."""
    form = forms.ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return form, None
    back = reverse("members:member", args=[found.pk])
    page = {"form": form, "member": found, "back_url": back}
    return form, show_page(request, template, "search", page)


@never_cache
@require_http_methods(["GET", "POST"])
@officers(Acts.MEMBER_CHANGE)
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """End a membership for somebody who asked on the phone or by letter."""
    found = _member_or_404(officer_of(request), pk, Acts.MEMBER_CHANGE)
    form, asked = _asked(request, found, "leave")
    if asked:
        return asked
    actions.leave(found, by=actor_of(request), now=clock.now(), reason=form.cleaned_data["reason"])
    messages.success(request, _("They have left."))
    return redirect("members:member", pk=pk)


@never_cache
@require_http_methods(["GET", "POST"])
@officers(Acts.MEMBER_ERASE)
def erase(request: HttpRequest, pk: int) -> HttpResponse:
    """Erase a person's data."""
    officer = officer_of(request)
    found = _member_or_404(officer, pk, Acts.MEMBER_ERASE)
    form, asked = _asked(request, found, "erase")
    if asked:
        return asked
    actions.erase(found.contact, by=officer, reason=form.cleaned_data["reason"], now=clock.now())
    messages.success(request, _("The data of member %(number)s is erased.") % {"number": pk})
    return redirect("members:search")
