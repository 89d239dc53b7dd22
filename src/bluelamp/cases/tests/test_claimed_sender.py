"""A mail that only claims its sender: marked for officers, and answered to that sender alone."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from bluelamp.audit.actions import acting
from bluelamp.audit.values import SYSTEM
from bluelamp.cases.models import Case
from bluelamp.cases.queries.way import reply_address, way_of
from bluelamp.cases.route import route
from bluelamp.cases.tests.helpers import open_case
from bluelamp.channels.models import Account, Act
from bluelamp.inbound import ingest
from bluelamp.inbound.models import Item
from bluelamp.inbound.tests.helpers import carry, make_page, say
from bluelamp.inbound.understand import understand
from bluelamp.inbound.values import Severity, Stage
from bluelamp.kit.config import config
from bluelamp.org.models import Force
from bluelamp.org.values import Role
from conftest import make_officer

WORDS = "The sender’s address could not be checked"


@pytest.fixture
def page(force: Force, now: datetime) -> Account:
    return make_page(force, now)


def seen(case: Case, number: str = "1101") -> str:
    """Return the case's page as an officer sees it."""
    client = Client()
    client.force_login(make_officer(case.unit, number, "Hana Reed", Role.HANDLER))
    return client.get(reverse("cases:case", args=[case.reference])).content.decode()


def test_a_mail_that_only_claims_its_sender_is_marked(page: Account, now: datetime) -> None:
    assert WORDS in seen(open_case(page, "It is me, Ann", now, channel="email"))


def test_a_mail_whose_sender_is_proven_is_not(page: Account, now: datetime) -> None:
    case = open_case(page, "It is me, Ann", now, channel="email")
    Item.objects.update(proven=True)
    assert WORDS not in seen(case)


def test_what_a_platform_or_a_page_of_ours_brought_is_not(page: Account, now: datetime) -> None:
    posted = seen(open_case(page, "It is me, Ann", now, channel="memory"))
    form = ingest.web_account(page.force, now=now)
    written = seen(open_case(form, "A shed burns", now, channel="email"), "1102")
    for words, shown in (("It is me, Ann", posted), ("A shed burns", written)):
        assert words in shown
        assert WORDS not in shown


FORGED = b"""From: Ann <ann@example.test>\r
Reply-To: eve@evil.test\r
Return-Path: <eve@evil.test>\r
Message-ID: <1@evil.test>\r
Subject: Help\r
\r
He has a knife\r
"""


def test_a_forged_mail_joins_the_case_and_its_sender_hears_nothing(
    page: Account, force: Force, now: datetime
) -> None:
    case = open_case(page, "He threatens me", now, by="ann@example.test", channel="email")
    with acting(SYSTEM, "test.setup"):
        mail = Account.objects.create(force=force, provider="email", name="Mail", created_at=now)
    ingest.store(mail, "1", FORGED, {"envelope_from": "eve@evil.test"}, now)
    understand(now=now)
    item = carry(Item.objects.get(account=mail), Stage.TRIAGED, severity=Severity.EMERGENCY)
    route(now=now)
    assert item.in_case.case == case
    assert not item.proven
    way = way_of(case, item)
    assert way is not None
    assert way.blank.to == "ann@example.test"
    assert {act.utterance["to"] for act in Act.objects.filter(account=mail)} == {"ann@example.test"}
    assert WORDS in seen(case)


def test_what_was_said_before_is_marked_by_itself(page: Account, now: datetime) -> None:
    """Only the one mail is marked, not all that the person said."""
    case = open_case(page, "First", now, channel="email")
    carry(say(page, "Second", now, channel="email"), Stage.TRIAGED)
    route(now=now)
    Item.objects.filter(text="First").update(proven=True)
    assert case.items.count() == 2
    assert seen(case).count(WORDS) == 1


@pytest.mark.parametrize(
    ("found", "proven"),
    [("mx.example.test; dmarc=pass header.from=example.test", True), ("", False)],
)
def test_what_our_mail_server_found_of_a_sender_is_kept(
    force: Force, now: datetime, monkeypatch: pytest.MonkeyPatch, found: str, proven: bool
) -> None:
    settings = config().model_copy(update={"authserv_id": "mx.example.test"})
    monkeypatch.setattr("bluelamp.channels.providers.email.inbound.config", lambda: settings)
    with acting(SYSTEM, "test.setup"):
        mail = Account.objects.create(force=force, provider="email", name="Mail", created_at=now)
    head = f"Authentication-Results: {found}\r\n".encode() if found else b""
    ingest.store(mail, "1", head + FORGED, {"envelope_from": "ann@example.test"}, now)
    understand(now=now)
    assert Item.objects.get().proven is proven


def test_who_writes_to_an_address_that_we_gave_is_who_had_it_from_us(
    page: Account, force: Force, now: datetime
) -> None:
    case = open_case(page, "He threatens me", now, by="ann@example.test", channel="email")
    with acting(SYSTEM, "test.setup"):
        mail = Account.objects.create(force=force, provider="email", name="Mail", created_at=now)
    ingest.store(mail, "1", FORGED, {"recipients": reply_address(case, mail)}, now)
    understand(now=now)
    assert Item.objects.get(account=mail).proven
