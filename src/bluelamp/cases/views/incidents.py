"""Incidents: cases gathered as one, answered and closed at once."""

from __future__ import annotations

from typing import Any

from django.contrib import messages as flash
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bluelamp.audit.actions import read
from bluelamp.cases.actions import group as grouping
from bluelamp.cases.forms import AllForm, CloseForm, GatherForm, PlainForm
from bluelamp.cases.forms.incidents import LateForm
from bluelamp.cases.models import Case, IncidentGroup
from bluelamp.cases.queries.approvals import waiting
from bluelamp.cases.queries.home import ways_home
from bluelamp.cases.queries.incidents import MOST, incidents
from bluelamp.cases.queries.queue import cases, named, row, with_facts
from bluelamp.cases.queries.rounds import last_update, late_to, updates
from bluelamp.cases.rules.outcomes import chosen, outcomes
from bluelamp.cases.values import CaseState
from bluelamp.cases.views.casefile import shown_way
from bluelamp.cases.views.shared import case_of, done, who
from bluelamp.kit import clock
from bluelamp.org import permit
from bluelamp.org.gate import actor_of, officer_of, officers
from bluelamp.org.models import Officer
from bluelamp.org.values import Acts

# Gather -------------------------------------------------------------------------


@officers(Acts.CASE_WORK)
@require_http_methods(["GET", "POST"])
def gather(request: HttpRequest) -> HttpResponseBase:
    """Make one incident of the cases that were chosen in the queue."""
    officer, given = officer_of(request), request.POST or request.GET
    chosen = named(officer, given.getlist("case")[:MOST], Acts.CASE_WORK)
    if not chosen:
        flash.error(request, _("Choose the cases that are about the same thing."))
        return redirect("cases:queue")
    open_ones = [(str(one.pk), one.title) for one in incidents(officer).filter(closed_at=None)[:50]]
    form = GatherForm(request.POST or None, groups=open_ones)
    made: list[IncidentGroup] = []
    if request.POST and done(form, lambda given: made.append(_gathered(request, chosen, given))):
        flash.success(request, _("Gathered as one incident"))
        return redirect("cases:incident", made[0].pk)
    _shown(request, chosen)
    now = clock.now()
    return render(request, "cases/console/gather.html", {
        "form": form, "rows": [row(case, now) for case in chosen], "chosen": chosen,
    }, status=400 if form.errors else 200)  # fmt: skip


def _gathered(request: HttpRequest, chosen: list[Case], given: dict[str, Any]) -> IncidentGroup:
    if given["group"]:
        found = get_object_or_404(incidents(officer_of(request)), pk=given["group"])
        grouping.add(found, chosen, **who(request))
        return found
    return grouping.gather(given["title"], chosen, unit=chosen[0].unit, **who(request))


def _shown(request: HttpRequest, shown: list[Case]) -> None:
    if shown:
        read(actor_of(request), Acts.CASE_READ, "cases_case", [case.pk for case in shown])


# One incident -------------------------------------------------------------------


@officers(Acts.CASE_READ)
@require_GET
def incident(request: HttpRequest, incident: int) -> HttpResponse:
    """Show an incident with its cases."""
    return _page(request, _incident_of(request, incident))


def _incident_of(request: HttpRequest, pk: int) -> IncidentGroup:
    return get_object_or_404(incidents(officer_of(request)), pk=pk)


def _page(
    request: HttpRequest, found: IncidentGroup, bound: dict[str, Form] | None = None
) -> HttpResponse:
    officer, now = officer_of(request), clock.now()
    members = list(
        with_facts(cases(officer).filter(group=found)).order_by("-severity", "heard_at")[:MOST]
    )
    _shown(request, members)
    live = [case for case in members if case.state != CaseState.CLOSED]
    open_ = found.cases.exclude(state=CaseState.CLOSED).count()
    forms: dict[str, Form] = {
        "all": AllForm(auto_id="all_%s"), "close": _close_form(found),
    }  # fmt: skip
    wrong = bound or {}
    return render(request, "cases/console/incident.html", {
        "incident": found, "rows": [row(case, now) for case in members], "open": open_,
        "ways": _ways(live), "more": open_ - len(live), "round": _round(found, officer),
        "to_approve": waiting(officer).filter(case__group=found).count(), "late": _late(found),
        "updates": updates(found),
        "forms": forms | wrong, "form": next(iter(wrong.values()), None),
        "may_work": permit.may(officer, Acts.CASE_WORK, found),
    }, status=400 if wrong else 200)  # fmt: skip


