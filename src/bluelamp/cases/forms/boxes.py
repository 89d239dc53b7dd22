"""How each kind of setting is filled in and said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext as _

from bluelamp.cases.labels import EMERGENCIES
from bluelamp.cases.queries.settings import codes, rung_at_night
from bluelamp.org.models import Force
from bluelamp.org.rules.settings import (
    Kind,
    Option,
    Part,
    Phone,
    PhoneOfUnit,
    Real,
    Several,
    Switch,
    Whole,
)


def said(kind: Kind[Any], value: Any) -> str | list[str]:
    """Say a value as it is read: a line, or several."""
    match kind:
        case Whole() | Real():
            return f"{value:,g} {unit(kind)}".strip()
        case Switch():
            return _("On") if value else _("Off")
        case Several():
            return sorted(_called(name) for name in value) or _("None of them")
        case PhoneOfUnit():
            return [f"{code}: {phone}" for code, phone in sorted(value.items())] or _("None")
        case Option():
            return str(value).capitalize()
    return str(value)


def unit(kind: Kind[Any]) -> str:
    """Say in what a number is counted; nothing for what is no number, or has no unit."""
    return _(kind.unit) if isinstance(kind, Whole | Real) else ""


def limits(kind: Kind[Any]) -> str:
    """Say between what a number may be; nothing for what is no number."""
    if not isinstance(kind, Whole | Real):
        return ""
    return _("%(least)s to %(most)s") % {"least": f"{kind.least:,g}", "most": f"{kind.most:,g}"}


def _called(name: str) -> str:
    return str(EMERGENCIES.get(name, name))


def field(part: Part, force: Force, now: Any) -> forms.Field:
    """Return the field in which an officer fills a part in, with what holds now in it."""
    match part.kind:
        case Whole() | Real() as kind:
            return _number(part.label, kind, now)
        case Switch():
            return _switch(now)
        case Several() as kind:
            return SeveralField(kind, now)
        case Phone():
            return PhoneField(force, initial=now)
        case PhoneOfUnit():
            return PhonesField(force, initial=now)
    raise TypeError(f"No box is made for {part.kind}")


def _number(label: str, kind: Whole | Real, now: Any) -> forms.Field:
    values = {"label": _(label), "between": limits(kind)}
    between = _("“%(label)s” is from %(between)s") % values
    whole = isinstance(kind, Whole)
    wrong = _("“%(label)s” is a whole number") if whole else _("“%(label)s” is a number")
    made = forms.IntegerField if whole else forms.FloatField
    return made(
        required=False, initial=None if now is None else f"{now:g}",
        error_messages={"invalid": wrong % values},
        widget=forms.TextInput(attrs={"inputmode": "numeric" if whole else "decimal"}),
        validators=[MinValueValidator(kind.least, between), MaxValueValidator(kind.most, between)],
    )  # fmt: skip


def _switch(now: Any) -> forms.Field:
    return forms.TypedChoiceField(
        choices=[("on", _("On")), ("off", _("Off"))], widget=forms.RadioSelect,
        coerce=lambda chosen: chosen == "on", initial="on" if now else "off",
    )  # fmt: skip


class SeveralField(forms.MultipleChoiceField):
    """Any of some names; one that was chosen past the page can stay."""

    def __init__(self, kind: Several, now: frozenset[str]) -> None:
        names = dict.fromkeys([*kind.offered, *sorted(now)])
        super().__init__(
            required=False, choices=[(name, _called(name)) for name in names],
            widget=forms.CheckboxSelectMultiple, initial=sorted(now),
        )  # fmt: skip

    def clean(self, value: Any) -> frozenset[str]:
        """Return the names."""
        return frozenset(super().clean(value))


class PhoneField(forms.CharField):
    """A phone number that may be given to everybody: none at which somebody sleeps."""

    def __init__(self, force: Force, *, initial: Any) -> None:
        super().__init__(required=False, strip=True, initial=initial)
        self.force = force

    def clean(self, value: Any) -> str | None:
        """Return the number; ``None``: none is given."""
        written = str(super().clean(value))
        if written and (problem := _no_phone(self.force, written)):
            raise forms.ValidationError(problem)
        return written or None


def _no_phone(force: Force, written: str) -> str:
    """Say why a number cannot be given to the public; empty: it can."""
    if Phone().read(written) is None:
        return _("“%(written)s” is no phone number") % {"written": written[:40]}
    if whose := rung_at_night(force, written):
        words = _("%(written)s rings %(whose)s at night: it is not for the public")
        return words % {"written": written, "whose": whose}
    return ""


class PhonesField(forms.CharField):
    """A unit a line: its code, a colon, its phone."""

    widget = forms.Textarea(attrs={"rows": 8, "spellcheck": "false"})

    def __init__(self, force: Force, *, initial: Any) -> None:
        super().__init__(required=False, strip=True, initial=initial)
        self.force = force

    def prepare_value(self, value: Any) -> Any:
        """Write phones down, a line each."""
        if not isinstance(value, Mapping):
            return value
        return "\n".join(f"{code}: {phone}" for code, phone in value.items())

    def clean(self, value: Any) -> dict[str, str]:
        """Return the phones by unit; refuse, naming each line that is wrong."""
        known, found, problems = codes(self.force), dict[str, str](), list[str]()
        for number, line in enumerate(str(super().clean(value)).splitlines(), 1):
            code, colon, phone = (part.strip() for part in line.rpartition(":"))
            if not line.strip():
                continue
            if problem := self._wrong(code, colon, phone, known, found):
                problems.append(_("Line %(n)s: %(why)s") % {"n": number, "why": problem})
            found[code] = phone
        if problems:
            raise forms.ValidationError(problems)
        return found

    def _wrong(
        self, code: str, colon: str, phone: str, known: frozenset[str], found: Mapping[str, str]
    ) -> str:
        if not colon:
            return _("write the unit’s code, a colon and its phone")
        if code not in known:
            return _("there is no unit “%(code)s”") % {"code": code[:40]}
        if code in found:
            return _("“%(code)s” stands there already") % {"code": code}
        return _no_phone(self.force, phone)
