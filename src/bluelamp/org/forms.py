"""What an administrator fills in."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from allauth.account.forms import LoginForm
from allauth.mfa import app_settings as mfa
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from django import forms
from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bluelamp.kit.forms import DatePartsField
from bluelamp.org import permit
from bluelamp.org.models import Officer, Unit
from bluelamp.org.values import Acts, Role

ROLE_WORDS = {
    Role.WRITER: _("Writer: drafts alerts"),
    Role.APPROVER: _("Approver: approves alerts of others"),
    Role.COMMANDER: _("Commander: can send urgently without approval"),
    Role.COMMUNICATIONS: _("Communications: approves and looks after accounts"),
    Role.MEMBERSHIP: _("Membership: looks after members' records"),
    Role.ANALYST: _("Analyst: sees figures, never people"),
    Role.ADMINISTRATOR: _("Administrator: officers, grants, areas, accounts"),
    Role.AUDITOR: _("Auditor: sees who did and who read what"),
}
"""What each role is, in a line."""


class SignInForm(LoginForm):  # type: ignore[misc]
    """Address and password, without the words in the boxes that allauth puts there."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class _SpentOnce:
    """A code opens once for as long as it is good (RFC 6238 section 5.2).

    allauth remembers a used code for one step; with a tolerance it is good for longer.
    """

    user: Officer
    authenticator: Authenticator

    def clean_code(self) -> str:
        """Return the code, if it is right and has not been used."""
        code: str = super().clean_code()  # type: ignore[misc]
        if self.authenticator.type == Authenticator.Type.TOTP and not self._spend(code):
            raise get_adapter().validation_error("incorrect_code")
        return code

    def _spend(self, code: str) -> bool:
        good_for = mfa.TOTP_PERIOD * (2 * mfa.TOTP_TOLERANCE + 1)
        return bool(cache.add(f"org.code.{self.user.pk}.{code}", True, timeout=good_for))


class CodeForm(_SpentOnce, AuthenticateForm):  # type: ignore[misc]
    """The second factor at sign-in."""


class CodeAgainForm(_SpentOnce, ReauthenticateForm):  # type: ignore[misc]
    """The second factor once more, before a change that matters."""


class ReasonForm(forms.Form):
    """Why something is done, for the record."""

    reason = forms.CharField(
        label=_("Reason"), max_length=200, help_text=_("It is kept in the audit."),
        error_messages={"required": _("Enter a reason")},
    )  # fmt: skip


class GrantForm(ReasonForm):
    """A role over a unit, for a time."""

    role = forms.ChoiceField(
        label=_("Role"), choices=[(role.value, words) for role, words in ROLE_WORDS.items()],
        widget=forms.RadioSelect, error_messages={"required": _("Choose a role")},
    )  # fmt: skip
    unit = forms.ModelChoiceField(
        Unit.objects.none(), label=_("Over which unit"), empty_label=None,
        help_text=_("It holds for all units below, too."),
        error_messages={"required": _("Choose a unit")},
    )  # fmt: skip
    last_day = DatePartsField(
        label=_("Last day"), required=False, help_text=_("Leave empty for a grant without an end.")
    )
    field_order = ("role", "unit", "last_day", "reason")

    def __init__(self, granter: Officer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units: Any = self.fields["unit"]
        units.queryset = units_to_grant(granter)

    def expires(self) -> datetime | None:
        """Return the end of the last day, on the force's clock."""
        day = self.cleaned_data["last_day"]
        return timezone.make_aware(datetime.combine(day, time(23, 59, 59))) if day else None


def units_to_grant(granter: Officer) -> Any:
    """Return the units over which the granter may give roles."""
    granted = permit.paths(granter, Acts.GRANT_MANAGE)
    pks = [
        pk
        for pk, path in Unit.objects.filter(force=granter.force_id).values_list("pk", "path")
        if any(path.startswith(allowed) for allowed in granted)
    ]
    return Unit.objects.filter(pk__in=pks).order_by("path")


class SearchForm(forms.Form):
    """Whom one looks for."""

    words = forms.CharField(label=_("Name, number or address"), required=False, max_length=100)
    unit = forms.IntegerField(required=False, widget=forms.HiddenInput)
