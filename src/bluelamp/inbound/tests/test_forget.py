"""What its author took down leaves every payload that it ever came in."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest

from bluelamp.channels.models import Account
from bluelamp.inbound import ingest
from bluelamp.inbound.forget import GRACE, forget
from bluelamp.inbound.models import Item, RawItem
from bluelamp.inbound.tests.helpers import change, make_page, say
from bluelamp.inbound.understand import understand
from bluelamp.org.models import Force

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(force: Force, now: datetime) -> Account:
    return make_page(force, now)


@pytest.fixture
def item(page: Account, now: datetime) -> Item:
    """What was said, edited, and taken down."""
    made = say(page, "I saw Kim do it", now, name="7", said={})
    change(page, "I saw Kim Shaw do it", now, name="7@later", said=edit())
    change(page, "", now, name="7 gone", said=edit("deleted"))
    made.refresh_from_db()
    assert (made.text, made.deleted_at) == ("I saw Kim Shaw do it", now)
    return made


def edit(how: str = "edited") -> dict[str, Any]:
    return {"external_id": "7", "change": how}


def holding(words: str) -> list[str]:
    """Return the external ids of the payloads that hold these words."""
    rows = RawItem.objects.order_by("pk")
    return [row.external_id for row in rows if words.encode() in bytes(row.payload)]


def test_each_edit_is_emptied_with_what_it_changed(item: Item, now: datetime) -> None:
    assert holding("Kim") == ["7", "7@later"]
    assert forget(now=now + GRACE) == 1
    assert holding("Kim") == []
    item.refresh_from_db()
    assert item.text == ""
    assert forget(now=now + GRACE) == 0, "once"


def test_what_passed_it_on_is_emptied_of_it(item: Item, page: Account, now: datetime) -> None:
    whole = {"full_text": "I saw Kim do it"}
    boost = say(page, "", now, name="boost-1", said={"repeats": "7"}, **whole)
    quote = say(page, "Did you?", now, name="8", said={"repeats": "7"}, **whole)
    change(page, "Did you, Kim?", now, name="8@later", said={"external_id": "8"}, **whole)
    kept = say(page, "Really?", now, name="9", said={"repeats": "7"}, **whole)
    Item.objects.filter(pk=kept.pk).update(held=True)
    forget(now=now + GRACE)
    assert holding("Kim") == ["9"], "a case holds it under recorded grounds"
    texts = Item.objects.filter(pk__in=[boost.pk, quote.pk]).order_by("pk")
    assert list(texts.values_list("text", flat=True)) == ["", "Did you, Kim?"]


def test_what_another_account_calls_the_same_stays(item: Item, force: Force, now: datetime) -> None:
    say(make_page(force, now, "Other"), "Kim is well", now, name="7", said={})
    forget(now=now + GRACE)
    assert holding("Kim is well") == ["7"]


def test_what_was_edited_to_nothing_before_is_emptied_too(item: Item, now: datetime) -> None:
    Item.objects.filter(pk=item.pk).update(text="")
    assert forget(now=now + GRACE) == 1
    assert holding("Kim") == []


def test_what_a_case_holds_stays_in_all_its_versions(item: Item, now: datetime) -> None:
    Item.objects.filter(pk=item.pk).update(held=True)
    assert forget(now=now + GRACE) == 0
    assert holding("Kim") == ["7", "7@later"]


def test_new_words_beside_what_a_case_holds_go_when_they_are_taken_down(
    page: Account, now: datetime
) -> None:
    held = say(page, "I saw Kim do it", now, name="7", said={})
    Item.objects.filter(pk=held.pk).update(held=True)
    change(page, "Kim Shaw lives at number 4", now, name="7@later", said=edit())
    change(page, "", now, name="7 gone", said=edit("deleted"))
    assert list(Item.objects.values_list("deleted_at", flat=True)) == [now, now]
    assert forget(now=now + GRACE) == 1
    assert holding("Kim") == ["7"], "nobody recorded grounds to keep the others"
    assert list(Item.objects.order_by("pk").values_list("text", flat=True)) == [held.text, ""]


def test_what_is_taken_down_before_it_was_read_is_taken_down(page: Account, now: datetime) -> None:
    """Said and taken down while the worker was away: one batch has both."""
    for name, text, how in (("7", "Kim", "new"), ("7 gone", "", "deleted")):
        said = edit(how) | {"at": now.isoformat()}
        body = {"kind": "human", "sender": "ann@example.test", "text": text, "said": said}
        ingest.store(page, name, json.dumps(body).encode(), {}, now)
    assert understand(now=now) == 2
    assert Item.objects.get().deleted_at == now
