"""How officers sign in: nobody signs up, the force's identity provider only knows officers."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from bluelamp.audit.actions import acting
from bluelamp.kit import clock
from bluelamp.org.gate import actor_of, officer_actor, proved_lately, source_of
from bluelamp.org.models import Officer


class OfficerAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by the force, never by a sign-up page."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("The email address or the password is not right."),
        "too_many_login_attempts": _(
            "There were too many attempts to sign in. Wait five minutes, then try again."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse: officers come by CSV or the console."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the address that the record would name, too."""
        return source_of(request)

    def login(self, request: HttpRequest, user: Officer) -> None:
        """Begin a session under an act of the officer's own."""
        with acting(officer_actor(user, source_of(request)), "org.sign_in"):
            super().login(request, user)
            user.last_login = clock.now()
            user.save(update_fields=["last_login"])

    def logout(self, request: HttpRequest) -> None:
        """End a session, and say so in the record."""
        with acting(actor_of(request), "org.sign_out"):
            super().logout(request)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Record a failed attempt; what an unknown person typed is kept nowhere."""
        address = credentials.get("email") or ""
        officer = Officer.objects.filter(email__iexact=address).first()
        actor = officer_actor(officer, source_of(request)) if officer else actor_of(request)
        with acting(actor, "org.sign_in_failed"):
            pass

    def reauthenticate(self, user: Officer, password: str) -> bool:
        """Check a password again, under the same lock-out as a sign-in."""
        found = self.authenticate(context.request, email=user.email, password=password)
        return found is not None and found.pk == user.pk

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Ask once more before a change of factors, but not right after signing in."""
        request = context.request
        if isinstance(request.user, Officer) and proved_lately(request, request.user):
            return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))


class ForceIdentityAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Signs in officers whom the force's identity provider vouches for."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Refuse: an unknown person of the provider is not an officer here."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Refuse an officer of another force than the one whose door this is."""
        force = getattr(request, "force", None)
        officer = sociallogin.user if sociallogin.is_existing else None
        if officer is not None and force is not None and officer.force_id != force.pk:
            page = render(request, "account/signup_closed.html", status=403)
            raise ImmediateHttpResponse(page)
