"""The page behind the link on an on-call phone: one sentence, one button."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from bluelamp.kit import clock
from bluelamp.notices import paging
from bluelamp.org.gate import everyone


@everyone
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Show what rings; POST takes it.

    The link was sent to one phone or person and opens nothing but this: what it is
    about is behind the sign-in.
    """
    opened = paging.opened(token)
    if opened is None:
        raise Http404
    page, officer = opened
    if request.method == "POST":
        paging.answer(page, by=officer, now=clock.now())
        return redirect(request.path)
    mine = officer is not None and page.answered_by_id == officer.pk
    return render(request, "notices/answer.html", {"page": page, "mine": mine})
