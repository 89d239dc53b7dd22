"""What officers fill in on the pages of guidance and tags."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from bluelamp.cases.rules.savedreply import unknown_in
from bluelamp.kit.forms import DatePartsField
from bluelamp.org.models import Unit

LANGUAGES = [
    ("en", _("English")), ("cy", _("Welsh")), ("pl", _("Polish")), ("ur", _("Urdu")),
    ("pa", _("Punjabi")), ("ro", _("Romanian")), ("ar", _("Arabic")), ("fr", _("French")),
]  # fmt: skip


def _text(label: Any, most: int, hint: Any = "", required: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label, max_length=most, help_text=hint, required=bool(required),
        widget=forms.Textarea, error_messages={"required": required},
    )  # fmt: skip


class ArticleForm(forms.Form):
    """What an article says, who answers for it, and under which tags it is found."""

    title = forms.CharField(
        label=_("Title"), max_length=120, error_messages={"required": _("Enter a title")}
    )
    body = _text(
        _("What officers should know"), 20_000,
        _("A line that begins with ## is a heading, with - a point of a list, with 1. a step;"
          " **two stars** make words bold. A blank line begins a paragraph."),
        _("Write the guidance"),
    )  # fmt: skip
    reply = _text(
        _("Saved reply"), 5_000,
        _("What may be said to the citizen, with fields. {{citizen_name|neighbour}} says what"
          " stands there when the name is not known."),
    )  # fmt: skip
    short_reply = _text(
        _("Short reply"),
        1_000,
        _("For text messages and posts in which the long one does not fit."),
    )
    made_from = forms.IntegerField(required=False, widget=forms.HiddenInput)
    """The version that the words are a change of; empty for a new article."""
    kept_from = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    """The mark of who answers for it and until when, as the form began with it."""
    note = forms.CharField(label=_("What you changed"), max_length=200, required=False)
    tags = forms.MultipleChoiceField(
        label=_("Tags"), required=False, widget=forms.CheckboxSelectMultiple
    )
    unit = forms.ModelChoiceField(
        Unit.objects.none(), label=_("Unit that answers for it"), empty_label=None,
        error_messages={"required": _("Choose a unit")},
    )  # fmt: skip
    owner = forms.ChoiceField(label=_("Officer who reviews it"), required=False)
    review_on = DatePartsField(
        label=_("Review by"), error_messages={"required": _("Enter the day of the next review")}
    )
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES, initial="en")

    def __init__(
        self, *args: Any, units: Sequence[Unit] = (), people: Sequence[tuple[str, str]] = (),
        tags: Sequence[tuple[str, str]] = (), **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["unit"].queryset = Unit.objects.filter(pk__in=[one.pk for one in units])
        fields["owner"].choices = [("", _("Nobody in particular: the unit")), *people]
        fields["tags"].choices = tags

    def clean(self) -> dict[str, Any]:
        """Name what stands in a reply's braces and is no field."""
        given = super().clean() or {}
        for name in ("reply", "short_reply"):
            for field in unknown_in(given.get(name, "")):
                self.add_error(name, _now("No field is called “%(name)s”") % {"name": field})
        return given


class PublishForm(forms.Form):
    """The version that an officer has read."""

    version = forms.IntegerField(
        widget=forms.HiddenInput,
        error_messages={"required": _("Read the article again, then publish it")},
    )


class ReviewForm(forms.Form):
    """Until when an article that was looked through holds."""

    review_on = DatePartsField(
        label=_("Still right until"),
        error_messages={"required": _("Enter the day of the next review")},
    )


class TagForm(forms.Form):
    """A word of the force's list."""

    name = forms.CharField(
        label=_("Name"), max_length=40, error_messages={"required": _("Give the tag a name")}
    )
    description = forms.CharField(label=_("What it is for"), max_length=200, required=False)
    active = forms.BooleanField(label=_("In use"), required=False, initial=True)
