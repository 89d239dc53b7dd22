"""The public's pages: what is happening near a postcode, an area, an alert; its feeds."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Max, QuerySet
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponsePermanentRedirect,
    HttpResponseRedirect,
)
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import condition, require_GET, require_http_methods, require_POST

from bluelamp.channels.contract import ReceiptKind
from bluelamp.kit import clock
from bluelamp.kit.errors import BluelampError
from bluelamp.kit.tokens import Sealed, open_link
from bluelamp.members.models import ContactPoint
from bluelamp.members.queries import agrees
from bluelamp.org.gate import everyone
from bluelamp.org.limits import too_often
from bluelamp.org.tenancy import force_of
from bluelamp.outbound import content, feeds, queries, receipts
from bluelamp.outbound.forms import NearForm, RatingForm
from bluelamp.outbound.models import Message
from bluelamp.outbound.receipts import Came
from bluelamp.places.models import Area
from bluelamp.places.queries import PUBLIC_KINDS, areas_of_postcode

A_PAGE, A_FEED = 20, 50
RATINGS_AN_HOUR = 30
"""From one address, which many may share."""
_LED_TO = [kind for kind in PUBLIC_KINDS if kind != "force"]
_PIXEL = bytes.fromhex(
    "47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b"
)
"""A transparent GIF of one dot."""


# What is happening ----------------------------------------------------------


@everyone
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Show what is happening, and ask for a postcode."""
    force = force_of(request)
    return render(request, "outbound/public/home.html", {
        "near": NearForm(),
        "messages_now": _carded(queries.news(force)[:10]),
        "areas": queries.areas_of_news(force),
        "base_url": content.base_url(force),
    })  # fmt: skip


@everyone
@require_http_methods(["GET", "POST"])
def near(request: HttpRequest) -> HttpResponseBase:
    """Lead from a postcode to its area.

    Posted, because a postcode says where somebody lives and addresses are logged.
    """
    force = force_of(request)
    form = NearForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            _position, found = areas_of_postcode(force, form.cleaned_data["postcode"])
        except BluelampError as error:
            form.add_error("postcode", str(error))
        else:
            return _to_areas(request, [area for area in found if area.kind in _LED_TO])
    return render(request, "outbound/public/near.html", {"form": form})


def _to_areas(request: HttpRequest, found: list[Area]) -> HttpResponseBase:
    if len(found) == 1:
        return redirect(content.area_url(found[0]))
    page = {"form": NearForm(), "found": found, "elsewhere": not found}
    return render(request, "outbound/public/near.html", page)


@everyone
@require_GET
def area(request: HttpRequest, pk: int, **_slug: str) -> HttpResponseBase:
    """Show what was said about one area."""
    here = _area(request, pk)
    url = content.area_url(here)
    if request.path != url:
        return HttpResponsePermanentRedirect(url)
    page = Paginator(queries.news_of_area(here), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "outbound/public/area.html", {
        "area": here,
        "page": page,
        "messages_now": _carded(page.object_list),
        "url": f"{content.base_url(here.force)}{url}",
        "feed_url": f"{url}/feed.atom",
        "cap_url": f"{url}/cap.atom",
    })  # fmt: skip


def _area(request: HttpRequest, pk: int) -> Area:
    areas = Area.objects.filter(force=force_of(request), kind__in=PUBLIC_KINDS)
    return get_object_or_404(areas.select_related("force", "unit").defer("boundary"), pk=pk)


def _carded(messages: Any) -> list[dict[str, Any]]:
    """Return messages with what a list shows of each."""
    return [queries.card(message) for message in messages]


# An alert -------------------------------------------------------------------


def _message(request: HttpRequest, public_id: UUID) -> Message:
    found = queries.public(force_of(request)).select_related("force", "follows")
    return get_object_or_404(found, public_id=public_id)


