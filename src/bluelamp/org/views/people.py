"""Pages about people: the tree, an officer, who holds what, who is on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from bluelamp.audit.actions import read
from bluelamp.kit import clock
from bluelamp.kit.page import Column, Link, Row, Tag
from bluelamp.org import actions, permit, queries
from bluelamp.org.forms import ROLE_WORDS, GrantForm, ReasonForm, SearchForm
from bluelamp.org.gate import actor_of, confirmed, officer_of, officers
from bluelamp.org.models import Grant, Officer, Shift, Unit
from bluelamp.org.values import Acts, Role
from bluelamp.org.views.shared import done, rooms

PAGE = 50


@officers(Acts.ORG_READ)
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Show the tree of units and the officers in a part of it."""
    me = officer_of(request)
    form = SearchForm(request.GET)
    form.is_valid()
    units = list(queries.units_seen(me))
    unit = next((u for u in units if u.pk == form.cleaned_data.get("unit")), None)
    found = queries.officers_seen(me, words=form.cleaned_data.get("words") or "", unit=unit)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "rooms": rooms("people"),
        "form": form,
        "unit": unit,
        "tree": _tree(units, unit),
        "page": page,
        "columns": [_("Name"), _("Number"), _("Unit"), _("State")],
        "rows": [_officer_row(officer) for officer in page],
    }
    return render(request, "org/people.html", context)


def _tree(units: list[Unit], chosen: Unit | None) -> list[dict[str, Any]]:
    top = min((unit.path.count("/") for unit in units), default=0)
    return [
        {"unit": unit, "indent": _indent(unit, top), "chosen": unit == chosen} for unit in units
    ]


def _indent(unit: Unit, top: int) -> int:
    """Return the step of the page's spacing scale that sets a unit in under its parent."""
    depth = unit.path.count("/") - top
    return (0, 3, 5, 6, 7, 8)[min(depth, 5)]


def _officer_row(officer: Officer) -> list[Any]:
    url = reverse("org:officer", args=[officer.pk])
    name = f"{officer.rank} {officer.name}".strip()
    return [Link(name, url), officer.number, officer.unit.name, _state(officer)]


def _state(officer: Officer) -> Tag:
    if officer.is_active:
        return Tag(_("In service"), "green")
    return Tag(_("Out of service"), "grey")


def _seen(request: HttpRequest, pk: int) -> Officer:
    """Return an officer whom the one who asks may see; 404 for all others."""
    officer = queries.officer_seen(officer_of(request), pk)
    if officer is None:
        raise Http404
    return officer


