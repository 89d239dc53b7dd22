"""Promises kept, in a browser: figures by kind, severity, unit and channel, and their cases."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from bluelamp.audit.actions import acting
from bluelamp.audit.values import SYSTEM
from bluelamp.cases.models import Case, Judged, Milestone
from bluelamp.cases.tests.helpers import open_case
from bluelamp.cases.values import MilestoneKind
from bluelamp.inbound.models import Item
from bluelamp.inbound.tests.helpers import make_page
from bluelamp.kit import clock
from bluelamp.org.models import Force, Officer, Unit
from bluelamp.org.values import Role
from conftest import make_officer, make_unit
from tests.journeys.conftest import Open
from tests.journeys.scene import Scene
from tests.journeys.test_board import signed_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SAID = (
    ("Somebody is breaking in next door", 4, "email"), ("He follows me every night", 3, "web"),
    ("Cars race on the bypass", 2, "email"), ("When is the next surgery?", 1, "phone"),
)  # fmt: skip
LENGTHS = {4: 4, 3: 25, 2: 110, 1: 900}
"""Median minutes to the end of a promise."""


@pytest.fixture
def sergeant(scene: Scene, force: Force) -> Officer:
    with acting(SYSTEM, "test.setup"):
        force.settings = {"second_factor": "none"}
        force.save()
    root = force.units.get(parent=None)
    return make_officer(root, "1003", "Carol Reeve", Role.SUPERVISOR)


@pytest.fixture
def two_months(force: Force, team: Unit, sergeant: Officer) -> Case:
    """Promises of eight weeks, and one that is overdue; return its case."""
    draw, now, page = random.Random(3), clock.now(), make_page(force, clock.now())
    units = [force.units.get(parent=None), team, make_unit(force, "RES", "Response, Northwick")]
    cases = [
        open_case(page, text, now - timedelta(hours=severity), severity=severity, by=channel + text)
        for text, severity, channel in SAID
    ]
    for case, (_text, _severity, channel) in zip(cases, SAID, strict=True):
        Item.objects.filter(in_case__case=case).update(channel=channel)
    rows = [(draw.choice(cases), draw.choice(list(MilestoneKind))) for _ in range(900)]
    Judged.objects.bulk_create(
        Judged(
            force=force, case=case, unit=draw.choice(units), kind=kind, severity=case.severity,
            late=draw.random() < 0.17, at=now - timedelta(hours=draw.random() * 24 * 56),
            used=timedelta(minutes=draw.lognormvariate(0, 0.8) * LENGTHS[case.severity]),
        )
        for case, kind in rows
    )  # fmt: skip
    Milestone.objects.filter(case=cases[1]).delete()
    Milestone.objects.create(
        force=force, case=cases[1], kind="update", target=timedelta(hours=1), state="breached",
        due_at=now - timedelta(minutes=20),
    )  # fmt: skip
    return cases[1]


def test_a_sergeant_sees_how_well_promises_are_kept(
    someone: Open, two_months: Case, sergeant: Officer, size: str, tmp_path: Any
) -> None:
    reader = signed_in(someone(), sergeant)
    reader.goto("/console/board/staffing/")
    reader.follow("Promises kept")
    reader.heading("Promises kept")
    expect(reader.page.get_by_text("promises were kept in time.")).to_be_visible()
    reader.page.screenshot(path=tmp_path / f"attainment-{size}.png", full_page=True)
    reader.reach(reader.page.get_by_role("link", name="Overdue now: 1, All promises"))
    reader.page.keyboard.press("Enter")
    reader.heading("Overdue now")
    expect(reader.page.get_by_role("link", name=two_months.title)).to_be_visible()
    reader.goto("/console/board/attainment/")
    reader.follow("7 days")
    expect(reader.page.locator("strong[aria-current=true]")).to_have_text("7 days")
    reader.look()


def test_it_needs_no_script(someone: Open, two_months: Case, sergeant: Officer) -> None:
    reader = signed_in(someone(script=False), sergeant)
    reader.goto("/console/board/attainment/")
    with reader.page.expect_download() as told:
        reader.page.get_by_role("link", name="Download these figures (CSV)").click()
    assert told.value.suggested_filename.endswith(".csv")
