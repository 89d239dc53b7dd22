"""Sealed tokens: what is sealed in batches is what the library seals one by one."""

from __future__ import annotations

import numpy as np
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.kit.keys import Key, KeyRing
from bluelamp.kit.siv import ShortSiv
from bluelamp.kit.tokens import Sealer, open_link, open_mail

IDS = st.integers(0, 2**40 - 1)
KEYS = st.binary(min_size=64, max_size=64)


def ring(*secrets: bytes) -> KeyRing:
    return KeyRing({"tokens": tuple(Key(n, secret) for n, secret in enumerate(secrets, 1))})


@given(
    key=st.sampled_from([32, 48, 64]).flatmap(lambda n: st.binary(min_size=n, max_size=n)),
    data=st.binary(max_size=40),
    length=st.integers(1, 15),
    count=st.integers(1, 5),
    seed=st.randoms(use_true_random=False),
)
def test_a_batch_is_what_the_library_returns(
    key: bytes, data: bytes, length: int, count: int, seed: object
) -> None:
    plain = [seed.randbytes(length) for _ in range(count)]  # type: ignore[attr-defined]
    sealed = ShortSiv(key, data).seal(
        np.frombuffer(b"".join(plain), np.uint8).reshape(count, length)
    )
    library = AESSIV(key)
    assert [row.tobytes() for row in sealed] == [library.encrypt(one, [data]) for one in plain]


def test_rfc_5297_appendix_a1_cut_to_what_is_short() -> None:
    """Key and associated data of the RFC's example, whose 14 octets are shorter than a block."""
    key = bytes.fromhex("fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff")
    data = bytes.fromhex("101112131415161718191a1b1c1d1e1f2021222324252627")
    plain = np.frombuffer(bytes.fromhex("112233445566778899aabbccddee"), np.uint8)
    sealed = ShortSiv(key, data).seal(plain.reshape(1, 14))
    expected = "85632d07c6e8f37f950acd320a2ecc9340c02b9690c4dc04daef7f6afe5c"
    assert sealed.tobytes().hex() == expected


@given(key=KEYS, message=IDS, points=st.lists(IDS, min_size=1, max_size=5))
def test_tokens_of_many_are_those_of_each_and_open_again(
    key: bytes, message: int, points: list[int]
) -> None:
    keys = ring(key)
    sealer = Sealer("leave", message, keys)
    links, mails = sealer.links(points), sealer.mails(points)
    assert links == [sealer.link(point) for point in points]
    assert [open_link("leave", link, keys) for link in links] == [(message, p) for p in points]
    assert [open_mail("leave", mail.upper(), keys) for mail in mails] == [
        (message, point) for point in points
    ]


@given(key=KEYS, message=IDS, point=IDS)
def test_a_token_serves_its_purpose_alone(key: bytes, message: int, point: int) -> None:
    keys = ring(key)
    assert open_link("leave", Sealer("link", message, keys).link(point), keys) is None


@given(key=KEYS, message=IDS, point=IDS, at=st.integers(0, 26), bit=st.integers(0, 7))
def test_a_changed_token_names_nobody(
    key: bytes, message: int, point: int, at: int, bit: int
) -> None:
    keys = ring(key)
    raw = bytearray(Sealer("mail", message, keys).raw([point]))
    raw[at] ^= 1 << bit
    assert open_mail("mail", raw.hex(), keys) is None


def test_of_nobody_there_are_no_tokens() -> None:
    assert Sealer("link", 7, ring(bytes(64))).links([]) == []


def test_old_keys_open_what_they_made_and_the_newest_makes() -> None:
    old, new = bytes(64), bytes(range(64))
    token = Sealer("link", 7, ring(old)).link(9)
    both = ring(old, new)
    assert open_link("link", token, both) == (7, 9)
    assert Sealer("link", 7, both).link(9) != token


@pytest.mark.parametrize("number", [-1, 2**40, 2**64])
def test_what_is_no_id_is_not_sealed(number: int) -> None:
    with pytest.raises(OverflowError):
        Sealer("link", 7, ring(bytes(64))).link(number)
