"""The control room's board in a browser: what rings, figures that move, ways to the cases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Route, expect

from bluelamp.audit.actions import acting
from bluelamp.audit.values import SYSTEM
from bluelamp.cases.models import Case, Milestone, RoutingRule
from bluelamp.cases.tests.helpers import open_case
from bluelamp.inbound.tests.helpers import make_page
from bluelamp.kit import clock
from bluelamp.org.models import Force, Officer, Shift, Unit
from bluelamp.org.values import Role
from bluelamp.outbound.tests.helpers import SOUTH, STEP, WEST
from conftest import make_officer
from tests.browser import Reader
from tests.journeys.conftest import Open
from tests.journeys.scene import Scene, elsewhere

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HOUR = timedelta(hours=1)
SAID = (
    ("Somebody is breaking in next door", 4, "ann"), ("He follows me every night", 3, "bea"),
    ("Cars race on the bypass", 2, "cem"), ("When is the next surgery?", 1, "dot"),
)  # fmt: skip


@pytest.fixture
def sergeant(scene: Scene, force: Force) -> Officer:
    with acting(SYSTEM, "test.setup"):
        force.settings = {"second_factor": "none"}
        force.save()
    root = force.units.get(parent=None)
    return make_officer(root, "1003", "Carol Reeve", Role.SUPERVISOR)


@pytest.fixture
def shift_of_four(force: Force, team: Unit, scene: Scene, sergeant: Officer) -> None:
    """Two weeks of a little past, four open cases: an emergency, which rings, and one overdue."""
    page, now = make_page(force, clock.now()), clock.now()
    for day in range(1, 15):
        for hour in (9, 10, 12, 17, 18, 22):
            at = now.replace(hour=hour, minute=5) - timedelta(days=day)
            open_case(page, f"Old {day}", at, by=f"{day}.{hour}@example.test", severity=1)
    with acting(SYSTEM, "test.setup"):
        Case.objects.update(state="closed", closed_at=now - timedelta(days=1))
        RoutingRule.objects.create(
            force=force, order=1, name="BSL", when={}, unit=team, skill="bsl"
        )
        Shift.objects.create(
            force=force, unit=team, officer=sergeant, starts=now - HOUR, ends=now + 5 * HOUR
        )
    cases = [
        open_case(page, text, now - n * timedelta(minutes=25), severity=severity, by=who)
        for n, (text, severity, who) in enumerate(SAID)
    ]
    with acting(SYSTEM, "test.setup"):
        for n, case in enumerate(cases):
            Case.objects.filter(pk=case.pk).update(
                longitude=WEST + (n + 0.5) * STEP / 2, latitude=SOUTH + STEP / (n + 2),
                owner=sergeant if n == 1 else None,
            )  # fmt: skip
    Milestone.objects.create(
        force=force, case=cases[1], kind="update", target=HOUR, state="breached", due_at=now
    )


def signed_in(reader: Reader, officer: Officer) -> Reader:
    client = Client()
    client.force_login(officer, "allauth.account.auth_backends.AuthenticationBackend")
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    cookie: Any = {"name": settings.SESSION_COOKIE_NAME, "value": value, "url": reader.root}
    reader.page.context.add_cookies([cookie])
    return reader


def heard(officer: Officer) -> Any:
    """Answer the page's listening with one event; its browser then listens again."""
    body = f"retry: 500\nevent: cases:{officer.force_id}\ndata: {{}}\n\n"
    headers = {"Content-Type": "text/event-stream", "Access-Control-Allow-Origin": "*"}

    def answer(route: Route) -> None:
        route.fulfill(status=200, headers=headers, body=body)

    return answer


def test_a_sergeant_sees_how_it_stands_and_goes_to_what_is_late(
    someone: Open, shift_of_four: None, sergeant: Officer, force: Force, size: str, tmp_path: Any
) -> None:
    reader = signed_in(someone(), sergeant)
    reader.page.route("**/events?token=*", heard(sergeant))
    reader.goto("/console/board/")
    reader.heading("Control room")
    expect(reader.page.get_by_text("It rings, and nobody has answered")).to_be_visible()
    ours = reader.page.locator("[data-live=ours]")
    expect(ours).to_have_text("4")
    page = force.accounts.get(name="Page")
    elsewhere(lambda: open_case(page, "And now this", clock.now(), by="eve@example.test"))
    expect(ours).to_have_text("5")
    expect(reader.page.locator("[data-live=severity1]")).to_have_text("2")
    expect(reader.page.locator(".bl-dot")).to_have_count(4)
    reader.page.screenshot(path=tmp_path / f"board-{size}.png", full_page=True)
    reader.reach(reader.page.get_by_role("link", name="1 Overdue"))
    reader.page.keyboard.press("Enter")
    reader.heading("Overdue")
    expect(reader.page.get_by_role("link", name="He follows me every night")).to_be_visible()
    reader.page.screenshot(path=tmp_path / f"behind-{size}.png", full_page=True)


def test_a_sergeant_asks_who_is_needed(
    someone: Open, shift_of_four: None, sergeant: Officer, size: str, tmp_path: Any
) -> None:
    reader = signed_in(someone(), sergeant)
    reader.goto("/console/board/staffing/")
    reader.heading("Officers needed")
    expect(reader.page.get_by_text("officer hours are short")).to_be_visible()
    reader.page.screenshot(path=tmp_path / f"staffing-{size}.png", full_page=True)
