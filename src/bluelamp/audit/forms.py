"""What one looks for in the record."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bluelamp.audit import queries
from bluelamp.audit.queries import Filter
from bluelamp.kit.forms import DatePartsField


class FilterForm(forms.Form):
    """Who, what, which thing, when."""

    mark_optional = False

    officer = forms.CharField(label=_("Officer's name or number"), required=False, max_length=100)
    act = forms.ChoiceField(label=_("What was done"), required=False)
    table = forms.ChoiceField(label=_("To what kind of thing"), required=False)
    row = forms.CharField(label=_("Number of the thing"), required=False, max_length=40)
    first = DatePartsField(label=_("From"), required=False)
    last = DatePartsField(label=_("To"), required=False)
    readings = forms.BooleanField(label=_("Only what was read"), required=False)

    def __init__(self, force: int, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        acts: Any = self.fields["act"]
        acts.choices = [("", _("Anything")), *((name, name) for name in queries.act_names(force))]
        tables: Any = self.fields["table"]
        tables.choices = [
            ("", _("Anything")),
            *sorted(queries.things().items(), key=lambda i: i[1]),
        ]

    def wanted(self) -> Filter:
        """Return what is asked for; what cannot be read is left out."""
        self.is_valid()
        data = self.cleaned_data
        last = data.get("last")
        return Filter(
            officer=data.get("officer", ""), act=data.get("act", ""),
            table=data.get("table", ""), row=data.get("row", ""),
            first=_midnight(data.get("first")),
            last=_midnight(last + timedelta(days=1)) if last else None,
            readings=data.get("readings", False),
        )  # fmt: skip


def _midnight(day: date | None) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, datetime.min.time())) if day else None
