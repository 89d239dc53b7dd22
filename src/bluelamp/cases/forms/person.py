"""What officers fill in about a person: why they look, what they decide."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from bluelamp.cases.labels import DECISION_HINTS, DECISIONS
from bluelamp.cases.values import ReviewDecision
from bluelamp.kit.forms import DatePartsField, Hinted


class OpenForm(forms.Form):
    """Why all of a person is opened."""

    reason = forms.CharField(
        label=_("Why do you need this?"), max_length=200,
        help_text=_("For example a case or crime number. It is kept with your name."),
        error_messages={"required": _("Say why you need it: it is recorded")},
    )  # fmt: skip


class SameForm(forms.Form):
    """Why two contacts are one person, or are not."""

    reason = forms.CharField(
        label=_("How do you know?"), max_length=300,
        help_text=_("What they told you or openly published; never how they write, or a guess."),
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say how you know: whoever reads it later relies on it")},
    )  # fmt: skip


class DecideForm(forms.Form):
    """What comes of looking at how a person fares."""

    decision = forms.TypedChoiceField(
        label=_("What comes of it"), widget=forms.RadioSelect, coerce=ReviewDecision,
        choices=[(one.value, Hinted(DECISIONS[one], DECISION_HINTS[one]))
                 for one in ReviewDecision],
        error_messages={"required": _("Choose what comes of it")},
    )  # fmt: skip
    words = forms.CharField(
        label=_("What you saw, and why you decide so"), max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Say what you saw: the next officer relies on it")},
    )  # fmt: skip
    next_on = DatePartsField(label=_("Look again on"), required=False)


class EndForm(forms.Form):
    """How a person fares at the end of what was planned."""

    words = forms.CharField(
        label=_("How they fare now"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say how they fare now")},
    )  # fmt: skip
