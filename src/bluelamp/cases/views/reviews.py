"""Reviews of people who turn to us again and again: the list, and deciding one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages as flash
from django.core.paginator import Paginator
from django.db.models import Q
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bluelamp.audit.actions import read
from bluelamp.cases.actions import people
from bluelamp.cases.forms.person import DecideForm, EndForm
from bluelamp.cases.models import Review
from bluelamp.cases.queries import people as found_in
from bluelamp.cases.queries.queue import row
from bluelamp.cases.values import ReviewState
from bluelamp.cases.views.person import called, shown_review
from bluelamp.cases.views.shared import done, who
from bluelamp.cases.views.suggested_merges import rooms
from bluelamp.kit import clock
from bluelamp.org import permit
from bluelamp.org.gate import actor_of, officer_of, officers
from bluelamp.org.models import Officer
from bluelamp.org.values import Acts

A_PAGE = 20
CASES = 10


@officers(Acts.REVIEW_DECIDE, Acts.CONTACT_MERGE)
@require_GET
def home(request: HttpRequest) -> HttpResponseBase:
    """Lead to the first of the lists that is open to the officer."""
    may = permit.may(officer_of(request), Acts.REVIEW_DECIDE)
    return redirect("contacts:reviews" if may else "contacts:same")


@never_cache
@officers(Acts.REVIEW_DECIDE)
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """Show whom somebody should look at, who waits longest first; then what is planned."""
    officer, today = officer_of(request), clock.now().date()
    waiting = found_in.due(officer, today)
    planned = found_in.reviews(officer, Acts.REVIEW_DECIDE).filter(
        Q(state=ReviewState.DECIDED), next_on__gt=today
    )
    page = Paginator(waiting, A_PAGE).get_page(request.GET.get("page"))
    later = list(planned.order_by("next_on", "pk")[:A_PAGE])
    shown = [one.contact_id for one in (*page, *later)]
    if shown:
        read(actor_of(request), Acts.REVIEW_DECIDE, "members_contact", sorted(set(shown)))
    return render(request, "cases/person/reviews.html", {
        "rooms": rooms(officer, "reviews"), "page": page, "today": today,
        "waiting": [_line(one, officer) for one in page],
        "planned": [_line(one, officer) for one in later],
    })  # fmt: skip


def _line(review: Review, officer: Officer) -> dict[str, Any]:
    points = review.contact.points.order_by("pk")
    return shown_review(review, officer) | {"who": called(review.contact, points)}


@never_cache
@officers(Acts.CASE_READ, Acts.REVIEW_DECIDE)
@require_http_methods(["GET", "POST"])
def review(request: HttpRequest, review: int) -> HttpResponseBase:
    """Show a review with the cases that led to it; take a decision."""
    found = _review_of(request, review)
    form = DecideForm(request.POST or None)
    if request.method == "GET":
        return _page(request, found, {})
    if done(form, lambda given: people.decide(found, **given, **who(request))):
        flash.success(request, _("Your decision is kept"))
        return redirect("contacts:review", review)
    return _page(request, found, {"decide": form})


@officers(Acts.REVIEW_DECIDE)
@require_POST
def end(request: HttpRequest, review: int) -> HttpResponseBase:
    """Close a review that was to be seen again."""
    found = _review_of(request, review)
    form = EndForm(request.POST, auto_id="end_%s")
    if done(form, lambda given: people.end(found, **given, **who(request))):
        flash.success(request, _("Closed"))
        return redirect("contacts:review", review)
    return _page(request, found, {"end": form})


def _review_of(request: HttpRequest, pk: int) -> Review:
    officer = officer_of(request)
    mine = found_in.reviews(officer) | found_in.reviews(officer, Acts.REVIEW_DECIDE)
    return get_object_or_404(mine, pk=pk)


def _page(request: HttpRequest, found: Review, wrong: dict[str, Form]) -> HttpResponse:
    officer, now = officer_of(request), clock.now()
    who = found_in.person(found.contact)
    theirs = list(found_in.cases_of(officer, who.ids)[:CASES])
    actor = actor_of(request)
    read(actor, Acts.CASE_READ, "members_contact", who.ids)
    if theirs:
        read(actor, Acts.CASE_READ, "cases_case", [one.pk for one in theirs])
    forms: dict[str, Form] = {"decide": DecideForm(), "end": EndForm(auto_id="end_%s")}
    return render(request, "cases/person/review.html", {
        **_line(found, officer), "forms": forms | wrong, "wrong": list(wrong.values()),
        "form": next(iter(wrong.values()), None), "rows": [row(one, now) for one in theirs],
        "earlier": found_in.reviews_of(officer, who.ids).exclude(pk=found.pk)[:CASES],
    }, status=400 if wrong else 200)  # fmt: skip
