"""Where a case is about, set by an officer: an area, a postcode or a press on the map."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages as flash
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bluelamp.audit.actions import read
from bluelamp.cases.actions.place import set_place
from bluelamp.cases.forms.place import PlaceForm
from bluelamp.cases.models import Case
from bluelamp.cases.queries.place import place_of, takers
from bluelamp.cases.views.shared import case_of, done, who
from bluelamp.org.gate import actor_of, officers
from bluelamp.org.values import Acts


@officers(Acts.CASE_WORK)
@require_http_methods(["GET", "POST"])
def place(request: HttpRequest, reference: str) -> HttpResponseBase:
    """Ask where a case is about."""
    case = case_of(request, reference)
    form = PlaceForm(request.POST if request.method == "POST" else None, force=case.force)
    if request.method == "POST" and done(
        form, lambda given: set_place(case, given["to"], **who(request))
    ):
        flash.success(request, _("The place is set. The case stays where it lies."))
        return redirect("cases:case", case.reference)
    read(actor_of(request), Acts.CASE_READ, "cases_case", [case.pk])
    there = place_of(case)
    return render(request, "cases/console/place.html", {
        "case": case, "pin": there.point if there.known else "", "form": form,
    }, status=400 if form.errors else 200)  # fmt: skip


def shown(case: Case, now: datetime) -> dict[str, Any]:
    """Return what the case's page shows of its place."""
    found = place_of(case)
    return {"place": found, "takers": takers(case, found, now=now)}
