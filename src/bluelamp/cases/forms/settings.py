"""What a force sets for itself: the boxes of one setting."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from bluelamp.cases.forms import boxes
from bluelamp.org.models import Force
from bluelamp.org.rules.settings import Part, Setting


class SettingForm(forms.Form):
    """One setting of a force, filled in with what holds now; an empty box stands for the usual."""

    mark_optional = False

    def __init__(self, data: Any = None, *, setting: Setting[Any], force: Force) -> None:
        super().__init__(data)
        self.setting = setting
        now, usual = (setting.apart(one) for one in (setting.read(force.settings), setting.usual))
        for name, part in setting.parts.items():
            made = boxes.field(part, force, now[name])
            made.label, made.help_text = _(part.label), _help(part, usual[name])
            self.fields[name] = made

    @property
    def boxes(self) -> list[tuple[forms.BoundField, str]]:
        """The boxes, each with its unit."""
        kinds = {name: part.kind for name, part in self.setting.parts.items()}
        return [(self[name], boxes.unit(kind)) for name, kind in kinds.items()]

    def value(self) -> Any:
        """Return what is to hold; a box that is empty stands for the usual."""
        return self.setting.whole(self.cleaned_data)


def _help(part: Part, usual: object) -> str:
    known = _("Usual: %(usual)s.") % {"usual": said_usual(part, usual)}
    between = boxes.limits(part.kind)
    span = _("From %(between)s.") % {"between": between} if between else ""
    return " ".join(one for one in (part.help and _(part.help), known, span) if one)


def said_usual(part: Part, usual: object) -> str:
    """Say on one line what holds where nothing is set."""
    lines = said(part, usual)
    return ", ".join(lines) if isinstance(lines, list) else lines


def said(part: Part, value: object) -> str | list[str]:
    """Say what stands in a box; what has no usual value says what happens then."""
    return _(part.none) if value in (None, "") else boxes.said(part.kind, value)
