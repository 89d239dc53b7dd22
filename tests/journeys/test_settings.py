"""The settings in a browser: a rule changed after a trial, a word tried, by keyboard alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from bluelamp.audit.actions import acting
from bluelamp.audit.values import SYSTEM
from bluelamp.cases.actions.rules import set_rules
from bluelamp.cases.actions.targets import set_promise
from bluelamp.cases.models import CaseSystem, Link, RoutingRule
from bluelamp.cases.queries.targets import Promise
from bluelamp.cases.rules.routing import Condition, Rule
from bluelamp.cases.tests.helpers import open_case
from bluelamp.cases.tests.systems import salesforce
from bluelamp.cases.values import MilestoneKind
from bluelamp.inbound.models import Cursor
from bluelamp.inbound.tests.helpers import make_page
from bluelamp.inbound.values import Severity
from bluelamp.kit import clock
from bluelamp.org.models import Calendar, Force, Officer, Unit
from bluelamp.org.values import Role
from conftest import make_officer
from tests.journeys.conftest import Open
from tests.journeys.scene import Scene, elsewhere
from tests.journeys.test_board import sergeant, signed_in

__all__ = ["sergeant"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HOUR = timedelta(hours=1)
SAID = (
    ("Someone has been stabbed outside the Co-op, please come now", 4),
    ("He follows me home every night and I am frightened", 3),
    ("Lads with nitrous canisters behind the leisure centre again", 2),
    ("When is the next surgery in Northwick?", 1), ("Thank you for the visit", 1),
)  # fmt: skip


@pytest.fixture
def week(force: Force, team: Unit, scene: Scene, sergeant: Officer) -> None:
    """Five cases, three rules, a few promises, a case system that refused one."""
    page, now = make_page(force, clock.now()), clock.now()
    root = force.units.get(parent=None)
    ward = scene.wards["Northwick"].pk if "Northwick" in scene.wards else force.areas.first().pk  # type: ignore[union-attr]
    set_rules(force, [
        Rule(1, "Danger goes to a person", Condition(severity_from=3), root.pk, to_person=True),
        Rule(2, "Northwick’s own", Condition(areas=(ward,), severity_to=2), team.pk),
        Rule(3, "All else waits at headquarters", Condition(), root.pk),
    ], actor=SYSTEM, reason="As agreed with the inspectors on 2 November")  # fmt: skip
    with acting(SYSTEM, "test.setup"):
        desk = Calendar.objects.create(
            force=force, name="Front counter", week=[[["08:00", "20:00"]]] * 7
        )
    for severity, kind, promise in (
        (Severity.EMERGENCY, MilestoneKind.FIRST_RESPONSE, Promise(HOUR / 12)),
        (Severity.URGENT, MilestoneKind.FIRST_RESPONSE, Promise(HOUR)),
        (Severity.URGENT, MilestoneKind.RESOLUTION, Promise(24 * HOUR)),
        (Severity.ROUTINE, MilestoneKind.FIRST_RESPONSE, Promise(8 * HOUR, desk.pk)),
    ):
        set_promise(force, severity, kind, promise, was="none", open_too=False, by=SYSTEM, now=now)
    cases = [
        open_case(page, text, now - n * HOUR, severity=severity, by=f"{n}@example.test")
        for n, (text, severity) in enumerate(SAID)
    ]
    system = salesforce(force, "http://localhost:9", now)
    Link.objects.create(
        force=force, case=cases[0], system=system, their_id="5003z00000AbCdE", state="failed",
        due_at=now, problem="INVALID_FIELD: No such column 'Colour' on sobject of type Case",
        theirs={"at": now.isoformat(), "fields": {"Status": "Working", "Priority": "High"}},
    )  # fmt: skip
    Cursor.objects.create(
        force=force, account=page, due_at=now, polled_at=now - HOUR, failures=4,
        problem="503: the feed is down.",
    )  # fmt: skip


def shot(reader: Any, tmp_path: Any, name: str, size: str) -> None:
    reader.page.screenshot(path=tmp_path / f"{name}-{size}.png", full_page=True)


def test_a_sergeant_changes_a_rule_after_trying_it(
    someone: Open, week: None, sergeant: Officer, force: Force, size: str, tmp_path: Any
) -> None:
    reader = signed_in(someone(), sergeant)
    reader.goto("/console/settings/")
    reader.heading("Routing")
    shot(reader, tmp_path, "routing", size)
    reader.press("Change the rules")
    reader.heading("Draft of the rules")
    reader.press("Add a rule")
    reader.heading("Add a rule")
    shot(reader, tmp_path, "rule", size)
    reader.press("Keep it in the draft")
    reader.heading("Add a rule")
    expect(reader.page.get_by_text("Give the rule a name").first).to_be_visible()
    reader.write("Name", "Nitrous goes to the team")
    reader.write("Words in its text", "nitrous")
    reader.select("Unit", "Northwick neighbourhood team")
    reader.press("Keep it in the draft")
    reader.heading("Draft of the rules")
    rules = reader.page.locator(".bl-rule h2")
    for place in (2, 1, 0):
        reader.press("Move up Nitrous goes to the team")
        expect(rules.nth(place)).to_contain_text("Nitrous goes to the team")
    reader.look()
    shot(reader, tmp_path, "draft", size)
    reader.press("Try it on the last 30 days")
    reader.heading("What the draft would have done")
    expect(reader.page.get_by_text("1 of 5 cases would have gone to another unit")).to_be_visible()
    shot(reader, tmp_path, "tried", size)
    reader.reach(reader.page.get_by_role("link", name="1 cases from"))
    reader.page.keyboard.press("Enter")
    expect(reader.page.get_by_role("link", name="Lads with nitrous")).to_be_visible()
    reader.look()
    shot(reader, tmp_path, "behind", size)
    reader.follow("What the draft would have done")
    reader.heading("What the draft would have done")
    reader.write("Why it is put in force", "The team has asked for these")
    reader.press("Put them in force")
    reader.heading("Routing")
    expect(reader.page.get_by_text("4 rules hold now.")).to_be_visible()
    shot(reader, tmp_path, "held", size)
    names = elsewhere_names(force)
    assert names[0] == "Nitrous goes to the team"


def elsewhere_names(force: Force) -> list[str]:
    found: list[str] = []
    elsewhere(lambda: found.extend(
        RoutingRule.objects.filter(force=force, active=True).values_list("name", flat=True)
    ))  # fmt: skip
    return found


def test_a_sergeant_tries_a_word_and_changes_a_promise(
    someone: Open, week: None, sergeant: Officer, size: str, tmp_path: Any
) -> None:
    reader = signed_in(someone(), sergeant)
    reader.goto("/console/settings/words/")
    reader.heading("Words")
    reader.write("Paste a text", SAID[0][0])
    reader.press("Read it")
    expect(reader.page.get_by_role("heading", name="It would be: Emergency")).to_be_visible()
    reader.look()
    shot(reader, tmp_path, "words", size)
    reader.follow("Emergencies")
    reader.heading("Emergencies")
    shot(reader, tmp_path, "list", size)
    reader.press("Add a line")
    reader.heading("Add a line")
    reader.write("Words", "nitrous canister*")
    reader.select("Heading", "Violence")
    reader.reach(reader.page.get_by_role("spinbutton", name="Points"))
    reader.page.keyboard.press("ControlOrMeta+a")
    reader.page.keyboard.type("6")
    shot(reader, tmp_path, "line", size)
    reader.press("See what it would have done")
    reader.heading("Keep “nitrous canister*”?")
    expect(reader.page.get_by_text("1 of 5 items of the last thirty days")).to_be_visible()
    shot(reader, tmp_path, "trial", size)
    reader.press("Yes, from now on")
    reader.heading("Emergencies")
    reader.follow("Promises")
    reader.heading("Promises")
    shot(reader, tmp_path, "promises", size)
    reader.follow("Change Routine: First answer")
    reader.heading("First answer")
    shot(reader, tmp_path, "promise", size)
    reader.choose("Are held to the new promise too")
    reader.press("See what it does")
    reader.heading("Promise this?")
    shot(reader, tmp_path, "effect", size)
    reader.press("Promise it")
    reader.heading("Promises")


def test_an_administrator_maps_a_case_system(
    someone: Open, week: None, force: Force, size: str, tmp_path: Any
) -> None:
    root = force.units.get(parent=None)
    reader = signed_in(someone(), make_officer(root, "1009", "Ada Hall", Role.ADMINISTRATOR))
    reader.goto("/console/settings/")
    reader.follow("Other case systems")
    reader.heading("Other case systems")
    shot(reader, tmp_path, "systems", size)
    reader.follow("Service Cloud")
    reader.heading("Service Cloud In use")
    shot(reader, tmp_path, "system", size)
    reader.press("Change the map")
    reader.heading("Field map")
    shot(reader, tmp_path, "map", size)
    reader.press("Save the map")
    reader.heading("Service Cloud In use")
    system = CaseSystem.objects.values_list("pk", flat=True)
    found: list[int] = []
    elsewhere(lambda: found.extend(system))
    reader.goto(f"/console/settings/systems/{found[0]}/secret/")
    reader.heading("Replace the secret")
    reader.goto("/console/settings/systems/add/rest/")
    reader.heading("Add REST service")
    shot(reader, tmp_path, "add", size)


def test_what_cannot_be_fetched_and_what_was_said_elsewhere(
    someone: Open, week: None, sergeant: Officer, force: Force, size: str, tmp_path: Any
) -> None:
    reader = signed_in(someone(), sergeant)
    reader.goto("/console/board/")
    expect(reader.page.get_by_text("Nothing can be fetched from Page since")).to_be_visible()
    shot(reader, tmp_path, "board", size)
    found: list[str] = []
    elsewhere(lambda: found.extend(Link.objects.values_list("case__reference", flat=True)))
    reader.goto(f"/console/cases/{found[0]}/")
    expect(reader.page.get_by_role("heading", name="In other case systems")).to_be_visible()
    shot(reader, tmp_path, "case", size)
