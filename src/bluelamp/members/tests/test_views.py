"""Officers' pages: need to know, a reason, a trace; nothing of another force."""

from __future__ import annotations

import io
import json
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from bluelamp.audit.models import Act, Entry
from bluelamp.members.models import Member, Suppression
from bluelamp.members.tests.people import (
    HOME,
    make_area,
    make_many,
    make_member,
    make_postcode,
    make_topics,
    square,
)
from bluelamp.members.urls import console
from bluelamp.members.values import NewMember
from bluelamp.org.models import Force, Officer, Unit
from bluelamp.org.values import Role
from bluelamp.places.cells import cell_of
from conftest import make_officer

ANN = "ann.lee@example.org"


@pytest.fixture
def ann(force: Force, now: datetime) -> Member:
    return make_member(force, ANN, now=now, name="Ann Lee")


@pytest.fixture
def dora(force: Force) -> Officer:
    """Looks after members' records at headquarters, and nothing else."""
    return make_officer(force.units.get(parent=None), "1004", "Dora Pike", Role.MEMBERSHIP)


def browser_of(officer: Officer) -> Client:
    browser = Client()
    browser.force_login(officer)
    return browser


def open_record(browser: Client, pk: int) -> str:
    url = f"/console/members/{pk}/"
    browser.post(url, {"reason": "Task 77"})
    return browser.get(url).content.decode()


def test_a_record_opens_for_a_reason_and_leaves_a_trace(ann: Member, dora: Officer) -> None:
    browser = browser_of(dora)
    asked = browser.get(f"/console/members/{ann.pk}/").content.decode()
    assert ANN not in asked
    assert "Ann Lee" not in asked
    assert not Entry.objects.filter(op="R").exists()
    refused = browser.post(f"/console/members/{ann.pk}/", {"reason": " "}).content.decode()
    assert ANN not in refused
    shown = open_record(browser, ann.pk)
    assert ANN in shown
    assert "Ann Lee" in shown
    trace = Entry.objects.select_related("act").get(op="R")
    assert (trace.table, trace.row) == ("members_member", str(ann.pk))
    assert (trace.act.actor_id, trace.act.reason) == (str(dora.pk), "Task 77")
    browser.get(f"/console/members/{ann.pk}/")
    assert Entry.objects.filter(op="R").count() == 2


def test_a_reason_opens_one_record(ann: Member, force: Force, dora: Officer, now: datetime) -> None:
    bob = make_member(force, "bob@example.org", now=now)
    browser = browser_of(dora)
    open_record(browser, ann.pk)
    assert "bob@example.org" not in browser.get(f"/console/members/{bob.pk}/").content.decode()


@pytest.mark.parametrize("words", [ANN, "ANN.LEE@Example.org", "bd11aa", "R-77"])
def test_search_finds_what_is_known_in_full(ann: Member, dora: Officer, words: str) -> None:
    from bluelamp.audit.actions import acting
    from bluelamp.audit.values import SYSTEM

    with acting(SYSTEM, "test"):
        Member.objects.update(reference="R-77")
    page = browser_of(dora).post("/console/members/", {"q": words}).content.decode()
    assert f"Member {ann.pk}" in page
    assert "Ann Lee" not in page
    assert "ann.lee@" not in page.replace(f'value="{words}"', "").lower()
    trace = Entry.objects.get(op="R")
    assert (trace.row, trace.act.act) == (str(ann.pk), "members.search")


@pytest.mark.parametrize("words", ["ann", "ann.lee@", "@example.org", "Lee", "BD1", "%", "R-"])
def test_search_finds_nobody_by_a_part(ann: Member, dora: Officer, words: str) -> None:
    page = browser_of(dora).post("/console/members/", {"q": words}).content.decode()
    assert "Nobody found" in page


def test_who_has_no_need_to_know_gets_nothing(
    ann: Member, alice: Officer, team: Unit, force: Force
) -> None:
    local = make_officer(team, "1005", "Eve Holt", Role.MEMBERSHIP)
    for officer in (alice, local):
        browser = browser_of(officer)
        for url in (
            "/console/members/", f"/console/members/{ann.pk}/", f"/console/members/{ann.pk}/erase/",
            "/console/members/suppression/", "/console/members/import/",
        ):  # fmt: skip
            assert browser.get(url).status_code == 403, url
        assert browser.post(f"/console/members/{ann.pk}/data/").status_code == 403


def test_no_route_shows_another_force_anything(
    ann: Member, mallory: Officer, carol: Officer, now: datetime
) -> None:
    from bluelamp.members.actions import suppress_address

    suppress_address(ann.force, "held@example.org", by=carol, reason="Ours", now=now)
    held = Suppression.objects.get()
    browser = browser_of(mallory)
    for pattern in console:
        for pk in (ann.pk, held.pk):
            keys = {"pk": pk} if "pk" in str(pattern.pattern) else {}
            url = reverse(f"members:{pattern.name}", kwargs=keys)
            for answer in (
                browser.get(url),
                browser.post(url, {"q": ANN, "reason": "Mine", "audience": "{}"}),
            ):
                text = answer.content.decode()
                assert ANN not in text.replace(f'value="{ANN}"', ""), url
                assert f"Member {ann.pk}" not in text, url
                assert "Ours" not in text, url
                if keys:
                    assert answer.status_code in (404, 405), url
    ann.refresh_from_db()
    held.refresh_from_db()
    assert ann.state == "joined"
    assert held.lifted_at is None


