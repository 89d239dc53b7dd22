"""A force's routing in plain words, and the sets that are drafted, hold, and held."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from bluelamp.cases import labels
from bluelamp.cases.models import RoutingSet
from bluelamp.cases.queries.desk import rules_of
from bluelamp.cases.rules import ruleset
from bluelamp.cases.rules.routing import Condition
from bluelamp.cases.rules.ruleset import Line, Lines
from bluelamp.cases.values import SetState
from bluelamp.channels.models import Account
from bluelamp.inbound.rules.severity import HERE_AND_NOW, TOLD_OF
from bluelamp.language.queries import words_of
from bluelamp.language.rules.tongue import LANGUAGES
from bluelamp.language.values import ListKind
from bluelamp.org.models import Calendar, Force, Skill, Unit
from bluelamp.places.models import Area

EVERYWHERE = 4
"""The highest severity."""


def draft_of(force: Force) -> RoutingSet | None:
    """Return the draft that people work on, if there is one."""
    return RoutingSet.objects.filter(force=force, state=SetState.DRAFT).first()


def holding(force: Force) -> RoutingSet | None:
    """Return the set that holds; none where the rules were never set as one."""
    return RoutingSet.objects.filter(force=force, state=SetState.HOLDS).first()


def held(force: Force) -> QuerySet[RoutingSet]:
    """Return the sets that held before, the latest first."""
    return RoutingSet.objects.filter(force=force, state=SetState.HELD).order_by("-held_until")


def lines_that_hold(force: Force) -> Lines:
    """Return the rules that hold, those switched off among them."""
    found = holding(force)
    return ruleset.read(found.lines) if found else ruleset.of_rules(rules_of(force.pk))


# --- names ---


@dataclass(frozen=True, slots=True)
class Names:
    """What the numbers in a force's rules are called."""

    units: Mapping[int, str]
    accounts: Mapping[int, str]
    areas: Mapping[int, str]
    calendars: Mapping[int, str]
    skills: Mapping[str, str]

    def goes_to(self, line: Line) -> str:
        """Say where a rule sends a case."""
        unit = self.units.get(line.unit, _("a unit that is gone"))
        skill = self.skills.get(line.skill, line.skill)
        if not line.to_person:
            return unit
        if line.skill:
            words = _("%(unit)s: who is on shift, has the skill %(skill)s and the least to do")
            return words % {"unit": unit, "skill": skill}
        return _("%(unit)s: who is on shift and has the least to do") % {"unit": unit}

    def conditions(self, when: Condition) -> list[str]:
        """Say what must hold, a sentence each; nothing where every case matches."""
        said = (
            (_("It came by %(what)s"), [str(labels.channel(one)) for one in when.channels]),
            (_("It came to %(what)s"), _named(when.accounts, self.accounts)),
            (_("It is about %(what)s"), _named(when.areas, self.areas)),
            (_("Its words speak of %(what)s"), [topic(one) for one in when.headings]),
            (_("It is written in %(what)s"), [tongue(one) for one in when.languages]),
            (_("Its text holds %(what)s"), [f"“{one}”" for one in when.words]),
            (_("It came while %(what)s is open"), _named(when.open_at, self.calendars)),
            (_("It came while %(what)s is closed"), _named(when.closed_at, self.calendars)),
        )
        found = [words % {"what": _either(what)} for words, what in said if what]
        return found + _of_message(when) + _of_severity(when)


def names_of(force: Force) -> Names:
    """Return a force's names."""
    return Names(
        units=dict(Unit.objects.filter(force=force).values_list("pk", "name")),
        accounts=dict(Account.objects.filter(force=force).values_list("pk", "name")),
        areas=dict(Area.objects.filter(force=force).values_list("pk", "name")),
        calendars=dict(Calendar.objects.filter(force=force).values_list("pk", "name")),
        skills=dict(Skill.objects.filter(force=force).values_list("code", "name")),
    )


def _named(keys: Iterable[int], names: Mapping[int, str]) -> list[str]:
    return [names.get(key, _("something that is gone")) for key in keys]


def _either(words: list[str]) -> str:
    if len(words) == 1:
        return words[0]
    return _("%(first)s or %(last)s") % {"first": ", ".join(words[:-1]), "last": words[-1]}


def _of_message(when: Condition) -> list[str]:
    if when.answers_message is None:
        return []
    return [_("It answers an alert") if when.answers_message else _("It answers no alert")]


def _of_severity(when: Condition) -> list[str]:
    low, high = when.severity_from, when.severity_to
    words = {"low": labels.SEVERITIES[low], "high": labels.SEVERITIES[high]}
    if low == high:
        return [_("It is: %(low)s") % words]
    if low > 0 and high < EVERYWHERE:
        return [_("It is between %(low)s and %(high)s") % words]
    if low > 0:
        return [_("It is at least: %(low)s") % words]
    return [_("It is at most: %(high)s") % words] if high < EVERYWHERE else []


# --- what can be chosen ---


def topic(code: str) -> str:
    """Return the name of a THRIVE heading or a kind of emergency."""
    return str(labels.HEADINGS.get(code) or labels.EMERGENCIES.get(code) or labels.heading(code))


def topics(force: Force) -> list[tuple[str, str]]:
    """Return what an item can be about: THRIVE headings, then kinds of emergency."""
    lines = words_of(force, ListKind.EMERGENCY)
    kinds = {one.heading for one in lines if not one.is_group} - {HERE_AND_NOW, TOLD_OF}
    return [(code, topic(code)) for code in (*labels.HEADINGS, *sorted(kinds))]


def tongue(code: str) -> str:
    """Return a language's name; one without a name shows its code."""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return str(labels.TONGUES.get(code, code))


def tongues() -> list[tuple[str, str]]:
    """Return the languages that are told apart, by name."""
    return sorted(((code, tongue(code)) for code in LANGUAGES), key=lambda one: one[1])
