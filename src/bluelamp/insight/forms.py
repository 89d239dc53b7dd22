"""What officers ask figures for."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext_lazy as _

from bluelamp.insight.rules.desk import HANDLING, PERCENT, WITHIN, Desk, handling
from bluelamp.insight.values import Level


class LevelForm(forms.Form):
    """What a desk promises itself, and the day it is asked for; what is not given is the force's.

    :param desk: the force's own level.
    :param measured: how long an answer was seen to take.
    """

    day = forms.ChoiceField(label=_("Day"))
    target = forms.IntegerField(
        label=_("Answered in time, in a hundred"), min_value=PERCENT.least, max_value=PERCENT.most
    )
    within = forms.IntegerField(
        label=_("Within (minutes)"), min_value=WITHIN.least, max_value=WITHIN.most
    )
    handling = forms.IntegerField(
        label=_("One takes (minutes)"), min_value=HANDLING.least, max_value=HANDLING.most
    )

    def __init__(self, data: Any, *, today: date, desk: Desk, measured: timedelta | None) -> None:
        self._usual: dict[str, Any] = {
            "target": desk.target, "within": desk.within,
            "handling": handling(desk, _minutes(measured) if measured else None),
        }  # fmt: skip
        super().__init__(data, initial=self._usual | {"day": today.isoformat()})
        days = [today + timedelta(days=ahead) for ahead in range(7)]
        named = [(day.isoformat(), format_date(day, "l j F")) for day in days]
        self.fields["day"].choices = named  # type: ignore[attr-defined]
        self._today = today

    def asked(self) -> tuple[date, Level]:
        """Return the day and the level that are asked for, or the usual ones."""
        given = self._usual | {"day": self._today.isoformat()}
        if self.is_bound and self.is_valid():
            given |= self.cleaned_data
        within, handling = (timedelta(minutes=int(given[name])) for name in ("within", "handling"))
        level = Level(int(given["target"]) / 100, within, handling)
        return date.fromisoformat(str(given["day"])), level


def _minutes(length: timedelta) -> int:
    return max(1, round(length.total_seconds() / 60))
