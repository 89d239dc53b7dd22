"""Rules are data: read with the place of a mistake, set as a whole, tried on what was."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest

from bluelamp.audit.actions import acting
from bluelamp.audit.values import SYSTEM
from bluelamp.cases.actions.rules import set_rules
from bluelamp.cases.errors import CaseRefusedError
from bluelamp.cases.models import Case, RoutingRule
from bluelamp.cases.queries.dryrun import would_have
from bluelamp.cases.route import route
from bluelamp.cases.rulesheet import read_rules, written
from bluelamp.cases.tests.helpers import open_case
from bluelamp.channels.models import Account
from bluelamp.inbound.tests.helpers import carry, make_page, say
from bluelamp.inbound.values import Stage
from bluelamp.org.models import Force, Unit
from bluelamp.outbound.tests.helpers import make_areas


@pytest.fixture
def page(force: Force, now: datetime) -> Account:
    return make_page(force, now)


def sheet(*rows: object) -> str:
    return json.dumps(rows)


def test_a_sheet_comes_back_as_it_was_written(page: Account, team: Unit, now: datetime) -> None:
    make_areas(page.force, now)
    code = page.force.areas.order_by("pk").first().code  # type: ignore[union-attr]
    given = sheet(
        {"name": "Urgent", "unit": "NW1", "when": {"severity_from": 3}, "to_person": True},
        {"name": "Page", "unit": "HQ", "when": {"accounts": ["Page"], "areas": [code]}},
        {"name": "Welsh", "unit": "NW1", "when": {"languages": ["cy"]}, "skill": "welsh"},
    )
    set_rules(page.force, read_rules(page.force, given), actor=SYSTEM)
    again = written(page.force)
    assert read_rules(page.force, again) == read_rules(page.force, given)
    set_rules(page.force, [], actor=SYSTEM)
    assert RoutingRule.objects.filter(active=False).count() == 3, "what held once is kept"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("[\n{", "line 2"),
        ("{}", "the file: a list"),
        (sheet({"name": "A"}), "rule 1: name and unit"),
        (sheet({"name": "A", "unit": "HQ"}, {"name": "B", "unit": "XX"}), "rule 2: .*unit XX"),
        (sheet({"name": "A", "unit": "HQ", "wen": {}}), "rule 1: wen"),
        (sheet({"name": "A", "unit": "HQ", "when": {"severity_from": 9}}), "rule 1: when sev"),
        (sheet({"name": "A", "unit": "HQ", "when": {"accounts": ["X%d"]}}), "rule 1: .*X%d"),
        (sheet({"name": "A", "unit": "HQ", "when": {"colour": "red"}}), "rule 1: when colour"),
    ],
)
def test_a_mistake_is_named_by_its_place(page: Account, text: str, place: str) -> None:
    with pytest.raises(CaseRefusedError, match=place):
        read_rules(page.force, text)


def test_another_force_s_units_are_not_known(page: Account, other_force: Force, team: Unit) -> None:
    with pytest.raises(CaseRefusedError, match="NW1"):
        read_rules(other_force, sheet({"name": "A", "unit": "NW1"}))


def test_what_rules_would_have_done_is_what_they_then_do(
    page: Account, team: Unit, now: datetime
) -> None:
    for number, severity in enumerate([1, 3, 4, 2]):
        open_case(page, f"Number {number}", now, severity=severity, by=f"{number}@example.test")
    rules = read_rules(
        page.force, sheet({"name": "Urgent", "unit": "NW1", "when": {"severity_from": 3}})
    )
    tried = list(would_have(page.force, rules, now=now))
    assert [(one.went, one.would, one.because) for one in tried] == [
        ("HQ", "HQ", "force"), ("HQ", "NW1", "Urgent"), ("HQ", "NW1", "Urgent"),
        ("HQ", "HQ", "force"),
    ]  # fmt: skip
    assert not Case.objects.filter(unit=team).exists(), "nothing was changed"
    set_rules(page.force, rules, actor=SYSTEM)
    for number, severity in enumerate([1, 3, 4, 2]):
        item = say(page, f"Again {number}", now, by=f"again{number}@example.test")
        carry(item, Stage.TRIAGED, severity=severity)
    route(now=now)
    again = Case.objects.filter(title__startswith="Again").order_by("title")
    assert [case.unit.code for case in again] == [one.would for one in tried]


def test_where_it_went_is_what_routing_chose_not_where_it_was_sent_later(
    page: Account, team: Unit, now: datetime
) -> None:
    case = open_case(page, "Our shed", now)
    with acting(SYSTEM, "test.move"):
        Case.objects.filter(pk=case.pk).update(unit=team)
    (one,) = would_have(page.force, [], now=now)
    assert (one.went, one.would, one.differs) == ("HQ", "HQ", False)
    assert not list(would_have(page.force, [], now=now + timedelta(days=31)))
