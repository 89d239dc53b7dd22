"""One statement for many rows says the same as many statements."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.core.exceptions import FieldDoesNotExist
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.audit.actions import acting
from bluelamp.audit.values import SYSTEM
from bluelamp.cases.models import Case, CaseItem
from bluelamp.channels.models import Account
from bluelamp.inbound.models import Item, RawItem, Thread
from bluelamp.inbound.tests.helpers import make_page, say
from bluelamp.kit import bulk
from bluelamp.org.models import Force


@pytest.fixture
def page(force: Force, now: datetime) -> Account:
    return make_page(force, now)


def test_it_writes_what_saving_each_would(page: Account, now: datetime) -> None:
    first, second, third = (say(page, f"Words {n}", now, by=f"{n}") for n in range(3))
    made = Thread.objects.create(force=page.force, first=first, began_at=now, last_at=now)
    first.severity, first.findings, first.longitude = 4, {"a": ["é\"'", None, 1.5]}, -0.41
    first.edited_at, first.thread, first.text = now + timedelta(microseconds=7), made, "neu\n%s"
    second.severity, second.text = 2, ""
    names = ["severity", "findings", "longitude", "edited_at", "thread", "text"]
    assert bulk.update([first, second], names) == 2
    kept = [Item.objects.get(pk=item.pk) for item in (first, second, third)]
    for name in names:
        assert [getattr(item, name) for item in kept[:2]] == [
            getattr(first, name), getattr(second, name)
        ]  # fmt: skip
    assert (kept[2].text, kept[2].severity) == ("Words 2", 0)


def test_nothing_and_what_is_gone_are_no_error(page: Account) -> None:
    assert bulk.update([], ["text"]) == 0
    assert bulk.update([Item(pk=10**9, text="x")], ["text"]) == 0


def test_new_rows_point_at_rows_that_are_new_as_well(page: Account, now: datetime) -> None:
    items = [say(page, f"Words {n}", now, by=f"{n}") for n in range(2)]
    threads = [
        Thread(force=page.force, first=item, began_at=now, last_at=now, reach=n)
        for n, item in enumerate(items)
    ]
    bulk.insert(threads)
    kept = Thread.objects.order_by("pk")
    assert list(kept) == threads
    assert [one.first for one in kept] == items
    assert [one.reach for one in kept] == [0, 1]
    threads[0].reach = 9
    threads[0].save()  # known to be there: saving changes it
    assert Thread.objects.count() == 2
    bulk.insert([])


def test_a_new_row_takes_over_the_key_of_what_it_points_at(page: Account, now: datetime) -> None:
    item = say(page, "Words", now)
    force, unit = page.force, page.force.units.get()
    case = Case(
        force=force, unit=unit, reference="7K3C-9QX2", title="A case",
        opened_at=now, changed_at=now, heard_at=now,
    )  # fmt: skip
    row = CaseItem(case=case, item=item, at=now, why="opened")
    with acting(SYSTEM, "test.bulk"):
        bulk.insert([case])
        bulk.insert([row])
    assert row.case is case, "what was there is not read again"
    assert CaseItem.objects.get().case == case


def test_what_is_known_is_left_out(page: Account, now: datetime) -> None:
    def payload(name: str, content: bytes) -> RawItem:
        return RawItem(
            force=page.force, account=page, external_id=name, received_at=now, payload=content
        )

    assert bulk.insert([payload("a", b"\x00\xff'\\"), payload("b", b"")], known=True) == 2
    assert (
        bulk.insert([payload("b", b"again"), payload("c", b"c"), payload("c", b"d")], known=True)
        == 1
    )
    kept = RawItem.objects.filter(account=page).order_by("external_id")
    assert [(row.external_id, bytes(row.payload)) for row in kept] == [
        ("a", b"\x00\xff'\\"), ("b", b""), ("c", b"c"),
    ]  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.insert([payload("a", b"")])


def test_plain_rows_take_defaults_for_what_they_do_not_say(page: Account, now: datetime) -> None:
    row = {"force_id": page.force_id, "account_id": page.pk, "received_at": now}
    rows = [
        row | {"external_id": "a", "payload": b"x"},
        row | {"external_id": "b", "payload": b"y"},
    ]
    assert bulk.add(RawItem, rows) == 2
    kept = RawItem.objects.filter(account=page).order_by("external_id")
    assert [(one.external_id, one.meta, one.state) for one in kept] == [
        ("a", {}, "stored"), ("b", {}, "stored"),
    ]  # fmt: skip
    assert bulk.add(RawItem, []) == 0
    with pytest.raises(FieldDoesNotExist, match="nonsense"):
        bulk.add(RawItem, [row | {"nonsense": 1}])


@pytest.mark.django_db
@given(st.timedeltas(timedelta(0), timedelta(days=900)))
def test_a_duration_is_kept_to_the_microsecond(length: timedelta) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::interval", [bulk._as_text(length)])
        assert cursor.fetchone() == (length,)
