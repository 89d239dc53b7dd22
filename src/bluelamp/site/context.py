"""The console's navigation, composed from what the floors offer."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from bluelamp.kit.nav import NavItem
from bluelamp.kit.offers import offered
from bluelamp.kit.page import Console, Link
from bluelamp.org import permit
from bluelamp.org.context import brand
from bluelamp.org.models import Officer
from bluelamp.org.values import Acts


@cache
def _items() -> tuple[NavItem, ...]:
    """Collect every floor's ``queries.NAV``."""
    found: list[NavItem] = [item for items in offered("NAV") for item in items]
    known = (item for item in found if _leads_somewhere(item))  # a test names those that do not
    return tuple(sorted(known, key=lambda item: item.order))


def _leads_somewhere(item: NavItem) -> bool:
    try:
        return bool(reverse(item.url_name))
    except NoReverseMatch:
        return False


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Give console pages who is at work and the rooms that are open to them."""
    officer = getattr(request, "user", None)
    if not request.path.startswith("/console/"):
        return _public(request)
    if not isinstance(officer, Officer):
        return {}
    return {
        "console": Console(
            officer=officer.label,
            unit=officer.unit.name,
            home_url=reverse("console"),
            account_url=reverse("mfa_index"),
            sign_out_url=reverse("account_logout"),
            nav=[_link(request, item) for item in _items() if _is_open(officer, item)],
        )
    }


def troubles(request: HttpRequest) -> dict[str, Any]:
    """Give an account's page what the floors above know to be wrong with it."""
    match, officer = request.resolver_match, getattr(request, "user", None)
    if match is None or match.view_name != "channels:account" or not isinstance(officer, Officer):
        return {}
    account = match.kwargs["pk"]
    return {"troubles": [said for say in offered("troubles") for said in say(officer, account)]}


def _public(request: HttpRequest) -> dict[str, Any]:
    """Give public pages the force's look with the links that every one of them has."""
    force = getattr(request, "force", None)
    if force is None:
        return {}
    top = (
        (_("News near you"), "outbound_public:home"),
        (_("Tell us"), "inbound_public:contact"),
        (_("Your case"), "cases_public:ask"),
        (_("Join"), "members_public:join"),
        (_("Preferences"), "members_public:preferences"),
    )
    foot = ((_("Accessibility"), "accessibility"), (_("Privacy"), "privacy"))
    links, footer = (
        [Link(text, reverse(name), current=request.path == reverse(name)) for text, name in part]
        for part in (top, foot)
    )
    return {"brand": replace(brand(force), links=links, footer=footer)}


def _is_open(officer: Officer, item: NavItem) -> bool:
    return not item.acts or any(permit.may(officer, Acts(act)) for act in item.acts)


def _link(request: HttpRequest, item: NavItem) -> Link:
    url = reverse(item.url_name)
    return Link(item.label, url, current=request.path.startswith(url) and url != "/console/")
