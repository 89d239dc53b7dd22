"""The settings' pages of routing: drafted, tried, put in force, put back; nobody overwritten."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from bluelamp.audit.models import Act, Entry
from bluelamp.audit.values import SYSTEM
from bluelamp.cases.actions.rules import set_rules
from bluelamp.cases.models import Case, RoutingRule, RoutingSet
from bluelamp.cases.queries.routing import draft_of, lines_that_hold
from bluelamp.cases.rules.routing import Condition, Rule
from bluelamp.cases.tests.helpers import open_case
from bluelamp.channels.models import Account
from bluelamp.inbound.tests.helpers import make_page
from bluelamp.kit import clock
from bluelamp.org.models import Force, Officer, Unit
from bluelamp.org.values import Role
from conftest import make_officer

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch, now: datetime) -> Iterator[None]:
    """Let it be the tests' morning wherever a page asks what time it is."""
    monkeypatch.setattr(clock, "now", lambda: now + HOUR)
    return


@pytest.fixture
def page(force: Force, now: datetime) -> Account:
    return make_page(force, now)


@pytest.fixture
def sam(force: Force) -> Officer:
    """Sergeant Sam Cole: supervises."""
    return make_officer(force.units.get(parent=None), "1102", "Sam Cole", Role.SUPERVISOR)


@pytest.fixture
def kim(force: Force) -> Officer:
    """Sergeant Kim Shaw: supervises too."""
    return make_officer(force.units.get(parent=None), "1103", "Kim Shaw", Role.SUPERVISOR)


def as_officer(officer: Officer) -> Client:
    client = Client()
    client.force_login(officer)
    return client


def at(name: str, *arguments: Any) -> str:
    return reverse(f"settings:{name}", args=arguments)


def text(response: Any) -> str:
    return " ".join(str(response.content.decode()).split())


def rule(unit: Unit, **given: Any) -> dict[str, Any]:
    """Fill in the page of a rule."""
    filled = {
        "name": "Urgent", "severity_from": "0", "severity_to": "4", "unit": str(unit.pk),
        "to_person": "no", "skill": "", "words": "", "hours": "", "answers_message": "",
    }  # fmt: skip
    return filled | given


def drafted(client: Client, unit: Unit, **given: Any) -> RoutingSet:
    """Begin a draft with one rule more."""
    client.post(at("begin"))
    made = client.post(at("add"), rule(unit, **given))
    assert made.status_code == 302, text(made)
    return RoutingSet.objects.get(state="draft")


def put(client: Client, version: int) -> Any:
    given = {"version": version, "reason": "Nights are busy"}
    return client.post(at("put"), given, follow=True)


def test_a_rule_is_drafted_tried_and_put_in_force_as_one_step(
    page: Account, team: Unit, sam: Officer, now: datetime
) -> None:
    set_rules(page.force, [Rule(1, "All", Condition(), page.force.units.get(parent=None).pk)],
              actor=SYSTEM)  # fmt: skip
    for number, severity in enumerate([1, 3, 4]):
        open_case(page, f"Number {number}", now, severity=severity, by=f"{number}@example.test")
    client = as_officer(sam)
    draft = drafted(client, team, severity_from="3")
    last = draft.lines[-1]["key"]
    client.post(at("arrange"), {"version": draft.version, "key": last, "do": "up"})
    draft.refresh_from_db()
    assert [line["name"] for line in draft.lines] == ["Urgent", "All"]
    assert [one.name for one in lines_that_hold(page.force)] == ["All"], "nothing holds yet"
    shown = text(client.post(at("tried"), follow=True))
    assert "2 of 3 cases would have gone to another unit" in shown
    behind = client.get(at("behind"), {"went": "HQ", "would": "NW1"})
    assert {row["case"].severity for row in behind.context["rows"]} == {3, 4}
    read = Entry.objects.filter(op="R", table="cases_case").count()
    assert read == 2, "who sees the cases behind a figure is recorded"
    assert "2 rules hold now" in text(put(client, draft.version))
    active = RoutingRule.objects.filter(force=page.force, active=True)
    assert [one.name for one in active] == ["Urgent", "All"]
    assert open_case(page, "Next", now, severity=4, by="next@example.test").unit == team
    assert Act.objects.filter(act="cases.routing", actor_label=sam.label).count() == 1


def test_a_draft_that_was_not_tried_as_it_is_does_not_hold(
    page: Account, team: Unit, sam: Officer
) -> None:
    client = as_officer(sam)
    draft = drafted(client, team)
    client.post(at("tried"))
    client.post(at("add"), rule(team, name="Another"))
    draft.refresh_from_db()
    assert "Try the draft as it is now" in text(put(client, draft.version))
    assert not RoutingRule.objects.filter(active=True).exists()


def test_nobody_overwrites_another_unseen(
    page: Account, team: Unit, sam: Officer, kim: Officer
) -> None:
    client, other = as_officer(sam), as_officer(kim)
    draft = drafted(client, team)
    key = draft.lines[0]["key"]
    other.post(at("edit", key), rule(team, name="Kim’s", version=draft.version))
    late = client.post(at("edit", key), rule(team, name="Sam’s", version=draft.version))
    assert late.status_code == 400
    assert "Kim Shaw" in text(late)
    assert "Sam’s" in text(late), "what was written is not lost"
    assert draft_of(page.force).lines[0]["name"] == "Kim’s"  # type: ignore[union-attr]
    late = client.post(
        at("arrange"), {"version": draft.version, "key": key, "do": "remove"}, follow=True
    )
    assert "Kim Shaw" in text(late)
    assert len(draft_of(page.force).lines) == 1  # type: ignore[union-attr]
    assert "has a draft already" in text(client.post(at("begin"), follow=True))


