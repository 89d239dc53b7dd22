from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bluelamp.audit import rules
from bluelamp.audit.values import SealBody

LEAVES = [
    b"", b"\x00", b"\x10", b"\x20\x21", b"\x30\x31", b"\x40\x41\x42\x43",
    bytes.fromhex("5051525354555657"), bytes.fromhex("606162636465666768696a6b6c6d6e6f"),
]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
"""The test vectors of Certificate Transparency's reference implementation."""


@pytest.mark.parametrize("count", range(1, 9))
def test_roots_are_those_of_certificate_transparency(count: int) -> None:
    assert rules.merkle_root(LEAVES[:count]).hex() == ROOTS[count - 1]


def _slow_root(leaves: list[bytes]) -> bytes:
    """RFC 6962 section 2.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    left, right = _slow_root(leaves[:split]), _slow_root(leaves[split:])
    return hashlib.sha256(b"\x01" + left + right).digest()


@given(st.lists(st.binary(min_size=1, max_size=4), max_size=70))
def test_the_streamed_root_is_the_recursive_one(leaves: list[bytes]) -> None:
    assert rules.merkle_root(leaves) == _slow_root(leaves)


@pytest.mark.django_db
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.lists(
        st.none() | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")),
        min_size=1,
        max_size=4,
    )
)
def test_python_writes_arrays_as_postgresql_does(fields: list[str | None]) -> None:
    marks = ", ".join(["%s::text"] * len(fields))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT jsonb_build_array({marks})::text", fields)
        (text,) = cursor.fetchone()
    assert rules.canonical(fields) == text.encode()


BODY = SealBody(1, 0, 0, 10, 0, 0, 3, 5, 8, "aa", rules.FIRST_PREVIOUS, 0)
SEED = b"s" * 32


@given(st.sampled_from(["id", "at", "from_xid", "to_xid", "leaves", "after_act", "lost_from"]))
def test_a_signature_covers_every_number(name: str) -> None:
    sealed = rules.sign(SEED, BODY, 1)
    assert rules.signed_by(SEED, sealed)
    changed = replace(BODY, **{name: getattr(BODY, name) + 1})
    assert not rules.signed_by(SEED, replace(sealed, body=changed))
    assert not rules.signed_by(b"t" * 32, sealed)


def test_a_line_turns_back_into_its_seal() -> None:
    sealed = rules.sign(SEED, BODY, 1)
    assert rules.from_line(rules.to_line(sealed)) == sealed
    for line in ("", "{}", "[]", "5", '{"key": 1, "signature": "", "id": 1}'):
        with pytest.raises(ValueError):
            rules.from_line(line)


def test_seals_follow_one_another_without_a_gap() -> None:
    second = replace(BODY, id=2, from_xid=10, to_xid=20, previous=rules.seal_digest(BODY))
    assert rules.follows(None, None, BODY)
    assert rules.follows(BODY, BODY, second)
    assert not rules.follows(BODY, BODY, replace(second, from_xid=11))
    assert not rules.follows(BODY, BODY, replace(second, id=3))
    assert not rules.follows(None, None, second)
    moved = replace(second, from_xid=0, after_act=3, after_entry=5)
    assert rules.follows(BODY, BODY, moved)
    assert not rules.follows(BODY, BODY, replace(moved, after_act=2))
