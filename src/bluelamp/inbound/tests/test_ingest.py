"""Stored once, understood once, attributed by our own tokens."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.audit.actions import acting
from bluelamp.audit.values import SYSTEM
from bluelamp.channels.models import Account
from bluelamp.inbound import ingest
from bluelamp.inbound.errors import NobodysMailError
from bluelamp.inbound.models import Item, RawItem
from bluelamp.inbound.rules.mail import mail_id
from bluelamp.inbound.understand import understand
from bluelamp.kit.tokens import seal_mail
from bluelamp.members.models import Member, Suppression
from bluelamp.org.models import Force, Officer
from bluelamp.outbound.models import DeliveryEvent, Message
from bluelamp.outbound.tests.helpers import (
    draft,
    make_account,
    make_areas,
    make_member,
    pretend_sent,
    send_through,
)


@pytest.fixture
def account(force: Force, now: datetime) -> Account:
    return make_account(force, now)


@pytest.fixture
def message(account: Account, alice: Officer, bob: Officer, now: datetime) -> Message:
    wards = make_areas(account.force, now)
    ann = make_member(account.force, "ann@example.test", now)
    made = send_through(alice, bob, draft(wards["Northwick"]), now)
    return pretend_sent(made, {ann.pk: 1}, now)


def come(account: Account, now: datetime, name: str = "1", to: str = "", **facts: Any) -> bool:
    payload = json.dumps({"kind": "human", "sender": "ann@example.test", "text": "Hello"} | facts)
    return ingest.store(account, name, payload.encode(), {"recipients": to}, now)


def token(message: Message, address: str, now: datetime) -> str:
    point = make_member(message.force, address, now)
    return seal_mail("mail", message.pk, point.pk)


def test_what_comes_twice_is_stored_once_and_understood_once(
    message: Message, account: Account, now: datetime
) -> None:
    sealed = token(message, "ann@example.test", now)
    assert come(account, now, in_reply_to=sealed)
    assert not come(account, now, in_reply_to=sealed)
    assert understand(now=now) == 1
    assert understand(now=now) == 0
    assert Item.objects.count() == 1
    assert DeliveryEvent.objects.filter(kind="replied").count() == 1


@pytest.mark.parametrize(
    ("sender", "proven"), [("Ann@Example.test", True), ("bob@example.test", False)]
)
def test_a_token_proves_only_who_was_given_it(
    message: Message, account: Account, now: datetime, sender: str, proven: bool
) -> None:
    """Whoever has had that mail passed on can answer it, under any name."""
    come(account, now, to=f"reply-{token(message, 'ann@example.test', now)}@m.test", sender=sender)
    understand(now=now)
    assert Item.objects.get().proven is proven


def test_the_address_a_reply_came_to_decides_whose_it_is(
    message: Message, account: Account, now: datetime
) -> None:
    sealed = token(message, "ann@example.test", now)
    come(account, now, to=f"reply-{sealed.upper()}@mail.test", sender="work@example.test")
    understand(now=now)
    item = Item.objects.get()
    assert item.message == message
    assert item.contact_point is not None
    assert item.contact_point.address == "ann@example.test"


def test_without_a_token_the_sender_decides(
    message: Message, account: Account, now: datetime
) -> None:
    come(account, now)
    come(account, now, name="2", sender="stranger@example.test")
    understand(now=now)
    ours, strange = Item.objects.order_by("pk")
    assert ours.message == message
    assert strange.message is None
    assert strange.contact_point is not None, "who writes to us is a contact, unverified"
    assert strange.contact_point.verified_at is None


def test_another_forces_token_is_not_ours(
    message: Message, other_force: Force, now: datetime
) -> None:
    elsewhere = make_account(other_force, now)
    sealed = token(message, "ann@example.test", now)
    come(elsewhere, now, in_reply_to=sealed)
    receipt = {"kind": "bounced", "at": now.isoformat(), "token": sealed, "hard": True}
    come(elsewhere, now, name="2", kind="receipt", receipts=[receipt])
    understand(now=now)
    assert Item.objects.get().message is None
    assert RawItem.objects.get(external_id="2").state == "set_aside"
    assert not DeliveryEvent.objects.exists()
    assert not Suppression.objects.exists()


def test_a_hard_bounce_suppresses_at_once(
    message: Message, account: Account, now: datetime
) -> None:
    sealed = token(message, "ann@example.test", now)
    receipt = {"kind": "bounced", "at": now.isoformat(), "token": sealed, "hard": True,
               "status": "5.1.1", "reason": "userunknown"}  # fmt: skip
    come(account, now, kind="receipt", receipts=[receipt])
    understand(now=now)
    assert Suppression.objects.get().reason == "hard_bounce"
    assert DeliveryEvent.objects.get().reason == "userunknown"


def test_mail_to_the_leaving_address_takes_the_member_out(
    message: Message, account: Account, now: datetime
) -> None:
    sealed = token(message, "ann@example.test", now)
    come(account, now, to=f"leave-{sealed}@mail.test", kind="auto")
    understand(now=now)
    member = Member.objects.get()
    assert (member.state, member.left_message) == ("left", message.pk)


def test_what_cannot_be_read_is_kept_and_harms_no_other(
    message: Message, account: Account, now: datetime
) -> None:
    ingest.store(account, "broken", b"{", {}, now)
    come(account, now, name="sound")
    assert understand(now=now) == 2
    assert RawItem.objects.get(external_id="broken").state == "failed"
    assert Item.objects.count() == 1


def test_mail_finds_its_force_by_token_or_address(
    message: Message, account: Account, now: datetime
) -> None:
    sealed = token(message, "ann@example.test", now)
    mail = b"Message-ID: <a@b>\r\n\r\nhello\r\n"
    assert ingest.store_mail(mail, "", [f"bounce-{sealed}@mail.test"], now=now)
    assert not ingest.store_mail(b"Received: x\r\n" + mail, "", ["alerts@example.test"], now=now)
    with pytest.raises(NobodysMailError):
        ingest.store_mail(mail, "", ["nobody@elsewhere.test"], now=now)


def test_an_answer_on_the_page_comes_in_like_any_other(
    message: Message, client: Client, alice: Officer, now: datetime
) -> None:
    address = f"/alert/{message.public_id}/reply"
    once = client.get(address).context["form"]["once"].value()
    form = {"text": "I saw a white van.", "name": "Ann", "once": once}
    for _ in range(2):
        assert "Thank you" in client.post(address, form, follow=True).content.decode()
    understand(now=now)
    item = Item.objects.get()
    assert (item.message, item.text) == (message, "I saw a white van.")
    officer = Client()
    officer.force_login(alice)
    page = officer.get(f"/console/inbox/?message={message.pk}").content.decode()
    assert "I saw a white van." in page
    assert "Write what you want" in client.post(address, {"text": ""}).content.decode()


def answer(message: Message, client: Client, **facts: str) -> Any:
    address = f"/alert/{message.public_id}/reply"
    once = client.get(address).context["form"]["once"].value()
    return client.post(address, {"text": "A white van", "once": once} | facts, follow=True)


def test_an_answer_is_kept_where_the_force_has_no_account_for_mail(
    message: Message, client: Client, now: datetime
) -> None:
    with acting(SYSTEM, "test.setup"):
        Message.objects.update(account=None)
        Account.objects.update(active=False)
    assert "Thank you" in answer(message, client).content.decode()
    understand(now=now)
    item = Item.objects.get()
    assert (item.message, item.text) == (message, "A white van")


def test_what_a_browser_filled_in_by_itself_loses_no_answer(
    message: Message, client: Client
) -> None:
    page = answer(message, client, website="http://ann.test").content.decode()
    assert "Thank you" not in page
    assert "Press “Send your reply” again" in page
    assert "A white van" in page
    assert 'name="website" value=' not in page, "pressing again sends it"
    assert not RawItem.objects.exists()


def test_the_inbox_is_read_within_the_grants_and_the_reading_recorded(
    message: Message, account: Account, alice: Officer, mallory: Officer, now: datetime
) -> None:
    from bluelamp.audit.models import Entry

    come(account, now, in_reply_to=token(message, "ann@example.test", now))
    understand(now=now)
    for officer, sees in ((mallory, False), (alice, True)):
        client = Client()
        client.force_login(officer)
        assert ("Hello" in client.get("/console/inbox/").content.decode()) is sees
        assert Entry.objects.filter(op="R", table="inbound_item").exists() is sees
    client.force_login(mallory)
    assert client.get(f"/console/inbox/?message={message.pk}").status_code == 404


@given(st.binary(max_size=200), st.binary(max_size=80))
def test_trace_headers_do_not_make_a_mail_another(body: bytes, trace: bytes) -> None:
    header = b"Received: " + trace.hex().encode() + b"\r\n"
    plain = b"Message-ID: <x@y>\r\n\r\n" + body
    assert mail_id(plain) == mail_id(header + plain)
    assert mail_id(plain) != mail_id(plain + b"!")
