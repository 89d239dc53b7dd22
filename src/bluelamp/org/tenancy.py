"""Whose page is this: public requests by host name, officers' by their own force."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse

from bluelamp.org.models import Force


def force_of_host(host: str) -> Force | None:
    """Return the force that answers to a host name (port left out), if any."""
    name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
    return Force.objects.filter(hosts__contains=[name.lower()]).first()


def force_of(request: HttpRequest) -> Force:
    """Return the force a public request speaks to.

    :raises Http404: no force has this host name.
    """
    force: Force | None = getattr(request, "force", None)
    if force is None:
        raise Http404("No force answers to this address.")
    return force


class TenancyMiddleware:
    """Puts ``request.force``: the officer's where one is signed in, else the host's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Find the force and pass the request on."""
        if request.path.startswith("/console/") and request.user.is_authenticated:
            force: Force | None = request.user.force
        else:
            force = force_of_host(request.get_host())
        request.force = force  # type: ignore[attr-defined]
        return self.get_response(request)
