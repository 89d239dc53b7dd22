"""Who joins an incident after everybody was told is told too: by one act, once."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import OperationalError, connection, transaction
from django.test import Client
from django.urls import reverse

from bluelamp.cases import jobs
from bluelamp.cases.actions import group
from bluelamp.cases.actions import round as rounds
from bluelamp.cases.errors import CaseRefusedError
from bluelamp.cases.models import Case, IncidentGroup, Round
from bluelamp.cases.queries.rounds import last_update, late_to, updates
from bluelamp.cases.tests.helpers import open_case
from bluelamp.channels.models import Account, Act
from bluelamp.inbound.tests.helpers import make_page
from bluelamp.kit import clock, direct
from bluelamp.org.errors import NotPermittedError
from bluelamp.org.models import Force, Officer, Unit
from bluelamp.org.values import Role
from conftest import make_officer

pytestmark = pytest.mark.usefixtures("platform")
HOLD = "SELECT id FROM cases_incidentgroup WHERE id = %s FOR NO KEY UPDATE"
WORDS = "The network expects power at six."


@pytest.fixture
def page(force: Force, now: datetime) -> Account:
    return make_page(force, now)


@pytest.fixture
def hana(force: Force) -> Officer:
    return make_officer(force.units.get(parent=None), "1101", "Hana Reed", Role.HANDLER)


@pytest.fixture
def sam(force: Force) -> Officer:
    return make_officer(force.units.get(parent=None), "1102", "Sam Cole", Role.HANDLER)


@pytest.fixture
def incident(page: Account, hana: Officer) -> IncidentGroup:
    """Two cases of a power cut, both told."""
    cases = [case(page, n) for n in range(2)]
    made = group.gather("Power cut", cases, unit=cases[0].unit, by=hana, now=clock.now())
    group.answer_all(made, WORDS, by=hana, now=clock.now())
    return made


def case(page: Account, n: int) -> Case:
    return open_case(page, f"No power {n}", clock.now(), by=f"n{n}@example.test")


def join(incident: IncidentGroup, by: Officer, *cases: Case) -> None:
    group.add(incident, cases, by=by, now=clock.now())


def said() -> list[tuple[str, str]]:
    """Return to whom what was sent, each as often as it was."""
    rows = Act.objects.values_list("utterance__to", "utterance__text")
    return sorted((to.partition("@")[0], text) for to, text in rows)


def told(*numbers: int) -> list[tuple[str, str]]:
    return [(f"n{n}", WORDS) for n in numbers]


def update(incident: IncidentGroup) -> Round:
    found = last_update(incident)
    assert found is not None
    return found


def test_those_who_joined_since_are_told_and_nobody_else(
    page: Account, incident: IncidentGroup, hana: Officer, sam: Officer
) -> None:
    assert not late_to(update(incident)).exists()
    join(incident, hana, case(page, 2), case(page, 3))
    made = group.tell_late(update(incident), by=sam, now=clock.now())
    assert said() == told(0, 1, 2, 3)
    assert (made.by, made.follows) == (sam, update(incident))
    assert not late_to(update(incident)).exists()
    join(incident, hana, case(page, 4))
    group.tell_late(update(incident), by=hana, now=clock.now())
    assert said() == told(0, 1, 2, 3, 4)
    assert [one.told for one in updates(incident)] == [5]


def test_nobody_is_told_twice_whoever_presses_again(
    page: Account, incident: IncidentGroup, hana: Officer, sam: Officer
) -> None:
    join(incident, hana, case(page, 2))
    first, once = update(incident), uuid.uuid4()
    for _press in range(2):
        group.tell_late(first, by=hana, now=clock.now(), once=once)
    with pytest.raises(CaseRefusedError, match="already"):
        group.tell_late(first, by=sam, now=clock.now(), once=uuid.uuid4())
    assert said() == told(0, 1, 2)


def test_who_left_and_came_back_is_not_told_again(
    page: Account, incident: IncidentGroup, hana: Officer
) -> None:
    back = incident.cases.first()
    assert back is not None
    group.leave(back, by=hana, now=clock.now())
    join(incident, hana, back)
    assert not late_to(update(incident)).exists()


def test_who_left_before_their_turn_came_is_not_told(
    page: Account, incident: IncidentGroup, hana: Officer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group, "AT_ONCE", 0)
    joined = case(page, 2), case(page, 3)
    join(incident, hana, *joined)
    made = group.tell_late(update(incident), by=hana, now=clock.now())
    group.leave(joined[0], by=hana, now=clock.now())
    jobs.tell_round(round=made.pk)
    assert said() == told(0, 1, 3)
    assert group.told(made, to=hana).refused == {
        joined[0].reference: "It was taken out of the incident meanwhile."
    }


def test_what_is_older_than_the_last_update_is_not_told(
    page: Account, incident: IncidentGroup, hana: Officer
) -> None:
    first = update(incident)
    join(incident, hana, case(page, 2))
    group.answer_all(incident, "It is back.", by=hana, now=clock.now())
    with pytest.raises(CaseRefusedError, match="newer"):
        group.tell_late(first, by=hana, now=clock.now())
    assert said() == sorted([*told(0, 1), *((f"n{n}", "It is back.") for n in range(3))])


def test_what_is_overtaken_before_its_turn_came_is_not_told(
    page: Account, incident: IncidentGroup, hana: Officer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker is behind, and what is newer is told at once."""
    monkeypatch.setattr(group, "AT_ONCE", 0)
    joined = case(page, 2)
    join(incident, hana, joined)
    late = group.tell_late(update(incident), by=hana, now=clock.now())
    newer = group.answer_all(incident, "It is back.", by=hana, now=clock.now())
    jobs.tell_round(round=newer.pk)
    jobs.tell_round(round=late.pk)
    assert said() == sorted([*told(0, 1), *((f"n{n}", "It is back.") for n in range(3))])
    assert group.told(late, to=hana).refused == {
        joined.reference: "They were told something newer meanwhile."
    }
    assert group.told(newer, to=hana).sent == 3


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("begin", ["newer", "late"])
def test_an_incident_s_rounds_begin_one_after_the_other(
    page: Account, incident: IncidentGroup, hana: Officer, begin: str
) -> None:
    """Or the one is begun without knowing of the other."""
    first = update(incident)
    join(incident, hana, case(page, 2))
    begins = {
        "newer": lambda: rounds.begin(incident, "It is back.", by=hana, now=clock.now()),
        "late": lambda: rounds.begin_late(first, by=hana, now=clock.now()),
    }
    with direct.connect(name="test") as other, other.transaction():
        other.execute(HOLD, [incident.pk])
        with pytest.raises(OperationalError, match="lock timeout"):
            impatient(begins[begin])
    impatient(begins[begin])


