"""One promise: how soon, in whose hours, and whether open cases are held to it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from bluelamp.cases.queries.targets import Promise, calendars, parted
from bluelamp.kit.forms import Hinted
from bluelamp.org.models import Force

LONGEST = timedelta(days=366)


class PromiseForm(forms.Form):
    """What is promised for one severity.

    :param promise: what is promised now.
    """

    mark_optional = False
    promised = forms.ChoiceField(
        label=_("Is it promised?"), widget=forms.RadioSelect,
        choices=[("yes", _("Yes")), ("no", _("No, nothing is due"))],
    )  # fmt: skip
    amount = forms.IntegerField(label=_("Within"), min_value=1, required=False)
    unit = forms.ChoiceField(
        label=_("Counted in"), initial="hours",
        choices=[("minutes", _("minutes")), ("hours", _("hours")),
                 ("days", _("days of 24 hours"))],
    )  # fmt: skip
    calendar = forms.ChoiceField(
        label=_("In whose hours"), required=False,
        help_text=_("Time outside these hours does not count."),
    )  # fmt: skip
    open_too = forms.ChoiceField(
        label=_("Cases that are open now"), widget=forms.RadioSelect, initial="no",
        choices=[
            ("no", Hinted(_("Keep what they were promised"),
                          _("Until somebody decides anew how severe they are"))),
            ("yes", Hinted(_("Are held to the new promise too"),
                           _("The time that is used already counts"))),
        ],
    )  # fmt: skip

    def __init__(self, data: Any = None, *, force: Force, promise: Promise | None) -> None:
        super().__init__(data, initial=_initial(promise))
        named = [(str(pk), name) for pk, name in calendars(force).items()]
        field: Any = self.fields["calendar"]
        field.choices = [("", _now("Round the clock")), *named]

    def clean(self) -> dict[str, Any]:
        """Want a length where something is promised, and one that is not absurd."""
        given = super().clean() or {}
        if given.get("promised") != "yes" or "amount" in self.errors:
            return given
        if not given.get("amount"):
            self.add_error("amount", _now("Say within how long"))
        elif self._length(given) > LONGEST:
            self.add_error("amount", _now("This is longer than a year"))
        return given

    @staticmethod
    def _length(given: dict[str, Any]) -> timedelta:
        amount = min(int(given["amount"]), 10**6)
        return timedelta(**{given["unit"]: amount})

    def promise(self) -> Promise | None:
        """Return what is to be promised; nothing where nothing is."""
        given = self.cleaned_data
        if given["promised"] == "no":
            return None
        return Promise(self._length(given), int(given["calendar"]) if given["calendar"] else None)


def _initial(promise: Promise | None) -> dict[str, Any]:
    if promise is None:
        return {"promised": "no"}
    amount, unit = parted(promise.within)
    return {
        "promised": "yes",
        "amount": amount,
        "unit": unit,
        "calendar": str(promise.calendar or ""),
    }
