"""The routing desk: a force's rules, and who is on duty with how much to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Q

from bluelamp.cases.models import Case, RoutingRule
from bluelamp.cases.rules.routing import Condition, Facts, OnDuty, Rule, choose, take, weight
from bluelamp.cases.values import CaseState
from bluelamp.channels.models import Account
from bluelamp.inbound.models import Item
from bluelamp.language.rules.matcher import Matcher
from bluelamp.language.values import Term
from bluelamp.org.models import Calendar, OfficerSkill, Shift, Unit
from bluelamp.org.queries import hours_of
from bluelamp.org.rules.hours import Hours
from bluelamp.places.queries.areas import areas_at


@dataclass(frozen=True, slots=True)
class Place:
    """Where a new case goes, and why."""

    unit: int
    officer: int | None = None
    why: dict[str, Any] = field(default_factory=dict)


def rules_of(force: int) -> list[Rule]:
    """Return the force's active routing rules in their order."""
    return [
        Rule(one.pk, one.name, Condition.model_validate(one.when), one.unit_id, one.skill,
             one.to_person)
        for one in RoutingRule.objects.filter(force=force, active=True)
    ]  # fmt: skip


class Desk:
    """Places the new cases of one batch; what it hands out counts as load at once."""

    def __init__(self, force: int, *, now: datetime, rules: Iterable[Rule] | None = None) -> None:
        self._force, self._now = force, now
        self._rules = rules_of(force) if rules is None else list(rules)
        self._given: dict[int, float] = {}
        self._crews: dict[int, list[OnDuty]] = {}
        self._areas_of: dict[tuple[float, float], frozenset[int]] = {}

    def place(self, item: Item, *, people: bool = True) -> Place:
        """Say where a case about ``item`` goes; there is always a unit.

        :param people: whether a person is chosen too, who then has more to do.
        """
        facts = self._facts(item)
        rule = choose(self._rules, facts)
        if rule is None:
            unit, why = self._usual(item)
            return Place(unit, None, {"by": why})
        person = self._person(rule) if rule.to_person and people else None
        if person is not None:
            self._given[person] = self._given.get(person, 0.0) + weight(facts.severity)
        return Place(rule.unit, person, {"by": "rule", "rule": rule.id, "name": rule.name})

    def _facts(self, item: Item) -> Facts:
        open_at = frozenset(pk for pk, one in self._hours.items() if one.is_open(item.received_at))
        return Facts(
            channel=item.channel, account=item.account_id, areas=self._areas(item),
            headings=frozenset([*item.findings.get("headings", ()),
                                *item.findings.get("emergency", ())]),
            language=item.language.partition("-")[0], answers_message=item.message_id is not None,
            severity=max(item.severity, 1), words=self._words_in(item), open_at=open_at,
            closed_at=frozenset(self._hours) - open_at,
        )  # fmt: skip

    def _areas(self, item: Item) -> frozenset[int]:
        if item.longitude is None or item.latitude is None or not self._asks_for_areas:
            return frozenset()
        point = (item.longitude, item.latitude)  # many items lie at one: a postcode's, a ward's
        if point not in self._areas_of:
            self._areas_of[point] = frozenset(areas_at(self._force, *point))
        return self._areas_of[point]

    @cached_property
    def _asks_for_areas(self) -> bool:
        return any(rule.when.areas for rule in self._rules)

    def _words_in(self, item: Item) -> frozenset[str]:
        if self._words is None:
            return frozenset()
        reading = self._words.read(f"{item.subject}\n{item.text}")
        return frozenset(hit.term.text for hit in reading.hits)

    @cached_property
    def _words(self) -> Matcher | None:
        asked = dict.fromkeys(word for rule in self._rules for word in rule.when.words)
        return Matcher(Term(word, "rule") for word in asked) if asked else None

    @cached_property
    def _hours(self) -> dict[int, Hours]:
        asked = {pk for rule in self._rules for pk in (*rule.when.open_at, *rule.when.closed_at)}
        found = Calendar.objects.filter(force=self._force, pk__in=asked) if asked else ()
        return {one.pk: hours_of(one) for one in found}

    def _usual(self, item: Item) -> tuple[int, str]:
        """Return who owns what no rule speaks of: the message's unit, the account's, the force."""
        if item.message is not None:
            return item.message.unit_id, "message"
        unit = self._accounts.get(item.account_id or 0)
        return (unit, "account") if unit else (self._root, "force")

    @cached_property
    def _accounts(self) -> dict[int, int]:
        found = Account.objects.filter(force=self._force, unit__isnull=False)
        return {pk: unit for pk, unit in found.values_list("pk", "unit_id") if unit}

    @cached_property
    def _root(self) -> int:
        return Unit.objects.values_list("pk", flat=True).get(force=self._force, parent=None)

    # --- people

    def _person(self, rule: Rule) -> int | None:
        crew = [
            OnDuty(one.officer, one.until, one.load + self._given.get(one.officer, 0.0), one.skills)
            for one in self._crew(rule.unit)
        ]
        taker = take(crew, now=self._now, skill=rule.skill)
        return taker.officer if taker else None

    def _crew(self, unit: int) -> list[OnDuty]:
        if unit not in self._crews:
            self._crews[unit] = crew_of(Unit.objects.get(pk=unit), self._now)
        return self._crews[unit]


def crew_of(unit: Unit, at: datetime) -> list[OnDuty]:
    """Return who is on shift at a unit or below at a moment, with skills and load."""
    shifts = Shift.objects.filter(
        force=unit.force_id, unit__path__startswith=unit.path, starts__lte=at, ends__gt=at,
        on_call=False, officer__is_active=True,
    ).values_list("officer_id", "ends")  # fmt: skip
    ends = dict(shifts.order_by("ends"))
    loads, skills = _loads(ends), _skills(ends, at)
    return [
        OnDuty(officer, until, loads.get(officer, 0.0), skills.get(officer, frozenset()))
        for officer, until in ends.items()
    ]


def _loads(officers: Iterable[int]) -> dict[int, float]:
    found: dict[int, float] = {}
    cases = Case.objects.filter(~Q(state=CaseState.CLOSED), owner__in=list(officers))
    for owner, severity in cases.values_list("owner_id", "severity"):
        if owner is not None:
            found[owner] = found.get(owner, 0.0) + weight(severity)
    return found


def _skills(officers: Iterable[int], at: datetime) -> dict[int, frozenset[str]]:
    lasting = Q(expires_on=None) | Q(expires_on__gte=at.date())
    held = OfficerSkill.objects.filter(lasting, officer__in=list(officers))
    found: dict[int, set[str]] = {}
    for officer, code in held.values_list("officer_id", "skill__code"):
        found.setdefault(officer, set()).add(code)
    return {officer: frozenset(codes) for officer, codes in found.items()}
