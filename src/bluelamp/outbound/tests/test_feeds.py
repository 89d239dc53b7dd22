"""What machines read: Atom, CAP 1.2 against the standard's own schema, not-modified answers."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client
from lxml import etree

from bluelamp.org.models import Force, Officer
from bluelamp.outbound import amend, approve, check, queries, recall
from bluelamp.outbound.feeds.cap import cap_time
from bluelamp.outbound.models import Message
from bluelamp.outbound.tests.helpers import (
    SOUTH,
    WEST,
    draft,
    make_account,
    make_areas,
    make_member,
    pretend_sent,
    send_through,
)
from bluelamp.outbound.values import Urgency
from bluelamp.places.models import Area

SCHEMA = etree.XMLSchema(etree.parse(Path(__file__).parent / "fixtures" / "cap-1.2.xsd"))
CAP = "{urn:oasis:names:tc:emergency:cap:1.2}"
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def wards(force: Force, now: datetime) -> dict[str, Area]:
    make_account(force, now)
    found = make_areas(force, now)
    make_member(force, "ann@example.test", now, ward=0)
    return found


@pytest.fixture
def message(wards: dict[str, Area], alice: Officer, bob: Officer, now: datetime) -> Message:
    return pretend_sent(send_through(alice, bob, draft(wards["Northwick"]), now), {}, now)


def alert_of(client: Client, message: Message) -> etree._Element:
    answer = client.get(f"/alert/{message.public_id}.cap")
    assert answer["Content-Type"].startswith("application/cap+xml")
    root = etree.fromstring(answer.content)
    SCHEMA.assertValid(root)
    assert not re.search(rb"\dZ<", answer.content)
    return root


def test_an_alert_is_valid_cap(message: Message, client: Client) -> None:
    root = alert_of(client, message)
    assert root.findtext(f"{CAP}status") == "Actual"
    assert root.findtext(f"{CAP}msgType") == "Alert"
    assert root.findtext(f"{CAP}sent") == "2026-11-21T10:00:00-00:00"
    area = root.find(f"{CAP}info/{CAP}area")
    assert area.findtext(f"{CAP}areaDesc") == "Northwick"
    pairs = area.findtext(f"{CAP}polygon").split()
    assert pairs[0] == pairs[-1]
    assert len(pairs) >= 4
    latitude, longitude = map(float, pairs[0].split(","))
    assert SOUTH - 0.01 < latitude < SOUTH + 0.03
    assert WEST - 0.01 < longitude < WEST + 0.03
    assert area.findtext(f"{CAP}geocode/{CAP}value") == "W0"


def test_a_recall_is_a_cancel_at_once(
    message: Message, client: Client, bob: Officer, now: datetime
) -> None:
    recall.recall(message, reason="Wrong street", by=bob, now=now + timedelta(hours=1))
    root = alert_of(client, message)
    assert root.findtext(f"{CAP}msgType") == "Cancel"
    sender, identifier, sent = root.findtext(f"{CAP}references").split(",")
    assert sender == root.findtext(f"{CAP}sender")
    assert identifier == str(message.public_id) != root.findtext(f"{CAP}identifier")
    assert sent == "2026-11-21T10:00:00-00:00"
    page = client.get(f"/alert/{message.public_id}").content.decode()
    assert "Wrong street" in page
    assert "Three sheds" not in page
    feed = etree.fromstring(client.get("/feed.atom").content)
    assert feed.findtext(f"{ATOM}entry/{ATOM}title").startswith("Withdrawn")


def test_an_amendment_is_an_update(
    message: Message, client: Client, alice: Officer, bob: Officer, carol: Officer, now: datetime
) -> None:
    later = amend.amend(message, by=bob, now=now)
    later = check.submit(later, by=bob, now=now)
    later = approve.approve(later, digest=queries.digest_of(later), by=carol, now=now)
    pretend_sent(later, {}, now + timedelta(hours=2))
    root = alert_of(client, later)
    assert root.findtext(f"{CAP}msgType") == "Update"
    assert str(message.public_id) in root.findtext(f"{CAP}references")
    assert later.title in client.get(f"/alert/{message.public_id}").content.decode()


def test_what_was_drawn_is_public_only_where_danger_makes_it_matter(
    wards: dict[str, Area], client: Client, alice: Officer, bob: Officer, now: datetime
) -> None:
    ground = {"circles": [{"longitude": WEST + 0.01, "latitude": SOUTH + 0.01, "metres": 300}]}
    for urgency, shown in ((Urgency.ROUTINE, False), (Urgency.URGENT, True)):
        given = draft(audience=ground, urgency=urgency, title=f"Gas {urgency}", body=f"{urgency}")
        made = pretend_sent(send_through(alice, bob, given, now), {}, now)
        root = alert_of(client, made)
        assert next(e.text for e in root.iter(f"{CAP}areaDesc")) == "Northwick"
        assert bool(list(root.iter(f"{CAP}circle"))) is shown
        features = client.get(f"/alert/{made.public_id}/map.json").json()["features"]
        assert len(features) == (2 if shown else 1)


def test_cap_writes_utc_and_summer_time_as_it_must() -> None:
    assert cap_time(datetime(2026, 1, 5, 9, tzinfo=UTC)) == "2026-01-05T09:00:00-00:00"
    assert cap_time(datetime(2026, 7, 5, 9, tzinfo=UTC)) == "2026-07-05T10:00:00+01:00"


def test_feeds_of_areas_carry_their_own_news(
    message: Message, client: Client, wards: dict[str, Area]
) -> None:
    for name, count in (("Northwick", 1), ("Castle", 0)):
        for kind in ("feed", "cap"):
            feed = etree.fromstring(client.get(f"/area/{wards[name].pk}/{kind}.atom").content)
            assert len(feed.findall(f"{ATOM}entry")) == count
            assert feed.findtext(f"{ATOM}id")
            assert feed.findtext(f"{ATOM}updated")


def test_a_feed_that_did_not_change_says_so(
    message: Message, client: Client, bob: Officer, now: datetime
) -> None:
    first = client.get("/feed.atom")
    assert first["Last-Modified"] == "Sat, 21 Nov 2026 10:00:00 GMT"
    headers = {"if-none-match": first["ETag"]}
    assert client.get("/feed.atom", headers=headers).status_code == 304
    since = {"if-modified-since": first["Last-Modified"]}
    assert client.get("/feed.atom", headers=since).status_code == 304
    recall.recall(message, reason="Wrong street", by=bob, now=now + timedelta(hours=1))
    assert client.get("/feed.atom", headers=headers).status_code == 200
    assert client.get("/feed.atom", headers=since).status_code == 200


def test_a_force_without_messages_has_a_feed(client: Client, force: Force) -> None:
    feed = etree.fromstring(client.get("/feed.atom").content)
    assert feed.findall(f"{ATOM}entry") == []
