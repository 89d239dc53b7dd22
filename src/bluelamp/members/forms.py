"""Forms of the public's pages and of the officers'."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bluelamp.kit.forms import DatePartsField, Hinted
from bluelamp.members import labels, rules
from bluelamp.members.errors import AddressError
from bluelamp.members.models import Topic
from bluelamp.members.values import CODE_DIGITS, LANGUAGES
from bluelamp.org.models import Force
from bluelamp.places.errors import PlacesError
from bluelamp.places.models import Postcode
from bluelamp.places.queries import PUBLIC_KINDS, area_at, areas, position_of


class EmailForm(forms.Form):
    """Which address."""

    email = forms.CharField(
        label=gettext_lazy("What is your e-mail address?"),
        help_text=gettext_lazy("We will send a code to this address."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Enter your e-mail address")},
    )

    def clean_email(self) -> str:
        """Return the address as mail can be sent to it."""
        return sendable_address(self.cleaned_data["email"])


def sendable_address(text: str) -> str:
    """Return an address in its form for sending, or refuse it with a sentence."""
    try:
        return rules.normalise_email(text).sending
    except AddressError:
        raise ValidationError(
            _("Enter an e-mail address in the correct format, like name@example.com")
        ) from None


class CodeForm(forms.Form):
    """The code from the mail."""

    code = forms.CharField(
        label=gettext_lazy("Enter the code"),
        help_text=gettext_lazy("It has 6 digits."),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
        error_messages={"required": gettext_lazy("Enter the code from the e-mail")},
    )

    def clean_code(self) -> str:
        """Return the digits alone."""
        code = "".join(self.cleaned_data["code"].replace("-", " ").split())
        if len(code) != CODE_DIGITS or not (code.isascii() and code.isdigit()):
            raise ValidationError(_("The code has 6 digits. Check it and try again."))
        return code


class PostcodeForm(forms.Form):
    """Where somebody lives."""

    postcode = forms.CharField(
        label=gettext_lazy("What is your postcode?"),
        help_text=gettext_lazy("For example, LU1 2AB. We use it to find the news of your streets."),
        max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "postal-code", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Enter your postcode")},
    )

    def __init__(self, force: Force, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.force = force

    def clean_postcode(self) -> str:
        """Return the postcode as it is written, where it is known and on the force's ground."""
        try:
            position = position_of(self.cleaned_data["postcode"])
        except PlacesError as error:
            raise ValidationError(str(error)) from None
        here = area_at(self.force, position.longitude, position.latitude)
        if not here and areas(self.force).exists():
            words = _("%(postcode)s is outside the area of %(force)s.")
            raise ValidationError(words % {"postcode": position.postcode, "force": self.force.name})
        self.cleaned_data["place"] = Postcode.objects.get(pk=position.postcode)
        return str(position.postcode)


