"""A line of a word list, a text to try, and a file of words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from bluelamp.cases.queries.routing import tongues, topic
from bluelamp.language.errors import PatternError, WordsRefusedError
from bluelamp.language.rules.pattern import groups
from bluelamp.language.sheets import check, read_terms
from bluelamp.language.values import NEAR, Term

LARGEST = 1_000_000
"""Bytes of a file of words."""


def _words(label: Any, hint: Any = "", **more: Any) -> forms.CharField:
    attributes = {"spellcheck": "false", "autocomplete": "off"}
    return forms.CharField(
        label=label, help_text=hint, max_length=1000, widget=forms.TextInput(attrs=attributes),
        **more,
    )  # fmt: skip


class TermForm(forms.Form):
    """One line; its words, heading and language are what it is known by and stay.

    :param lines: the kind's lines that hold, whose ``{groups}`` it may use.
    :param headings: those there are; none where the force names its own.
    :param term: the line that is changed; none for a new one.
    """

    mark_optional = False
    text = _words(
        _("Words"), _("A word, a phrase, stab* for all that begins so, one|another, … for a gap."),
        error_messages={"required": _("Write the words")},
    )  # fmt: skip
    heading = forms.CharField(
        label=_("Heading"), max_length=40, error_messages={"required": _("Name the heading")}
    )
    language = forms.ChoiceField(label=_("Language"), required=False)
    weight = forms.FloatField(
        label=_("Points"), initial=1.0, min_value=-1000, max_value=1000,
        help_text=_("Below zero they speak against."),
    )  # fmt: skip
    needs = _words(_("Counts only beside"), _("One of these must be near."), required=False)
    unless = _words(_("Does not count beside"), _("None of these may be near."), required=False)
    unless_before = _words(
        _("Does not count after"), _("None of these may stand just before."), required=False
    )
    near = forms.IntegerField(
        label=_("How near is near"), initial=NEAR, min_value=0, max_value=100,
        help_text=_("Words to each side; 0 is anywhere in the text."),
    )  # fmt: skip
    note = forms.CharField(label=_("Note"), max_length=300, required=False)
    active = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def __init__(
        self, data: Any = None, *, lines: Sequence[Term], headings: Sequence[str],
        term: Term | None = None,
    ) -> None:  # fmt: skip
        initial = {name: getattr(term, name) for name in self.base_fields} if term else {}
        super().__init__(data, initial=initial)
        self._groups = [one for one in lines if one.is_group]
        self._there = {(one.text, one.heading, one.language) for one in lines} if not term else {}
        if headings:
            label = self.fields["heading"].label
            named = [("", _now("Choose")), *((one, topic(one)) for one in headings)]
            self.fields["heading"] = forms.ChoiceField(
                label=label, choices=named, error_messages={"required": _("Choose the heading")}
            )
        language: Any = self.fields["language"]
        language.choices = [("", _now("Any")), *tongues()]
        if term is not None:
            self._keep(term)

    def _keep(self, term: Term) -> None:
        """Leave what the line is known by as it is, whether or not it could be chosen anew."""
        for name in ("text", "heading", "language"):
            field: Any = self.fields[name]
            field.disabled = True
            if hasattr(field, "choices"):
                value = getattr(term, name)
                field.choices = [(value, value)]

    def clean(self) -> dict[str, Any]:
        """Refuse what cannot be read, and what there is already."""
        given = super().clean() or {}
        if not self.errors:
            self._read(self.term())
        return given

    def _read(self, term: Term) -> None:
        try:
            own = [term] if term.is_group else []
            check(term, groups([*self._groups, *own]))
        except PatternError as error:
            self.add_error("text", str(error))
        if (term.text, term.heading, term.language) in self._there:
            self.add_error("text", _now("This line is there already: change that one"))

    def term(self) -> Term:
        """Return the line as it is filled in."""
        return Term(**{name: self.cleaned_data[name] for name in self.base_fields})


class TextForm(forms.Form):
    """A text to try."""

    text = forms.CharField(
        label=_("Paste a text"), max_length=10_000,
        help_text=_("It is read as triage reads what comes in. Nothing of it is kept."),
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off"}),
        error_messages={"required": _("Paste a text to try")},
    )  # fmt: skip


class FileForm(forms.Form):
    """A list as a CSV: uploaded, then held in the page between the trial and the taking in."""

    file = forms.FileField(label=_("CSV file"), required=False)
    content = forms.CharField(
        required=False, widget=forms.HiddenInput, strip=False, max_length=LARGEST
    )
    name = forms.CharField(
        label=_("Name of the list"), max_length=120,
        help_text=_("The file is the whole list of this name: lines that it does not hold go."),
        error_messages={"required": _("Name the list")},
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Read the file; every mistake is named by row."""
        given = super().clean() or {}
        file = given.get("file")
        if file is not None and file.size > LARGEST:
            self.add_error("file", _now("The file is larger than 1 MB"))
            return given
        text = file.read().decode("utf-8", errors="replace") if file else given.get("content", "")
        if not text:
            self.add_error("file", _now("Choose a file"))
            return given
        try:
            self.lines = read_terms(file.name if file else _now("The file"), text)
        except WordsRefusedError as error:
            for problem in error.problems[:20]:
                self.add_error("file", problem)
        return given | {"content": text}


class LoudForm(forms.Form):
    """Why words that find emergencies are weakened."""

    reason = forms.CharField(
        label=_("Why they are weakened"), max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say why: it stands in the record")},
    )  # fmt: skip