def test_rules_put_in_force_meanwhile_are_not_undone_by_an_older_draft(
    page: Account, team: Unit, sam: Officer
) -> None:
    client = as_officer(sam)
    draft = drafted(client, team)
    client.post(at("tried"))
    set_rules(page.force, [Rule(1, "By hand", Condition(), team.pk)], actor=SYSTEM)
    assert "has put other rules in force" in text(put(client, draft.version))
    assert [one.name for one in RoutingRule.objects.filter(active=True)] == ["By hand"]


def test_what_held_before_is_put_back_through_a_trial(
    page: Account, team: Unit, sam: Officer
) -> None:
    set_rules(page.force, [Rule(1, "First", Condition(), team.pk)], actor=SYSTEM)
    set_rules(page.force, [Rule(1, "Second", Condition(), team.pk)], actor=SYSTEM)
    before = RoutingSet.objects.filter(state="held", held_from__isnull=False).get()
    client = as_officer(sam)
    assert "First" in text(client.get(at("earlier", before.pk)))
    client.post(at("begin"), {"again": before.pk})
    client.post(at("tried"))
    put(client, 1)
    assert [one.name for one in RoutingRule.objects.filter(active=True)] == ["First"]


def test_a_rule_that_is_switched_off_keeps_its_place_and_routes_nothing(
    page: Account, team: Unit, sam: Officer, now: datetime
) -> None:
    client = as_officer(sam)
    draft = drafted(client, team)
    client.post(
        at("arrange"), {"version": draft.version, "key": draft.lines[0]["key"], "do": "switch"}
    )
    client.post(at("tried"))
    put(client, draft.version + 1)
    assert not RoutingRule.objects.filter(active=True).exists()
    assert [(one.name, one.on) for one in lines_that_hold(page.force)] == [("Urgent", False)]
    assert "Switched off" in text(client.get(at("routing")))


def test_every_condition_of_the_page_is_kept_and_shown_in_words(
    page: Account, team: Unit, sam: Officer, now: datetime
) -> None:
    client = as_officer(sam)
    drafted(
        client, team, name="Gas", headings=["threat"], channels=["email"], languages=["pl"],
        accounts=[str(page.pk)], words="nitrous\ncanister*", severity_from="1", severity_to="3",
        answers_message="no", to_person="yes",
    )  # fmt: skip
    shown = text(client.get(at("draft")))
    for words in (
        "It came by E-mail", "It came to Page", "speak of Threat", "written in Polish",
        "“nitrous” or “canister*”", "between Routine and Urgent", "It answers no alert",
        "who is on shift and has the least to do",
    ):  # fmt: skip
        assert words in shown
    key = RoutingSet.objects.get(state="draft").lines[0]["key"]
    form = client.get(at("edit", key)).context["form"]
    assert form.initial["words"] == "nitrous\ncanister*"
    wrong = client.post(at("edit", key), rule(team, words="good\n… bad"))
    assert "Line 2" in text(wrong)


def test_words_and_hours_route(page: Account, team: Unit, sam: Officer, now: datetime) -> None:
    from bluelamp.audit.actions import acting
    from bluelamp.org.models import Calendar

    with acting(SYSTEM, "test.setup"):
        always = Calendar.objects.create(
            force=page.force, name="Desk", week=[[["00:00", "23:59"]]] * 7
        )
    set_rules(page.force, [
        Rule(1, "Shut", Condition(closed_at=(always.pk,)), page.force.units.get(parent=None).pk),
        Rule(2, "Gas", Condition(words=("canister*",), open_at=(always.pk,)), team.pk),
    ], actor=SYSTEM)  # fmt: skip
    case = open_case(page, "Silver canisters everywhere", now, by="a@example.test")
    other = open_case(page, "A dog barks", now, by="b@example.test")
    assert case.routed["name"] == "Gas"
    assert other.routed["by"] != "rule"


def test_settings_are_for_who_may_set_for_the_whole_force(
    page: Account, team: Unit, force: Force
) -> None:
    of_team = make_officer(team, "1188", "Tess Vane", Role.SUPERVISOR)
    handler = make_officer(force.units.get(parent=None), "1189", "Hana Reed", Role.HANDLER)
    for officer in (of_team, handler):
        client = as_officer(officer)
        assert client.get(at("routing")).status_code == 403
        assert client.post(at("begin")).status_code == 403
    assert not RoutingSet.objects.exists()


def test_cases_behind_a_figure_are_those_that_one_may_read(
    page: Account, team: Unit, sam: Officer, now: datetime
) -> None:
    case = open_case(page, "Our shed", now)
    client = as_officer(sam)
    drafted(client, team)
    client.post(at("tried"))
    assert client.get(at("behind"), {"went": "HQ", "would": "NW1"}).context["rows"]
    assert client.get(at("behind"), {"went": "NW1", "would": "HQ"}).status_code == 404
    assert Case.objects.get(pk=case.pk).unit.code == "HQ", "a trial moves nothing"