def impatient(begin: Callable[[], Round]) -> None:
    """Begin a round, unless it has to wait."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '200ms'")
        begin()


def test_many_who_joined_are_told_by_the_job(
    page: Account, incident: IncidentGroup, hana: Officer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group, "AT_ONCE", 0)
    join(incident, hana, case(page, 2))
    made = group.tell_late(update(incident), by=hana, now=clock.now())
    assert said() == told(0, 1)
    jobs.tell_round(round=made.pk)
    assert said() == told(0, 1, 2)


def test_only_who_may_work_on_the_incident_tells(
    page: Account, incident: IncidentGroup, hana: Officer, team: Unit
) -> None:
    join(incident, hana, case(page, 2))
    tia = make_officer(team, "1104", "Tia Moss", Role.HANDLER)
    with pytest.raises(NotPermittedError):
        group.tell_late(update(incident), by=tia, now=clock.now())


def test_the_incident_s_page_offers_it(
    page: Account, incident: IncidentGroup, hana: Officer
) -> None:
    client = Client()
    client.force_login(hana, "allauth.account.auth_backends.AuthenticationBackend")
    address = reverse("cases:incident", args=[incident.pk])
    assert "joined since" not in client.get(address).content.decode()
    join(incident, hana, case(page, 2))
    assert "1 joined since: tell them" in client.get(address).content.decode()
    late = reverse("cases:tell_late", args=[incident.pk])
    shown = client.post(late, {"first": update(incident).pk}, follow=True).content.decode()
    assert "1 is on its way" in shown
    assert "tell them" not in shown
    assert "to those who joined since" in shown
    again = client.post(late, {"first": update(incident).pk})
    assert "Everybody has been told already." in again.content.decode()
    assert said() == told(0, 1, 2)
