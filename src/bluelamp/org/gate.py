"""Every route names who may use it; a route that does not is closed.

``@officers(Acts.MESSAGE_READ)`` lets in officers who may do the act somewhere,
``@officers()`` every officer who is signed in, ``@everyone`` the public, and
``kit.access.whole_force`` (for the floors below this one) officers who may do
an act over their whole force.  The thing itself is guarded by
``permit.require`` where it is fetched or changed.  ``@confirmed`` asks who is
there once more before what would hurt most.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, cast

from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import resolve
from django.utils.functional import SimpleLazyObject

from bluelamp.audit.actions import acting
from bluelamp.audit.values import Actor, ActorKind
from bluelamp.kit.config import config
from bluelamp.org import permit
from bluelamp.org.errors import NotPermittedError
from bluelamp.org.models import Officer
from bluelamp.org.rules.signin import SECOND_FACTOR
from bluelamp.org.values import Acts, SecondFactor

View = Callable[..., HttpResponseBase]

ACCOUNT_PREFIX = "/console/account/"
"""Where allauth's own views live: sign-in, second factors, sessions."""

SESSION_SECONDS = 12 * 3600
"""The longest a session lasts, however busy: one long shift."""
CONFIRMED_SECONDS = 15 * 60
"""How long after signing in or confirming sensitive acts ask nothing more."""


def source_of(request: HttpRequest) -> str:
    """Return the address the request came from."""
    if config().trust_proxy:
        forwarded = request.headers.get("X-Forwarded-For", "")
        if forwarded:
            return forwarded.rsplit(",", 1)[-1].strip()
    return str(request.META.get("REMOTE_ADDR", ""))


def officer_actor(officer: Officer, source: str = "") -> Actor:
    """Return the officer as an actor of the record."""
    return officer.as_actor(source)


def actor_of(request: HttpRequest) -> Actor:
    """Return who answers for what this request changes or reads."""
    source = source_of(request)
    if isinstance(request.user, Officer):
        return officer_actor(request.user, source)
    force = getattr(request, "force", None)
    return Actor(ActorKind.VISITOR, "", "visitor", force=force.pk if force else None, source=source)


def officer_of(request: HttpRequest) -> Officer:
    """Return the signed-in officer of a gated view."""
    return cast("Officer", request.user)


