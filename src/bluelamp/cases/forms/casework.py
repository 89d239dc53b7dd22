"""What officers fill in on a case, in a handover, for an incident, on the board."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from bluelamp.cases.labels import HEADINGS, SEVERITIES, SEVERITY_HINTS
from bluelamp.inbound.values import Severity
from bluelamp.kit.forms import DatePartsField, Hinted
from bluelamp.org.models import Officer, Unit

LONDON = ZoneInfo("Europe/London")
REPLY = 10_000
"""The longest text that is taken in; each channel has its own limit below it."""


def _words(label: Any, *, required: Any = "", rows: int = 3, most: int = 500) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=most, required=bool(required),
        widget=forms.Textarea(attrs={"rows": rows}), error_messages={"required": required},
    )  # fmt: skip


class ReasonForm(forms.Form):
    """An act that wants a reason."""

    reason = _words(_("Reason"), required=_("Say why"))


class ShowingForm(ReasonForm):
    """Whether the citizen may look: what is wanted, not the other of what is there."""

    want = forms.ChoiceField(
        choices=[("hide", _("Hide it from them")), ("show", _("Let them see it"))],
        widget=forms.HiddenInput,
        error_messages={"required": _("Choose again whether they may see it")},
    )


class PlainForm(forms.Form):
    """An act that needs nothing but a button."""


class GiveForm(forms.Form):
    """To which colleague."""

    to = forms.ChoiceField(label=_("Give it to"), error_messages={"required": _("Choose somebody")})

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [("", _("Choose")), *people]  # type: ignore[attr-defined]


class SendForm(forms.Form):
    """To which unit, and why."""

    unit = forms.ModelChoiceField(
        Unit.objects.none(), label=_("Unit"), error_messages={"required": _("Choose a unit")}
    )
    reason = _words(_("Why it is theirs"), required=_("Say why the case goes to another unit"))

    def __init__(self, *args: Any, units: Sequence[Unit] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["unit"]
        field.queryset = Unit.objects.filter(pk__in=[unit.pk for unit in units])
        field.empty_label = _("Choose")


class ReopenForm(forms.Form):
    """Why a closed case is opened again."""

    reason = _words(_("Why it is opened again"), required=_("Say why it is opened again"))


class AssessForm(forms.Form):
    """How severe it is, under which headings, and why."""

    severity = forms.TypedChoiceField(
        label=_("How soon must somebody act?"), coerce=lambda value: Severity(int(value)),
        choices=[(str(int(s)), Hinted(SEVERITIES[s], SEVERITY_HINTS[s]))
                 for s in sorted(Severity, reverse=True)],
        widget=forms.RadioSelect, error_messages={"required": _("Choose how severe it is")},
    )  # fmt: skip
    headings = forms.MultipleChoiceField(
        label=_("What it is about (THRIVE)"), choices=list(HEADINGS.items()), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    reason = _words(_("Why you decide so"), required=_("Say why: the next officer relies on it"))


class NoteForm(forms.Form):
    """A note among officers."""

    text = _words(_("Note"), required=_("Write something"), most=4000)
    mentions = forms.MultipleChoiceField(
        label=_("Tell"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["mentions"].choices = people  # type: ignore[attr-defined]


class TaskForm(forms.Form):
    """Something to be done, by whom, by when."""

    words = forms.CharField(
        label=_("What is to be done"), max_length=200,
        error_messages={"required": _("Say what is to be done")},
    )  # fmt: skip
    officer = forms.ChoiceField(label=_("Who"), required=False)
    day = DatePartsField(label=_("By"), required=False)

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["officer"].choices = [("", _("Anybody")), *people]  # type: ignore[attr-defined]

    def due_at(self) -> datetime | None:
        """Return the end of the day by which it is to be done."""
        day = self.cleaned_data.get("day")
        return datetime.combine(day, time(23, 59), LONDON) if day else None


class ReplyForm(forms.Form):
    """An answer to the citizen."""

    text = _words(_("Your answer"), required=_("Write your answer"), rows=6, most=REPLY)
    waiting = forms.BooleanField(
        label=_("Now it is their turn: the clocks pause until they answer"), required=False
    )


class HistoryForm(forms.Form):
    """Why somebody's history is opened."""

    reason = _words(_("Why you need it"), required=_("Say why you need it: it is recorded"), rows=2)


# Handovers and incidents ------------------------------------------------------


class HandoverForm(forms.Form):
    """Who takes over, what they should know; a line for each case comes beside it."""

    unit = forms.ModelChoiceField(
        Unit.objects.none(), label=_("Cases of"), error_messages={"required": _("Choose a unit")}
    )
    to = forms.ChoiceField(label=_("Who takes over"), required=False)
    words = _words(_("What they should know of the shift"), most=2000)

    def __init__(
        self, *args: Any, units: Sequence[Unit] = (), people: Sequence[tuple[str, str]] = (),
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        unit, to = self.fields["unit"], self.fields["to"]
        unit.queryset = Unit.objects.filter(pk__in=[one.pk for one in units])  # type: ignore[attr-defined]
        to.choices = [("", _("Anybody of the unit who comes in")), *people]  # type: ignore[attr-defined]


class GatherForm(forms.Form):
    """Which incident cases are about: a new one, or one that is there."""

    title = forms.CharField(label=_("Title of the incident"), max_length=120, required=False)
    group = forms.ChoiceField(label=_("Or add them to"), required=False)

    def __init__(self, *args: Any, groups: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].choices = [("", _("A new incident")), *groups]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Want a title where no incident is chosen."""
        given = super().clean() or {}
        if not given.get("title") and not given.get("group"):
            self.add_error("title", _("Give the incident a title"))
        return given


class AllForm(forms.Form):
    """One text for everybody in an incident."""

    text = _words(_("What everybody is told"), required=_("Write your answer"), rows=5, most=REPLY)
    once = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4, required=False)


def people(officers: Sequence[Officer], says: Callable[[Officer], str]) -> list[tuple[str, str]]:
    """Return officers as choices, in the words that ``says`` has for each."""
    return [(str(one.pk), says(one)) for one in officers]
