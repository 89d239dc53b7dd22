"""Fields that understand what people write for a date and a time of day."""

from __future__ import annotations

import re
from datetime import date, time
from typing import Any, Self

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .widgets import PARTS, DatePartsWidget

_CLOCK = re.compile(r"(?P<hour>[0-9]{1,2})(?:[:.]?(?P<minute>[0-9]{2}))?(?P<half>[ap]m)?")
_NAMED = {"midnight": time(0), "noon": time(12), "midday": time(12)}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


class Hinted(str):
    """The label of a radio or a checkbox that carries a hint of its own.

    ``choices=[("now", Hinted("Straight away", "Sent as soon as it is approved"))]``
    """

    __slots__ = ("hint",)
    hint: str | Promise

    def __new__(cls, label: str | Promise, hint: str | Promise = "") -> Self:
        """Make the label; the hint is read by the kit's field template."""
        made = super().__new__(cls, str(label))
        made.hint = hint
        return made


class DatePartsField(forms.MultiValueField):
    """A date from three boxes, with errors that name the box (GOV.UK date input).

    ``name`` is what messages call it, such as ``Start date``.
    """

    widget = DatePartsWidget

    def __init__(self, *, name: str | Promise | None = None, **kwargs: Any) -> None:
        self.name = name
        required = kwargs.get("required", True)
        fields = tuple(forms.CharField(required=required) for _part in PARTS)
        super().__init__(fields, require_all_fields=False, **kwargs)

    def _called(self) -> str:
        return str(capfirst(str(self.name or self.label or _("Date"))))

    def clean(self, value: Any) -> date | None:
        """Return the date; refuse, naming the boxes that are wrong."""
        texts = [str(part or "").strip() for part in (value or [None] * 3)]
        made: date | None = None
        if any(texts):
            self._all_there(texts)
            made = self._made(texts)
        elif self.required:
            raise ValidationError(_("Enter a date"), code="required", params={"parts": list(PARTS)})
        self.validate(made)
        self.run_validators(made)
        return made

    def validate(self, value: Any) -> None:
        """Nothing more than clean() has seen to."""

    def compress(self, data_list: list[Any]) -> Any:
        """Return the date of cleaned parts."""
        return self._made([str(part) for part in data_list]) if data_list else None

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether another date was given."""
        before = DatePartsWidget().decompress(initial)
        return [str(part or "") for part in before] != [str(part or "") for part in (data or [])]

    def _all_there(self, texts: list[str]) -> None:
        missing = [part for part, text in zip(PARTS, texts, strict=True) if not text]
        if not missing:
            return
        labels = {"day": _("a day"), "month": _("a month"), "year": _("a year")}
        wanted = _(" and ").join(labels[part] for part in missing)
        raise ValidationError(
            _("%(name)s must include %(wanted)s"),
            code="incomplete",
            params={"name": self._called(), "wanted": wanted, "parts": missing},
        )

    def _made(self, texts: list[str]) -> date:
        day, month, year = texts
        try:
            if len(year) != 4:
                raise ValueError
            return date(int(year), _month(month), int(day))
        except ValueError:
            raise ValidationError(
                _("%(name)s must be a real date"),
                code="invalid",
                params={"name": self._called(), "parts": list(PARTS)},
            ) from None


def _month(text: str) -> int:
    """Return the number of a month given as a number or as an English name."""
    if text.isascii() and text.isdigit():
        return int(text)
    return _MONTHS.index(text.lower()[:3]) + 1


class ClockTimeField(forms.CharField):
    """A time of day as people write it: 7pm, 7:30pm, 19:30, noon."""

    default_error_messages = {
        "required": gettext_lazy("Enter a time"),
        "invalid": gettext_lazy("Enter a time, like 7pm or 19:30"),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(empty_value=None, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Show a stored time as 24-hour clock."""
        return value.strftime("%H:%M") if isinstance(value, time) else value

    def to_python(self, value: Any) -> Any:
        """Return a ``time``, or ``None`` where nothing was given."""
        if isinstance(value, time):
            return value
        text = super().to_python(value)
        if text is None:
            return None
        made = clock_time(text)
        if made is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return made

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether another time was given."""
        return bool(super().has_changed(self.prepare_value(initial), data))


def clock_time(text: str) -> time | None:
    """Read a time of day; ``None`` where it is none, or could be two."""
    squeezed = re.sub(r"[\s]+", "", text.lower()).replace("a.m.", "am").replace("p.m.", "pm")
    if squeezed in _NAMED:
        return _NAMED[squeezed]
    found = _CLOCK.fullmatch(squeezed)
    if found is None or not (found["minute"] or found["half"]):
        return None
    return _assembled(int(found["hour"]), int(found["minute"] or 0), found["half"])


def _assembled(hour: int, minute: int, half: str | None) -> time | None:
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "pm" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None
