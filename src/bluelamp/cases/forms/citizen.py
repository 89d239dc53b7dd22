"""What a citizen fills in to look at their case, and to add to it."""

from __future__ import annotations

import uuid

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bluelamp.cases.rules.reference import read_any
from bluelamp.cases.values import CODE_DIGITS, SendBy
from bluelamp.kit.forms import Hinted

LONGEST = 10_000
"""Characters that are taken in at once."""


class AskForm(forms.Form):
    """Which case, and by which kind of address the code shall come; never an address."""

    reference = forms.CharField(
        label=_("Your reference"), max_length=40,
        help_text=_("For example, 7K3C-9QX2. We gave it to you when you wrote or we answered."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false",
                                      "autocapitalize": "characters"}),
        error_messages={"required": _("Enter your reference")},
    )  # fmt: skip
    by = forms.ChoiceField(
        label=_("Where shall we send a code?"), widget=forms.RadioSelect,
        help_text=_("It goes only to where you wrote from, or asked us to answer."),
        choices=[
            (SendBy.EMAIL.value, _("E-mail")),
            (SendBy.SMS.value, _("Text message")),
            (SendBy.DIRECT.value, Hinted(
                _("Private message"), _("Only if you wrote to us in one, on social media")
            )),
        ],
        error_messages={"required": _("Choose where the code shall come")},
    )  # fmt: skip

    def clean_reference(self) -> str:
        """Return the reference as we write it, however it was typed."""
        found = read_any(self.cleaned_data["reference"])
        if not found:
            raise ValidationError(gettext("A reference has 8 or 12 letters and numbers. Check it."))
        return found


class CodeForm(forms.Form):
    """The code that came."""

    code = forms.CharField(
        label=_("Your code"), help_text=_("It has 9 digits."), max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
        error_messages={"required": _("Enter the code")},
    )  # fmt: skip

    def clean_code(self) -> str:
        """Return the digits alone."""
        code = "".join(self.cleaned_data["code"].replace("-", " ").split())
        if len(code) != CODE_DIGITS or not (code.isascii() and code.isdigit()):
            raise ValidationError(gettext("The code has 9 digits. Check it and try again."))
        return code


class AddForm(forms.Form):
    """What they add to their case."""

    text = forms.CharField(
        label=_("What do you want to add?"), max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 8, "autocomplete": "off"}),
        error_messages={"required": _("Write what you want to add")},
    )  # fmt: skip
    once = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)


class StopForm(forms.Form):
    """It is not safe to be contacted this way."""

    once = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