def everyone(view: View) -> View:
    """Open a view to the public; what came too often is answered as that (RFC 6585)."""

    @wraps(view)
    def open_to_all(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        seconds = request.META.get(_RETRY_AFTER)
        if seconds is not None:  # the page keeps what was written, and says what to do
            response.status_code = 429
            response.headers["Retry-After"] = str(seconds)
        return response

    open_to_all.access = "everyone"  # type: ignore[attr-defined]
    return open_to_all


_RETRY_AFTER = "bluelamp.retry_after"


def let_wait(request: HttpRequest, time: timedelta) -> None:
    """Have this request answered as one that came too often, and say when it may again."""
    request.META[_RETRY_AFTER] = max(1, math.ceil(time.total_seconds()))


def officers(*acts: Acts) -> Callable[[View], View]:
    """Open a view to officers who may do one of ``acts`` somewhere (none: any officer)."""

    def decorate(view: View) -> View:
        @wraps(view)
        def gated(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            refused = _refusal(request)
            if refused is not None:
                return refused
            if acts and not any(permit.may(officer_of(request), act) for act in acts):
                raise NotPermittedError(acts[0].value)
            return view(request, *args, **kwargs)

        gated.access = acts or "officers"  # type: ignore[attr-defined]
        return gated

    return decorate


def confirmed(view: View) -> View:
    """Ask an officer to prove who they are, unless they did so minutes ago.

    Goes inside ``@officers``.  Who has nothing to prove it with here (a session
    from the force's identity provider) goes on.
    """

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if _asks_again(request):
            return redirect_to_login(request.get_full_path(), "account_reauthenticate")
        return view(request, *args, **kwargs)

    return asked


def _asks_again(request: HttpRequest) -> bool:
    from allauth.account.adapter import get_adapter

    if proved_lately(request, officer_of(request)):
        return False
    return bool(get_adapter().get_reauthentication_methods(request.user))


def _records(request: HttpRequest, officer: Officer) -> list[dict[str, Any]]:
    """Return how and when this session proved who it is, oldest first."""
    from allauth.account.authentication import get_authentication_records

    return list(get_authentication_records(request, officer))


def proved_lately(request: HttpRequest, officer: Officer) -> bool:
    """Say whether the officer signed in or confirmed within a quarter of an hour."""
    newest = max((record["at"] for record in _records(request, officer)), default=0.0)
    return time.time() - newest < CONFIRMED_SECONDS


def _refusal(request: HttpRequest) -> HttpResponseBase | None:
    """Return where a request goes that does not come from an officer in good standing."""
    officer = request.user
    if not isinstance(officer, Officer):
        return redirect_to_login(request.get_full_path())
    if _has_lasted(request, officer):
        logout(request)
        return redirect_to_login(request.get_full_path())
    if _lacks_second_factor(request, officer):
        return redirect("mfa_activate_totp")
    officer.source = source_of(request)
    return None


def _has_lasted(request: HttpRequest, officer: Officer) -> bool:
    """Say whether the session began more than twelve hours ago."""
    began = min((record["at"] for record in _records(request, officer)), default=time.time())
    return time.time() - began > SESSION_SECONDS


def _lacks_second_factor(request: HttpRequest, officer: Officer) -> bool:
    """Say whether the force wants a second factor that this officer has not set up.

    A session that came from the force's identity provider brings its own.
    """
    if SECOND_FACTOR.read(officer.force.settings) is not SecondFactor.REQUIRED:
        return False
    from allauth.mfa.utils import is_mfa_enabled

    if any(record.get("method") == "socialaccount" for record in _records(request, officer)):
        return False
    return not is_mfa_enabled(officer)


class GateMiddleware:
    """Refuses routes that name nobody, and gives allauth's writes their actor."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Let the request through; account pages run inside an act of their own."""
        request.actor = SimpleLazyObject(lambda: actor_of(request))  # type: ignore[attr-defined]
        if not _writes_accounts(request):
            return self.get_response(request)
        with acting(actor_of(request), f"org.account.{resolve(request.path_info).url_name}"):
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
            return response

    def process_view(
        self, request: HttpRequest, view: View, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Close a route of ours that says nothing of who may use it."""
        needed = getattr(view, "whole_force", None)
        if needed:
            return _hold_to_force(request, needed)
        if getattr(view, "access", None):
            return None
        if request.path.startswith(ACCOUNT_PREFIX) and _is_closed(request):
            raise Http404
        if not view.__module__.startswith(THIRD_PARTY):
            raise PermissionDenied(f"{view.__module__} names nobody who may use it")
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> None:
        """Turn a refusal by permit into Django's 403."""
        if isinstance(error, NotPermittedError):
            raise PermissionDenied(str(error)) from error


def _writes_accounts(request: HttpRequest) -> bool:
    """Say whether allauth may write in this request: a POST, or an officer coming back."""
    returns = request.path.endswith("/login/callback/")
    return request.path.startswith(ACCOUNT_PREFIX) and (request.method == "POST" or returns)


def _hold_to_force(request: HttpRequest, acts: tuple[str, ...]) -> HttpResponseBase | None:
    refused = _refusal(request)
    if refused is not None:
        return refused
    officer = officer_of(request)
    if not any(permit.may(officer, Acts(act), officer.force) for act in acts):
        raise PermissionDenied(str(NotPermittedError(acts[0])))
    return None


def _is_closed(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is None or match.url_name not in ACCOUNT_ROUTES


THIRD_PARTY = ("allauth.", "django.", "whitenoise.")
"""Views of libraries that guard themselves."""

ACCOUNT_ROUTES = frozenset(
    {
        "account_login", "account_logout", "account_inactive", "account_reauthenticate",
        "account_change_password",
        "mfa_index", "mfa_authenticate", "mfa_reauthenticate", "mfa_activate_totp",
        "mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes",
        "mfa_download_recovery_codes", "mfa_list_webauthn", "mfa_add_webauthn",
        "mfa_reauthenticate_webauthn", "mfa_remove_webauthn", "mfa_edit_webauthn",
        "mfa_login_webauthn", "usersessions_list",
        "socialaccount_login_cancelled", "socialaccount_login_error",
        "openid_connect_login", "openid_connect_callback",
    }
)  # fmt: skip
"""What of allauth is open.  Nobody signs up, changes their address (it is what the
identity provider vouches for) or resets a password by mail here."""
