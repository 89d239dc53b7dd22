"""The inbox shows all that came in, wherever it went, and has read again what could not be."""

from __future__ import annotations

import json
from datetime import datetime

import pytest
from click.testing import CliRunner
from django.test import Client

from bluelamp.audit.models import Act, Entry
from bluelamp.channels.models import Account
from bluelamp.inbound import ingest
from bluelamp.inbound.actions import read_again
from bluelamp.inbound.commands import inbound
from bluelamp.inbound.models import Item, RawItem
from bluelamp.inbound.rules.excerpt import MOST, excerpt
from bluelamp.inbound.tests.helpers import carry, make_page, say
from bluelamp.inbound.understand import understand
from bluelamp.inbound.values import ItemState, Stage
from bluelamp.org.errors import NotPermittedError
from bluelamp.org.models import Force, Officer
from bluelamp.org.values import Role
from conftest import make_officer

INBOX = "/console/inbox/"


@pytest.fixture
def page(force: Force, now: datetime) -> Account:
    return make_page(force, now)


@pytest.fixture
def hana(force: Force) -> Officer:
    """Hana Reed: handles cases at headquarters."""
    return make_officer(force.units.get(parent=None), "1101", "Hana Reed", Role.HANDLER)


@pytest.fixture
def broken(page: Account, now: datetime) -> RawItem:
    """Something that cannot be read, and is whole once what reads it is mended."""
    ingest.store(page, "broken", b"{help me", {}, now)
    understand(now=now)
    return RawItem.objects.get(external_id="broken")


def as_officer(officer: Officer) -> Client:
    client = Client()
    client.force_login(officer)
    return client


def shown(officer: Officer, show: str = "") -> str:
    return as_officer(officer).get(f"{INBOX}?show={show}").content.decode()


def test_what_no_case_has_is_found(page: Account, hana: Officer, now: datetime) -> None:
    aside = carry(say(page, "Lovely morning", now), Stage.ROUTED)
    carry(say(page, "On its way", now), Stage.TRIAGED)
    robot = carry(say(page, "Out of office", now, kind="auto"), Stage.ROUTED)
    found = shown(hana, "aside")
    assert "Lovely morning" in found
    assert f"/console/cases/move/{aside.pk}/" in found, "a case can be opened from it"
    assert f"/console/cases/move/{robot.pk}/" in found
    assert "On its way" not in found
    assert "Lovely morning" not in shown(hana, "case")
    everything = shown(hana)
    assert "All that people told the force" in everything
    assert all(words in everything for words in ("Lovely morning", "On its way", "Out of office"))


def test_what_could_not_be_read_is_shown_with_its_problem_and_its_words(
    broken: RawItem, hana: Officer
) -> None:
    found = shown(hana, "unread")
    assert "{help me" in found
    assert broken.problem.split(":")[0] in found
    assert Entry.objects.filter(op="R", table="inbound_rawitem", row=str(broken.pk)).exists()


def test_it_is_read_again_after_a_fix(broken: RawItem, hana: Officer, now: datetime) -> None:
    mended = json.dumps({"kind": "human", "sender": "ann@example.test", "text": "help me"})
    RawItem.objects.filter(pk=broken.pk).update(payload=mended.encode())
    answer = as_officer(hana).post(f"{INBOX}unread/{broken.pk}/again")
    assert answer.headers["Location"] == f"{INBOX}?show=unread"
    broken.refresh_from_db()
    assert (broken.state, broken.problem) == (ItemState.STORED, "")
    act = Act.objects.get(act="inbound.read_again", actor_label=hana.as_actor().label)
    assert act is not None
    assert understand(now=now) == 1
    assert Item.objects.get().text == "help me"
    assert as_officer(hana).post(f"{INBOX}unread/{broken.pk}/again").status_code == 404


def test_what_fails_again_stands_there_once_more(
    broken: RawItem, force: Force, hana: Officer, now: datetime
) -> None:
    assert read_again(force, by=hana) == 1
    understand(now=now)
    broken.refresh_from_db()
    assert broken.state == ItemState.FAILED
    assert broken.problem


def test_who_does_not_read_all_of_the_force_neither_sees_it_nor_has_it_read(
    broken: RawItem, force: Force, alice: Officer, mallory: Officer
) -> None:
    for officer in (alice, mallory):
        assert "{help me" not in shown(officer, "unread")
        with pytest.raises(NotPermittedError):
            read_again(force, by=officer)
        answer = as_officer(officer).post(f"{INBOX}unread/{broken.pk}/again")
        assert answer.status_code in {403, 404}
    broken.refresh_from_db()
    assert broken.state == ItemState.FAILED


def test_reports_about_others_mail_are_found(page: Account, hana: Officer, now: datetime) -> None:
    receipt = {"kind": "bounced", "at": now.isoformat(), "token": "x", "hard": True}
    body = {"kind": "receipt", "sender": "d@x.test", "text": "", "receipts": [receipt]}
    ingest.store(page, "strange bounce", json.dumps(body).encode(), {}, now)
    understand(now=now)
    assert RawItem.objects.get().state == ItemState.SET_ASIDE
    found = shown(hana, "reports")
    assert "strange bounce" in found
    assert "Read again" not in found


def test_the_command_has_all_of_a_force_read_again(broken: RawItem, force: Force) -> None:
    said = CliRunner().invoke(inbound, ["read-again", "--force", force.slug])
    assert said.output.strip() == "1 are read again."
    broken.refresh_from_db()
    assert broken.state == ItemState.STORED


def test_an_excerpt_is_text_whatever_the_bytes() -> None:
    assert excerpt(b"a\x00b\xff") == "ab�"
    assert len(excerpt(b"x" * 3 * MOST)) == MOST + 1
