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
from bluelamp.org.models import Force, Officer
from bluelamp.org.values import Role
from conftest import make_officer

WORDS = "The sender’s address could not be checked"


@pytest.fixture
def page(force: Force, now: datetime) -> Account:
    return make_page(force, now)


PROVIDER = "bluelamp.channels.providers.email.inbound"


def make_mail(force: Force, now: datetime) -> Account:
    with acting(SYSTEM, "test.setup"):
        return Account.objects.create(force=force, provider="email", name="Mail", created_at=now)


def looked_at_by(monkeypatch: pytest.MonkeyPatch, module: str) -> None:
    """Let a module know of a mail server that looks at senders."""
    settings = config().model_copy(update={"authserv_id": "mx.example.test"})
    monkeypatch.setattr(f"{module}.config", lambda: settings)


def on_its_page(client: Client, account: Account) -> str:
    return client.get(reverse("channels:account", args=[account.pk])).content.decode()


def seen(case: Case, number: str = "1101") -> str:
    """Return the case's page as an officer sees it."""
    client = Client()
    client.force_login(make_officer(case.unit, number, "Hana Reed", Role.HANDLER))
    return client.get(reverse("cases:case", args=[case.reference])).content.decode()


def test_a_mail_that_only_claims_its_sender_is_marked(page: Account, now: datetime) -> None:
    case = open_case(page, "It is me, Ann", now, channel="email")
    Item.objects.update(proven=False)
    assert WORDS in seen(case)


def test_where_nobody_looks_no_mail_is_marked(page: Account, now: datetime) -> None:
    """A mark that every mail bears is seen on none."""
    case = open_case(page, "It is me, Ann", now, channel="email")
    assert Item.objects.get().proven is None
    assert WORDS not in seen(case)


def test_where_nobody_looks_that_is_said_on_the_page_of_the_account(
    force: Force, carol: Officer, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail, client = make_mail(force, now), Client()
    with acting(SYSTEM, "test.setup"):
        page = Account.objects.create(force=force, provider="mastodon", name="M", created_at=now)
    client.force_login(carol)
    assert "BLUELAMP_AUTHSERV_ID" in on_its_page(client, mail)
    assert "BLUELAMP_AUTHSERV_ID" not in on_its_page(client, page)
    looked_at_by(monkeypatch, "bluelamp.inbound.queries")
    assert "BLUELAMP_AUTHSERV_ID" not in on_its_page(client, mail)


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
    page: Account, force: Force, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = open_case(page, "He threatens me", now, by="ann@example.test", channel="email")
    looked_at_by(monkeypatch, PROVIDER)
    mail = make_mail(force, now)
    ingest.store(mail, "1", FORGED, {"envelope_from": "eve@evil.test"}, now)
    understand(now=now)
    item = carry(Item.objects.get(account=mail), Stage.TRIAGED, severity=Severity.EMERGENCY)
    route(now=now)
    assert item.in_case.case == case
    assert item.proven is False
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
    Item.objects.filter(text="Second").update(proven=False)
    assert case.items.count() == 2
    assert seen(case).count(WORDS) == 1


@pytest.mark.parametrize(
    ("found", "proven"),
    [("mx.example.test; dmarc=pass header.from=example.test", True), ("", False)],
)
def test_what_our_mail_server_found_of_a_sender_is_kept(
    force: Force, now: datetime, monkeypatch: pytest.MonkeyPatch, found: str, proven: bool
) -> None:
    looked_at_by(monkeypatch, PROVIDER)
    mail = make_mail(force, now)
    head = f"Authentication-Results: {found}\r\n".encode() if found else b""
    ingest.store(mail, "1", head + FORGED, {"envelope_from": "ann@example.test"}, now)
    understand(now=now)
    assert Item.objects.get().proven is proven


@pytest.mark.parametrize(
    ("sender", "proven"),
    [("Ann@Example.test", True), ("bob@example.test", False), ("nobody", False)],
)
def test_the_address_of_a_case_proves_only_who_was_given_it(
    page: Account, force: Force, now: datetime, sender: str, proven: bool
) -> None:
    """Whoever has had that mail can write there, under any name."""
    case = open_case(page, "He threatens me", now, by="ann@example.test", channel="email")
    item = brought(make_mail(force, now), FORGED.replace(b"ann@example.test", sender.encode()), now)
    assert item.in_case.case == case
    assert item.proven is proven
    assert (WORDS in seen(case)) is not proven


def brought(mail: Account, raw: bytes, now: datetime) -> Item:
    """Let a mail come to the address of the one case there is; return it in that case."""
    to = reply_address(Case.objects.get(), mail)
    ingest.store(mail, "1", raw, {"recipients": to}, now)
    understand(now=now)
    item = carry(Item.objects.get(account=mail), Stage.TRIAGED)
    route(now=now)
    item.refresh_from_db()
    return item


def test_what_our_server_vouches_for_is_proven_at_any_address(
    page: Account, force: Force, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A witness who has had the mail passed on writes under their own name."""
    looked_at_by(monkeypatch, PROVIDER)
    open_case(page, "He threatens me", now, by="bob@example.test", channel="email")
    found = b"Authentication-Results: mx.example.test; dmarc=pass header.from=example.test\r\n"
    assert brought(make_mail(force, now), found + FORGED, now).proven
