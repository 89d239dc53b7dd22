"""Every route names who may use it; a route that does not is closed.

``@officers(Acts.MESSAGE_READ)`` lets in officers who may do the act somewhere,
``@officers()`` every officer who is signed in, ``@everyone`` the public.  The
thing itself is guarded by ``permit.require`` where it is fetched or changed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect

from bluelamp.audit.actions import acting
from bluelamp.audit.values import Actor, ActorKind
from bluelamp.kit.config import config
from bluelamp.org import permit
from bluelamp.org.errors import NotPermittedError
from bluelamp.org.models import Officer
from bluelamp.org.values import Acts

View = Callable[..., HttpResponseBase]

ACCOUNT_PREFIX = "/console/account/"
"""Where allauth's own views live: sign-in, second factors, sessions."""


def source_of(request: HttpRequest) -> str:
    """Return the address the request came from."""
    if config().trust_proxy:
        forwarded = request.headers.get("X-Forwarded-For", "")
        if forwarded:
            return forwarded.rsplit(",", 1)[-1].strip()
    return str(request.META.get("REMOTE_ADDR", ""))


def officer_actor(officer: Officer, source: str = "") -> Actor:
    """Return the officer as an actor of the record."""
    return Actor(
        ActorKind.OFFICER, str(officer.pk), officer.label, force=officer.force_id, source=source
    )


def actor_of(request: HttpRequest) -> Actor:
    """Return who answers for what this request changes or reads."""
    source = source_of(request)
    if isinstance(request.user, Officer):
        return officer_actor(request.user, source)
    force = getattr(request, "force", None)
    return Actor(ActorKind.VISITOR, "", "visitor", force=force.pk if force else None, source=source)


def officer_of(request: HttpRequest) -> Officer:
    """Return the signed-in officer of a gated view."""
    return cast(Officer, request.user)


def everyone(view: View) -> View:
    """Open a view to the public."""
    view.access = "everyone"  # type: ignore[attr-defined]
    return view


def officers(*acts: Acts) -> Callable[[View], View]:
    """Open a view to officers who may do one of ``acts`` somewhere (none: any officer)."""

    def decorate(view: View) -> View:
        @wraps(view)
        def gated(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not isinstance(request.user, Officer):
                return redirect_to_login(request.get_full_path())
            if _lacks_second_factor(request, request.user):
                return redirect("mfa_activate_totp")
            if acts and not any(permit.may(request.user, act) for act in acts):
                raise NotPermittedError(acts[0].value)
            return view(request, *args, **kwargs)

        gated.access = acts or "officers"  # type: ignore[attr-defined]
        return gated

    return decorate


def _lacks_second_factor(request: HttpRequest, officer: Officer) -> bool:
    """Say whether the force wants a second factor that this officer has not set up.

    A session that came from the force's identity provider brings its own.
    """
    if officer.force.settings.get("second_factor", "required") != "required":
        return False
    from allauth.account.authentication import get_authentication_records
    from allauth.mfa.utils import is_mfa_enabled

    records = get_authentication_records(request)
    if any(record.get("method") == "socialaccount" for record in records):
        return False
    return not is_mfa_enabled(officer)


class GateMiddleware:
    """Refuses routes that name nobody, and gives allauth's writes their actor."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Let the request through; account pages run inside an act of their own."""
        if request.path.startswith(ACCOUNT_PREFIX) and request.method == "POST":
            with acting(actor_of(request), "org.account"):
                return self.get_response(request)
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: View, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        """Close a route of ours that says nothing of who may use it."""
        if not getattr(view, "access", None) and not _is_third_party(view):
            raise PermissionDenied(f"{view.__module__} names nobody who may use it")

    def process_exception(self, request: HttpRequest, error: Exception) -> None:
        """Turn a refusal by permit into Django's 403."""
        if isinstance(error, NotPermittedError):
            raise PermissionDenied(str(error)) from error


THIRD_PARTY = ("allauth.", "django.", "whitenoise.")
"""Views of libraries that guard themselves."""


def _is_third_party(view: View) -> bool:
    return view.__module__.startswith(THIRD_PARTY)
