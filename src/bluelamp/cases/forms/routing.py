"""A routing rule, every condition of it in a plain field."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from bluelamp.cases import labels
from bluelamp.cases.queries.routing import EVERYWHERE, names_of, tongues, topics
from bluelamp.cases.rules.routing import Condition
from bluelamp.cases.rules.ruleset import Line, Lines
from bluelamp.channels import registry
from bluelamp.channels.models import Account
from bluelamp.inbound.values import Severity
from bluelamp.kit.forms import Hinted
from bluelamp.language.errors import PatternError
from bluelamp.language.sheets import check
from bluelamp.language.values import Term
from bluelamp.org.models import Force, Unit
from bluelamp.places.models import Area

MANY = ("channels", "accounts", "areas", "headings", "languages")
"""Conditions of which several can be ticked."""
_LEVELS = [(str(int(one)), labels.SEVERITIES[one]) for one in sorted(Severity)]
_ANSWERS = {"": None, "yes": True, "no": False}


def _several(label: Any, hint: Any = "") -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, help_text=hint, required=False, widget=forms.CheckboxSelectMultiple
    )


class LineForm(forms.Form):
    """One rule of a draft.

    :param line: the rule that is changed; none for a new one.
    :param lines: those there are: no two have one name.
    """

    mark_optional = False
    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("Every case that it sends says this name."),
        error_messages={"required": _("Give the rule a name")},
    )  # fmt: skip
    severity_from = forms.ChoiceField(label=_("At least"), choices=_LEVELS, initial="0")
    severity_to = forms.ChoiceField(label=_("At most"), choices=_LEVELS, initial=str(EVERYWHERE))
    headings = _several(_("What its words speak of"))
    areas = _several(_("What place it is about"))
    accounts = _several(_("The account it came to"))
    channels = _several(_("How it came"))
    languages = _several(_("The language it is written in"))
    words = forms.CharField(
        label=_("Words in its text"), required=False, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=_("One expression a line, as in the word lists: nitrous, canister*, quad bike."),
    )  # fmt: skip
    hours = forms.ChoiceField(label=_("When it came"), required=False)
    answers_message = forms.ChoiceField(
        label=_("Does it answer an alert?"), required=False, widget=forms.RadioSelect,
        choices=[("", _("Either")), ("yes", _("It answers one")), ("no", _("It answers none"))],
    )  # fmt: skip
    unit = forms.TypedChoiceField(
        label=_("Unit"), coerce=int, error_messages={"required": _("Choose a unit")}
    )
    to_person = forms.ChoiceField(
        label=_("Into whose hands"), widget=forms.RadioSelect, initial="no",
        choices=[
            ("no", Hinted(_("The unit’s queue"), _("Whoever is free takes it"))),
            ("yes", Hinted(_("A person on shift"),
                           _("Who has the least to do; the unit’s queue where nobody is on"))),
        ],
    )  # fmt: skip
    skill = forms.ChoiceField(
        label=_("Skill"), required=False, help_text=_("A person without it is not chosen.")
    )

    def __init__(
        self, data: Any = None, *, force: Force, lines: Lines = (), line: Line | None = None
    ) -> None:
        self._line, self._lines = line, lines
        super().__init__(data, initial=_initial(line) if line else {})
        for name, choices in _choices(force).items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        self._keep_what_is_gone()

    def _keep_what_is_gone(self) -> None:
        """Let a rule go on naming what was retired since, rather than ask nothing of it."""
        for name in (*MANY, "hours", "skill"):
            field: Any = self.fields[name]
            known = {str(value) for value, _words in field.choices}
            given = self.initial.get(name) or []
            for value in given if isinstance(given, list) else [given]:
                if value not in known:
                    words = _now("%(name)s (not in use any more)") % {"name": value}
                    field.choices = [*field.choices, (value, words)]

    @property
    def more(self) -> bool:
        """Whether something is set, or wrong, among what is folded away."""
        folded = ("channels", "accounts", "hours", "languages", "answers_message")
        return any(self[name].value() or self[name].errors for name in folded)

    def clean_name(self) -> str:
        """Refuse a name that another rule has: a case would not say which sent it."""
        name = str(self.cleaned_data["name"])
        mine = self._line.key if self._line else 0
        if any(one.name == name and one.key != mine for one in self._lines):
            raise forms.ValidationError(_now("Another rule has this name"))
        return name

    def clean_words(self) -> tuple[str, ...]:
        """Return the expressions, each in order."""
        found = [line.strip() for line in self.cleaned_data["words"].splitlines()]
        for place, word in enumerate(found, 1):
            try:
                check(Term(word, "rule"), {}) if word else None
            except PatternError as error:
                raise forms.ValidationError(
                    _now("Line %(line)s: %(why)s") % {"line": place, "why": error}
                ) from None
        return tuple(dict.fromkeys(word for word in found if word))

    def clean(self) -> dict[str, Any]:
        """Refuse a range of severities that holds none."""
        given = super().clean() or {}
        if int(given.get("severity_from", 0)) > int(given.get("severity_to", EVERYWHERE)):
            self.add_error("severity_to", _now("This is less than the least"))
        return given

    def line(self, key: int) -> Line:
        """Return the rule as it is filled in."""
        given = self.cleaned_data
        state, _colon, calendar = given["hours"].partition(":")
        when = Condition(
            **{name: tuple(given[name]) for name in MANY}, words=given["words"],
            open_at=(int(calendar),) if state == "open" else (),
            closed_at=(int(calendar),) if state == "closed" else (),
            answers_message=_ANSWERS[given["answers_message"]],
            severity_from=int(given["severity_from"]), severity_to=int(given["severity_to"]),
        )  # fmt: skip
        return Line(
            key=key, name=given["name"], when=when, unit=given["unit"], skill=given["skill"],
            to_person=given["to_person"] == "yes", on=self._line.on if self._line else True,
        )  # fmt: skip


def _channels() -> list[str]:
    """Return by what a case may come: our own ways, then the platforms."""
    ours = [code for code in labels.CHANNELS if code != "memory"]
    return ours + [one.channel for one in registry.handles()]


def _choices(force: Force) -> dict[str, list[tuple[str, Any]]]:
    names = names_of(force)
    areas = Area.objects.filter(force=force, retired_at=None).order_by("kind", "name")
    units = Unit.objects.filter(force=force).order_by("path")
    hours: list[tuple[str, Any]] = [("", _("At any time"))]
    for pk, name in names.calendars.items():
        hours += [
            (f"open:{pk}", _now("While %(name)s is open") % {"name": name}),
            (f"closed:{pk}", _now("While %(name)s is closed") % {"name": name}),
        ]
    return {
        "channels": [(code, labels.channel(code)) for code in _channels()],
        "accounts": [(str(one.pk), one.name) for one in
                     Account.objects.filter(force=force).order_by("name")],
        "areas": [(str(one.pk), one.name) for one in areas],
        "headings": topics(force),
        "languages": tongues(),
        "hours": hours,
        "unit": [("", _("Choose")), *((str(one.pk), one.name) for one in units)],
        "skill": [("", _("None in particular")), *names.skills.items()],
    }  # fmt: skip


def _initial(line: Line) -> dict[str, Any]:
    when = line.when
    hours = [f"open:{pk}" for pk in when.open_at] + [f"closed:{pk}" for pk in when.closed_at]
    answers = {None: "", True: "yes", False: "no"}[when.answers_message]
    return {
        **{name: [str(one) for one in getattr(when, name)] for name in MANY},
        "name": line.name, "words": "\n".join(when.words), "hours": hours[0] if hours else "",
        "severity_from": str(when.severity_from), "severity_to": str(when.severity_to),
        "answers_message": answers, "unit": str(line.unit), "skill": line.skill,
        "to_person": "yes" if line.to_person else "no",
    }  # fmt: skip


class PutForm(forms.Form):
    """Why a draft is put in force."""

    reason = forms.CharField(
        label=_("Why it is put in force"), max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say why: it stands in the record")},
    )  # fmt: skip
