"""The incidents there are, and those that the product proposes: an officer takes or refuses."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.contrib import messages as flash
from django.db.models import Count, Q
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from bluelamp.audit.actions import read
from bluelamp.cases import labels
from bluelamp.cases.actions import proposals as deciding
from bluelamp.cases.forms.incidents import ApartForm, TakeForm
from bluelamp.cases.models import Case, IncidentGroup, IncidentProposal
from bluelamp.cases.queries.incidents import MOST, incidents
from bluelamp.cases.queries.proposals import (
    CASES,
    Asked,
    asked,
    because_of,
    of_case,
    proposed,
)
from bluelamp.cases.queries.queue import named, row
from bluelamp.cases.values import CaseState
from bluelamp.cases.views.shared import done, who
from bluelamp.kit import clock
from bluelamp.org.gate import actor_of, officer_of, officers
from bluelamp.org.models import Officer
from bluelamp.org.values import Acts


@officers(Acts.CASE_READ)
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """Show what is proposed, then the incidents, the newest first."""
    return _page(request)


def _page(
    request: HttpRequest, wrong: dict[str, Form] | None = None, chosen: Collection[Case] = ()
) -> HttpResponse:
    """Show the list; ``wrong`` are the forms of one proposal that were not in order."""
    officer, now, bound = officer_of(request), clock.now(), wrong or {}
    open_ = Count("cases", filter=~Q(cases__state=CaseState.CLOSED))
    found = incidents(officer).annotate(members=Count("cases"), waiting=open_)
    proposals = asked(officer)
    shown = [case.pk for one in proposals for case in one.cases]
    if shown:
        read(actor_of(request), Acts.CASE_READ, "cases_case", shown)
    return render(request, "cases/console/incidents.html", {
        "incidents": found[:MOST],
        "proposals": [_shown(one, bound, chosen, now) for one in proposals],
        "form": next(iter(bound.values()), None),
    }, status=400 if bound else 200)  # fmt: skip


def _shown(
    one: Asked, bound: dict[str, Form], chosen: Collection[Case], now: datetime
) -> dict[str, Any]:
    pk, joins = one.proposal.pk, one.proposal.group
    mine = {name: form for name, form in bound.items() if name.endswith(f"-{pk}")}
    ticked = {case.pk for case in (chosen if mine else one.cases)}
    return {
        "proposal": one.proposal, "joins": joins,
        "because": labels.because(one.because),
        "rows": [row(case, now) | {"ticked": case.pk in ticked} for case in one.cases],
        "others": one.others,
        "take": mine.get(f"take-{pk}") or _take_form(one.proposal),
        "apart": mine.get(f"apart-{pk}") or ApartForm(auto_id=f"apart-{pk}-%s"),
        "refusing": f"apart-{pk}" in mine,
    }  # fmt: skip


def _take_form(one: IncidentProposal, data: Any = None) -> TakeForm:
    return TakeForm(data, joins=one.group_id is not None, auto_id=f"take-{one.pk}-%s")


# Deciding -------------------------------------------------------------------------


@officers(Acts.CASE_WORK)
@require_POST
def take(request: HttpRequest, proposal: int) -> HttpResponseBase:
    """Gather the chosen cases, or let them join the incident that was proposed."""
    found = _proposal_of(request, proposal)
    if found is None:
        return _gone(request)
    chosen, shown = _cases(request, "case"), _cases(request, "shown")
    form, made = _take_form(found, request.POST), list[IncidentGroup]()
    if not done(form, lambda given: made.append(
        deciding.take(found, chosen, shown, title=given.get("title", ""), **who(request))
    )):  # fmt: skip
        return _page(request, {f"take-{found.pk}": form}, chosen)
    joined = found.group_id is not None
    flash.success(request, _("Added to the incident") if joined else _("Gathered as one incident"))
    return redirect("cases:incident", made[0].pk)


@officers(Acts.CASE_WORK)
@require_POST
def refuse(request: HttpRequest, proposal: int) -> HttpResponseBase:
    """Say that they are not one incident."""
    found = _proposal_of(request, proposal)
    if found is None:
        return _gone(request)
    form = ApartForm(request.POST, auto_id=f"apart-{found.pk}-%s")
    if not done(form, lambda given: deciding.refuse(
        found, _cases(request, "shown"), reason=given["reason"], **who(request)
    )):  # fmt: skip
        return _page(request, {f"apart-{found.pk}": form})
    flash.success(request, _("Kept apart. They are not proposed together again."))
    return redirect("cases:incidents")


def _cases(request: HttpRequest, name: str) -> list[Case]:
    return named(officer_of(request), request.POST.getlist(name)[:CASES], Acts.CASE_WORK)


def _proposal_of(request: HttpRequest, pk: int) -> IncidentProposal | None:
    """Return a proposal that waits for the officer; ``None``: it did, or waits for others.

    :raises Http404: there is none in the officer's force.
    """
    officer = officer_of(request)
    get_object_or_404(IncidentProposal, pk=pk, force=officer.force_id)
    return proposed(officer).filter(pk=pk).first()


def _gone(request: HttpRequest) -> HttpResponseBase:
    flash.error(request, _("A colleague has decided it, or it is no longer proposed."))
    return redirect("cases:incidents")


# Beside a case --------------------------------------------------------------------


def beside(case: Case, officer: Officer) -> dict[str, Any] | None:
    """Return what is proposed about a case; nothing where the officer may not decide it."""
    found = of_case(case, officer) if case.group_id is None else None
    if found is None:
        return None
    return {"proposal": found, "because": labels.because(because_of(found, officer))}
