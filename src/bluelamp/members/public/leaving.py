"""Leaving by the link in a mail: GET shows a page, POST acts, at once and without log-in.

The same address takes the one-click POST of mail programs (RFC 8058 section 3.1):
no cookie, no form token, no redirect.  The sealed token is all the authority there is.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from bluelamp.kit import clock
from bluelamp.kit.tokens import Sealed, open_link
from bluelamp.members import actions, forms, rules
from bluelamp.members.models import ContactPoint, Member
from bluelamp.members.values import LeaveReason, MemberState
from bluelamp.org.gate import everyone, source_of
from bluelamp.org.models import Force
from bluelamp.org.tenancy import force_of

PURPOSE = "leave"
"""What the tokens of leaving and preferences are sealed for (``kit.tokens``)."""


def _found(force: Force, token: str) -> tuple[Sealed, ContactPoint, Member] | None:
    """Return what a token of this force names; ``None`` where it is forged or erased."""
    sealed = open_link(PURPOSE, token)
    if sealed is None:
        return None
    point = ContactPoint.objects.select_related("contact").filter(
        pk=sealed.contact_point, force=force
    ).first()  # fmt: skip
    member = Member.objects.filter(contact=point.contact_id).first() if point else None
    return (sealed, point, member) if point and member else None


def _unknown(request: HttpRequest) -> HttpResponse:
    return render(request, "members/leave/unknown.html", status=404)


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@everyone
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """Show what leaving means; on POST leave."""
    found = _found(force_of(request), token)
    if found is None:
        return _unknown(request)
    sealed, point, member = found
    page = {"token": token, "masked": rules.masked_email(point.address) if point.address else ""}
    if request.method == "POST":
        by = actions.member_actor(point.contact, source_of(request))
        actions.leave(member, by=by, now=clock.now(), message=sealed.message or None)
        return _left(request, page)
    if member.state == MemberState.LEFT:
        return _left(request, page)
    return render(request, "members/leave/leave.html", page)


def _left(request: HttpRequest, page: dict[str, Any], **more: Any) -> HttpResponse:
    return render(request, "members/leave/left.html", {"form": forms.WhyForm(), **page, **more})


@csrf_exempt
@never_cache
@require_http_methods(["POST"])
@everyone
def why(request: HttpRequest, token: str) -> HttpResponse:
    """Keep why somebody left."""
    found = _found(force_of(request), token)
    if found is None:
        return _unknown(request)
    _sealed, point, member = found
    form = forms.WhyForm(request.POST)
    if not form.is_valid():
        return _left(request, {"token": token, "masked": ""}, form=form)
    by = actions.member_actor(point.contact, source_of(request))
    reason = LeaveReason(form.cleaned_data["reason"])
    actions.say_why(member, reason, form.cleaned_data["words"], by=by)
    return _left(request, {"token": token, "masked": ""}, thanks=True)
