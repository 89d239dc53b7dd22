"""The contact page: stored first, once, never repeated to whoever looks over a shoulder."""

from __future__ import annotations

import json
import re
import uuid
from datetime import datetime
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.audit.values import SYSTEM
from bluelamp.channels.models import Account
from bluelamp.inbound import ingest, public
from bluelamp.inbound.models import Item, RawItem
from bluelamp.inbound.rules.references import reference
from bluelamp.inbound.understand import understand
from bluelamp.members.models import ContactPoint
from bluelamp.org.calendars import define_calendar
from bluelamp.org.limits import forget
from bluelamp.org.models import Force, Knock, Officer
from bluelamp.outbound import public as ratings
from bluelamp.outbound.tests.helpers import (
    draft,
    make_account,
    make_areas,
    make_member,
    pretend_sent,
    send_through,
)

STORY = "He has a knife and says that he waits for me outside."


def send(client: Client, **given: Any) -> HttpResponse:
    facts = {"text": STORY, "where": "", "name": "", "reach": "", "once": str(uuid.uuid4())}
    return client.post("/contact", facts | given)  # type: ignore[return-value]


def test_a_story_is_stored_and_understood(client: Client, force: Force, now: datetime) -> None:
    answer = send(client, where="Mill Lane", name="Ann Reed", reach="ann@example.test")
    assert answer.status_code == 302
    understand(now=now)
    item = Item.objects.get()
    assert item.text == f"{STORY}\n\nWhere: Mill Lane"
    assert (item.sender, item.sender_name, item.channel) == (
        "ann@example.test",
        "Ann Reed",
        "email",
    )
    assert (item.kind, item.visibility, item.external_id) == ("human", "private", "")
    assert item.contact_point is not None
    assert item.contact_point.address == "ann@example.test"


def test_the_answer_names_the_message_and_repeats_none_of_it(
    client: Client, force: Force, now: datetime
) -> None:
    sent_to = send(client, name="Ann Reed", reach="ann@example.test")["Location"]
    page = client.get(sent_to)
    words = page.content.decode()
    understand(now=now)
    assert Item.objects.get().conversation in words, "officers find it by the reference"
    for secret in (STORY, "Ann", "knife", "ann@example.test"):
        assert secret not in words + sent_to
    assert "no-store" in page["Cache-Control"]
    assert not page.cookies
    assert "call 999" in words.lower()


def test_a_form_sent_twice_is_one(client: Client, force: Force) -> None:
    once = str(uuid.uuid4())
    first, second = send(client, once=once), send(client, once=once)
    assert first["Location"] == second["Location"]
    assert RawItem.objects.count() == 1


def test_a_phone_number_is_a_contact_of_its_own_kind(
    client: Client, force: Force, now: datetime
) -> None:
    send(client, reach="07700 900123")
    understand(now=now)
    assert Item.objects.get().channel == "sms"
    assert ContactPoint.objects.get().address == "+447700900123"


