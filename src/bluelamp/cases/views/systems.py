"""Other case systems: how each stands, how it is reached, what its fields are called."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages as flash
from django.forms import BaseForm, BaseFormSet, Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bluelamp.audit.actions import read
from bluelamp.cases import labels
from bluelamp.cases.actions import systems as acts
from bluelamp.cases.connectors.registry import KINDS, connector
from bluelamp.cases.errors import CaseRefusedError, SettingsRefusedError
from bluelamp.cases.forms.systems import FieldMapForm, SystemForm, shown_map
from bluelamp.cases.models import Case, CaseSystem, Link
from bluelamp.cases.queries import systems as found_in
from bluelamp.cases.views.settings import shared
from bluelamp.channels.forms import SecretForm
from bluelamp.kit import clock
from bluelamp.kit.errors import BluelampError
from bluelamp.kit.page import Tag
from bluelamp.org import permit
from bluelamp.org.gate import actor_of, confirmed, officer_of, officers
from bluelamp.org.values import Acts

REFUSED = 50
"""Refused cases that a system's page shows."""


def _system(request: HttpRequest, pk: int, act: Acts = Acts.ACCOUNT_MANAGE) -> CaseSystem:
    officer = officer_of(request)
    found = get_object_or_404(found_in.systems(officer), pk=pk)
    permit.require(officer, act, found)
    return found


def _page(
    request: HttpRequest, name: str, form: BaseForm | BaseFormSet[Any] | None, **more: Any
) -> HttpResponse:
    bad = form is not None and form.is_bound
    return render(
        request, f"cases/settings/{name}.html",
        shared(officer_of(request), "systems", form=form, **more), status=400 if bad else 200,
    )  # fmt: skip


def _done(form: Form, change: Callable[[], object]) -> bool:
    """Make a change; what is refused stands beside its field, else above the form."""
    try:
        change()
    except SettingsRefusedError as error:
        take = getattr(form, "take_problems", None)
        if take is None:
            form.add_error(None, str(error))
        else:
            take(error.problems)
        return False
    except CaseRefusedError as error:
        form.add_error(None, str(error))
        return False
    return True


def elsewhere(case: Case) -> list[dict[str, Any]]:
    """Return what other systems know and say of a case, for its page."""
    return [
        {
            "system": one.link.system.name, "state": labels.link_tag(one.link.state),
            "their_id": one.link.their_id, "problem": one.link.problem, "at": one.at,
            "said": [labels.fact(name, value) for name, value in one.said],
        }
        for one in found_in.elsewhere(case)
    ]  # fmt: skip


@officers(Acts.ACCOUNT_MANAGE, Acts.ROUTING_MANAGE)
@require_GET
def systems(request: HttpRequest) -> HttpResponse:
    """Show the systems and how each stands."""
    officer, now = officer_of(request), clock.now()
    manages = permit.may(officer, Acts.ACCOUNT_MANAGE, officer.force)
    if not manages:
        permit.require(officer, Acts.ROUTING_MANAGE, officer.force)
    return _page(
        request, "systems", None, manages=manages,
        systems=[
            {"system": one, "kind": _label(one.kind), "state": _state(one, now), "key": str(one.pk),
             "resting": _rests(one, now), **found_in.tally(one),
             "refused": [] if manages else _refused(request, one)}
            for one in found_in.systems(officer)
        ],
        kinds=[(kind, connector(kind).label) for kind in KINDS] if manages else [],
        may_tell=permit.may(officer, Acts.ROUTING_MANAGE, officer.force),
    )  # fmt: skip


def _refused(request: HttpRequest, system: CaseSystem) -> list[Link]:
    """Return what a system refused, as far as the officer may read it; the reading is recorded."""
    found = list(found_in.refused(system, officer_of(request))[:REFUSED])
    if found:
        read(actor_of(request), Acts.CASE_READ, "cases_case", [one.case_id for one in found])
    return found


def _label(kind: str) -> str:
    return connector(kind).label if kind in KINDS else kind


def _rests(system: CaseSystem, now: datetime) -> bool:
    return system.active and system.rests_until is not None and system.rests_until > now


def _state(system: CaseSystem, now: datetime) -> Tag:
    if not system.active:
        return Tag(_("Switched off"), "grey")
    return Tag(_("Rests"), "orange") if _rests(system, now) else Tag(_("In use"), "green")


