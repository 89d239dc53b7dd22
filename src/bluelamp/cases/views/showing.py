"""Hiding a case from its citizen's page, showing it again, and ending it with an outcome."""

from __future__ import annotations

from typing import Any

from django.contrib import messages as flash
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bluelamp.cases import citizen_words
from bluelamp.cases.actions import showing
from bluelamp.cases.actions.answer import drafting
from bluelamp.cases.actions.close import close as close_quietly
from bluelamp.cases.actions.outcome import close_with
from bluelamp.cases.models import Case
from bluelamp.cases.rules.outcomes import chosen
from bluelamp.cases.views.case_acts import change
from bluelamp.cases.views.shared import who
from bluelamp.org.gate import officer_of, officers
from bluelamp.org.values import Acts


@officers(Acts.CASE_WORK, Acts.CASE_SHOW)
@require_POST
def decide(request: HttpRequest, reference: str) -> HttpResponseBase:
    """Hide or show a case, as its form says, with the reason; what is so already stays so."""

    def decided(case: Case, given: dict[str, Any]) -> None:
        act = showing.show if given["want"] == "show" else showing.hide
        act(case, reason=given["reason"], **who(request))

    shows = request.POST.get("want") == "show"
    said = _("They can look at it again") if shows else _("They cannot look at it any more")
    return change(request, reference, "showing", decided, said)


@officers(Acts.CASE_WORK)
@require_POST
def close(request: HttpRequest, reference: str) -> HttpResponseBase:
    """Close a case with an outcome, and say if its citizen could not be told."""

    def closed(case: Case, given: dict[str, Any]) -> None:
        outcome = chosen(case.force.settings, given["outcome"])
        if outcome is None:
            close_quietly(case, reason=given["reason"], **who(request))
            return
        made = close_with(
            case, outcome, words=given["words"], reason=given["reason"], **who(request)
        )
        if made is not None and made.silence:
            flash.warning(request, str(citizen_words.SILENCES[made.silence]))
        if drafting(officer_of(request), [case.pk]):
            flash.warning(request, _("What you were drafting was not sent. It is kept."))

    return change(request, reference, "close", closed, _("Closed"))
