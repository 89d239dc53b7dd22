"""Finding a member by what is known in full."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bluelamp.audit import actions as audit
from bluelamp.kit.page import Link
from bluelamp.members import forms, queries, rules
from bluelamp.members.models import Member
from bluelamp.members.views.shared import show_page, state_tag
from bluelamp.org import permit
from bluelamp.org.gate import actor_of, officer_of, officers
from bluelamp.org.values import Acts

PAGE = 50


@never_cache
@require_http_methods(["GET", "POST"])
@officers(Acts.MEMBER_SEARCH)
def search(request: HttpRequest) -> HttpResponse:
    """Search by what is known in full; the words are posted, so that no log keeps them."""
    officer = officer_of(request)
    permit.require(officer, Acts.MEMBER_SEARCH, officer.force)
    form = forms.SearchForm(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"form": form, "searched": False}
    if request.method == "POST" and form.is_valid():
        found = list(queries.search(officer.force, form.cleaned_data["q"])[:PAGE])
        audit.read(actor_of(request), Acts.MEMBER_SEARCH, "members_member", [m.pk for m in found])
        context |= {
            "searched": True,
            "columns": (_("Member"), _("Address"), _("State")),
            "rows": [_found_row(member) for member in found],
        }
    return show_page(request, "search", "search", context)


def _found_row(member: Member) -> tuple[Any, ...]:
    """Show little: enough to tell which record is meant, not who it is."""
    name = _("Member %(number)s") % {"number": member.pk}
    masked = rules.masked_email(member.email_point.address) if member.email_point else ""
    return (Link(name, reverse("members:member", args=[member.pk])), masked, state_tag(member))
