from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from bluelamp.audit import ledger
from bluelamp.audit.actions import acting, erase, read
from bluelamp.audit.models import Act, Entry
from bluelamp.audit.values import SYSTEM
from conftest import Force, Officer, Role, Unit, make_officer

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
ACTS = "/console/audit/"


@pytest.fixture
def auditor(client: Client, carol: Officer) -> Client:
    client.force_login(carol, BACKEND)
    return client


def main(client: Client, url: str, **query: str) -> str:
    answer = client.get(url, query)
    assert answer.status_code == 200
    return answer.content.decode().split("<main", 1)[1]


def test_acts_are_listed_and_looking_is_recorded(
    auditor: Client, alice: Officer, team: Unit
) -> None:
    with acting(alice.as_actor("192.0.2.7"), "org.rename", reason="a new name"):
        Unit.objects.filter(pk=team.pk).update(name="Westwick team")
    page = main(auditor, ACTS)
    assert "PC Alice Fenn 1001" in page
    assert "192.0.2.7" in page
    assert "a new name" in page
    looked = Act.objects.filter(act="audit.read").latest("id")
    assert looked.actor_label == "PC Carol Heath 1003"
    assert Entry.objects.get(act=looked).op == "R"


def test_filters_narrow(auditor: Client, alice: Officer, bob: Officer, team: Unit) -> None:
    with acting(alice.as_actor(), "org.rename"):
        Unit.objects.filter(pk=team.pk).update(name="Westwick team")
    read(bob.as_actor(), "members.read", "members_member", [5], reason="case 12")
    by_name = main(auditor, ACTS, officer="marsh")
    assert "case 12" in by_name
    assert "PC Alice" not in by_name.split("</form>")[1]
    by_thing = main(auditor, ACTS, table="members_member", row="5", readings="on")
    assert "Who did what to member 5" in by_thing
    assert "PC Bob Marsh 1002" in by_thing
    assert "Nothing found" in main(auditor, ACTS, table="members_member", row="6")
    assert "Nothing found" in main(auditor, ACTS, act="org.rename", table="members_member")
    future = {"first_day": "1", "first_month": "1", "first_year": "2099"}
    assert "Nothing found" in main(auditor, ACTS, **future)


def test_an_act_shows_columns_before_and_after(auditor: Client, alice: Officer, team: Unit) -> None:
    with acting(alice.as_actor(), "org.rename") as act:
        Unit.objects.filter(pk=team.pk).update(name="Westwick team")
    page = main(auditor, reverse("audit:act", args=[act]))
    cells = re.findall(r"<span>([^<]*)</span>", page)
    assert cells[:2] == ["Northwick neighbourhood team", "Westwick team"]
    assert Entry.objects.filter(op="R", table="audit_act", row=str(act)).exists()


def test_an_erased_entry_says_so(auditor: Client, team: Unit) -> None:
    with acting(SYSTEM, "org.rename") as act:
        Unit.objects.filter(pk=team.pk).update(name="Someone's name")
    with acting(SYSTEM, "erase"):
        erase("org_unit", [team.pk])
    page = main(auditor, reverse("audit:act", args=[act]))
    assert "What stood here was erased" in page
    assert "Someone" not in page


def test_another_force_s_acts_are_not_there(
    auditor: Client, mallory: Officer, other_force: Force
) -> None:
    with acting(mallory.as_actor(), "org.rename", reason="a secret of Otherby"):
        Force.objects.filter(pk=other_force.pk).update(website="https://otherby.test")
        act = Act.objects.latest("id").pk
    assert "a secret of Otherby" not in main(auditor, ACTS)
    assert auditor.get(reverse("audit:act", args=[act])).status_code == 404


def test_of_the_product_s_own_acts_a_force_sees_those_on_its_rows(
    auditor: Client, team: Unit, other_force: Force
) -> None:
    with acting(SYSTEM, "nightly.work") as act:
        Unit.objects.filter(pk=team.pk).update(name="ours now")
        other_force.units.update(name="theirs now")
    assert "nightly.work" in main(auditor, ACTS)
    page = main(auditor, reverse("audit:act", args=[act]))
    assert "ours now" in page
    assert "theirs now" not in page


def test_only_auditors_of_the_whole_force_may_look(
    client: Client, alice: Officer, team: Unit
) -> None:
    part = make_officer(team, "1020", "Part Auditor", Role.AUDITOR)
    for officer in (alice, part):
        client.force_login(officer, BACKEND)
        for name in ("audit:acts", "audit:seals"):
            assert client.get(reverse(name)).status_code == 403
    client.logout()
    assert client.get(ACTS).status_code == 302


def test_the_seals_page_warns_of_a_seal_that_was_removed(auditor: Client) -> None:
    assert "None yet" in main(auditor, reverse("audit:seals"))
    assert "not the newest one published" not in main(auditor, reverse("audit:seals"))
    from bluelamp.audit import rules
    from bluelamp.audit.values import SealBody
    from bluelamp.kit.keys import keyring

    body = SealBody(1, 0, 0, 10, 0, 0, 3, 5, 8, "aa", rules.FIRST_PREVIOUS, 0)
    ledger.publish(ledger.seals_file(), rules.sign(keyring().newest("seals").secret, body, 1))
    try:
        assert "not the newest one published" in main(auditor, reverse("audit:seals"))
    finally:
        ledger.seals_file().unlink()
