"""A force's own words: one text, or the list of outcomes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from bluelamp.cases.rules import wording
from bluelamp.cases.rules.outcomes import Choice, new_key
from bluelamp.cases.rules.wording import Flaw, Found, Text
from bluelamp.kit.page import Words

SPARE = 2
"""Rows of outcomes that are open to fill in."""
SAID: dict[Flaw, Words] = {
    Flaw.EMPTY: _("Write the words, or go back to the product’s"),
    Flaw.LONG: _("This is too long: %(words)s characters"),
    Flaw.NO_999: _("Tell them to call 999"),
    Flaw.AGAINST_999: _("This tells people not to call 999: “%(words)s”"),
    Flaw.LINK: _("No link or address may stand here: “%(words)s”"),
    Flaw.FIELD: _("Nothing fills this in: “%(words)s”"),
    Flaw.TOPIC: _("“%(words)s” says what it is about, and somebody else may read it"),
    Flaw.NO_55: _("It does not say to press 55 on a mobile: who cannot speak is not put through"),
    Flaw.NO_SMS: _("It does not name emergencySMS: who cannot hear or speak may need it"),
    Flaw.NO_BSL: _("It does not name 999 BSL: who signs may need it"),
    Flaw.NO_999_TOLD: _("It does not name 999 for an emergency"),
    Flaw.NO_WHEN: _("It does not say when somebody will read it: {when}"),
    Flaw.NO_REFERENCE: _("It does not give the reference: {reference}"),
    Flaw.NO_PAGE: _("It does not say where to look: {page}"),
}


def said(found: Sequence[Found]) -> list[str]:
    """Return what was found as sentences."""
    return [
        str(SAID[one.flaw]) % {"words": one.words} if one.words else str(SAID[one.flaw])
        for one in found
    ]


class TextForm(forms.Form):
    """The words of one text; the rule that lists it says what they must not be.

    :param holding: the words that hold now.
    """

    mark_optional = False
    words = forms.CharField(label=_("Our words"), required=False, strip=True)

    def __init__(self, data: Any = None, *, text: Text, holding: str) -> None:
        super().__init__(data, initial={"words": holding})
        self.text = text
        self.fields["words"].widget = forms.Textarea(attrs={"rows": 6})
        self.fields["words"].help_text = _fields(text)

    def clean_words(self) -> str:
        """Refuse what must not go out, with a sentence for each reason."""
        words = "\n".join(str(self.cleaned_data["words"]).splitlines())
        if problems := said(wording.refused(self.text, words)):
            raise forms.ValidationError(problems)
        return words


def _fields(text: Text) -> str:
    if not text.fields:
        return _now("Plain words, without links.")
    named = ", ".join(f"{{{name}}}" for name in text.fields)
    return _now("Plain words. Filled in where they stand: %(fields)s.") % {"fields": named}


class OutcomesForm(forms.Form):
    """The outcomes of a force in their order, and rows for new ones; an empty row is none."""

    mark_optional = False

    def __init__(self, data: Any = None, *, choices: Sequence[Choice]) -> None:
        super().__init__(data)
        self.keys = [one.key for one in choices] + [""] * SPARE
        for number, one in enumerate([*choices, *[Choice("", "", "")] * SPARE]):
            self.fields[f"name_{number}"] = forms.CharField(
                label=_("Name, for officers"), max_length=80, required=False, initial=one.name
            )
            self.fields[f"words_{number}"] = forms.CharField(
                label=_("What the citizen is told"), required=False, initial=one.words,
                widget=forms.Textarea(attrs={"rows": 3}),
            )  # fmt: skip

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The fields, a row each."""
        return [
            {"name": self[f"name_{n}"], "words": self[f"words_{n}"], "new": not key,
             "title": self[f"name_{n}"].initial or _now("Another")}
            for n, key in enumerate(self.keys)
        ]  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Want name and words of each, and one at least."""
        given = super().clean() or {}
        for number in range(len(self.keys)):
            self._row(number, given)
        if not self.errors and not self.choices():
            raise forms.ValidationError(_now("Leave one outcome at least"))
        return given

    def _row(self, number: int, given: dict[str, Any]) -> None:
        name, words = given.get(f"name_{number}", ""), given.get(f"words_{number}", "")
        if words and not name:
            self.add_error(f"name_{number}", _now("Give it a name"))
        if name and (problems := said(wording.refused(wording.OUTCOME, words))):
            self.add_error(f"words_{number}", problems)

    def choices(self) -> list[Choice]:
        """Return the outcomes as they are given; a new one gets a key of its own."""
        found: list[Choice] = []
        for number, key in enumerate(self.keys):
            name, words = (str(self.cleaned_data[f"{what}_{number}"]) for what in ("name", "words"))
            if name and words:
                taken = {*self.keys, *(one.key for one in found)}
                found.append(Choice(key or new_key(name, taken), name, words))
        return found
