"""Numbers and switches: checked, looked at, put in force under a name, nobody overwritten."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from bluelamp.audit.actions import acting
from bluelamp.audit.models import Act, Entry
from bluelamp.audit.values import SYSTEM
from bluelamp.cases.actions.settings import set_setting
from bluelamp.cases.errors import CaseRefusedError
from bluelamp.cases.queries.settings import all_settings, changed_last, mark
from bluelamp.cases.rules.phones import PUBLIC_PHONE, PUBLIC_PHONES
from bluelamp.cases.rules.showing import HIDDEN_KINDS, KINDS
from bluelamp.cases.rules.vulnerability import VULNERABILITY, Thresholds
from bluelamp.org.errors import NotPermittedError
from bluelamp.org.models import Force, Officer, Unit
from bluelamp.org.rules.signin import SECOND_FACTOR
from bluelamp.org.values import Role, SecondFactor
from bluelamp.outbound.rules.settings import TRACKING
from conftest import make_officer

pytestmark = pytest.mark.django_db


@pytest.fixture
def sam(force: Force) -> Officer:
    """Sergeant Sam Cole: supervises."""
    return make_officer(force.units.get(parent=None), "1102", "Sam Cole", Role.SUPERVISOR)


@pytest.fixture
def ada(force: Force) -> Officer:
    """Ada Lund: administers."""
    return make_officer(force.units.get(parent=None), "1104", "Ada Lund", Role.ADMINISTRATOR)


def client_of(officer: Officer) -> Client:
    client = Client()
    client.force_login(officer)
    return client


def at(key: str = "") -> str:
    return reverse("settings:setting", args=[key]) if key else reverse("settings:force")


def shown(response: Any) -> str:
    return unescape(" ".join(str(response.content.decode()).split()))


def own(force: Force) -> dict[str, Any]:
    force.refresh_from_db()
    return force.settings


def put(force: Force, **settings: Any) -> None:
    with acting(SYSTEM, "test.setup"):
        force.settings |= settings
        force.save()


def saved(client: Client, key: str, was: str = "none", **boxes: Any) -> Any:
    filled = {"was": was, "step": "save", "reason": "As the inspector wants"}
    return client.post(at(key), filled | boxes)


DESK = {"target": "90", "within": "15", "handling": ""}


def test_the_page_shows_what_holds_what_is_usual_and_who_changed_it(
    force: Force, sam: Officer
) -> None:
    client = client_of(sam)
    text = shown(client.get(at()))
    for one in all_settings():
        assert one.name in text
        assert one.purpose in text
    assert "80 in a hundred" in text
    assert "as measured, else 10 minutes" in text
    assert "1 to 99" in text
    assert "Domestic abuse" in text
    assert text.count("Our own") == 1  # the second factor is off in tests
    assert saved(client, "desk", **DESK).status_code == 302
    after = shown(client.get(at()))
    assert "90 in a hundred" in after
    assert after.count("Our own") == 2
    assert f"Last changed by {sam.label}" in after
    assert own(force)["desk"] == {"target": 90}


def test_the_control_room_counts_with_what_is_set(force: Force, sam: Officer) -> None:
    client = client_of(sam)
    assert 'value="90"' not in shown(client.get(reverse("insight:staffing")))
    saved(client, "desk", **DESK | {"handling": "7"})
    page = shown(client.get(reverse("insight:staffing")))
    assert 'value="90"' in page
    assert 'value="7"' in page


def test_a_change_is_looked_at_then_made_as_one_act_with_a_reason(
    force: Force, sam: Officer
) -> None:
    client = client_of(sam)
    looked = client.post(at("desk"), DESK | {"was": "none", "step": "look"})
    assert looked.status_code == 200
    assert "80 in a hundred" in shown(looked)
    assert "90 in a hundred" in shown(looked)
    assert "In time means within" not in shown(looked)
    assert "desk" not in own(force)
    unexplained = saved(client, "desk", **DESK, reason=" ")
    assert unexplained.status_code == 400
    assert "Say why" in shown(unexplained)
    assert "desk" not in own(force)
    assert saved(client, "desk", **DESK).status_code == 302
    act = Act.objects.get(act="org.set_setting")
    assert (act.actor_label, act.reason) == (sam.label, "As the inspector wants")
    assert Entry.objects.filter(act=act, table="org_force", op="U").count() == 1


@pytest.mark.parametrize(
    ("key", "boxes", "sentence"),
    [
        ("desk", DESK | {"target": "100"}, "“Answered in time” is from 1 to 99"),
        ("desk", DESK | {"within": "soon"}, "“In time means within” is a whole number"),
        ("vulnerability", {"chance": "nan"}, "“Rising: rarer by chance than” is a number"),
        ("vulnerability", {"chance": "0"}, "is from 0.0001 to 0.2"),
        ("hidden_kinds", {"value": ["domestic", "spite"]}, "spite is not one of the available"),
        ("tracking", {"value": "perhaps"}, "perhaps is not one of the available"),
        ("tracking", {}, "Choose: openings and clicks"),
        ("public_phone", {"value": "ring us"}, "“ring us” is no phone number"),
        ("public_phones", {"value": "HQ: 101\nXX: 101"}, "Line 2: there is no unit “XX”"),
        ("public_phones", {"value": "HQ 101"}, "Line 1: write the unit’s code, a colon"),
        ("public_phones", {"value": "HQ: 101\n\nHQ: 102"}, "Line 3: “HQ” stands there already"),
        ("public_phones", {"value": "HQ: soon"}, "Line 1: “soon” is no phone number"),
    ],
)
def test_what_is_out_of_order_is_refused_and_its_place_named(
    force: Force, sam: Officer, key: str, boxes: dict[str, Any], sentence: str
) -> None:
    before = own(force)
    for step in ("look", "save"):
        answer = saved(client_of(sam), key, **boxes | {"step": step})
        assert answer.status_code == 400
        assert sentence in shown(answer)
    assert own(force) == before


def test_no_phone_that_rings_at_night_is_given_away(force: Force, team: Unit, sam: Officer) -> None:
    with acting(SYSTEM, "test.setup"):
        team.phone = "+441614960000"
        team.save()
        sam.phone = "+447700900123"
        sam.save()
    client = client_of(sam)
    for key, value, whose in (
        ("public_phone", "0161 496 0000", team.name),
        ("public_phone", "07700 900123", sam.label),
        ("public_phones", "HQ: 0161 496 0000", team.name),
    ):
        answer = saved(client, key, value=value)
        assert answer.status_code == 400
        assert f"rings {whose} at night" in shown(answer)


def test_each_kind_is_stored_as_its_reader_takes_it(force: Force, team: Unit, sam: Officer) -> None:
    client = client_of(sam)
    assert saved(client, "hidden_kinds", value=["domestic", "fire"]).status_code == 302
    assert saved(client, "tracking", value="on").status_code == 302
    assert saved(client, "public_phone", value="0161 872 5050").status_code == 302
    phones = "NW1: 0161 496 0000\r\nHQ: 101"
    assert saved(client, "public_phones", value=phones).status_code == 302
    assert saved(client, "vulnerability", chance="0.05", repeated="4").status_code == 302
    found = own(force)
    assert HIDDEN_KINDS.read(found) == {"domestic", "fire"}
    assert TRACKING.read(found) is True
    assert PUBLIC_PHONE.read(found) == "0161 872 5050"
    assert PUBLIC_PHONES.read(found) == {"NW1": "0161 496 0000", "HQ": "101"}
    assert VULNERABILITY.read(found) == Thresholds(chance=0.05, repeated=4)
    page = shown(client.get(at()))
    assert "NW1: 0161 496 0000" in page
    shown_again = client.get(at("public_phones"))
    assert "HQ: 101 NW1: 0161 496 0000" in shown(shown_again)


def test_nothing_may_be_hidden_only_after_a_warning(force: Force, sam: Officer) -> None:
    client = client_of(sam)
    looked = shown(client.post(at("hidden_kinds"), {"was": "none", "step": "look"}))
    assert "None of them" in looked
    assert HIDDEN_KINDS.care in looked
    assert saved(client, "hidden_kinds").status_code == 302
    assert HIDDEN_KINDS.read(own(force)) == frozenset()


def test_who_saw_an_older_value_overwrites_nobody(force: Force, sam: Officer, ada: Officer) -> None:
    assert saved(client_of(ada), "desk", **DESK).status_code == 302
    late = saved(client_of(sam), "desk", **DESK | {"target": "70"})
    assert late.status_code == 400
    assert f"{ada.label} changed this meanwhile" in shown(late)
    assert 'value="70"' in shown(late)
    assert own(force)["desk"] == {"target": 90}
    again = saved(client_of(sam), "desk", mark(force, "desk"), **DESK | {"target": "70"})
    assert again.status_code == 302
    assert own(force)["desk"] == {"target": 70}


def test_two_settings_changed_at_once_are_both_kept(
    force: Force, sam: Officer, ada: Officer
) -> None:
    seen_before = Force.objects.get(pk=force.pk)
    saved(client_of(ada), "desk", **DESK)
    set_setting(seen_before, TRACKING, True, was="none", reason="x", by=sam)
    assert own(force)["desk"] == {"target": 90}
    assert own(force)["tracking"] is True


def test_the_usual_comes_back_and_leaves_nothing_stored(force: Force, sam: Officer) -> None:
    put(force, hidden_kinds=["fire"])
    client, was = client_of(sam), mark(force, "hidden_kinds")
    looked = shown(client.post(at("hidden_kinds"), {"was": was, "step": "usual", "value": "fire"}))
    assert "Back to the usual?" in looked
    assert "Domestic abuse" in looked
    assert saved(client, "hidden_kinds", was, back="yes", value="fire").status_code == 302
    assert "hidden_kinds" not in own(force)
    saved(client, "desk", **DESK)
    own(force)
    assert saved(client, "desk", mark(force, "desk"), target="", within="").status_code == 302
    assert "desk" not in own(force)


def test_what_was_put_past_the_page_out_of_order_is_told_of(force: Force, sam: Officer) -> None:
    client, sentence = client_of(sam), "is out of order: the usual holds"
    assert sentence not in shown(client.get(at()))
    put(force, desk={"target": "ninety", "within": 5}, hidden_kinds="domestic")
    text = shown(client.get(at()))
    assert f"What is stored for “Answered in time” {sentence}" in text
    assert f"What is stored for “{HIDDEN_KINDS.name}” {sentence}" in text
    assert HIDDEN_KINDS.read(own(force)) == KINDS
    assert changed_last(force, ["desk"])["desk"].who == SYSTEM.label
    assert client.get(reverse("insight:staffing")).status_code == 200


def test_a_kind_of_the_force_s_own_word_list_stays(force: Force, sam: Officer) -> None:
    put(force, hidden_kinds=["stalking"])
    text = shown(client_of(sam).get(at("hidden_kinds")))
    assert 'value="stalking" checked' in text


def test_what_the_installation_keeps_is_seen_and_not_changed(force: Force, sam: Officer) -> None:
    client = client_of(sam)
    text = shown(client.get(at()))
    assert SECOND_FACTOR.kept in text
    for key in ("second_factor", "public_url", "demo_logins", "nothing"):
        assert client.get(at(key)).status_code == 404
        assert saved(client, key, value="none").status_code == 404
        assert at(key) not in text
    was = mark(force, "second_factor")
    with pytest.raises(CaseRefusedError, match="cannot be set"):
        set_setting(force, SECOND_FACTOR, SecondFactor.REQUIRED, was=was, reason="x", by=sam)


def test_a_value_that_no_reader_takes_is_not_stored(force: Force, sam: Officer) -> None:
    for setting, value in ((PUBLIC_PHONE, "ring us"), (VULNERABILITY, Thresholds(repeated=1))):
        with pytest.raises(CaseRefusedError):
            set_setting(force, setting, value, was="none", reason="x", by=sam)
    with pytest.raises(CaseRefusedError):
        set_setting(force, TRACKING, True, was="none", reason=" ", by=sam)


def test_only_who_may_over_the_whole_force(
    force: Force, team: Unit, alice: Officer, mallory: Officer
) -> None:
    below = make_officer(team, "1105", "Tom Reed", Role.SUPERVISOR)
    words = make_officer(force.units.get(parent=None), "1106", "Kim Shaw", Role.COMMUNICATIONS)
    for officer in (alice, below, words):
        for where in (at(), at("desk")):
            assert client_of(officer).get(where).status_code == 403
        assert saved(client_of(officer), "desk", **DESK).status_code == 403
        with pytest.raises(NotPermittedError):
            set_setting(force, TRACKING, True, was="none", reason="x", by=officer)
    with pytest.raises(NotPermittedError):
        set_setting(force, TRACKING, True, was="none", reason="x", by=mallory)
    assert saved(client_of(mallory), "desk", **DESK).status_code == 302  # her own force's
    assert own(force) == {"second_factor": "none"}


def test_another_force_s_changes_are_not_told(
    force: Force, other_force: Force, sam: Officer, mallory: Officer
) -> None:
    saved(client_of(mallory), "desk", **DESK)
    assert mallory.label not in shown(client_of(sam).get(at()))
    assert changed_last(other_force, ["desk"])["desk"].who == mallory.label
    assert changed_last(force, ["desk"])["desk"].at is None


def test_the_room_stands_among_the_settings(sam: Officer, ada: Officer) -> None:
    for officer in (sam, ada):
        page = shown(client_of(officer).get(reverse("settings:home"), follow=True))
        assert f'href="{at()}"' in page
