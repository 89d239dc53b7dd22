"""How officers sign in: nobody signs up, the force's identity provider only knows officers."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest


class OfficerAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by the force, never by a sign-up page."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse: officers come by CSV or the console."""
        return False


class ForceIdentityAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Signs in officers whom the force's identity provider vouches for."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Refuse: an unknown person of the provider is not an officer here."""
        return False
