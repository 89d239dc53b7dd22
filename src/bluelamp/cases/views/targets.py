"""Promises: how soon what happens, by severity; and what a change does to open cases."""

from __future__ import annotations

from typing import Any

from django.contrib import messages as flash
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from bluelamp.cases import labels
from bluelamp.cases.actions import targets as acts
from bluelamp.cases.errors import CaseRefusedError
from bluelamp.cases.forms.targets import PromiseForm
from bluelamp.cases.queries import targets as found_in
from bluelamp.cases.queries.targets import Promise
from bluelamp.cases.values import MilestoneKind
from bluelamp.cases.views.settings import shared
from bluelamp.inbound.values import Severity
from bluelamp.kit import clock
from bluelamp.org import permit
from bluelamp.org.gate import officer_of, officers
from bluelamp.org.models import Force
from bluelamp.org.values import Acts


def _force(request: HttpRequest) -> Force:
    officer = officer_of(request)
    permit.require(officer, Acts.ROUTING_MANAGE, officer.force)
    return officer.force


@officers(Acts.ROUTING_MANAGE)
@require_GET
def targets(request: HttpRequest) -> HttpResponse:
    """Show what is promised."""
    force = _force(request)
    made, names = found_in.promises(force), found_in.calendars(force)
    who, at = found_in.changed_last(force)
    return render(request, "cases/settings/targets.html", shared(
        officer_of(request), "targets", kinds=[labels.KINDS[kind] for kind in MilestoneKind],
        who=who, at=at, any=bool(made),
        rows=[
            (labels.severity_tag(severity),
             [_cell(severity, kind, made.get((severity, kind)), names) for kind in MilestoneKind])
            for severity in sorted(Severity, reverse=True) if severity
        ],
    ))  # fmt: skip


def _cell(
    severity: Severity, kind: MilestoneKind, promise: Promise | None, names: dict[int, str]
) -> dict[str, Any]:
    return {
        "kind": labels.KINDS[kind], "severity": labels.SEVERITIES[severity],
        "words": found_in.said(promise, names) if promise else "",
        "url": reverse("settings:target", args=[int(severity), kind.value]),
    }  # fmt: skip


@officers(Acts.ROUTING_MANAGE)
@require_http_methods(["GET", "POST"])
def target(request: HttpRequest, severity: int, kind: str) -> HttpResponseBase:
    """Change one promise: filled in, then looked at with what it does, then saved."""
    force, level, what = _force(request), *_which(severity, kind)
    now_promised = found_in.promise_of(force, level, what)
    form = PromiseForm(request.POST or None, force=force, promise=now_promised)
    step = request.POST.get("step", "look")
    if step != "again" and form.is_bound and form.is_valid():
        if step != "save":
            return _looked_at(request, form, level, what)
        if _saved(request, form, level, what):
            return redirect("settings:targets")
    return render(request, "cases/settings/target.html", shared(
        officer_of(request), "targets", form=form, kind=labels.KINDS[what],
        severity=labels.SEVERITIES[level], was=found_in.mark(now_promised),
    ), status=400 if step != "again" and form.is_bound else 200)  # fmt: skip


def _which(severity: int, kind: str) -> tuple[Severity, MilestoneKind]:
    try:
        return Severity(severity), MilestoneKind(kind)
    except ValueError as error:
        raise Http404(str(error)) from error


def _looked_at(
    request: HttpRequest, form: PromiseForm, level: Severity, what: MilestoneKind
) -> HttpResponse:
    """Say what the change would do, before it is made."""
    force, promise = _force(request), form.promise()
    names, was = found_in.calendars(force), found_in.promise_of(force, level, what)
    return render(request, "cases/settings/target_effect.html", shared(
        officer_of(request), "targets", kind=labels.KINDS[what],
        severity=labels.SEVERITIES[level], open_too=form.cleaned_data["open_too"] == "yes",
        before=found_in.said(was, names) if was else "", removed=promise is None,
        after=found_in.said(promise, names) if promise else "",
        effect=acts.effect(force, level, what, promise, now=clock.now()),
        given=[(name, form[name].value()) for name in form.fields],
        was=request.POST.get("was", ""),
    ))  # fmt: skip


def _saved(request: HttpRequest, form: PromiseForm, level: Severity, what: MilestoneKind) -> bool:
    force, by, now = _force(request), officer_of(request), clock.now()
    try:
        held = acts.set_promise(
            force, level, what, form.promise(), was=request.POST.get("was", ""), by=by, now=now,
            open_too=form.cleaned_data["open_too"] == "yes",
        )  # fmt: skip
    except CaseRefusedError as error:
        form.add_error(None, str(error))
        return False
    words = ngettext("%(n)d open case is held to it.", "%(n)d open cases are held to it.", held)
    flash.success(request, _("The promise is changed."))
    if held:
        flash.success(request, words % {"n": held})
    return True
