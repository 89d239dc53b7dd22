"""What Notify sends by itself and what is fetched, in payloads of its documented form."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bluelamp.channels.contract import (
    ChannelError,
    InboundKind,
    RawInbound,
    ReceiptKind,
    Visibility,
)
from bluelamp.channels.providers.notify.tests.scene import (
    PHONE,
    TOKEN,
    adapter,
    server,
    service,
    settings,
)
from simulators.notify import Server

__all__ = ["server"]
FIXTURES = Path(__file__).parent / "fixtures"
NOW = datetime(2026, 9, 14, 3, 0, tzinfo=UTC)
REFERENCE = "0f3c9d77a1b24e6c8890a4d2e1f5b6c7d8e9f0a1b2c3d4e5"


def payload(name: str) -> bytes:
    return (FIXTURES / f"{name}.json").read_bytes()


def raw(name: str) -> RawInbound:
    return RawInbound("notify", "x", NOW, payload(name))


@pytest.mark.parametrize(
    ("name", "kind", "hard", "address"),
    [
        ("receipt_delivered", ReceiptKind.ACCEPTED, None, PHONE),
        ("receipt_abroad_sent", ReceiptKind.ACCEPTED, None, "+33122334455"),
        ("receipt_permanent_failure", ReceiptKind.BOUNCED, True, "+447700900002"),
        ("receipt_temporary_failure", ReceiptKind.BOUNCED, False, "+447700900002"),
        ("receipt_technical_failure", ReceiptKind.BOUNCED, False, "+447700900002"),
    ],
)
def test_a_receipt_is_about_the_message_that_our_reference_names(
    name: str, kind: ReceiptKind, hard: bool | None, address: str
) -> None:
    item = adapter().parse(raw(name))
    assert item.kind is InboundKind.RECEIPT
    [receipt] = item.receipts
    assert (receipt.kind, receipt.hard, receipt.address) == (kind, hard, address)
    assert receipt.token == REFERENCE
    assert bool(receipt.reason) is (kind is ReceiptKind.BOUNCED)
    assert receipt.at.tzinfo is not None


def test_a_receipt_for_what_was_not_ours_has_no_token() -> None:
    [receipt] = adapter().parse(raw("receipt_without_reference")).receipts
    assert receipt.token == ""


@pytest.mark.parametrize("name", ["received_callback", "received_row"])
def test_a_text_is_what_a_person_says_in_private(name: str) -> None:
    item = adapter().parse(raw(name))
    assert (item.kind, item.sender) == (InboundKind.HUMAN, PHONE)
    assert item.text == "He is outside again. I can't speak"
    assert item.said is not None
    assert item.said.visibility is Visibility.PRIVATE
    assert item.said.author_id == item.said.conversation == PHONE
    assert item.said.external_id == "5a8b1c1e-0f8c-4d6f-9a54-2a64f6f0f6a1"
    assert item.said.at == datetime(2026, 9, 14, 2, 59, 5, 120_000, UTC)


def test_a_short_code_stays_what_it_is() -> None:
    assert adapter().parse(raw("received_short_code")).sender == "60070"


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"\xff", b'{"id": 1}'])
def test_what_is_no_payload_of_notify_is_refused(body: bytes) -> None:
    with pytest.raises(ChannelError) as refused:
        adapter().parse(RawInbound("notify", "x", NOW, body))
    assert refused.value.permanent


def test_a_text_has_one_name_by_whichever_way_it_came(server: Server) -> None:
    pushed = adapter().verify(
        payload("received_callback"), {"authorization": f"Bearer {TOKEN}"}, settings(server)
    )
    assert pushed.external_id == json.loads(payload("received_row"))["id"]
    assert pushed.payload == payload("received_callback")


def test_each_state_of_a_text_is_a_receipt_of_its_own(server: Server) -> None:
    names = [
        adapter()
        .verify(payload(name), {"authorization": f"Bearer {TOKEN}"}, settings(server))
        .external_id
        for name in ("receipt_delivered", "receipt_temporary_failure")
    ]
    assert len(set(names)) == 2


@pytest.mark.parametrize(
    "headers",
    [
        {}, {"authorization": TOKEN}, {"authorization": "Bearer "},
        {"authorization": f"Bearer {TOKEN}x"}, {"authorization": "Bearer ünknown"},
    ],
)  # fmt: skip
def test_a_callback_without_our_token_is_refused(server: Server, headers: dict[str, str]) -> None:
    with pytest.raises(ChannelError) as refused:
        adapter().verify(payload("received_callback"), headers, settings(server))
    assert refused.value.permanent


def test_without_a_token_no_callback_is_taken(server: Server) -> None:
    with pytest.raises(ChannelError):
        adapter().verify(
            payload("received_callback"),
            {"authorization": "Bearer "},
            settings(server, callback_token=""),
        )


def test_the_first_poll_begins_now(server: Server) -> None:
    server.service.receive(PHONE, "From before")
    first = adapter().poll("", settings(server))
    assert first.raws == ()
    server.service.receive(PHONE, "Help")
    second = adapter().poll(first.cursor, settings(server))
    assert "Help" in [adapter().parse(one).text for one in second.raws]


def test_a_poll_brings_every_page_oldest_first() -> None:
    times = iter(NOW.timestamp() + number for number in range(10_000))
    with Server(service(clock=lambda: next(times))) as server:
        for number in range(600):
            server.service.receive(PHONE, f"text {number}")
        server.service.clock = lambda: NOW.timestamp() + 700
        later = NOW + timedelta(seconds=700)
        polled = adapter(now=later).poll(NOW.isoformat(), settings(server))
        texts = [adapter().parse(one).text for one in polled.raws]
        assert texts == [f"text {number}" for number in range(600)]
        assert datetime.fromisoformat(polled.cursor) == NOW + timedelta(seconds=599)
        again = adapter(now=later).poll(polled.cursor, settings(server))
        assert [adapter().parse(one).text for one in again.raws] == texts


def test_a_poll_stops_at_what_is_old() -> None:
    with Server(service(clock=lambda: moment.timestamp())) as server:
        for age in (3600, 1200, 540, 0):
            moment = NOW - timedelta(seconds=age)
            server.service.receive(PHONE, f"{age} seconds ago")
        polled = adapter(now=NOW).poll(NOW.isoformat(), settings(server))
        texts = [adapter().parse(one).text for one in polled.raws]
        assert texts == ["540 seconds ago", "0 seconds ago"]
