"""What repeats what: hung under the first, counted, with who spread it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from bluelamp.channels.models import Account
from bluelamp.inbound import thread as threading_
from bluelamp.inbound.models import Item, Thread
from bluelamp.inbound.rules.comparing import Why
from bluelamp.inbound.rules.likeness import Kind, Likeness, Match
from bluelamp.inbound.tests.helpers import carry, make_page, say
from bluelamp.inbound.thread import thread
from bluelamp.inbound.values import Part, Stage
from bluelamp.org.models import Force

APPEAL = "Have you seen Tom? Missing from Northwick since Friday, blue coat, please share widely"
PUBLIC = {"visibility": "public"}


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    """A process that remembers nothing."""
    threading_._memories.clear()
    yield
    threading_._memories.clear()


@pytest.fixture
def page(force: Force, now: datetime) -> Account:
    return make_page(force, now)


def post(page: Account, text: str, now: datetime, by: str, **said: object) -> Item:
    item = say(page, text, now, by=by, said={**PUBLIC, "author_id": by, **said})
    return carry(item, Stage.MODERATED)


def test_shares_and_copies_hang_under_the_first_and_are_counted(
    page: Account, now: datetime
) -> None:
    first = post(page, APPEAL, now, "did:ann", reach=10)
    post(page, f"RT @ann: {APPEAL}", now, "did:bea", reach=500)
    post(page, APPEAL.upper(), now, "did:cem", reach=40)
    post(page, f"RT @ann: {APPEAL[:60]}…", now + timedelta(minutes=1), "did:bea", reach=510)
    alone = post(page, "Who do I call about a broken street light?", now, "did:dan")
    assert thread(now=now) == 5
    made = Thread.objects.get()
    assert made.first == first
    assert (made.repeats, made.spreaders, made.reach) == (3, 3, 10 + 510 + 40)
    assert list(made.items.order_by("pk").values_list("part", flat=True)) == [
        Part.FIRST, Part.REPOST, Part.COPY, Part.REPOST
    ]  # fmt: skip
    alone.refresh_from_db()
    assert (alone.thread, alone.part, alone.stage) == (None, "", Stage.THREADED)


def test_a_later_batch_in_another_process_finds_the_first(page: Account, now: datetime) -> None:
    first = post(page, APPEAL, now, "did:ann")
    thread(now=now)
    threading_._memories.clear()
    again = post(page, f"Please help! RT @ann {APPEAL}", now, "did:bea")
    thread(now=now)
    again.refresh_from_db()
    assert again.thread is not None
    assert again.thread.first == first
    assert again.likeness["score"] > 0.5


def test_what_the_platform_says_goes_before_the_words(page: Account, now: datetime) -> None:
    first = post(page, APPEAL, now, "did:ann")
    share = post(page, "", now, "did:bea", repeats=first.external_id)
    post(page, "I know him", now, "did:cem", repeats=first.external_id)
    thread(now=now)
    parts = Item.objects.filter(thread__first=first).order_by("pk").values_list("part", flat=True)
    assert list(parts) == [Part.FIRST, Part.REPOST, Part.QUOTE]
    share.refresh_from_db()
    assert share.thread is not None


def test_a_whole_copy_shows_that_two_threads_are_one(
    page: Account, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    left, right = (
        post(page, APPEAL, now, "a"),
        post(page, "Quite another thing it seemed", now, "b"),
    )
    share = post(page, f"RT @b: {right.text}", now, "c")
    thread(now=now)
    both = post(page, "A text that holds the one and the other", now, "d")
    match = Match(left.pk, Kind.COPY, 0.9, Why.SAME, (right.pk,))
    monkeypatch.setattr(Likeness, "add", lambda *_: match)
    thread(now=now)
    made = Thread.objects.get()
    assert made.first == left
    assert set(made.items.all()) == {left, right, share, both}
    assert made.repeats == 3


def test_one_force_never_threads_another_s(
    page: Account, other_force: Force, now: datetime
) -> None:
    post(page, APPEAL, now, "did:ann")
    post(make_page(other_force, now), APPEAL, now, "did:bea")
    thread(now=now)
    assert not Thread.objects.exists()
