"""Forms of the areas' pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bluelamp.org.models import Force, Unit
from bluelamp.places import labels, queries
from bluelamp.places.values import AreaKind

MOST_BYTES = 25 * 1024 * 1024
_IMPORTED = tuple(
    (kind.value, labels.KINDS[kind]) for kind in AreaKind if kind is not AreaKind.DRAWN
)


def unit_choices(force: Force) -> list[tuple[str, str]]:
    """Return the force's units as choices, indented as their tree is."""
    return [
        (str(unit.pk), "\u2003" * (unit.path.count("/") - 2) + unit.name)
        for unit in queries.units_of(force)
    ]


class FilterForm(forms.Form):
    """What of the list is shown."""

    q = forms.CharField(label=_("Name or code"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False)

    def __init__(self, data: Any, force: Force) -> None:
        super().__init__(data)
        kinds = [(kind, labels.kind_label(kind)) for kind in queries.kinds_of(force)]
        self.fields["kind"] = forms.ChoiceField(
            label=_("Kind"), required=False, choices=[("", _("All kinds")), *kinds]
        )

    def chosen(self, name: str) -> str:
        """Return a valid choice, empty where there is none."""
        return str(self.cleaned_data.get(name, "")) if self.is_valid() else ""


class UploadForm(forms.Form):
    """A file of boundaries and what they are."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("GeoJSON, KML or a boundary from data.police.uk, up to 25 MB."),
        error_messages={"required": _("Choose a file"), "empty": _("The file is empty")},
    )
    kind = forms.ChoiceField(
        label=_("What the areas are"),
        choices=_IMPORTED,
        initial=AreaKind.NEIGHBOURHOOD,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say what the areas are")},
    )

    def clean_file(self) -> Any:
        """Refuse a file that is too large."""
        file = self.cleaned_data["file"]
        if file.size and file.size > MOST_BYTES:
            raise forms.ValidationError(_("The file must be smaller than 25 MB"))
        return file


class SettleForm(forms.Form):
    """Which properties of a file are code and name, and who polices the areas."""

    id_property = forms.ChoiceField(
        label=_("Code"), help_text=_("What tells the areas apart, and stays the same next year.")
    )
    name_property = forms.ChoiceField(label=_("Name"), help_text=_("What people call the area."))
    unit = forms.ChoiceField(
        label=_("Policing unit"),
        required=False,
        help_text=_("For all areas of this file. You can change it for each area later."),
    )
    source = forms.CharField(
        label=_("Name of this set"),
        max_length=200,
        help_text=_("Areas of the same set that are no longer in the file are retired."),
    )

    def __init__(
        self, data: Any, *, force: Force, rows: list[dict[str, Any]], initial: Any = None
    ) -> None:
        super().__init__(data, initial=initial)
        properties = [(title, _example(title, rows)) for title in rows[0]] if rows else []
        for name in ("id_property", "name_property"):
            self.fields[name].choices = properties  # type: ignore[attr-defined]
        units = [("", _("Leave as it is")), *unit_choices(force)]
        self.fields["unit"].choices = units  # type: ignore[attr-defined]


def _example(title: str, rows: list[dict[str, Any]]) -> str:
    value = str(rows[0].get(title) or "")
    return f"{title} ({value[:40]})" if value else title


class UnitForm(forms.Form):
    """Which unit polices an area."""

    unit = forms.ChoiceField(label=_("Policing unit"), required=False)

    def __init__(self, data: Any, *, force: Force, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        units = [("", _("No unit")), *unit_choices(force)]
        self.fields["unit"].choices = units  # type: ignore[attr-defined]
        self._force = force

    def chosen(self) -> Unit | None:
        """Return the unit that was chosen, none for no unit."""
        wanted = self.cleaned_data["unit"]
        return queries.units_of(self._force).get(pk=wanted) if wanted else None
