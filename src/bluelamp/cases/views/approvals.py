"""All answers that wait for another officer's yes, read in one list and approved in one act."""

from __future__ import annotations

from typing import Any

from django.contrib import messages as flash
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bluelamp.audit.actions import read
from bluelamp.cases import labels
from bluelamp.cases.actions.approvals import MOST, Approved, approve_all
from bluelamp.cases.models import IncidentGroup, Reply
from bluelamp.cases.queries.approvals import SameWords, by_words, mark_of, marked, waiting
from bluelamp.cases.queries.incidents import incidents
from bluelamp.cases.rules.naming import shown_name
from bluelamp.cases.views.shared import who
from bluelamp.kit.asked import number
from bluelamp.org.gate import actor_of, officer_of, officers
from bluelamp.org.values import Acts


@never_cache
@officers(Acts.CASE_APPROVE)
@require_http_methods(["GET", "POST"])
def approvals(request: HttpRequest) -> HttpResponseBase:
    """Show what waits, with its words; approve what was chosen of it."""
    incident = _incident(request)
    if request.method == "POST":
        return _approved(request, incident)
    return _page(request, incident)


def _incident(request: HttpRequest) -> IncidentGroup | None:
    """Return the incident whose answers alone are asked for."""
    pk = number(request.GET.get("incident", ""))
    return incidents(officer_of(request)).filter(pk=pk).first() if pk is not None else None


def _page(request: HttpRequest, incident: IncidentGroup | None) -> HttpResponse:
    found = marked(waiting(officer_of(request))).select_related("by", "item__account")
    if incident is not None:
        found = found.filter(case__group=incident)
    page = Paginator(found, MOST).get_page(request.GET.get("page"))
    if page.object_list:
        cases = sorted({reply.case_id for reply in page})
        read(actor_of(request), Acts.CASE_READ, "cases_case", cases)
    return render(request, "cases/console/approvals.html", {
        "page": page, "incident": incident, "groups": [_shown(one) for one in by_words(page)],
    })  # fmt: skip


def _shown(one: SameWords) -> dict[str, Any]:
    rows = [_row(reply) for reply in one.replies]
    return {"by": one.by, "text": one.text, "rows": rows, "key": rows[0]["reply"].pk}


def _row(reply: Reply) -> dict[str, Any]:
    item = reply.item
    return {
        "reply": reply, "value": f"{reply.pk}:{mark_of(reply)}", "item": item,
        "who": shown_name(item.sender_name, item.sender) if item else "",
        "channel": labels.channel(item.channel) if item else "",
        "account": item.account if item else None,
    }  # fmt: skip


# Approving ------------------------------------------------------------------------


def _approved(request: HttpRequest, incident: IncidentGroup | None) -> HttpResponseBase:
    chosen = _chosen(request)
    if not chosen:
        flash.error(request, _("Choose the answers that may go."))
    else:
        _say(request, approve_all(chosen, **who(request)))
    query = f"?incident={incident.pk}" if incident is not None else ""
    return redirect(reverse("cases:approvals") + query)


def _chosen(request: HttpRequest) -> dict[int, str]:
    """Return the answers that were ticked, one by one or all that say the same."""
    whole = [f"of-{key}" for key in request.POST.getlist("all")[:MOST]]
    values = [*request.POST.getlist("reply"), *(v for k in whole for v in request.POST.getlist(k))]
    pairs = (value.partition(":") for value in values)
    return {pk: mark for text, _colon, mark in pairs if (pk := number(text)) is not None}


def _say(request: HttpRequest, made: Approved) -> None:
    if made.went:
        words = ngettext(
            "%(n)d answer is approved and on its way",
            "%(n)d answers are approved and on their way", made.went,
        )  # fmt: skip
        flash.success(request, words % {"n": made.went})
    for reference, why in made.left.items():
        words = _("Left out – %(reference)s: %(why)s")
        flash.warning(request, words % {"reference": reference, "why": why})
    if made.others:
        words = ngettext(
            "%(n)d answer was left out: its case is not yours to read any more",
            "%(n)d answers were left out: their cases are not yours to read any more", made.others,
        )  # fmt: skip
        flash.warning(request, words % {"n": made.others})
