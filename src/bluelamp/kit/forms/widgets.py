"""Widgets that Django has no like of."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

PARTS = ("day", "month", "year")


class DatePartsWidget(forms.MultiWidget):
    """A date as three boxes: day, month, year (the GOV.UK date input)."""

    part_labels = {"day": _("Day"), "month": _("Month"), "year": _("Year")}

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({part: forms.TextInput() for part in PARTS}, attrs)

    def decompress(self, value: Any) -> list[Any]:
        """Split a date, or an ISO date as text, into day, month and year."""
        if isinstance(value, str):
            value = _iso(value)
        return [value.day, value.month, value.year] if isinstance(value, date) else [None] * 3

    def id_for_label(self, id_: str) -> str:
        """Return the id of the first box, where an error summary leads."""
        return f"{id_}_{PARTS[0]}" if id_ else id_


def _iso(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
