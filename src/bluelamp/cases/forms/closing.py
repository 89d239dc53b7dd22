"""What an officer says when a case ends: to the citizen, and to colleagues."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bluelamp.cases.forms.casework import REPLY
from bluelamp.cases.rules.outcomes import Choice
from bluelamp.kit.forms import Hinted

NOTHING = "nothing"
"""The choice to say nothing to the citizen."""


class CloseForm(forms.Form):
    """What came of a case: an outcome of the force's list for the citizen, words for officers."""

    outcome = forms.ChoiceField(
        label=_("What they are told"), widget=forms.RadioSelect,
        error_messages={"required": _("Choose what they are told")},
    )  # fmt: skip
    words = forms.CharField(
        label=_("In your own words"), max_length=REPLY, required=False,
        help_text=_("In place of the words above. Leave it empty to send those."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    reason = forms.CharField(
        label=_("What came of it, for officers"), max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say what came of it")},
    )  # fmt: skip

    def __init__(self, *args: Any, outcomes: Sequence[Choice] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        nothing = Hinted(_("Nothing"), _("They know already, or there is nobody to tell"))
        field: Any = self.fields["outcome"]
        field.choices = [
            *((one.key, Hinted(one.name, one.words)) for one in outcomes), (NOTHING, nothing)
        ]  # fmt: skip
