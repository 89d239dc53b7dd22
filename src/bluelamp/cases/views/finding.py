"""Finding a case for who calls: by a reference, an address, a name, or what they wrote."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bluelamp.audit.actions import read
from bluelamp.cases.queries import finding
from bluelamp.cases.queries.queue import case_known_as, row
from bluelamp.cases.rules.reference import read_any
from bluelamp.cases.views.queue import A_PAGE
from bluelamp.kit import clock
from bluelamp.org.gate import actor_of, officer_of, officers
from bluelamp.org.values import Acts

LONGEST = 200
"""Characters of a search."""
_HELD = "cases.find"
"""What was asked last, in the session: names and addresses belong into no URL."""


@officers(Acts.CASE_READ)
@never_cache
@require_http_methods(["GET", "POST"])
def find(request: HttpRequest) -> HttpResponseBase:
    """Lead to the case of a reference, else show what fits; the reading is recorded."""
    if request.method == "POST":
        return _asked(request, request.POST.get("q", "").strip()[:LONGEST])
    words = request.session.get(_HELD, "")
    if not words:
        return redirect("cases:queue")
    officer, now = officer_of(request), clock.now()
    page = Paginator(finding.found_by(officer, words), A_PAGE).get_page(request.GET.get("page"))
    if shown := [one.pk for one in page]:
        read(actor_of(request), Acts.CASE_READ, "cases_case", shown)
    return render(request, "cases/console/found.html", {
        "words": words, "page": page, "rows": [row(one, now) for one in page],
        "reference": read_any(words), "most": page.paginator.count >= finding.MOST,
    })  # fmt: skip


def _asked(request: HttpRequest, words: str) -> HttpResponseBase:
    """Lead to the one case that is meant, else to what is found."""
    case = case_known_as(officer_of(request), read_any(words))
    if case is not None:
        return redirect("cases:case", case.reference)
    request.session[_HELD] = words
    return redirect("cases:find")
