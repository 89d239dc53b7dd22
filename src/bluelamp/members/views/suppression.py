"""The list of those to whom nothing is sent."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bluelamp.kit import clock
from bluelamp.kit.page import Link
from bluelamp.members import actions, forms, labels, queries
from bluelamp.members.models import Suppression
from bluelamp.members.views.shared import show_page, stamp
from bluelamp.org import permit
from bluelamp.org.gate import officer_of, officers, source_of
from bluelamp.org.values import Acts

PAGE = 50


@never_cache
@require_http_methods(["GET", "POST"])
@officers(Acts.SUPPRESSION_MANAGE)
def suppression(request: HttpRequest) -> HttpResponse:
    """List to whom nothing goes (as numbers: the addresses are not kept), and add to it."""
    officer = officer_of(request)
    permit.require(officer, Acts.SUPPRESSION_MANAGE, officer.force)
    form = forms.SuppressForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        new = actions.suppress_address(
            officer.force, form.cleaned_data["email"], by=officer,
            reason=form.cleaned_data["reason"], now=clock.now(), source=source_of(request),
        )  # fmt: skip
        said = (
            _("Nothing goes to this address any more.") if new else _("It is on the list already.")
        )
        messages.success(request, said)
        return redirect("members:suppression")
    page = Paginator(queries.suppressions(officer.force), PAGE).get_page(request.GET.get("page"))
    columns = (_("Number"), _("Why"), _("Since"), _("Words"), _("What you can do"))
    context = {"form": form, "page": page, "columns": columns, "rows": [_held(s) for s in page]}
    return show_page(request, "suppression", "suppression", context)


def _held(held: Suppression) -> tuple[Any, ...]:
    lift_url = reverse("members:lift", args=[held.pk])
    why = labels.REASONS.get(held.reason, held.reason)
    return (str(held.pk), why, stamp(held.at), held.detail, Link(_("Take off the list"), lift_url))


@never_cache
@require_http_methods(["GET", "POST"])
@officers(Acts.SUPPRESSION_MANAGE)
def lift(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an address off the list."""
    officer = officer_of(request)
    held = Suppression.objects.filter(pk=pk, force=officer.force, lifted_at=None).first()
    if held is None:
        raise Http404("No such entry in this force.")
    permit.require(officer, Acts.SUPPRESSION_MANAGE, held)
    form = forms.ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        actions.lift(held, by=officer, reason=reason, now=clock.now(), source=source_of(request))
        messages.success(request, _("The address is off the list."))
        return redirect("members:suppression")
    context = {
        "form": form, "back_url": reverse("members:suppression"),
        "why": labels.REASONS.get(held.reason, held.reason),
    }  # fmt: skip
    return show_page(request, "lift", "suppression", context)
