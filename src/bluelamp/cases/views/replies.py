"""The reply box: counted and saved while it is written, sent once, in public after a yes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages as flash
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bluelamp.cases.actions import answer as answering
from bluelamp.cases.errors import AnsweredMeanwhileError, CaseRefusedError
from bluelamp.cases.forms import REPLY
from bluelamp.cases.models import Case, Reply
from bluelamp.cases.queries.casefile import newest_answer
from bluelamp.cases.queries.way import way_to
from bluelamp.cases.values import ReplyState
from bluelamp.cases.views.case_acts import change
from bluelamp.cases.views.casefile import asked, make_forms, page
from bluelamp.cases.views.shared import case_of, who
from bluelamp.inbound.models import Item
from bluelamp.kit import clock
from bluelamp.kit.asked import number
from bluelamp.org.gate import officer_of, officers
from bluelamp.org.values import Acts


@officers(Acts.CASE_WORK)
@require_POST
def reply(request: HttpRequest, reference: str) -> HttpResponseBase:
    """Save the draft, or send the answer."""
    case = case_of(request, reference)
    if request.POST.get("then") == "save":
        return _saved(request, case)
    form = make_forms(case, officer_of(request), clock.now(), request.POST)["reply"]
    if form.is_valid():
        try:
            return _sent(request, case, form.cleaned_data)
        except AnsweredMeanwhileError as error:
            form.add_error(None, str(error))
            return page(request, case, {"reply": form}, meanwhile=newest_answer(case))
        except CaseRefusedError as error:
            form.add_error("text", str(error))
    return page(request, case, {"reply": form})


def _item(request: HttpRequest, case: Case) -> Item | None:
    """Return what the answer in the box is to; ``None``: the box named nothing."""
    pk = asked(request)
    return get_object_or_404(Item, pk=pk, in_case__case=case) if pk is not None else None


def _draft(request: HttpRequest, case: Case) -> None:
    text = request.POST.get("text", "")[:REPLY]
    answering.draft(case, text, item=_item(request, case), **who(request))


def _saved(request: HttpRequest, case: Case) -> HttpResponseBase:
    _draft(request, case)
    flash.success(request, _("Draft saved"))
    return redirect("cases:case", case.reference)


def _sent(request: HttpRequest, case: Case, given: dict[str, Any]) -> HttpResponseBase:
    made = answering.answer(
        case, given["text"], seen=number(request.POST.get("seen", "")),
        waiting=given["waiting"], item=_item(request, case), **who(request),
    )  # fmt: skip
    if made.state == ReplyState.SUBMITTED:
        flash.info(request, _("Everybody can read it, so it waits for another officer’s yes."))
    else:
        flash.success(request, _("Your answer is on its way"))
    return redirect("cases:case", case.reference)


@officers(Acts.CASE_WORK)
@require_POST
def save(request: HttpRequest, reference: str) -> JsonResponse:
    """Keep an answer while it is being written."""
    _draft(request, case_of(request, reference))
    return JsonResponse({})


@officers(Acts.CASE_WORK)
@require_POST
def fit(request: HttpRequest, reference: str) -> HttpResponse:
    """Count an answer as its channel does, as a piece of HTML."""
    case = case_of(request, reference)
    way = way_to(case, _item(request, case))
    text = request.POST.get("text", "")[:REPLY].strip()
    facts = {"fit": way.fit(text) if way and text else None}
    return render(request, "cases/console/parts/fit.html", facts)


# Another's yes --------------------------------------------------------------------


def _reply_of(case: Case, pk: int) -> Reply:
    return get_object_or_404(case.replies.select_related("case__unit", "by"), pk=pk)


@officers(Acts.CASE_APPROVE)
@require_POST
def approve(request: HttpRequest, reference: str, reply: int) -> HttpResponseBase:
    """Let a colleague's public answer go, as it stood on the page."""
    found, seen = _reply_of(case_of(request, reference), reply), request.POST.get("seen", "")
    return change(
        request, reference, "plain",
        lambda _case, _given: answering.approve(found, seen=seen, **who(request)),
        _("Approved. It is on its way."),
    )  # fmt: skip


@officers(Acts.CASE_APPROVE)
@require_POST
def send_back(request: HttpRequest, reference: str, reply: int) -> HttpResponseBase:
    """Return a colleague's public answer with the reason."""
    found = _reply_of(case_of(request, reference), reply)
    return change(
        request, reference, "return",
        lambda _case, given: answering.send_back(found, reason=given["reason"], **who(request)),
        _("Returned to its author with your reason"),
    )  # fmt: skip