@everyone
@require_GET
def alert(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show one alert."""
    message = _message(request, public_id)
    return render(request, "outbound/public/alert.html", alert_context(message, request))


def alert_context(message: Message, request: HttpRequest) -> dict[str, Any]:
    """Return what the page of an alert shows, for the public and for a preview."""
    rows = list(message.areas.select_related("area"))
    url = content.page_url(message)
    return {
        "message": message,
        "card": queries.card(message),
        "areas": [(row.area.name, content.area_url(row.area)) for row in rows],
        "body": content.html_of(message.body),
        "url": url,
        "reply_url": f"/alert/{message.public_id}/reply",
        "later": queries.news(message.force).filter(follows=message).first(),
        "rating": RatingForm(),
        "summary": " ".join(message.body.split())[:200],
        "thanked": request.GET.get("thanks", ""),
    }


@everyone
@require_GET
def shape(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Return the ground that an alert speaks about, as GeoJSON."""
    message = _message(request, public_id)
    collection = {"type": "FeatureCollection", "features": content.public_features(message)}
    response = HttpResponse(json.dumps(collection), content_type="application/geo+json")
    patch_cache_control(response, public=True, max_age=3600)
    return response


@everyone
@require_POST
def rate(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """Take a rating from whoever reads the page; counted apart from members' ratings."""
    message = _message(request, public_id)
    form = RatingForm(request.POST)
    if form.is_valid() and too_often(request, "rate", RATINGS_AN_HOUR, now=clock.now()):
        form.add_error(None, _("Too many ratings came from here. Try again in an hour."))
    if not form.is_valid():
        context = alert_context(message, request) | {"rating": form}
        return render(request, "outbound/public/alert.html", context, status=400)
    _rated(Sealed(message.pk, 0), form.cleaned_data["stars"])
    return redirect(f"/alert/{message.public_id}?thanks=rating#rate")


def _rated(sealed: Sealed, stars: int) -> None:
    now = clock.now()
    came = Came(sealed.message, sealed.contact_point, ReceiptKind.RATED, now, value=stars)
    receipts.record([came], now=now)


# From the mail --------------------------------------------------------------


def _sealed(request: HttpRequest, token: str) -> tuple[Sealed, Message]:
    """Return what a link's token names.

    :raises Http404: it is not ours, or of another force.
    """
    sealed = open_link("link", token)
    if sealed is None:
        raise Http404
    message = get_object_or_404(Message, pk=sealed.message, force=force_of(request))
    return sealed, message


@everyone
@never_cache
@require_http_methods(["GET", "POST"])
def rate_by_link(request: HttpRequest, token: str, stars: int = 0) -> HttpResponseBase:
    """Show the stars chosen in the mail; record them only when they are posted.

    Mail scanners follow links, so that a GET says nothing about a reader.
    """
    sealed, message = _sealed(request, token)
    form = RatingForm(request.POST or None, initial={"stars": stars})
    done = request.method == "POST" and form.is_valid()
    if done:
        _rated(sealed, form.cleaned_data["stars"])
    page = {"form": form, "message": message, "stars": stars, "done": done,
            "url": f"/alert/{message.public_id}"}  # fmt: skip
    response = render(request, "outbound/public/rate.html", page)
    response["X-Robots-Tag"] = "noindex"
    return response


@everyone
@never_cache
@require_GET
def opened(request: HttpRequest, token: str) -> HttpResponse:
    """Count a mail as opened, where its reader agreed to that; answer with a dot."""
    sealed, _ours = _sealed(request, token)
    _counted(sealed, ReceiptKind.OPENED)
    return HttpResponse(_PIXEL, content_type="image/gif")


@everyone
@never_cache
@require_GET
def clicked(request: HttpRequest, token: str, number: int) -> HttpResponseBase:
    """Lead on to a link that is frozen in the message, and to no other."""
    sealed, message = _sealed(request, token)
    links = (message.frozen or {}).get("links", [])
    if number >= len(links):
        raise Http404
    _counted(sealed, ReceiptKind.CLICKED, number)
    return HttpResponseRedirect(links[number])


def _counted(sealed: Sealed, kind: ReceiptKind, value: int | None = None) -> None:
    point = ContactPoint.objects.filter(pk=sealed.contact_point).select_related("contact").first()
    if point is None or not agrees(point.contact, "tracking"):
        return
    now = clock.now()
    receipts.record([Came(sealed.message, point.pk, kind, now, value=value)], now=now)


# Feeds ----------------------------------------------------------------------

Listing = Callable[..., QuerySet[Message]]


def _of_force(request: HttpRequest, **_kwargs: Any) -> QuerySet[Message]:
    return queries.news(force_of(request))


def _of_area(request: HttpRequest, *, pk: int, **_kwargs: Any) -> QuerySet[Message]:
    return queries.news_of_area(_area(request, pk))


def _changed(listing: Listing) -> Callable[..., datetime | None]:
    def last(request: HttpRequest, **kwargs: Any) -> datetime | None:
        found = listing(request, **kwargs).order_by().aggregate(
            a=Max("started_at"), b=Max("recalled_at")
        )  # fmt: skip
        return max((at for at in found.values() if at), default=None)

    return last


def _etag(listing: Listing) -> Callable[..., str | None]:
    def tag(request: HttpRequest, **kwargs: Any) -> str | None:
        at = _changed(listing)(request, **kwargs)
        count = listing(request, **kwargs).count()
        return f'W/"{count}-{at.timestamp() if at else 0}"'

    return tag


def feed(listing: Listing, make: Callable[[HttpRequest, list[Message], Any], bytes]) -> Any:
    """Return a view of a feed that honours ``If-None-Match`` and ``If-Modified-Since``."""

    @everyone
    @require_GET
    @cache_control(public=True, max_age=60)
    @condition(etag_func=_etag(listing), last_modified_func=_changed(listing))
    def view(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        found = listing(request, **kwargs).select_related("force", "follows")
        rows = list(found.prefetch_related("areas__area")[:A_FEED])
        return HttpResponse(make(request, rows, kwargs.get("pk")), content_type=feeds.ATOM_TYPE)

    return view


def _atom(request: HttpRequest, rows: list[Message], pk: int | None) -> bytes:
    force = force_of(request)
    name = _area(request, pk).name if pk else force.name
    at = f"{content.base_url(force)}{request.path}"
    title = _("%(name)s: police messages") % {"name": name}
    return feeds.atom(force, rows, title=title, at=at, page=at.rpartition("/")[0] or at)


def _cap(request: HttpRequest, rows: list[Message], pk: int | None) -> bytes:
    force = force_of(request)
    name = _area(request, pk).name if pk else force.name
    at = f"{content.base_url(force)}{request.path}"
    return feeds.cap_index(force, rows, title=_("%(name)s: alerts") % {"name": name}, at=at)


force_feed, area_feed = feed(_of_force, _atom), feed(_of_area, _atom)
force_cap, area_cap = feed(_of_force, _cap), feed(_of_area, _cap)


@everyone
@require_GET
def cap(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Return one alert in the Common Alerting Protocol."""
    message = _message(request, public_id)
    response = HttpResponse(feeds.cap(message), content_type=feeds.CAP_TYPE)
    patch_cache_control(response, public=True, max_age=60)
    return response


@everyone
@require_GET
def robots(request: HttpRequest) -> HttpResponse:
    """Keep crawlers to what is meant to be found."""
    force_of(request)
    closed = ("/console/", "/r/", "/l/", "/o/", "/c/", "/near", "/preferences")
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed), ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
