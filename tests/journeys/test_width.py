"""Nothing sticks out: words without an end, forty cases of one incident, letters twice as large."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bluelamp.audit.actions import acting
from bluelamp.audit.values import SYSTEM
from bluelamp.cases.actions import group
from bluelamp.cases.actions.answer import answer
from bluelamp.cases.models import Case, IncidentGroup
from bluelamp.cases.tests.helpers import open_case
from bluelamp.inbound.tests.helpers import make_page
from bluelamp.kit import clock
from bluelamp.org.models import Force, Officer
from bluelamp.org.values import Role
from conftest import make_officer
from tests.journeys.conftest import Open
from tests.journeys.scene import Scene, elsewhere
from tests.journeys.test_board import signed_in
from tests.journeys.test_casework import deliver
from tests.journeys.test_own_case import ANN, come_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ENDLESS = f"Loo{'o' * 150}k https://example.test/{'path' * 40}?q={'x' * 80}"
PUBLIC = {"visibility": "public"}


@pytest.fixture
def hana(scene: Scene, force: Force) -> Officer:
    """Hana Reed: handles cases."""
    with acting(SYSTEM, "test.setup"):
        force.settings = {"second_factor": "none"}
        force.save()
    return make_officer(force.units.get(parent=None), "1101", "Hana Reed", Role.HANDLER)


@pytest.fixture
def sam(hana: Officer) -> Officer:
    """Sergeant Sam Cole: says yes to Hana's answers."""
    return make_officer(hana.unit, "1102", "Sam Cole", Role.SUPERVISOR)


@pytest.fixture
def case(force: Force, hana: Officer) -> Case:
    """Ann's, answered by mail with an address as long as what she wrote."""
    made = open_case(make_page(force, clock.now(), "Mail"), ENDLESS, clock.now(), by=ANN,
                     channel="email", name="ann")  # fmt: skip
    answer(made, ENDLESS, by=hana, now=clock.now(), seen=None)
    elsewhere(deliver)
    return made


@pytest.fixture
def incident(force: Force, hana: Officer, case: Case) -> IncidentGroup:
    """Forty who said the same in public; Hana's answer waits for another's yes."""
    page, now = make_page(force, clock.now()), clock.now()
    cases = [
        open_case(page, f"{n} {ENDLESS}", now - timedelta(minutes=n), by=f"{'n' * 60}{n}",
                  name=f"post {n}", said=PUBLIC | {"author_id": f"did:{n}"})
        for n in range(40)
    ]  # fmt: skip
    made = group.gather("Power cut in Northwick", cases, unit=hana.unit, by=hana, now=now)
    group.answer_all(made, ENDLESS[:200], by=hana, now=now)
    return made


def test_officers_pages_hold_what_people_paste(
    someone: Open, case: Case, incident: IncidentGroup, sam: Officer
) -> None:
    reader = signed_in(someone(), sam)
    for path in (
        "", f"{case.reference}/", f"incidents/{incident.pk}/", f"approve/?incident={incident.pk}",
        "incidents/", "handover/",
    ):  # fmt: skip
        reader.goto(f"/console/cases/{path}")
        reader.fits_at_twice_the_text()
    for path in ("board/", "settings/routing/", "settings/promises/", "settings/words/emergency/"):
        reader.goto(f"/console/{path}")
        reader.fits_at_twice_the_text()


def test_a_citizen_s_page_holds_what_they_were_told(someone: Open, case: Case) -> None:
    ann = someone()
    come_in(ann, case)
    ann.heading("We have answered you")
    ann.fits_at_twice_the_text()