class TopicsForm(forms.Form):
    """What somebody wants news of."""

    topics = forms.MultipleChoiceField(
        label=gettext_lazy("What would you like to hear about?"),
        help_text=gettext_lazy(
            "Choose all that interest you. Urgent messages for everyone near you come in any case."
        ),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, topics: Iterable[Topic], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._topics = list(topics)
        field = self.fields["topics"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101
        field.choices = [
            (str(topic.pk), Hinted(_(topic.name), _(topic.hint) if topic.hint else ""))
            for topic in self._topics
        ]

    def chosen(self) -> list[Topic]:
        """Return the topics that were ticked."""
        ticked = set(self.cleaned_data["topics"])
        return [topic for topic in self._topics if str(topic.pk) in ticked]

    def mask(self) -> int:
        """Return the mask of the topics that were ticked."""
        return rules.topic_mask([topic.bit for topic in self.chosen()])


class AgreeForm(forms.Form):
    """The consents, in the words that are kept."""

    alerts = forms.BooleanField(
        error_messages={"required": gettext_lazy("Tick the box if you agree. We need your yes.")}
    )
    tracking = forms.BooleanField(required=False)

    def __init__(self, alerts: str, tracking: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["alerts"].label = alerts
        self.fields["tracking"].label = tracking


class PauseForm(forms.Form):
    """How long nothing is sent."""

    how_long = forms.ChoiceField(
        label=gettext_lazy("How long do you want to pause?"),
        choices=[
            ("7", gettext_lazy("One week")),
            ("30", gettext_lazy("One month")),
            ("90", gettext_lazy("Three months")),
            ("date", gettext_lazy("Until a date that I choose")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose how long")},
    )
    until = DatePartsField(label=gettext_lazy("Until"), required=False)

    def clean(self) -> dict[str, Any]:
        """Work out the day on which messages come again."""
        cleaned = super().clean() or {}
        today = timezone.localdate()
        if cleaned.get("how_long") == "date":
            day = cleaned.get("until")
            if "until" not in self.errors and day is None:
                self.add_error("until", _("Enter the date on which messages come again"))
            elif day is not None and not today < day <= today + timedelta(days=366):
                self.add_error("until", _("The date must be in the next year"))
            cleaned["day"] = day
        elif cleaned.get("how_long"):
            cleaned["day"] = today + timedelta(days=int(cleaned["how_long"]))
        return cleaned


class LanguageForm(forms.Form):
    """In what language somebody is written to."""

    language = forms.ChoiceField(
        label=gettext_lazy("Which language do you prefer?"),
        help_text=gettext_lazy("Messages come in it where your police have them in it."),
        choices=[(code, labels.LANGUAGES[code]) for code in LANGUAGES],
        widget=forms.RadioSelect,
    )


class TrackingForm(forms.Form):
    """Whether opening and clicking may be known."""

    tracking = forms.BooleanField(required=False)

    def __init__(self, words: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tracking"].label = words


class WhyForm(forms.Form):
    """Why somebody left; never in the way of leaving."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Why did you leave?"),
        choices=list(labels.LEAVE_REASONS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose a reason, or close this page")},
    )
    words = forms.CharField(
        label=gettext_lazy("What could we do better?"),
        help_text=gettext_lazy("Do not write anything that says who you are."),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


# Officers' ------------------------------------------------------------------


class SearchForm(forms.Form):
    """Whom to look for: what is searched for must be known."""

    q = forms.CharField(
        label=gettext_lazy("E-mail address, reference or postcode"),
        help_text=gettext_lazy("Write all of it. Names and parts of addresses are not searched."),
        max_length=254,
        widget=forms.TextInput(attrs={"spellcheck": "false"}),
        error_messages={
            "required": gettext_lazy("Enter an e-mail address, a reference or a postcode")
        },
    )


class ReasonForm(forms.Form):
    """Why; it is kept in the record."""

    reason = forms.CharField(
        label=gettext_lazy("Why do you need this?"),
        help_text=gettext_lazy("For example a crime or task number. It is kept in the record."),
        max_length=200,
        error_messages={"required": gettext_lazy("Say why; it is kept in the record")},
    )


class SuppressForm(ReasonForm):
    """An address to which nothing shall go."""

    email = forms.CharField(
        label=gettext_lazy("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Enter the e-mail address")},
    )
    field_order = ("email", "reason")

    def clean_email(self) -> str:
        """Return the address as mail would be sent to it."""
        return sendable_address(self.cleaned_data["email"])


class ImportForm(forms.Form):
    """A file of members and what stands for all of its rows."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("CSV with columns e-mail and postcode; up to 25 MB."),
        error_messages={
            "required": gettext_lazy("Choose a file"),
            "empty": gettext_lazy("The file is empty"),
        },
    )
    consent_source = forms.CharField(
        label=gettext_lazy("Where did they agree?"),
        help_text=gettext_lazy("For rows that do not say, for example “paper form 2024”."),
        required=False,
        max_length=60,
    )
    consent_wording = forms.CharField(
        label=gettext_lazy("To which words did they agree?"),
        help_text=gettext_lazy("For rows that do not say: the exact words."),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    verified = forms.BooleanField(
        label=gettext_lazy("The addresses were confirmed in the system that the file comes from"),
        required=False,
        initial=True,
    )
    reason = forms.CharField(
        label=gettext_lazy("Why are they taken in?"),
        help_text=gettext_lazy("It is kept in the record."),
        max_length=200,
        error_messages={"required": gettext_lazy("Say why; it is kept in the record")},
    )

    def clean_file(self) -> Any:
        """Refuse what is too large."""
        file = self.cleaned_data["file"]
        if file.size > 25 * 1024 * 1024:
            raise ValidationError(_("The file is larger than 25 MB"))
        return file


def public_areas(force: Force, longitude: float, latitude: float) -> list[Any]:
    """Return the areas at a point that the public's pages name."""
    return area_at(force, longitude, latitude, kinds=PUBLIC_KINDS)
