"""An answer to everybody of an incident: many by a job, each told once whoever dies."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bluelamp.audit.actions import acting
from bluelamp.audit.values import SYSTEM
from bluelamp.cases import jobs
from bluelamp.cases.actions import answer as answering
from bluelamp.cases.actions import close, group
from bluelamp.cases.actions import round as rounds
from bluelamp.cases.models import Case, IncidentGroup, Reply, Round, RoundCase
from bluelamp.cases.tests.helpers import STORE, open_case
from bluelamp.cases.values import ReplyState
from bluelamp.channels import vault
from bluelamp.channels.errors import VaultError
from bluelamp.channels.models import Account, Act
from bluelamp.inbound import ingest
from bluelamp.inbound.models import Item
from bluelamp.inbound.tests.helpers import make_page
from bluelamp.kit import clock
from bluelamp.members.merging import merge
from bluelamp.members.values import Basis
from bluelamp.org.models import Force, Officer, Unit
from bluelamp.org.values import Role
from conftest import make_officer

WORDS = "The network expects power at six."
MANY = 6


@pytest.fixture(autouse=True)
def platform(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    STORE.clear()
    monkeypatch.setattr(group, "AT_ONCE", MANY - 1)
    yield
    STORE.clear()


@pytest.fixture
def page(force: Force, now: datetime) -> Account:
    return make_page(force, now)


@pytest.fixture
def hana(force: Force) -> Officer:
    return make_officer(force.units.get(parent=None), "1101", "Hana Reed", Role.HANDLER)


def gathered(page: Account, hana: Officer, many: int) -> IncidentGroup:
    now = clock.now()
    cases = [open_case(page, f"No power {n}", now, by=f"n{n}@example.test") for n in range(many)]
    return group.gather("Power cut", cases, unit=cases[0].unit, by=hana, now=now)


def told() -> list[str]:
    """Return whom an answer was sent to, each as often as it was."""
    return sorted(Act.objects.values_list("utterance__to", flat=True))


def everybody(many: int) -> list[str]:
    return [f"n{n}@example.test" for n in range(many)]


def test_a_few_are_told_before_the_page_comes_back(page: Account, hana: Officer) -> None:
    found = gathered(page, hana, MANY - 1)
    group.answer_all(found, WORDS, by=hana, now=clock.now())
    assert told() == everybody(MANY - 1)


def test_many_are_told_by_a_job_while_the_page_shows_how_far_it_is(
    page: Account, hana: Officer
) -> None:
    found = gathered(page, hana, MANY)
    client = Client()
    client.force_login(hana, "allauth.account.auth_backends.AuthenticationBackend")
    address = reverse("cases:answer_all", args=[found.pk])
    shown = client.post(address, {"text": WORDS}, follow=True).content.decode()
    assert told() == []
    assert 'value="0" max="6"' in shown, shown[shown.find("banner__content") :][:900]
    made = Round.objects.get()
    rounds.tell(made, now=clock.now(), most=2)
    facts = reverse("cases:round_facts", args=[found.pk])
    assert client.get(facts).json() == {"facts": {"told": 2, "finished": False}}
    jobs.tell_round(round=made.pk)
    assert client.get(facts).json() == {"facts": {"told": 6, "finished": True}}
    assert told() == everybody(MANY)
    shown = client.get(reverse("cases:incident", args=[found.pk])).content.decode()
    assert "6 are on their way" in shown
    assert "max=" not in shown


@pytest.mark.parametrize("ending", ["answer_all", "close_all"])
def test_what_an_officer_is_drafting_in_a_case_is_kept_and_they_hear_of_it(
    page: Account, hana: Officer, ending: str
) -> None:
    found = gathered(page, hana, 2)
    first = found.cases.order_by("pk")[0]
    answering.draft(first, "About your freezer alone", by=hana, now=clock.now())
    client = Client()
    client.force_login(hana, "allauth.account.auth_backends.AuthenticationBackend")
    given = {"text": WORDS, "outcome": "acted", "words": WORDS, "reason": "Power is back"}
    shown = client.post(reverse(f"cases:{ending}", args=[found.pk]), given, follow=True)
    assert told() == everybody(2)
    drafted = Reply.objects.get(state=ReplyState.DRAFT)
    assert (drafted.case, drafted.text) == (first, "About your freezer alone")
    assert {reply.text for reply in Reply.objects.filter(state=ReplyState.SENT)} == {WORDS}
    words = " ".join(shown.content.decode().split())
    assert "What you were drafting is kept in:" in words
    assert first.reference in words.split("What you were drafting is kept in:")[1][:200]


def test_closing_one_case_keeps_what_its_officer_was_drafting(page: Account, hana: Officer) -> None:
    case = open_case(page, "No power", clock.now(), by="n1@example.test")
    answering.draft(case, "About your freezer alone", by=hana, now=clock.now())
    client = Client()
    client.force_login(hana, "allauth.account.auth_backends.AuthenticationBackend")
    given = {"outcome": "acted", "words": WORDS, "reason": "Power is back"}
    shown = client.post(reverse("cases:close", args=[case.reference]), given, follow=True)
    assert told() == ["n1@example.test"]
    assert Reply.objects.get(state=ReplyState.DRAFT).text == "About your freezer alone"
    assert "What you were drafting was not sent. It is kept." in shown.content.decode()


def test_a_form_that_is_sent_twice_tells_everybody_once(page: Account, hana: Officer) -> None:
    found, once = gathered(page, hana, 2), uuid.uuid4()
    for _press in range(2):
        group.answer_all(found, WORDS, by=hana, now=clock.now(), once=once)
    assert Round.objects.count() == 1
    assert told() == everybody(2)
    group.answer_all(found, "It is back.", by=hana, now=clock.now())
    assert len(told()) == 4, "another answer is another round"


def test_who_dies_between_an_answer_and_its_note_has_told_nobody(
    page: Account, hana: Officer, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = gathered(page, hana, MANY)
    made = group.answer_all(found, WORDS, by=hana, now=clock.now())
    real, deaths = rounds._told, iter((False, True, False, True))

    def deadly(*given: Any) -> Any:
        came = real(*given)
        if next(deaths, False):
            raise SystemExit
        return came

    monkeypatch.setattr(rounds, "_told", deadly)
    for _worker in range(2):
        with pytest.raises(SystemExit):
            rounds.tell(made, now=clock.now())
    assert 0 < len(told()) < MANY
    assert rounds.unfinished() == [made.pk], "the sweeper finds it"
    jobs.sweep(timestamp=0)
    rounds.tell(made, now=clock.now())
    assert told() == everybody(MANY)
    assert rounds.unfinished() == []


def test_who_cannot_be_told_holds_up_nobody_and_keeps_a_draft(page: Account, hana: Officer) -> None:
    found = gathered(page, hana, 3)
    first, second, _third = found.cases.order_by("pk")
    answering.draft(first, "My own words", by=hana, now=clock.now())
    Item.objects.filter(in_case__case=first).update(contact_point=None)
    made = rounds.begin(found, WORDS, by=hana, now=clock.now())
    close.close(second, reason="Seen", by=hana, now=clock.now())
    rounds.tell(made, now=clock.now())
    came = group.told(made, to=hana)
    assert (came.sent, came.waiting) == (1, 0)
    assert set(came.refused) == {first.reference, second.reference}
    assert Reply.objects.get(case=first).text == "My own words"


def test_an_officer_whose_grant_ended_tells_nobody_more(page: Account, hana: Officer) -> None:
    found = gathered(page, hana, 2)
    made = rounds.begin(found, WORDS, by=hana, now=clock.now())
    with acting(SYSTEM, "test.setup"):
        hana.grants.update(revoked_at=clock.now())
    made = Round.objects.get()
    rounds.tell(made, now=clock.now())
    assert told() == []
    assert set(RoundCase.objects.values_list("state", flat=True)) == {"refused"}


def shut(*_given: Any) -> Any:
    raise VaultError("The account's secret cannot be read.")


def test_an_account_that_cannot_be_read_holds_up_nobody(
    page: Account, hana: Officer, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = gathered(page, hana, 2)
    made = rounds.begin(found, WORDS, by=hana, now=clock.now())
    with monkeypatch.context() as broken:
        broken.setattr(vault, "settings_of", shut)
        assert rounds.tell(made, now=clock.now(), most=1) == 1
    rounds.tell(made, now=clock.now())
    came = group.told(made, to=hana)
    assert (came.sent, came.waiting) == (1, 0)
    assert list(came.refused.values()) == ["The account's secret cannot be read."]


def test_a_case_that_went_elsewhere_is_counted_and_not_named(
    page: Account, hana: Officer, team: Unit
) -> None:
    """Tia works for a team alone: the force's other cases are not hers, gathered or not."""
    tia = make_officer(team, "1104", "Tia Moss", Role.HANDLER)
    found = gathered(page, hana, 2)
    mine, other = found.cases.order_by("pk")
    with acting(SYSTEM, "test.setup"):
        IncidentGroup.objects.update(unit=team)
        Case.objects.filter(pk=mine.pk).update(unit=team)
    found.refresh_from_db()
    group.answer_all(found, WORDS, by=tia, now=clock.now())
    client = Client()
    client.force_login(tia, "allauth.account.auth_backends.AuthenticationBackend")
    shown = client.get(reverse("cases:incident", args=[found.pk])).content.decode()
    assert "1 is on its way, 1 could not be answered" in shown
    assert "1 in a case that you may not read" in shown
    assert other.reference not in shown
    ended = client.post(
        reverse("cases:close_all", args=[found.pk]), {"outcome": "nothing", "reason": "It is back"},
        follow=True,
    )  # fmt: skip
    assert "1 case stays open" in ended.content.decode()
    assert other.reference not in ended.content.decode()
    states = dict(found.cases.values_list("reference", "state"))
    assert (states[mine.reference], states[other.reference]) == ("closed", "new")
    found.refresh_from_db()
    assert found.closed_at is not None


def test_the_page_of_an_incident_asks_as_often_for_many_as_for_few(
    page: Account, hana: Officer, carol: Officer
) -> None:
    """Some filled in a form, which has no account to answer from; some are two contacts."""
    now = clock.now()
    form = ingest.web_account(page.force, now=now)
    found = gathered(page, hana, 1)
    client = Client()
    client.force_login(hana, "allauth.account.auth_backends.AuthenticationBackend")
    client.get(reverse("cases:incident", args=[found.pk]))  # the first of a session notes it
    asked = []
    for n in range(1, 4):
        more = [
            open_case(account, f"Dark {n}", now, by=f"{account.provider}{n}@example.test",
                      channel="email")
            for account in (form, page)
        ]  # fmt: skip
        one, other = (case.contact for case in more)
        assert one is not None
        assert other is not None
        merge(one, other, basis=Basis.TOLD, reason="They said so", by=carol, now=now)
        group.add(found, more, by=hana, now=now)
        with CaptureQueriesContext(connection) as seen:
            shown = client.get(reverse("cases:incident", args=[found.pk])).content.decode()
        asked.append(len(seen))
        assert f"<strong>{2 * n + 1}</strong> E-mail" in shown
    assert asked[0] == asked[2], asked
