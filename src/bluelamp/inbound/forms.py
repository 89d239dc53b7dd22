"""What people write to us on our own pages."""

from __future__ import annotations

import uuid

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bluelamp.kit.phone import PhoneNumberError, e164

TEXT_LIMIT = 4_000
STORY_LIMIT = 10_000


class ReplyForm(forms.Form):
    """An answer to a message; a name and an address only if they care to give them."""

    text = forms.CharField(
        label=_("What do you want to tell the team?"), max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": _("Write what you want to tell the team")},
    )  # fmt: skip
    name = forms.CharField(label=_("Your name"), max_length=120, required=False)
    email = forms.EmailField(
        label=_("Your e-mail address"), required=False, max_length=254,
        help_text=_("So that the team can ask you more. You do not have to give it."),
        error_messages={"invalid": _("Enter an e-mail address like name@example.com")},
    )  # fmt: skip
    once = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    website = forms.CharField(required=False, widget=forms.HiddenInput)


def reachable(written: str) -> tuple[str, str]:
    """Return the kind of an address that somebody gave, and the address: mail or phone.

    :raises ValidationError: it is neither.
    """
    if "@" in written:
        return "email", str(forms.EmailField(max_length=254).clean(written))
    try:
        return "sms", e164(written)
    except PhoneNumberError:
        raise ValidationError(
            gettext("Enter an e-mail address like name@example.com, or a phone number")
        ) from None


class ContactForm(forms.Form):
    """What has happened, and only what its writer cares to add."""

    text = forms.CharField(
        label=_("What has happened?"), max_length=STORY_LIMIT,
        help_text=_("Use your own words, in any language. You do not have to say everything now."),
        widget=forms.Textarea(attrs={"rows": 8, "autocomplete": "off"}),
        error_messages={"required": _("Write what has happened")},
    )  # fmt: skip
    where = forms.CharField(
        label=_("Where?"), max_length=300, required=False,
        help_text=_("A street, a place, a bus, or where on the internet."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    name = forms.CharField(label=_("Your name"), max_length=120, required=False)
    reach = forms.CharField(
        label=_("Your e-mail address or phone number"), max_length=254, required=False,
        help_text=_("So that we can answer. Give one that is safe for you, or none."),
    )  # fmt: skip
    once = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    website = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_reach(self) -> tuple[str, str]:
        """Return the kind of the address and the address; two empty words where there is none."""
        written = self.cleaned_data["reach"]
        return reachable(written) if written else ("", "")

    def clean(self) -> None:
        """Refuse what a program filled in; a person presses again."""
        super().clean()
        if self.cleaned_data.get("website"):
            self.data = self.data.copy()
            self.data["website"] = ""
            raise ValidationError(gettext("Something went wrong. Press “Send” again."))
