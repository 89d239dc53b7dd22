"""What people write to us on our own pages."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bluelamp.files.errors import UnwelcomeFileError
from bluelamp.files.rules import welcome
from bluelamp.files.values import LARGEST, MOST
from bluelamp.kit.forms import ClockTimeField, DatePartsField
from bluelamp.kit.phone import PhoneNumberError, e164

TEXT_LIMIT = 4_000
STORY_LIMIT = 10_000


class GuardedForm(forms.Form):
    """A form of the public's, with a box that only programs see and fill in."""

    website = forms.CharField(required=False, widget=forms.HiddenInput)
    button = _("Send")
    """What stands on the form's button."""

    def clean(self) -> None:
        """Refuse what a program filled in; a person whose browser did so presses again."""
        super().clean()
        if self.cleaned_data.get("website"):
            self.data = {**self.data.dict(), "website": ""}  # type: ignore[attr-defined]
            words = gettext("Something went wrong. Press “%(button)s” again.")
            raise ValidationError(words % {"button": self.button})


class ReplyForm(GuardedForm):
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
    button = _("Send your reply")


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


class FilesInput(forms.ClearableFileInput):
    """A box for several files; phones that know only one send one."""

    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[UploadedFile[Any]]:
        """Return all files of the box."""
        return list(files.getlist(name)) if hasattr(files, "getlist") else []


class FilesField(forms.FileField):
    """Several files, each of a kind that is taken."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[tuple[str, bytes]]:
        """Return names and bytes.

        :raises ValidationError: too many, or one that is too large or not of a kind; named.
        """
        given: list[UploadedFile[Any]] = [one for one in data or () if one]
        if len(given) > MOST:
            raise ValidationError(gettext("Choose no more than %(most)s files") % {"most": MOST})
        return [self._checked(file) for file in given]

    @staticmethod
    def _checked(file: UploadedFile[Any]) -> tuple[str, bytes]:
        name = str(file.name)
        content = file.read(LARGEST + 1)
        try:
            welcome(content)
        except UnwelcomeFileError as error:
            raise ValidationError(f"{name}: {error}") from None
        return name, content


class ContactForm(GuardedForm):
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
    attachments = FilesField(
        label=_("Pictures, films or recordings"), required=False,
        help_text=_("Up to 5, each up to 10 MB. A photo may tell us where it was taken."),
    )  # fmt: skip
    once = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def clean_reach(self) -> tuple[str, str]:
        """Return the kind of the address and the address; two empty words where there is none."""
        written = self.cleaned_data["reach"]
        return reachable(written) if written else ("", "")


class DeskForm(forms.Form):
    """A call or a visit, as an officer writes it down."""

    how = forms.ChoiceField(
        label=_("How did they come?"), widget=forms.RadioSelect, initial="call",
        choices=[("call", _("They called")), ("visit", _("They came to a desk or spoke to me"))],
    )  # fmt: skip
    text = forms.CharField(
        label=_("What did they say?"), max_length=STORY_LIMIT,
        help_text=_("Their own words as far as you can."),
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": _("Write what they said")},
    )  # fmt: skip
    where = forms.CharField(label=_("Where did it happen?"), max_length=300, required=False)
    name = forms.CharField(label=_("Their name"), max_length=120, required=False)
    reach = forms.CharField(
        label=_("Their phone number or e-mail address"), max_length=254, required=False,
        help_text=_("Ask for one that is safe to call or write to."),
    )  # fmt: skip
    day = DatePartsField(label=_("On which day?"), help_text=_("For example, 27 3 2026"))
    time = ClockTimeField(label=_("At what time?"), help_text=_("For example, 7pm or 19:30"))
    once = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def clean_reach(self) -> tuple[str, str]:
        """Return the kind of the address and the address; two empty words where there is none."""
        written = self.cleaned_data["reach"]
        return reachable(written) if written else ("", "")

    def clean(self) -> None:
        """Put day and time together; nobody said anything in the future."""
        super().clean()
        day, at = self.cleaned_data.get("day"), self.cleaned_data.get("time")
        if day and at:
            moment = timezone.make_aware(datetime.combine(day, at))
            if moment > timezone.now() + timedelta(minutes=5):
                self.add_error("day", gettext("The day and time must be in the past"))
            self.cleaned_data["at"] = moment