def test_data_is_handed_out_only_after_a_reason(ann: Member, dora: Officer) -> None:
    browser = browser_of(dora)
    url = f"/console/members/{ann.pk}/data/"
    assert browser.post(url).status_code == 302
    open_record(browser, ann.pk)
    assert json.loads(browser.post(url).content)["name"] == "Ann Lee"
    assert Act.objects.filter(act="members.export", reason="Task 77").exists()


def test_taking_off_and_erasing(ann: Member, dora: Officer) -> None:
    browser = browser_of(dora)
    browser.post(f"/console/members/{ann.pk}/leave/", {"reason": "She rang"})
    ann.refresh_from_db()
    assert ann.state == "left"
    assert Act.objects.filter(act="members.leave", reason="She rang").exists()
    browser.post(f"/console/members/{ann.pk}/erase/", {"reason": "She wrote"})
    ann.contact.refresh_from_db()
    assert ann.contact.name == ""


def test_the_suppression_list_is_kept_by_hand(ann: Member, dora: Officer) -> None:
    browser = browser_of(dora)
    browser.post("/console/members/suppression/", {"email": ANN, "reason": "Letter of 3 May"})
    held = Suppression.objects.get()
    page = browser.get("/console/members/suppression/").content.decode()
    assert "Letter of 3 May" in page
    assert ANN not in page
    browser.post(f"/console/members/suppression/{held.pk}/lift/", {"reason": "A mistake"})
    held.refresh_from_db()
    assert held.lifted_at


def test_an_import_is_checked_first_and_then_taken_in(force: Force, dora: Officer) -> None:
    make_postcode("BD1 1AA", *HOME)
    browser = browser_of(dora)

    def bring(**more: str) -> str:
        file = io.BytesIO(b"email,postcode\na@example.org,BD1 1AA\nbad,BD1 1AA\n")
        file.name = "m.csv"
        return browser.post(
            "/console/members/import/",
            {"file": file, "consent_source": "form", "consent_wording": "I agree",
             "verified": "on", "reason": "Moving house", **more},
        ).content.decode()  # fmt: skip

    assert "nobody was taken in" in bring(check="1")
    assert not Member.objects.exists()
    assert "Not an e-mail address" in bring()
    assert Member.objects.get().reach == 3
    assert Act.objects.filter(act="members.import", reason="Moving house").exists()


def test_a_file_that_is_wrong_is_refused_on_the_page(force: Force, dora: Officer) -> None:
    file = io.BytesIO(b"shoe size\n42\n")
    file.name = "m.csv"
    page = browser_of(dora).post("/console/members/import/", {"file": file, "reason": "x"})
    assert "shoe size" in page.content.decode()


@pytest.fixture
def crowd(force: Force, now: datetime) -> None:
    make_topics(force)
    rows = [
        NewMember(f"m{n}@example.org", "BD1 1AA", *HOME, cell_of(*HOME), topics=n % 2)
        for n in range(23)
    ]
    make_many(force, rows, now=now)


def ask(officer: Officer, definition: str, **headers: str) -> object:
    browser = browser_of(officer)
    return browser.post("/console/members/count", {"audience": definition}, headers=headers)


def test_counts_are_told_but_small_ones_are_not(
    force: Force, crowd: None, alice: Officer, now: datetime
) -> None:
    area = make_area(force, "W1", square(*HOME, 0.01), now=now, name="Northwick")
    away = make_area(force, "W2", square(HOME[0] + 0.1, HOME[1], 0.01), now=now)
    told = ask(alice, f'{{"areas": [{area.pk}]}}').json()
    assert told == {"count": 23, "words": "23 members. Members in Northwick."}
    topic = force.topics.get(bit=0)
    assert ask(alice, f'{{"topics": [{topic.pk}]}}').json()["count"] == 11
    nobody = ask(alice, f'{{"areas": [{away.pk}]}}').json()
    assert nobody["count"] is None
    assert nobody["words"].startswith("Fewer than 10 members.")


def test_drawn_ground_is_counted_to_the_nearest_ten(crowd: None, alice: Officer) -> None:
    circle = {"longitude": HOME[0], "latitude": HOME[1], "metres": 100}
    told = ask(alice, json.dumps({"circles": [circle]})).json()
    assert told["count"] == 20
    assert told["words"].startswith("About 20 members.")


def test_a_page_gets_a_sentence(crowd: None, alice: Officer) -> None:
    part = ask(alice, "{}", accept="text/html", **{"hx-request": "true"})
    assert "<strong>23 members.</strong> All members." in part.content.decode()


@pytest.mark.parametrize("definition", ["nonsense", '{"age": 3}', '{"areas": [999999]}', ""])
def test_what_is_no_audience_is_refused(force: Force, alice: Officer, definition: str) -> None:
    answer = ask(alice, definition)
    assert answer.status_code == 422
    assert answer.json()["problem"]


def test_figures_show_areas_and_weeks(
    force: Force, crowd: None, alice: Officer, now: datetime
) -> None:
    make_area(force, "W1", square(*HOME, 0.01), now=now, name="Northwick")
    make_area(force, "W2", square(HOME[0] + 0.1, HOME[1], 0.01), now=now, name="Empty End")
    page = browser_of(alice).get("/console/members/figures/").content.decode()
    assert "Northwick" in page
    assert "fewer than 10" in page
    assert ">23<" in page
