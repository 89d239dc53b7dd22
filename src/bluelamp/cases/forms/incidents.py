"""What officers fill in about a proposed incident."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class TakeForm(forms.Form):
    """How an incident that begins is called; one that is there has its title."""

    title = forms.CharField(
        label=_("Title of the incident"), max_length=120,
        error_messages={"required": _("Give the incident a title")},
    )  # fmt: skip

    def __init__(self, *args: Any, joins: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if joins:
            del self.fields["title"]


class LateForm(forms.Form):
    """Which update those who joined since are to be told."""

    first = forms.IntegerField(widget=forms.HiddenInput)
    once = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4, required=False)


class ApartForm(forms.Form):
    """Why cases are not one incident."""

    reason = forms.CharField(
        label=_("Why not?"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say why they are not one incident")},
    )  # fmt: skip
