"""Where a case is about, as an officer fills it in."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bluelamp.org.models import Force
from bluelamp.places.errors import UnknownPostcodeError
from bluelamp.places.queries.areas import areas
from bluelamp.places.queries.postcodes import position_of
from bluelamp.places.values import AreaKind, Position

_SMALL = (AreaKind.WARD, AreaKind.NEIGHBOURHOOD)
"""Areas that the map shows."""


class PlaceForm(forms.Form):
    """Where a case is about: a postcode, a point on the map, else an area."""

    postcode = forms.CharField(label=_("Postcode"), max_length=12, required=False)
    point = forms.CharField(widget=forms.HiddenInput, required=False, max_length=1000)
    """A GeoJSON feature, as the map draws it."""
    area = forms.ChoiceField(label=_("Area"), widget=forms.RadioSelect, required=False)

    def __init__(self, *args: Any, force: Force, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = areas(force, kinds=_SMALL) or areas(force)
        self._areas = {str(area.pk): area for area in found}
        named = [(pk, area.name) for pk, area in self._areas.items()]
        self.fields["area"].choices = named  # type: ignore[attr-defined]

    def clean_postcode(self) -> Position | None:
        """Return where the postcode is."""
        text = self.cleaned_data["postcode"].strip()
        try:
            return position_of(text) if text else None
        except UnknownPostcodeError as error:
            raise forms.ValidationError(str(error)) from None

    def clean_point(self) -> Position | None:
        """Return the point that was pressed."""
        text = self.cleaned_data["point"]
        try:
            longitude, latitude = json.loads(text)["geometry"]["coordinates"] if text else (0, 0)
            return Position("", float(longitude), float(latitude)) if text else None
        except (ValueError, TypeError, KeyError):
            raise forms.ValidationError(_("Press the map once more")) from None

    def clean(self) -> dict[str, Any]:
        """Want one place; what is most exact counts."""
        given = super().clean() or {}
        if given.get("postcode") and given.get("point"):
            self.add_error("postcode", _("Give a postcode or press the map, not both"))
        to = given.get("postcode") or given.get("point") or self._areas.get(given.get("area", ""))
        if to is None and not self.errors:
            self.add_error("postcode", _("Give a postcode, choose an area or press the map"))
        return given | {"to": to}