@officers(Acts.ORG_READ)
@require_safe
def officer(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what an officer holds and can; the reading is recorded."""
    shown, me, now = _seen(request, pk), officer_of(request), clock.now()
    read(actor_of(request), Acts.ORG_READ, "org_officer", [pk])
    manages = permit.may(me, Acts.ORG_MANAGE, shown)
    grants_others = permit.may(me, Acts.GRANT_MANAGE, shown) and me.pk != shown.pk
    context = {
        "shown": shown,
        "facts": _facts(shown),
        "grants": [_grant_row(held, now, grants_others) for held in shown.grants.all()],
        "grant_columns": [_("Role"), _("Over"), _("Until"), _("Given by"), _("State"), _("Change")],
        "manages": manages and me.pk != shown.pk,
        "grants_others": grants_others,
        "sessions": UserSession.objects.filter(user=shown) if manages else [],
    }
    return render(request, "org/officer.html", context)


def _facts(shown: Officer) -> list[Row]:
    skills = [
        f"{held.skill.name} ({_('until')} {held.expires_on:%d/%m/%Y})"
        if held.expires_on
        else held.skill.name
        for held in shown.skills.all()
    ]
    return [
        Row(_("Number"), shown.number),
        Row(_("Rank"), shown.rank),
        Row(_("Unit"), shown.unit.name),
        Row(_("Work email address"), shown.email),
        Row(_("Skills"), skills or ""),
        Row(_("Last signed in"), _moment(shown.last_login) or _("Never")),
    ]


def _moment(at: datetime | None) -> str:
    return f"{timezone.localtime(at):%d/%m/%Y %H:%M}" if at else ""


def _grant_row(held: Grant, now: datetime, revocable: bool) -> list[Any]:
    state = _grant_state(held, now)
    url = reverse("org:revoke", args=[held.pk])
    return [
        ROLE_WORDS[Role(held.role)],
        held.unit.name,
        _moment(held.expires) or _("No end"),
        held.granted_by.label if held.granted_by else _("Set up"),
        state,
        Link(_("Revoke"), url) if revocable and state.colour in ("green", "blue") else "",
    ]


def _grant_state(held: Grant, now: datetime) -> Tag:
    if held.revoked_at:
        return Tag(_("Revoked"), "grey")
    if held.expires and held.expires <= now:
        return Tag(_("Expired"), "grey")
    return Tag(_("Holds"), "green") if held.starts <= now else Tag(_("Not yet"), "blue")


@officers(Acts.GRANT_MANAGE)
@confirmed
@require_http_methods(["GET", "POST"])
def give(request: HttpRequest, pk: int) -> HttpResponse:
    """Give an officer a role."""
    shown, me = _seen(request, pk), officer_of(request)
    form = GrantForm(me, request.POST or None)
    if form.is_valid():
        data = form.cleaned_data

        def grant() -> object:
            return actions.grant(
                shown, Role(data["role"]), data["unit"], by=me, now=clock.now(),
                expires=form.expires(), reason=data["reason"],
            )  # fmt: skip

        if done(form, grant):
            messages.success(request, _("The role is given."))
            return redirect("org:officer", pk=pk)
    return render(request, "org/grant.html", {"form": form, "shown": shown})


def _asked(
    request: HttpRequest, pk: int, words: dict[str, Any], change: Callable[[str], object]
) -> HttpResponse:
    """Ask for a reason, then act: GET shows the question, POST acts."""
    form = ReasonForm(request.POST or None)
    back = reverse("org:officer", args=[pk])
    if form.is_valid() and done(form, lambda: change(form.cleaned_data["reason"])):
        messages.success(request, words["done"])
        return redirect(back)
    context = {"form": form, "back_url": back, **words}
    return render(request, "kit/confirm.html", context)


@officers(Acts.GRANT_MANAGE)
@confirmed
@require_http_methods(["GET", "POST"])
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a grant back."""
    me = officer_of(request)
    scope = permit.scope(me, Acts.GRANT_MANAGE)
    held = get_object_or_404(Grant.objects.filter(scope).select_related("officer__unit"), pk=pk)
    words = {
        "question": _("Revoke this role of %(name)s?") % {"name": held.officer.label},
        "button_text": _("Revoke"),
        "danger": True,
        "done": _("The role is revoked."),
    }
    return _asked(
        request, held.officer_id, words,
        lambda reason: actions.revoke(held, by=me, now=clock.now(), reason=reason),
    )  # fmt: skip


@officers(Acts.ORG_MANAGE)
@confirmed
@require_http_methods(["GET", "POST"])
def deactivate(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an officer out of service."""
    shown, me = _seen(request, pk), officer_of(request)
    words = {
        "question": _("Take %(name)s out of service?") % {"name": shown.label},
        "button_text": _("Take out of service"),
        "danger": True,
        "done": _("The officer is out of service and signed out everywhere."),
    }
    return _asked(
        request, pk, words, lambda reason: actions.deactivate(shown, by=me, reason=reason)
    )


@officers(Acts.ORG_MANAGE)
@confirmed
@require_http_methods(["GET", "POST"])
def reactivate(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an officer back into service."""
    shown, me = _seen(request, pk), officer_of(request)
    words = {
        "question": _("Take %(name)s back into service?") % {"name": shown.label},
        "button_text": _("Take back into service"),
        "done": _("The officer is back in service."),
    }
    return _asked(
        request, pk, words, lambda reason: actions.reactivate(shown, by=me, reason=reason)
    )


@officers(Acts.ORG_MANAGE)
@require_http_methods(["POST"])
def end_sessions(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign an officer out everywhere."""
    shown = _seen(request, pk)
    actions.sign_out_everywhere(shown, by=officer_of(request))
    messages.success(request, _("The officer is signed out everywhere."))
    return redirect("org:officer", pk=pk)


@officers(Acts.ORG_READ)
@require_safe
def rota(request: HttpRequest) -> HttpResponse:
    """Show who is on now and this week's shifts, by unit."""
    me, now = officer_of(request), clock.now()
    monday = _monday(request.GET.get("week", ""), now)
    shifts = list(queries.shifts_between(me, monday, monday + timedelta(days=7)))
    context = {
        "rooms": rooms("rota"),
        "now": now,
        "on_now": list(queries.on_now(me, now)),
        "monday": monday,
        "earlier": f"?week={monday - timedelta(days=7):%Y-%m-%d}",
        "later": f"?week={monday + timedelta(days=7):%Y-%m-%d}",
        "columns": [
            Column(_("Begins")),
            Column(_("Ends")),
            Column(_("Officer")),
            Column(_("Duty")),
        ],
        "units": [
            {"unit": unit, "rows": [_shift_row(shift) for shift in found]}
            for unit, found in groupby(shifts, key=lambda shift: shift.unit)
        ],
    }
    return render(request, "org/rota.html", context)


def _monday(text: str, now: datetime) -> datetime:
    """Return the midnight that begins a week, on the force's clock."""
    try:
        day = datetime.fromisoformat(text).date()
    except ValueError:
        day = timezone.localtime(now).date()
    first = day - timedelta(days=day.weekday())
    return timezone.make_aware(datetime.combine(first, datetime.min.time()))


def _shift_row(shift: Shift) -> list[Any]:
    return [
        f"{timezone.localtime(shift.starts):%a %d %b %H:%M}",
        f"{timezone.localtime(shift.ends):%a %d %b %H:%M}",
        shift.officer.label,
        Tag(_("On call"), "yellow") if shift.on_call else _("On duty"),
    ]
