"""The settings' pages of words: tried, looked at before they hold, weakened only out loud."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from bluelamp.audit.models import Act, Entry
from bluelamp.cases.tests.helpers import open_case
from bluelamp.channels.models import Account
from bluelamp.inbound.tests.helpers import make_page
from bluelamp.kit import clock
from bluelamp.language.models import Term
from bluelamp.language.queries import version_of, words_of
from bluelamp.org.models import Force, Officer
from bluelamp.org.values import Role
from conftest import make_officer

HOUR = timedelta(hours=1)
STABBED = "He is stabbing people outside the Co-op, please come now"


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch, now: datetime) -> Iterator[None]:
    """Let it be the tests' morning wherever a page asks what time it is."""
    monkeypatch.setattr(clock, "now", lambda: now + HOUR)
    return


@pytest.fixture
def page(force: Force, now: datetime) -> Account:
    return make_page(force, now)


@pytest.fixture
def sam(force: Force) -> Officer:
    """Sergeant Sam Cole: supervises."""
    return make_officer(force.units.get(parent=None), "1102", "Sam Cole", Role.SUPERVISOR)


def as_officer(officer: Officer) -> Client:
    client = Client()
    client.force_login(officer)
    return client


def at(name: str, *arguments: Any) -> str:
    return reverse(f"settings:{name}", args=arguments)


def text(response: Any) -> str:
    return " ".join(str(response.content.decode()).split())


def line(force: Force, kind: str, **given: Any) -> dict[str, Any]:
    """Fill in the page of a line."""
    filled = {
        "text": "zorbing", "heading": "weapon", "language": "", "weight": "6", "needs": "",
        "unless": "", "unless_before": "", "near": "6", "note": "", "active": "on",
        "seen": version_of(force, kind),
    }  # fmt: skip
    return filled | given


def test_a_text_is_read_as_triage_reads_it(force: Force, sam: Officer) -> None:
    shown = text(as_officer(sam).post(at("words"), {"text": STABBED}))
    assert "Emergency</strong>" in shown
    assert "stabbing</mark>" in shown
    assert "Threat" in shown
    assert "please come" in shown
    assert "/console/settings/words/emergency/line/?text=" in shown, "it leads to the line"


def test_a_new_line_is_tried_on_what_came_in_then_kept(
    page: Account, force: Force, sam: Officer, now: datetime
) -> None:
    open_case(page, "They are zorbing down the hill", now, by="a@example.test")
    open_case(page, "A dog barks", now, by="b@example.test")
    client = as_officer(sam)
    looked = text(client.post(at("line", "emergency"), line(force, "emergency")))
    assert "1 of 2 items of the last thirty days" in looked
    assert "They are zorbing down the hill" in looked
    assert Entry.objects.filter(op="R", table="inbound_item").count() == 1
    assert not Term.objects.exists(), "nothing is kept before it was looked at"
    client.post(at("line", "emergency"), line(force, "emergency", step="save"))
    assert any(one.text == "zorbing" for one in words_of(force, "emergency"))
    assert "Emergency</strong>" in text(client.post(at("words"), {"text": "zorbing now"}))
    assert Act.objects.filter(act="language.keep_line", actor_label=sam.label).count() == 1


def weakest(force: Force) -> Any:
    """A line of the product's that finds the stabbing."""
    return next(one for one in words_of(force, "emergency") if one.text.startswith("stab"))


def test_emergency_words_are_weakened_only_with_a_reason_and_out_loud(
    page: Account, force: Force, sam: Officer, now: datetime
) -> None:
    stabs = "There were stabs outside the Co-op now"  # which no other line finds
    open_case(page, stabs, now, severity=4, by="a@example.test")
    term, client = weakest(force), as_officer(sam)
    where = client.get(at("word_list", "emergency"), {"q": "stab"})
    assert "Bluelamp’s" in text(where)
    url = next(row["url"] for row in where.context["rows"] if row["term"].text == term.text)
    off = line(force, "emergency", text=term.text, heading=term.heading, weight=str(term.weight),
               needs=term.needs, unless=term.unless, unless_before=term.unless_before,
               near=str(term.near), active="")  # fmt: skip
    looked = text(client.post(url, off))
    assert "These words may find less" in looked
    assert "1 item of the last thirty days was an emergency" in looked
    assert "1 of them was found by what you change alone" in looked
    refused = client.post(url, off | {"step": "save"})
    assert refused.status_code == 400
    assert not Term.objects.exists()
    client.post(url, off | {"step": "save", "reason": "Found every stab in the dark"})
    act = Act.objects.get(act="language.weaken_emergency")
    assert act.reason == "Found every stab in the dark"
    assert term not in words_of(force, "emergency")
    client.post(url, line(force, "emergency", do="take_out", step="save", reason="x"))
    assert term in words_of(force, "emergency"), "the product’s line holds again"


def test_nobody_changes_words_that_a_colleague_changed_meanwhile(
    page: Account, force: Force, sam: Officer
) -> None:
    kim = make_officer(force.units.get(parent=None), "1103", "Kim Shaw", Role.SUPERVISOR)
    mine = line(force, "emergency", step="save")
    theirs = line(force, "emergency", step="save", text="zarbing")
    as_officer(kim).post(at("line", "emergency"), theirs)
    late = as_officer(sam).post(at("line", "emergency"), mine)
    assert late.status_code == 400
    assert "Kim Shaw" in text(late)
    assert [one.text for one in Term.objects.all()] == ["zarbing"]


def test_a_csv_is_looked_at_then_taken_in_and_comes_out_again(
    page: Account, force: Force, sam: Officer, now: datetime
) -> None:
    open_case(page, "Show me your gonkulator", now, by="a@example.test")
    client, where = as_officer(sam), at("word_import", "moderation")
    content = "text,heading,weight\ngonkulator,rude,1\n"
    file = SimpleUploadedFile("rude.csv", content.encode())
    seen = version_of(force, "moderation")
    looked = client.post(where, {"file": file, "name": "Rude", "seen": seen})
    assert "1 new, 0 changed, 0 taken out" in text(looked)
    assert "it would find something in 1" in text(looked)
    client.post(where, {**dict(looked.context["given"]), "step": "save"})
    assert "gonkulator,rude,1" in text(client.get(at("word_export", "moderation")))
    bad = SimpleUploadedFile("rude.csv", b"text,heading,weight\nx,,1\n")
    wrong = client.post(where, {"file": bad, "name": "Rude", "seen": seen})
    assert wrong.status_code == 400
    assert "row 2" in text(wrong)


@pytest.mark.parametrize(("role", "emergency", "moderation"), [
    (Role.SUPERVISOR, 200, 200), (Role.COMMUNICATIONS, 403, 200), (Role.HANDLER, 403, 403),
])  # fmt: skip
def test_who_may_change_which_words(
    force: Force, role: Role, emergency: int, moderation: int
) -> None:
    client = as_officer(make_officer(force.units.get(parent=None), "1190", "Rae", role))
    assert client.get(at("word_list", "emergency")).status_code == emergency
    assert client.get(at("word_list", "moderation")).status_code == moderation
    assert client.get(at("word_list", "nonsense")).status_code in (403, 404)
