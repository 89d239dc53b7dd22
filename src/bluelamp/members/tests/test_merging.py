"""Merging is undone without loss, in whatever order."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bluelamp.audit.actions import acting
from bluelamp.audit.values import SYSTEM
from bluelamp.members.errors import MergeRefusedError
from bluelamp.members.merging import merge, person_of, unmerge
from bluelamp.members.models import Contact, ContactLink
from bluelamp.members.values import Basis
from bluelamp.org.errors import NotPermittedError
from bluelamp.org.models import Force, Officer

PEOPLE = 6
PAIRS = st.tuples(st.integers(0, PEOPLE - 1), st.integers(0, PEOPLE - 1)).filter(
    lambda pair: pair[0] != pair[1]
)


@pytest.fixture
def people(force: Force, now: datetime) -> list[Contact]:
    with acting(SYSTEM, "test.setup"):
        return [Contact.objects.create(force=force, created_at=now) for _ in range(PEOPLE)]


def join(one: Contact, other: Contact, by: Officer, now: datetime) -> ContactLink:
    return merge(one, other, basis=Basis.TOLD, reason="She told me", by=by, now=now)


def persons(people: list[Contact]) -> list[list[int]]:
    return [person_of(contact.pk) for contact in people]


def expected(people: list[Contact], links: set[tuple[int, int]]) -> list[list[int]]:
    """Return the same by hand: whoever is reached over live links."""
    found = []
    for contact in people:
        reached, grown = {contact.pk}, True
        while grown:
            more = {b for a, b in links if a in reached} | {a for a, b in links if b in reached}
            grown = not more <= reached
            reached |= more
        found.append(sorted(reached))
    return found


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=st.lists(PAIRS, max_size=8), order=st.randoms(use_true_random=True))
def test_unmerging_restores_what_was(
    people: list[Contact], carol: Officer, now: datetime, said: list[tuple[int, int]], order: object
) -> None:
    before = persons(people)
    points = list(Contact.objects.order_by("pk").values())
    live: set[tuple[int, int]] = set()
    made = {}
    for a, b in said:
        link = join(people[a], people[b], carol, now)
        made[link.pk] = link
        live.add((link.one_id, link.other_id))
        assert persons(people) == expected(people, live)
    undo = list(made.values())
    order.shuffle(undo)  # type: ignore[attr-defined]
    for link in undo:
        unmerge(link, reason="She did not", by=carol, now=now + timedelta(1))
        live.discard((link.one_id, link.other_id))
        assert persons(people) == expected(people, live)
    assert persons(people) == before
    assert list(Contact.objects.order_by("pk").values()) == points


def test_it_wants_a_reason_a_permit_and_one_force(
    people: list[Contact], alice: Officer, carol: Officer, mallory: Officer, now: datetime
) -> None:
    with pytest.raises(MergeRefusedError):
        merge(people[0], people[1], basis=Basis.TOLD, reason=" ", by=carol, now=now)
    with pytest.raises(MergeRefusedError):
        join(people[0], people[0], carol, now)
    for stranger in (alice, mallory):
        with pytest.raises(NotPermittedError):
            join(people[0], people[1], stranger, now)


def test_said_twice_is_one_link_and_said_again_after_undoing_is_another(
    people: list[Contact], carol: Officer, now: datetime
) -> None:
    link = join(people[0], people[1], carol, now)
    assert join(people[1], people[0], carol, now) == link
    unmerge(link, reason="A mistake", by=carol, now=now)
    unmerge(link, reason="Again", by=carol, now=now + timedelta(1))
    assert join(people[0], people[1], carol, now) != link
    assert ContactLink.objects.get(pk=link.pk).undone_at == now
