"""What an administrator fills in."""

from __future__ import annotations

import re
from datetime import datetime, time
from typing import Any

from allauth.mfa import app_settings as mfa
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from django import forms
from django.core.cache import cache
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from bluelamp.kit.forms import DatePartsField
from bluelamp.kit.forms.fields import clock_time
from bluelamp.org import permit
from bluelamp.org.models import Calendar, Officer, Unit
from bluelamp.org.values import Acts, Nation, Role

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
    return units_under(granter, Acts.GRANT_MANAGE)


def units_under(granter: Officer, act: Acts) -> Any:
    """Return the units under which an officer may do something."""
    granted = permit.paths(granter, act)
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


# --- opening hours ---

ALL_DAY = [["00:00", "00:00"]]


def spans_in_words(pairs: list[list[str]]) -> str:
    """Write a day's hours as the form takes them; nothing for a closed day."""
    if pairs == ALL_DAY:
        return str(_("all day"))
    return ", ".join(_("%(first)s to %(last)s") % {"first": a, "last": b} for a, b in pairs)


class SpansField(forms.CharField):
    """A day's opening hours as people write them: 9am to 12:30, 13:30 to 17:00."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=120, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Show stored spans in words."""
        return spans_in_words(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        """Return pairs of ``HH:MM``; none for a closed day."""
        text = str(value or "").strip().lower()
        if text in ("all day", "24 hours", str(_("all day"))):
            return ALL_DAY
        parts = [part for part in text.split(",") if part.strip()]
        return [self._pair(part) for part in parts if text not in ("closed", str(_("closed")))]

    def _pair(self, text: str) -> list[str]:
        ends = [clock_time(end.strip()) for end in re.split(r"\bto\b|[-–]", text)]
        if len(ends) != 2 or None in ends:
            raise forms.ValidationError(
                _("%(day)s: enter times like 9am to 12:30, 13:30 to 17:00"),
                params={"day": self.label},
            )
        return [end.isoformat("minutes") for end in ends if end]


class CalendarForm(forms.Form):
    """A calendar's name, whose it is, and its week."""

    mark_optional = False
    name = forms.CharField(
        label=_("Name"), max_length=80, error_messages={"required": _("Enter a name")}
    )
    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("For which unit"), required=False)

    def __init__(
        self, officer: Officer, calendar: Calendar | None, *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._force, self._calendar = officer.force, calendar
        units: Any = self.fields["unit"]
        units.queryset = units_under(officer, Acts.ROTA_MANAGE)
        whole = permit.may(officer, Acts.ROTA_MANAGE, officer.force)
        units.empty_label, units.required = (_("The whole force") if whole else None), not whole
        for day, name in WEEKDAYS.items():
            week = calendar.week[day] if calendar else []
            self.fields[f"day{day}"] = SpansField(label=name, initial=week)
        if calendar is not None:
            del self.fields["name"]
            units.initial = calendar.unit_id

    def days(self) -> list[Any]:
        """Return the fields of the week, for the page."""
        return [self[f"day{day}"] for day in range(7)]

    def wanted(self) -> dict[str, Any]:
        """Return what ``calendars.define_calendar`` takes."""
        data = self.cleaned_data
        there = self._calendar
        return {
            "force": self._force, "unit": data["unit"],
            "name": there.name if there else data["name"],
            "zone": there.zone if there else "Europe/London",
            "week": [data[f"day{day}"] for day in range(7)],
        }  # fmt: skip

    def clean_name(self) -> str:
        """Refuse the name of another calendar: it would be changed."""
        name = str(self.cleaned_data["name"])
        if Calendar.objects.filter(force=self._force, name=name).exists():
            raise forms.ValidationError(_("There is a calendar of this name already"))
        return name


class DayForm(forms.Form):
    """An exceptional day."""

    mark_optional = False
    day = DatePartsField(label=_("Which day"))
    opens = SpansField(
        label=_("Open"),
        help_text=_("Such as 10am to 2pm. Leave empty if it is closed all day."),
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=120, help_text=_("Such as the name of the holiday."),
        error_messages={"required": _("Enter a reason")},
    )  # fmt: skip


class BankHolidaysForm(forms.Form):
    """Whose bank holidays, and of which years."""

    nation = forms.ChoiceField(
        label=_("Bank holidays of"), widget=forms.RadioSelect,
        choices=[
            (Nation.ENGLAND_AND_WALES.value, _("England and Wales")),
            (Nation.SCOTLAND.value, _("Scotland")),
            (Nation.NORTHERN_IRELAND.value, _("Northern Ireland")),
        ],
        error_messages={"required": _("Choose a nation")},
    )  # fmt: skip
    which = forms.MultipleChoiceField(
        label=_("Years"), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one year")},
    )  # fmt: skip

    def __init__(self, year: int, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        which: Any = self.fields["which"]
        which.choices = [(str(n), str(n)) for n in (year, year + 1)]

    def years(self) -> list[int]:
        """Return the chosen years."""
        return [int(text) for text in self.cleaned_data["which"]]
