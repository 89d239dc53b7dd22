"""Into which case something belongs, as an officer fills it in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bluelamp.cases.models import Case
from bluelamp.cases.queries.queue import cases
from bluelamp.cases.rules.reference import read_reference
from bluelamp.org.models import Officer
from bluelamp.org.values import Acts


class MoveForm(forms.Form):
    """A new case or one that is there, and why."""

    where = forms.ChoiceField(
        label=_("Which case does it belong to?"), widget=forms.RadioSelect,
        choices=[("new", _("A new case")), ("there", _("A case that is there already"))],
        error_messages={"required": _("Choose a new case or one that is there")},
    )  # fmt: skip
    reference = forms.CharField(
        label=_("Reference of the case"), max_length=20, required=False,
        help_text=_("Only for a case that is there already. For example, 7K3C-9QX2"),
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Why it belongs there"), max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say why it belongs there")},
    )  # fmt: skip

    def __init__(self, *args: Any, officer: Officer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._officer = officer

    def clean(self) -> dict[str, Any]:
        """Find the case among those that the officer may work on."""
        given = super().clean() or {}
        to = self._named(given.get("reference", ""))
        if given.get("where") == "there" and to is None and "reference" not in self.errors:
            self.add_error("reference", _("Give the reference of a case that you may work on"))
        return given | {"to": to if given.get("where") == "there" else None}

    def _named(self, text: str) -> Case | None:
        reference = read_reference(text)
        mine = cases(self._officer, Acts.CASE_WORK)
        return mine.filter(reference=reference).first() if reference else None
