"""What people write to us on our own pages."""

from __future__ import annotations

import uuid

from django import forms
from django.utils.translation import gettext_lazy as _

TEXT_LIMIT = 4_000


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
