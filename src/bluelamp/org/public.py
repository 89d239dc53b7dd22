"""A force's look, for everyone's pages."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from bluelamp.kit.theme import NIGHT, is_colour, stylesheet
from bluelamp.org.gate import everyone

WEEK = 7 * 24 * 3600


@everyone
@require_safe
@cache_control(public=True, max_age=WEEK)
def colours(request: HttpRequest) -> HttpResponse:
    """Serve the force's colours as a style sheet of its own, so that no page carries a style."""
    force = getattr(request, "force", None)
    colour = force.colour if force and is_colour(force.colour) else NIGHT
    return HttpResponse(stylesheet(colour), content_type="text/css")


@everyone
@require_safe
@cache_control(public=True, max_age=WEEK)
def crest(request: HttpRequest) -> HttpResponse:
    """Serve the force's crest."""
    force = getattr(request, "force", None)
    if force is None or not force.crest or force.crest_type not in CREST_TYPES:
        raise Http404
    return HttpResponse(
        bytes(force.crest),
        content_type=force.crest_type,
        headers={"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"},
    )


CREST_TYPES = frozenset({"image/svg+xml", "image/png", "image/webp", "image/jpeg"})
