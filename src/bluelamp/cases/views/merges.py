"""One person or two: suggestions taken and refused, merges undone."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages as flash
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from bluelamp.audit.actions import read
from bluelamp.cases.actions import people
from bluelamp.cases.forms.person import SameForm
from bluelamp.cases.models import Suggestion
from bluelamp.cases.queries.identities import suggestions
from bluelamp.cases.values import SuggestionState
from bluelamp.cases.views import person
from bluelamp.cases.views.shared import done, who
from bluelamp.cases.views.suggested_merges import rooms, shown_suggestions
from bluelamp.kit.asked import number
from bluelamp.members.models import ContactLink
from bluelamp.org import permit
from bluelamp.org.gate import actor_of, officer_of, officers
from bluelamp.org.values import Acts

A_PAGE = 10


@never_cache
@officers(Acts.CONTACT_MERGE)
@require_GET
def same(request: HttpRequest) -> HttpResponse:
    """Show what is suggested, the surest first."""
    return _listed(request, {})


def _listed(request: HttpRequest, wrong: dict[str, Form]) -> HttpResponse:
    officer = officer_of(request)
    found = suggestions(officer).filter(state=SuggestionState.PROPOSED)
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    people_ = {pk for one in page for pk in (one.one_id, one.other_id)}
    if people_:
        read(actor_of(request), Acts.CONTACT_MERGE, "members_contact", sorted(people_))
    return render(request, "cases/person/merges.html", {
        "rooms": rooms(officer, "same"), "page": page, "likely": shown_suggestions(page, [], wrong),
        "wrong": list(wrong.values()), "form": next(iter(wrong.values()), None),
    }, status=400 if wrong else 200)  # fmt: skip


# Deciding -------------------------------------------------------------------------


@officers(Acts.CONTACT_MERGE)
@require_POST
def take(request: HttpRequest, suggestion: int) -> HttpResponseBase:
    """Say that they are one person."""
    found = _suggestion_of(request, suggestion)
    return _done(
        request, f"take-{suggestion}",
        lambda reason: people.take(found, reason=reason, **who(request)),
        _("They are one person now. You can undo it at any time."),
    )  # fmt: skip


@officers(Acts.CONTACT_MERGE)
@require_POST
def refuse(request: HttpRequest, suggestion: int) -> HttpResponseBase:
    """Say that they are not, or that it cannot be known."""
    found = _suggestion_of(request, suggestion)
    return _done(
        request, f"refuse-{suggestion}",
        lambda reason: people.refuse(found, reason=reason, **who(request)),
        _("Refused. It comes again only with something new."),
    )  # fmt: skip


@officers(Acts.CONTACT_MERGE)
@require_POST
def part(request: HttpRequest, link: int) -> HttpResponseBase:
    """Undo a merge."""
    officer = officer_of(request)
    found = ContactLink.objects.filter(pk=link, force=officer.force_id).first()
    if found is None or not permit.may(officer, Acts.CONTACT_MERGE, found):
        raise Http404
    return _done(
        request, f"part-{link}", lambda reason: people.part(found, reason=reason, **who(request)),
        _("Undone: both are as they were before."),
    )  # fmt: skip


def _suggestion_of(request: HttpRequest, pk: int) -> Suggestion:
    found = suggestions(officer_of(request)).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _done(
    request: HttpRequest, name: str, change: Callable[[str], object], said: str
) -> HttpResponseBase:
    """Make the change and go back to where it was asked for; or show what is wrong there."""
    back = number(request.POST.get("contact", ""))
    form = SameForm(request.POST, auto_id=f"{name}-%s")
    if done(form, lambda given: change(given["reason"])):
        flash.success(request, said)
        return redirect("contacts:contact", back) if back else redirect("contacts:same")
    if back and person.reason_of(request, back):
        return person.page(request, person.contact_of(request, back), {name: form})
    return _listed(request, {name: form})
