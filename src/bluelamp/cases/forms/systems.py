"""How another case system is reached, and its field map as a table of lines."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError

from bluelamp.cases import labels
from bluelamp.cases.connectors.contract import Connector
from bluelamp.cases.models import CaseSystem
from bluelamp.cases.rules.fieldmap import Fact, Line, Scalar
from bluelamp.channels.forms import SettingsForm, kept_secrets, settings_fields

BLANK = 3
"""Empty lines at the end of a field map: without script there is no other way to add one."""


class SystemForm(SettingsForm):
    """A name and the settings of one kind; secrets only where they are first given."""

    name = forms.CharField(
        label=_("Name"), max_length=80, error_messages={"required": _("Give it a name")}
    )
    active = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def __init__(
        self, data: Any = None, *, connector: Connector, system: CaseSystem | None = None
    ) -> None:
        initial: dict[str, Any] = {}
        if system is not None:
            shown = {f"set_{name}": value for name, value in system.settings.items()}
            initial = {"name": system.name, "active": system.active, **shown}
        super().__init__(data, initial=initial)
        model = connector.settings_model
        hidden = kept_secrets(model, system, self.data)
        self.fields.update(settings_fields(model, without=hidden))
        if system is None:
            del self.fields["active"]


# The field map ------------------------------------------------------------------


class LineForm(forms.Form):
    """A line of the map; one without a field of theirs is none."""

    theirs = forms.CharField(label=_("Their field"), max_length=100, required=False)
    ours = forms.ChoiceField(
        label=_("Holds"), required=False,
        choices=[("", _("Always the same")), *((one.value, labels.FACTS[one]) for one in Fact)],
    )  # fmt: skip
    always = forms.CharField(label=_("Which is always"), max_length=200, required=False)
    values = forms.CharField(
        label=_("In their words"), required=False, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
    )  # fmt: skip
    longest = forms.IntegerField(label=_("Cut after"), min_value=1, required=False)

    def clean(self) -> dict[str, Any]:
        """Read the line as the map does."""
        given = super().clean() or {}
        if not given.get("theirs"):
            if any(given.get(name) for name in ("ours", "always", "values")):
                self.add_error("theirs", _now("Name their field"))
            return given
        try:
            values = _values(given.get("values", ""))
            Line.model_validate(self._row(given, values))
        except ValidationError as error:
            self.add_error("ours", error.errors()[0]["msg"].removeprefix("Value error, "))
        except ValueError as error:
            self.add_error("values", str(error))
        else:
            given["row"] = self._row(given, values)
        return given

    @staticmethod
    def _row(given: dict[str, Any], values: dict[str, Scalar]) -> dict[str, Any]:
        always = given.get("always", "")
        row = {
            "theirs": given["theirs"], "ours": given.get("ours") or None,
            "always": _scalar(always) if always else None, "values": values,
            "longest": given.get("longest"),
        }  # fmt: skip
        return {name: value for name, value in row.items() if value not in (None, {})}


def _values(text: str) -> dict[str, Scalar]:
    """Return ``ours = theirs``, a pair a line.

    :raises ValueError: a line is no pair.
    """
    found: dict[str, Scalar] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        ours, equals, theirs = line.partition("=")
        if not equals or not ours.strip():
            raise ValueError(_now("“%(line)s” is not written ours = theirs") % {"line": line})
        found[ours.strip()] = _scalar(theirs.strip())
    return found


def _scalar(text: str) -> Scalar:
    """Read a value as JSON does where that is a number, yes or no or quoted text; else as text."""
    try:
        found = json.loads(text)
    except ValueError:
        return text
    return found if isinstance(found, str | int | float | bool) or found is None else text


def _written(value: Scalar) -> str:
    """Write a value so that it is read as it was."""
    if isinstance(value, str) and _scalar(value) == value:
        return value
    return json.dumps(value)


_LineFormSet = forms.formset_factory(LineForm, extra=BLANK, max_num=100)


class FieldMapForm(_LineFormSet):  # type: ignore[misc, valid-type]
    """All lines of a map; those without a field of theirs fall away."""

    def clean(self) -> None:
        """Say which line is wrong, and refuse two lines for one field."""
        seen: dict[str, int] = {}
        for number, form in enumerate(self.forms, 1):
            for words in [one for each in form.errors.values() for one in each]:
                raise forms.ValidationError(
                    _now("Line %(number)s: %(words)s") % {"number": number, "words": words}
                )
            theirs = form.cleaned_data.get("theirs", "")
            if theirs and theirs in seen:
                raise forms.ValidationError(
                    _now("Lines %(first)s and %(second)s both fill %(field)s")
                    % {"first": seen[theirs], "second": number, "field": theirs}
                )
            seen[theirs] = number

    def rows(self) -> list[dict[str, Any]]:
        """Return the map as it is stored."""
        return [form.cleaned_data["row"] for form in self.forms if "row" in form.cleaned_data]


def shown_map(rows: Sequence[object]) -> list[dict[str, Any]]:
    """Return a stored map as its form shows it."""
    lines = [Line.model_validate(row) for row in rows]
    return [
        {
            "theirs": line.theirs, "ours": line.ours.value if line.ours else "",
            "always": "" if line.always is None else _written(line.always),
            "values": "\n".join(f"{o} = {_written(t)}" for o, t in line.values.items()),
            "longest": line.longest,
        }
        for line in lines
    ]  # fmt: skip
