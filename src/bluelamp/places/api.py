"""Boundaries for maps, as GeoJSON: all of a force's for officers, the public ones for all.

Answers carry an entity tag over everything a map is made of, so that a browser
asks again and is told "not modified" until a boundary or a name changes.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags, quote_etag
from django.views.decorators.http import require_safe

from bluelamp.org.gate import everyone, officer_of, officers
from bluelamp.org.tenancy import force_of
from bluelamp.org.values import Acts
from bluelamp.places import queries
from bluelamp.places.queries import Map

_ZOOM = 12


def _zoom(request: HttpRequest) -> int:
    text = request.GET.get("zoom", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 3 else _ZOOM


def _kinds(request: HttpRequest) -> list[str]:
    return [kind for kind in request.GET.getlist("kind") if kind]


def _answer(request: HttpRequest, drawn: Map, cache: str) -> HttpResponse:
    """Serve a map, zipped where the browser takes it, or say that nothing changed."""
    etag = quote_etag(drawn.etag)
    response: HttpResponse
    if etag in {
        tag.removeprefix("W/") for tag in parse_etags(request.headers.get("If-None-Match", ""))
    }:
        response = HttpResponseNotModified()
    elif "gzip" in request.headers.get("Accept-Encoding", ""):
        response = HttpResponse(drawn.zipped, content_type="application/geo+json")
        response["Content-Encoding"] = "gzip"
    else:
        response = HttpResponse(drawn.body, content_type="application/geo+json")
    response["ETag"] = f"W/{etag}"  # the same map, zipped or not
    response["Cache-Control"] = cache
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


@require_safe
@officers(Acts.AREA_READ)
def officers_map(request: HttpRequest) -> HttpResponse:
    """Give officers the boundaries of their force: ``?kind=ward&zoom=12``."""
    drawn = queries.map_of(officer_of(request).force, kinds=_kinds(request), zoom=_zoom(request))
    return _answer(request, drawn, "private, no-cache")


@require_safe
@everyone
def public_map(request: HttpRequest) -> HttpResponse:
    """Give everyone the boundaries that public pages draw: ``?kind=ward&zoom=12``."""
    kinds: Sequence[str] = [kind for kind in queries.PUBLIC_KINDS if kind in _kinds(request)]
    drawn = queries.map_of(
        force_of(request), kinds=kinds or queries.PUBLIC_KINDS, zoom=_zoom(request)
    )
    return _answer(request, drawn, "public, max-age=300")