@officers(Acts.ACCOUNT_MANAGE)
@confirmed
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Add a system of a kind; its field map comes next."""
    officer = officer_of(request)
    permit.require(officer, Acts.ACCOUNT_MANAGE, officer.force)
    if kind not in KINDS:
        raise Http404
    speaks = connector(kind)
    form = SystemForm(request.POST or None, connector=speaks)
    made: list[CaseSystem] = []

    def add_it() -> None:
        plain, secrets = acts.parted(kind, form.values())
        made.append(acts.add_system(
            officer.force, kind, form.cleaned_data["name"], settings=plain, secrets=secrets,
            fields=[], by=officer, now=clock.now(),
        ))  # fmt: skip

    if form.is_bound and form.is_valid() and _done(form, add_it):
        flash.success(request, _("The system is added. Say now what its fields are called."))
        return redirect("settings:system_fields", made[0].pk)
    return _page(request, "system_add", form, speaks=speaks)


@officers(Acts.ACCOUNT_MANAGE)
@confirmed
@require_http_methods(["GET", "POST"])
def system(request: HttpRequest, system: int) -> HttpResponseBase:
    """Show and change how a system is reached; its secrets are no part of the page."""
    found, officer, now = _system(request, system), officer_of(request), clock.now()
    form = SystemForm(request.POST or None, connector=connector(found.kind), system=found)
    if form.is_bound and form.is_valid() and _done(form, lambda: acts.change_system(
        found, name=form.cleaned_data["name"], values=form.values(),
        active=form.cleaned_data["active"], seen=request.POST.get("seen", ""), by=officer,
    )):  # fmt: skip
        flash.success(request, _("Changes saved"))
        return redirect("settings:system", found.pk)
    refused = _refused(request, found)
    found = CaseSystem.objects.get(pk=found.pk)
    return _page(
        request, "system", form, system=found, kind=_label(found.kind), state=_state(found, now),
        resting=_rests(found, now), sealed=bool(found.secret), seen=found_in.mark(found),
        refused=refused, tally=found_in.tally(found),
        may_tell=permit.may(officer, Acts.ROUTING_MANAGE, found),
    )  # fmt: skip


@officers(Acts.ACCOUNT_MANAGE)
@require_http_methods(["GET", "POST"])
def fields(request: HttpRequest, system: int) -> HttpResponseBase:
    """Show and change the field map."""
    found = _system(request, system)
    form = FieldMapForm(request.POST or None, initial=shown_map(found.fields), prefix="line")
    problem = ""
    if form.is_bound and form.is_valid():
        try:
            acts.change_fields(
                found, form.rows(), seen=request.POST.get("seen", ""), by=officer_of(request)
            )
        except CaseRefusedError as error:
            problem = str(error)
        else:
            flash.success(request, _("The field map is saved."))
            return redirect("settings:system", found.pk)
    return _page(
        request, "system_fields", form, system=found, seen=found_in.mark(found), problem=problem
    )


@officers(Acts.ACCOUNT_MANAGE)
@confirmed
@require_http_methods(["GET", "POST"])
def secret(request: HttpRequest, system: int) -> HttpResponseBase:
    """Replace the secrets of a system."""
    found, officer = _system(request, system), officer_of(request)
    form = SecretForm(request.POST or None, model=connector(found.kind).settings_model)
    if form.is_bound and form.is_valid() and _done(
        form, lambda: acts.replace_secret(found, form.values(), by=officer)
    ):  # fmt: skip
        flash.success(request, _("The secret is replaced. Nobody can read it again."))
        return redirect("settings:system", found.pk)
    return _page(request, "system_secret", form, system=found)


@officers(Acts.ACCOUNT_MANAGE)
@require_POST
def check(request: HttpRequest, system: int) -> HttpResponseBase:
    """Ask a system whether it would take a case."""
    found = _system(request, system)
    try:
        flash.success(request, acts.check(found, by=officer_of(request)))
    except BluelampError as error:
        flash.error(request, str(error))
    return redirect("settings:system", found.pk)


@officers(Acts.ROUTING_MANAGE)
@require_POST
def again(request: HttpRequest, system: int) -> HttpResponseBase:
    """Tell a system again what it refused."""
    found = _system(request, system, Acts.ROUTING_MANAGE)
    told = acts.tell_again(found, by=officer_of(request), now=clock.now())
    words = ngettext("%(n)d case is told again.", "%(n)d cases are told again.", told)
    flash.success(request, words % {"n": told} if told else _("There was nothing to tell."))
    return redirect("settings:systems")
