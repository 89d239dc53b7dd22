from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bluelamp.channels.contract import InboundItem, InboundKind, RawInbound, ReceiptKind
from bluelamp.channels.providers.email.inbound import first_token, read_mail

MAILS = Path(__file__).parent / "fixtures" / "mail"
TOKEN = "ab" * 27


def read(name: str, recipients: str = "") -> InboundItem:
    payload = (MAILS / name).read_bytes()
    at = datetime(2026, 11, 21, tzinfo=UTC)
    return read_mail(RawInbound("email", name, at, payload, {"recipients": recipients}))


def test_a_complaint_is_attributed_by_the_address_it_came_to() -> None:
    item = read("feedback_abuse.eml", f"bounce-{TOKEN}@mail.example.test")
    assert item.kind is InboundKind.RECEIPT
    (receipt,) = item.receipts
    assert (receipt.kind, receipt.token) == (ReceiptKind.COMPLAINED, TOKEN)


def test_a_technical_report_is_nobodys_complaint() -> None:
    """An authentication failure report (RFC 6591) must not take a member off the list."""
    item = read("feedback_auth_failure.eml", f"bounce-{TOKEN}@mail.example.test")
    assert item.kind is InboundKind.RECEIPT
    assert item.receipts == ()


@pytest.mark.parametrize(
    ("addresses", "token"),
    [
        ([f"bounce-{TOKEN}@mail.example.test"], TOKEN),
        ([f"{TOKEN.upper()}@mail.example.test"], TOKEN),
        (["ann@example.test", f"reply-{TOKEN}@x.test"], TOKEN),
        (["ann@example.test"], ""),
        ([f"x{TOKEN}y@example.test"], ""),
    ],
)
def test_our_token_is_found_whatever_it_was_given_out_for(addresses: list[str], token: str) -> None:
    assert first_token(addresses) == token