def _ways(live: list[Case]) -> list[tuple[str, int]]:
    """Return by which channels how many would be told, and how many cannot be."""
    told: dict[str, int] = {}
    for found in ways_home(live).values():
        way = shown_way(found)
        name = _("no way to answer")
        if way is not None:
            name = str(way["channel"])
            name = _("%(channel)s, in public") % {"channel": name} if way["public"] else name
        told[name] = told.get(name, 0) + 1
    return sorted(told.items(), key=lambda pair: -pair[1])


@officers(Acts.CASE_WORK)
@require_POST
def answer(request: HttpRequest, incident: int) -> HttpResponseBase:
    """Tell everybody in an incident, each on their own channel; show what became of it."""
    found = _incident_of(request, incident)
    form = AllForm(request.POST, auto_id="all_%s")
    if not done(form, lambda given: grouping.answer_all(
        found, given["text"], once=given["once"], **who(request)
    )):  # fmt: skip
        return _page(request, found, {"all": form})
    return redirect("cases:incident", found.pk)


def _late(found: IncidentGroup) -> dict[str, Any] | None:
    """Return what was said last and how many joined since; ``None``: nobody did."""
    first = last_update(found)
    many = late_to(first).count() if first is not None else 0
    if first is None or not many:
        return None
    return {"first": first, "many": many, "form": LateForm(initial={"first": first.pk})}


@officers(Acts.CASE_WORK)
@require_POST
def tell_late(request: HttpRequest, incident: int) -> HttpResponseBase:
    """Tell those who joined an incident since what all others were told."""
    found = _incident_of(request, incident)
    form = LateForm(request.POST)
    if not done(form, lambda given: grouping.tell_late(
        get_object_or_404(found.rounds, pk=given["first"]), once=given["once"], **who(request)
    )):  # fmt: skip
        return _page(request, found, {"late": form})
    return redirect("cases:incident", found.pk)


@officers(Acts.CASE_READ)
@require_GET
def facts(request: HttpRequest, incident: int) -> JsonResponse:
    """Say how far the last answer to everybody has come."""
    shown = _round(_incident_of(request, incident), officer_of(request))
    if shown is None:
        return JsonResponse({"facts": {}})
    finished = shown["done"] == shown["all"]
    return JsonResponse({"facts": {"told": shown["done"], "finished": finished}})


def _round(found: IncidentGroup, officer: Officer) -> dict[str, Any] | None:
    """Return the last answer to everybody and what became of it; ``None``: there was none."""
    made = found.rounds.select_related("by").order_by("-pk").first()
    if made is None:
        return None
    told = grouping.told(made, to=officer)
    return {"made": made, "told": told, "done": told.settled, "all": told.settled + told.waiting}


@officers(Acts.CASE_WORK)
@require_POST
def close(request: HttpRequest, incident: int) -> HttpResponseBase:
    """Close an incident and its open cases."""
    found = _incident_of(request, incident)
    form, made = _close_form(found, request.POST), list[grouping.Closed]()

    def closed(given: dict[str, Any]) -> None:
        outcome = chosen(found.force.settings, given["outcome"])
        made.append(grouping.close_all(
            found, outcome, words=given["words"], reason=given["reason"], **who(request)
        ))  # fmt: skip

    if not done(form, closed):
        return _page(request, found, {"close": form})
    _say_closed(request, made[0])
    return redirect("cases:incident", found.pk)


def _say_closed(request: HttpRequest, made: grouping.Closed) -> None:
    if made.left:
        left = ngettext(
            "The incident is closed. %(n)d case stays open: it is not yours to close.",
            "The incident is closed. %(n)d cases stay open: they are not yours to close.",
            made.left,
        )
        flash.warning(request, left % {"n": made.left})
    else:
        flash.success(request, _("The incident and its cases are closed"))
    if made.untold:
        names = ", ".join(made.untold)
        flash.warning(request, _("Nothing was sent to: %(cases)s") % {"cases": names})
    if made.drafts:
        names = ", ".join(made.drafts)
        flash.warning(request, _("What you were drafting is kept in: %(cases)s") % {"cases": names})


def _close_form(found: IncidentGroup, data: Any = None) -> CloseForm:
    return CloseForm(data, auto_id="close_%s", outcomes=outcomes(found.force.settings))


@officers(Acts.CASE_WORK)
@require_POST
def leave(request: HttpRequest, incident: int) -> HttpResponseBase:
    """Take a case out of an incident."""
    found = _incident_of(request, incident)
    case = case_of(request, request.POST.get("case", ""))
    if case.group_id == found.pk and PlainForm(request.POST).is_valid():
        grouping.leave(case, **who(request))
        flash.success(request, _("Taken out of the incident"))
    return redirect("cases:incident", found.pk)
