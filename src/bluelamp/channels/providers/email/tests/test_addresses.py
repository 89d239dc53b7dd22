"""What stands in an envelope is an address and nothing else."""

from __future__ import annotations

import re

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.channels.providers.email.addresses import (
    domain_of,
    message_id,
    recipient_address,
    return_path,
)
from bluelamp.channels.providers.email.errors import SlotError

LONG = "x" * 64 + "@" + ".".join(["y" * 60] * 3) + ".test"


@pytest.mark.parametrize(
    ("given", "wire"),
    [
        ("a@b.test", b"a@b.test"),
        ("First.Last+tag=1@Sub.B-c.test", b"First.Last+tag=1@Sub.B-c.test"),
        ("o'brien@b.test", b"o'brien@b.test"),
        ("a@bücher.test", b"a@xn--bcher-kva.test"),
        ("jürgen@b.test", "jürgen@b.test".encode()),
        ("jürgen@bücher.test", "jürgen@xn--bcher-kva.test".encode()),
        (LONG, LONG.encode()),
    ],
)
def test_an_address_goes_as_the_wire_takes_it(given: str, wire: bytes) -> None:
    assert recipient_address(given) == wire


@pytest.mark.parametrize(
    "bad",
    ["", "a", "@b.test", "a@", "a@b", "a b@c.test", "a@b c.test", "a@b.test\r\nDATA", "a@b.test\n",
     "<a@b.test>", "a@b.test>", ".a@b.test", "a.@b.test", "a..b@c.test", "a@-b.test", "a@b-.test",
     "a@b..test", "a@" + "y" * 260 + ".test", '"a b"@c.test', "a@b@c.test",
     "a\0@b.test", "a@b.test ", "a@[127.0.0.1]"],
)  # fmt: skip
def test_what_is_no_address_is_refused(bad: str) -> None:
    with pytest.raises(SlotError) as caught:
        recipient_address(bad)
    assert caught.value.status == "5.1.3"
    assert str(caught.value) == "The address is malformed."
    if bad:
        with pytest.raises(SlotError):
            return_path(bad)
        with pytest.raises(SlotError):
            message_id(bad if bad != "a@b" else "a@b c")


@given(st.text(max_size=30) | st.from_regex(r"[a-z.+-]{1,8}@[a-z.-]{1,10}", fullmatch=True))
def test_whatever_is_taken_can_break_no_command(text: str) -> None:
    try:
        wire = recipient_address(text)
    except SlotError:
        return
    assert not re.search(rb"[\x00-\x20<>\x7f,;:\"\\]", wire)
    assert wire.count(b"@") == 1


@given(st.emails())
def test_ordinary_addresses_are_taken_as_they_are(address: str) -> None:
    try:
        validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return
    assert recipient_address(address).decode() == address


def test_the_null_return_path_is_empty() -> None:
    assert return_path("") == b""


def test_a_message_id_needs_no_dot_in_its_domain() -> None:
    assert message_id("0f@host") == b"0f@host"


def test_the_domain_of_an_address() -> None:
    assert domain_of("A@B.Test") == "b.test"