def test_nothing_but_words_is_needed(client: Client, force: Force, now: datetime) -> None:
    send(client)
    understand(now=now)
    item = Item.objects.get()
    assert (item.sender, item.contact_point) == ("", None)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"text": " "}, "Write what has happened"),
        ({"reach": "ask my mum"}, "Enter an e-mail address like name@example.com, or a phone"),
        ({"reach": "ann@nowhere"}, "Enter a valid email address"),
        ({"website": "http://spam.test"}, "Press “Send” again"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_written_stays(
    client: Client, force: Force, wrong: dict[str, str], words: str
) -> None:
    answer = send(client, **{"where": "Mill Lane"} | wrong)
    assert answer.status_code == 400
    page = answer.content.decode()
    assert words in page
    assert "Mill Lane" in page
    assert not RawItem.objects.exists()
    assert 'name="website" value=' not in page, "pressing again sends it"


def test_too_many_from_one_place_are_told_to_wait(
    client: Client, force: Force, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(public._MOST, "contact", 2)
    send(client)
    send(client)
    answer = send(client)
    assert answer.status_code == 429
    assert "call 101" in answer.content.decode()
    assert STORY in answer.content.decode(), "what they wrote is not lost"
    assert RawItem.objects.count() == 2
    elsewhere = Client(REMOTE_ADDR="203.0.113.9")
    assert send(elsewhere).status_code == 302


def test_where_forms_came_from_is_not_readable_and_gone_after_a_day(
    client: Client, force: Force, now: datetime
) -> None:
    send(client)
    assert b"127.0.0.1" not in bytes(Knock.objects.get().source)
    Knock.objects.update(at=now.replace(year=2020))
    assert forget(now=now) == 1


def test_it_says_when_somebody_reads(client: Client, force: Force) -> None:
    words = "Messages are not read at every hour"
    assert words in client.get("/contact").content.decode()
    day = [["00:00", "00:00"]]
    define_calendar(force, name="Desk", week=[day] * 7, by=SYSTEM)
    assert "Somebody is reading messages now" in client.get("/contact").content.decode()
    define_calendar(force, name="Desk", week=[[]] * 7, by=SYSTEM)
    assert words in client.get("/contact").content.decode()


def test_a_force_words_its_own_banner(client: Client, force: Force) -> None:
    from bluelamp.audit.actions import acting

    assert "press 55" in client.get("/contact").content.decode()
    with acting(SYSTEM, "test.setup"):
        force.settings = force.settings | {"contact_emergency": "Ring <999>.\nThen wait."}
        force.save()
    page = client.get("/contact").content.decode()
    assert "Ring &lt;999&gt;." in page
    assert "press 55" not in page


def test_each_force_has_one_account_of_its_own(
    force: Force, other_force: Force, now: datetime
) -> None:
    first = ingest.web_account(force, now=now)
    assert ingest.web_account(force, now=now) == first
    assert ingest.web_account(other_force, now=now) != first
    assert ingest.desk_account(force, now=now) != first
    assert Account.objects.count() == 3


def test_answers_and_ratings_of_an_alert_are_limited_too(
    client: Client, force: Force, alice: Officer, bob: Officer, now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    make_account(force, now)
    wards = make_areas(force, now)
    ann = make_member(force, "ann@example.test", now)
    message = pretend_sent(
        send_through(alice, bob, draft(wards["Northwick"]), now), {ann.pk: 1}, now
    )
    monkeypatch.setitem(public._MOST, "reply", 1)
    monkeypatch.setattr(ratings, "RATINGS_AN_HOUR", 1)

    def reply() -> int:
        facts = {"text": "A white van", "once": str(uuid.uuid4())}
        return client.post(f"/alert/{message.public_id}/reply", facts).status_code

    def rate() -> int:
        return client.post(f"/alert/{message.public_id}/rate", {"stars": 5}).status_code

    assert [reply(), reply()] == [302, 429]
    assert [rate(), rate()] == [302, 429]


@given(
    st.binary(min_size=16, max_size=16), st.integers(1, 2**31), st.binary(min_size=32, max_size=32)
)
def test_a_reference_is_readable_aloud_and_needs_the_key(
    once: bytes, force: int, secret: bytes
) -> None:
    made = reference(secret, force, once)
    assert re.fullmatch(r"(?:[0-9A-HJKMNP-TV-Z]{4}-){2}[0-9A-HJKMNP-TV-Z]{4}", made)
    assert made == reference(secret, force, once)
    assert made != reference(bytes(32) if secret != bytes(32) else bytes([1]) * 32, force, once)
    assert made != reference(secret, force + 1, once)


def test_a_payload_that_is_not_ours_is_kept_and_named(force: Force, now: datetime) -> None:
    account = ingest.web_account(force, now=now)
    ingest.store(account, "odd", json.dumps({"text": "Hello", "colour": "red"}).encode(), {}, now)
    understand(now=now)
    raw = RawItem.objects.get()
    assert raw.state == "failed"
    assert "colour" in raw.problem
    assert "red" not in raw.problem


def test_every_public_page_leads_to_it(client: Client, force: Force) -> None:
    assert 'href="/contact"' in client.get("/").content.decode()
