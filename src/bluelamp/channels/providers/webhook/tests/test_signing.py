"""A signature is good for five minutes, for one body, under one secret."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.channels.contract import ChannelError
from bluelamp.channels.providers.webhook import signing

SECRET = "known to both systems only"
AT = datetime(2026, 11, 21, 10, tzinfo=UTC)


@given(body=st.binary(max_size=60), secret=st.text(min_size=1), late=st.integers(-300, 300))
def test_what_was_signed_is_good_for_five_minutes(body: bytes, secret: str, late: int) -> None:
    secret = secret.encode("utf-8", "replace").decode()
    signed = signing.sign(secret, body, now=AT)
    signing.check(secret, body, signed, now=AT + timedelta(seconds=late))


@given(
    body=st.binary(max_size=60), other=st.binary(max_size=60),
    headers=st.dictionaries(st.sampled_from([signing.TIMESTAMP, signing.SIGNATURE]), st.text()),
    late=st.one_of(st.integers(301, 10**6), st.integers(-(10**6), -301)),
)  # fmt: skip
def test_nothing_else_is(body: bytes, other: bytes, headers: dict[str, str], late: int) -> None:
    signed = signing.sign(SECRET, body, now=AT)
    if other != body:
        with pytest.raises(ChannelError):
            signing.check(SECRET, other, signed, now=AT)
    with pytest.raises(ChannelError):
        signing.check(SECRET, body, signed, now=AT + timedelta(seconds=late))
    if headers:
        clean = {name: value.encode("utf-8", "replace").decode() for name, value in headers.items()}
        if clean != {name: signed[name] for name in clean}:
            with pytest.raises(ChannelError):
                signing.check(SECRET, body, signed | clean, now=AT)
