"""Addresses, cells as ranges, and counts that tell nothing of one house."""

from __future__ import annotations

import string

import h3.api.basic_int as h3
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.members import rules
from bluelamp.members.errors import AddressError

atoms = st.text(string.ascii_letters + string.digits + "_+'-üéß", min_size=1, max_size=12)
labels = st.from_regex(r"[a-zA-Z0-9]([a-zA-Z0-9]{0,8})", fullmatch=True)


@st.composite
def addresses(draw: st.DrawFn) -> str:
    local = ".".join(draw(st.lists(atoms, min_size=1, max_size=3)))
    domain = ".".join([*draw(st.lists(labels, min_size=1, max_size=2)), "example", "org"])
    return f"{local}@{domain}"


@given(addresses())
def test_normalising_again_changes_nothing(text: str) -> None:
    once = rules.normalise_email(text)
    assert rules.normalise_email(once.identity).identity == once.identity
    assert rules.normalise_email(once.sending) == once


@given(addresses())
def test_case_and_blanks_make_no_other_person(text: str) -> None:
    identity = rules.normalise_email(text).identity
    local, _, domain = text.rpartition("@")
    for other in (f"  {text}\n", f"{local.casefold()}@{domain.upper()}", text.swapcase()):
        assert rules.normalise_email(other).identity == identity


@given(addresses())
def test_the_local_part_is_sent_as_written(text: str) -> None:
    assert rules.normalise_email(text).sending.rpartition("@")[0] == text.rpartition("@")[0]


def test_a_domain_is_one_in_unicode_and_in_ascii() -> None:
    one = rules.normalise_email("ann@bücher.example.org").identity
    assert one == rules.normalise_email("ANN@xn--bcher-kva.example.org").identity
    assert one == "ann@xn--bcher-kva.example.org"


@pytest.mark.parametrize(
    "text",
    ["", "ann", "ann@", "@example.org", "a b@example.org", "ann@example", "ann@exa mple.org",
     "ann@example.org, bob@example.org", "ann@-x.example.org", "a..b@example.org",
     f"{'a' * 65}@example.org", f"a@{'b' * 64}.org", "ann@example.org\nBcc: x@example.org",
     "ann@[192.0.2.1]", "ann@192.0.2.1"],
)  # fmt: skip
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(AddressError):
        rules.normalise_email(text)


@given(addresses())
def test_a_mask_shows_one_letter_of_each_side(text: str) -> None:
    sending = rules.normalise_email(text).sending
    masked = rules.masked_email(sending)
    assert sum(character != "•" for character in masked) <= 4 + len("org")


cells = st.builds(
    lambda lat, lon: h3.latlng_to_cell(lat, lon, 9), st.floats(49.9, 60.9), st.floats(-8.2, 1.8)
)


@given(st.lists(cells, max_size=30), st.integers(0, 3), st.lists(cells, max_size=30))
def test_ranges_hold_these_cells_and_no_other(
    centres: list[int], rings: int, others: list[int]
) -> None:
    wanted = {cell for centre in centres[:5] for cell in h3.grid_disk(centre, rings)}
    first, last = rules.ranges(np.array(sorted(wanted), dtype=np.int64))
    assert (first <= last).all()
    assert (last[:-1] < first[1:]).all()
    near = {n for cell in wanted for n in h3.grid_disk(cell, 1)} | set(others)
    for cell in near | wanted:
        held = bool(((first <= cell) & (cell <= last)).any())
        assert held == (cell in wanted)


def test_children_of_one_cell_are_one_range() -> None:
    parent = h3.latlng_to_cell(51.88, -0.42, 6)
    first, last = rules.ranges(np.array(h3.cell_to_children(parent, 9), dtype=np.int64))
    assert len(first) == len(last) == 1


def test_small_counts_are_not_told() -> None:
    assert [rules.shown_count(n, drawn=False) for n in (0, 9, 10, 57)] == [None, None, 10, 57]
    assert [rules.shown_count(n, drawn=True) for n in (9, 10, 54, 55)] == [None, 10, 50, 60]
