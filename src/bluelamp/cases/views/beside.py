"""Guidance beside a case: suggested, searched, said to be of use, used as a reply."""

from __future__ import annotations

from typing import Any

from django.contrib import messages as flash
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from bluelamp.cases import labels
from bluelamp.cases.actions import consult
from bluelamp.cases.errors import CaseRefusedError
from bluelamp.cases.forms import REPLY
from bluelamp.cases.models import Article, Case
from bluelamp.cases.queries import suggestions
from bluelamp.cases.queries.guidance import readable
from bluelamp.cases.queries.savedreplies import Ready, ready, values_for
from bluelamp.cases.queries.suggestions import Beside
from bluelamp.cases.queries.way import Way, way_to
from bluelamp.cases.rules import prose
from bluelamp.cases.values import CaseState
from bluelamp.cases.views.shared import case_of, who
from bluelamp.kit.asked import number
from bluelamp.org import permit
from bluelamp.org.gate import officer_of, officers
from bluelamp.org.models import Officer
from bluelamp.org.values import Acts


def beside(case: Case, officer: Officer, way: Way | None, words: str = "") -> dict[str, Any]:
    """Return what the panel of a case's page shows: what was searched for, else suggestions.

    :param way: how an answer goes out; without one no reply can be used.
    """
    words = words.strip()[:100]
    found = (
        suggestions.searched(case, officer, words)
        if words
        else suggestions.suggested(case, officer)
    )
    values = values_for(case, officer, way) if way else {}
    return {"words": words, "articles": [_shown(one, values, way) for one in found]}


def _shown(one: Beside, values: dict[str, str], way: Way | None) -> dict[str, Any]:
    text = one.article.published
    made = ready(text, values, way) if text and way else None
    return {
        "article": one.article, "blocks": prose.read(text.body) if text else (),
        "because": [*one.tags, *one.words], "use": one.use,
        "reply": made, "gaps": gaps(made) if made else [],
    }  # fmt: skip


def gaps(made: Ready) -> list[str]:
    """Return in words what a reply lacks."""
    empty = [str(labels.FIELDS[name]) for name in made.filled.empty]
    return [*empty, *made.filled.unknown]


@officers(Acts.CASE_READ)
@require_GET
def found(request: HttpRequest, reference: str) -> HttpResponse:
    """Return what an officer searches for while they type, as a piece of HTML."""
    case, officer = case_of(request, reference), officer_of(request)
    words = request.GET.get("guidance", "")
    return render(request, "cases/console/parts/guidance_found.html", {
        "case": case, "live": True, "closed": case.state == CaseState.CLOSED,
        "may": {"work": permit.may(officer, Acts.CASE_WORK, case)},
        "guidance": beside(case, officer, way_to(case), words),
    })  # fmt: skip


def _article(case: Case, pk: int) -> Article:
    return get_object_or_404(readable(case.force_id), pk=pk)


@officers(Acts.CASE_WORK)
@require_POST
def judge(request: HttpRequest, reference: str, article: int) -> HttpResponseBase:
    """Keep whether an article was of use."""
    case = case_of(request, reference)
    useful = request.POST.get("useful") == "yes"
    consult.judge(_article(case, article), case, useful=useful, **who(request))
    flash.success(request, _("Thank you: it counts in what is shown beside other cases"))
    return redirect(f"{reverse('cases:case', args=[case.reference])}#guidance")


@officers(Acts.CASE_WORK)
@require_POST
def use(request: HttpRequest, reference: str, article: int) -> HttpResponseBase:
    """Put an article's reply into the answer, below what stands there."""
    case = case_of(request, reference)
    written = request.POST.get("text", "")[:REPLY]
    try:
        _reply, made = consult.use_reply(
            _article(case, article), case, written=written,
            item=number(request.POST.get("item", "")), **who(request),
        )  # fmt: skip
    except CaseRefusedError as error:
        flash.error(request, str(error))
    else:
        _say(request, made)
    return redirect(f"{reverse('cases:case', args=[case.reference])}#answer")


def _say(request: HttpRequest, made: Ready) -> None:
    if made.filled.whole:
        flash.success(request, _("The reply is in your answer. Read it before you send it."))
        return
    lacks = ", ".join(gaps(made))
    flash.warning(
        request, _("The reply is in your answer. Fill in: %(gaps)s.") % {"gaps": lacks}
    )  # fmt: skip
