"""An item put into another case, or into one of its own; from its case or from the inbox."""

from __future__ import annotations

from django.contrib import messages as flash
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from bluelamp.audit.actions import read
from bluelamp.cases import labels
from bluelamp.cases.actions import move as moving
from bluelamp.cases.forms.moving import MoveForm
from bluelamp.cases.models import Case, CaseItem
from bluelamp.cases.queries.queue import cases
from bluelamp.cases.views.shared import done, who
from bluelamp.inbound.models import Item
from bluelamp.inbound.queries import items
from bluelamp.org.gate import actor_of, officer_of, officers
from bluelamp.org.models import Officer
from bluelamp.org.values import Acts


@officers(Acts.CASE_READ)
@require_GET
def case_of_item(request: HttpRequest, item: int) -> HttpResponseBase:
    """Lead to the case that has an item."""
    found = get_object_or_404(cases(officer_of(request)), items__item=item)
    return redirect("cases:case", found.reference)


@officers(Acts.CASE_WORK)
@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, item: int) -> HttpResponseBase:
    """Ask which case something belongs to, and put it there."""
    officer = officer_of(request)
    found, case = _found(officer, item)
    form = MoveForm(
        request.POST if request.method == "POST" else None, officer=officer,
        initial={"where": "new"} if case is None else None,
    )  # fmt: skip
    made: list[Case] = []
    if request.method == "POST" and done(
        form, lambda given: made.append(
            moving.move(found, given["to"], reason=given["reason"], **who(request))
        ),
    ):  # fmt: skip
        return _moved(request, made[0])
    read(actor_of(request), "inbound.read", "inbound_item", [found.pk])
    return render(request, "cases/console/move.html", {
        "item": found, "case": case, "form": form, "channel": labels.channel(found.channel),
        "who": found.sender_name or found.sender or _("Somebody"),
        "gone": found.deleted_at is not None and not found.text,
    }, status=400 if form.errors else 200)  # fmt: skip


def _found(officer: Officer, pk: int) -> tuple[Item, Case | None]:
    """Return an item and the case that it is in.

    :raises Http404: the officer may not work on its case, or not read what no case has.
    """
    row = CaseItem.objects.filter(item=pk).first()
    if row is None:
        return get_object_or_404(items(officer), pk=pk), None
    case = cases(officer, Acts.CASE_WORK).filter(pk=row.case_id).first()
    if case is None:
        raise Http404
    return Item.objects.get(pk=pk), case


def _moved(request: HttpRequest, case: Case) -> HttpResponseBase:
    words = _("It is in case %(case)s now") % {"case": case.reference}
    flash.success(request, words)
    if cases(officer_of(request)).filter(pk=case.pk).exists():
        return redirect("cases:case", case.reference)
    return redirect("cases:queue")  # routing sent it where the officer may not follow
