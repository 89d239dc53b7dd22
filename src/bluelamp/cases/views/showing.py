"""Hiding a case from its citizen's page, showing it again, and ending it with an outcome."""

from __future__ import annotations

from typing import Any

from django.contrib import messages as flash
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bluelamp.cases import plain
from bluelamp.cases.actions import showing
from bluelamp.cases.actions.close import close as close_quietly
from bluelamp.cases.actions.outcome import close_with
from bluelamp.cases.models import Case
from bluelamp.cases.rules.outcomes import chosen
from bluelamp.cases.views.deeds import change
from bluelamp.cases.views.shared import case_of, who
from bluelamp.org.gate import officers
from bluelamp.org.values import Acts


@officers(Acts.CASE_WORK, Acts.CASE_SHOW)
@require_POST
def decide(request: HttpRequest, reference: str) -> HttpResponseBase:
    """Hide a case that is shown, or show one that is hidden, with the reason."""
    shown = case_of(request, reference).shown_to_citizen
    act = showing.hide if shown else showing.show
    return change(
        request, reference, "showing",
        lambda case, given: act(case, reason=given["reason"], **who(request)),
        _("They cannot look at it any more") if shown else _("They can look at it again"),
    )  # fmt: skip


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
            flash.warning(request, str(plain.SILENCES[made.silence]))

    return change(request, reference, "close", closed, _("Closed"))
