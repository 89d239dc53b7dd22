"""A case is found by who brought it and by what they wrote, by who may read it alone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db import connection
from django.test import Client
from django.urls import reverse

from bluelamp.audit.actions import acting
from bluelamp.audit.models import Entry
from bluelamp.audit.values import SYSTEM
from bluelamp.cases.models import Case
from bluelamp.cases.queries import finding
from bluelamp.cases.tests.helpers import open_case
from bluelamp.cases.values import CaseState
from bluelamp.channels.models import Account
from bluelamp.inbound.models import ARRIVED, Item, words_of_item
from bluelamp.inbound.tests.helpers import make_page
from bluelamp.org.models import Force, Officer, Unit
from bluelamp.org.values import Role
from conftest import make_officer

HOUR = timedelta(hours=1)


@pytest.fixture
def page(force: Force, now: datetime) -> Account:
    return make_page(force, now)


@pytest.fixture
def hana(force: Force) -> Officer:
    """Hana Reed: handles cases at headquarters."""
    return make_officer(force.units.get(parent=None), "1101", "Hana Reed", Role.HANDLER)


def found(officer: Officer, words: str) -> list[Case]:
    return list(finding.found_by(officer, words))


def ask(officer: Officer, words: str, **query: Any) -> Any:
    client = Client()
    client.force_login(officer)
    client.post(reverse("cases:find"), {"q": words})
    return client.get(reverse("cases:find"), query)


def test_a_case_is_found_by_name_address_and_words(
    page: Account, hana: Officer, now: datetime
) -> None:
    ann = open_case(page, "My shed in Mill Lane was broken into", now, by="ann@example.test",
                    sender_name="Ann O’Hara")  # fmt: skip
    cem = open_case(page, "A lorry blocks Mill Lane", now + HOUR, by="+447700900123", channel="sms")
    said = {"visibility": "public", "author_id": "did:plc:bea"}
    bea = open_case(page, "Who broke our window?", now, by="bea.bsky.social", said=said,
                    channel="bluesky")  # fmt: skip
    with acting(SYSTEM, "test.close"):
        Case.objects.filter(pk=ann.pk).update(state=CaseState.CLOSED, closed_at=now)
    assert found(hana, "mill lane") == [cem, ann], "closed ones too, the newest first"
    assert found(hana, "shed mill") == found(hana, "SHE") == [ann]
    assert found(hana, " Ann@EXAMPLE.test ") == found(hana, "o'hara") == [ann]
    assert found(hana, "07700 900 123") == found(hana, "+447700900123") == [cem]
    assert found(hana, "bea.bsky.social") == found(hana, "@bea.bsky.social") == [bea]
    for words in ("ann@example", "nn@example.test", "9001", "lorry shed", "", "  ", "&|!:*'"):
        assert found(hana, words) == [], words


def test_what_is_no_address_is_searched_for_where_the_force_has_mail(
    page: Account, hana: Officer, now: datetime
) -> None:
    with acting(SYSTEM, "test.setup"):
        Account.objects.create(force=page.force, provider="email", name="E-mail", created_at=now)
    case = open_case(page, "A lorry blocks Mill Lane", now)
    assert found(hana, "lorry") == [case]
    assert found(hana, "ann@") == []


def test_nobody_finds_what_they_may_not_read(
    page: Account, hana: Officer, team: Unit, mallory: Officer, now: datetime
) -> None:
    case = open_case(page, "My shed was broken into", now, by="ann@example.test")
    narrow = make_officer(team, "1109", "Nia Hart", Role.HANDLER)
    for words in ("shed", "ann@example.test"):
        assert found(hana, words) == [case]
        assert found(narrow, words) == found(mallory, words) == []


def test_what_is_shown_is_recorded_and_comes_in_pages(
    page: Account, hana: Officer, now: datetime
) -> None:
    cases = [
        open_case(page, f"Shed number {n}", now + n * HOUR, by=f"n{n}@example.test")
        for n in range(26)
    ]
    first, second = ask(hana, "shed"), ask(hana, "shed", page=2)
    assert [row["case"].pk for row in second.context["rows"]] == [cases[0].pk]
    assert "26 cases fit" in first.content.decode()
    assert "no-store" in first.headers["Cache-Control"]
    shown = Entry.objects.filter(op="R", table="cases_case").values_list("row", flat=True)
    assert sorted(map(int, shown)) == sorted(case.pk for case in cases)


def test_a_search_finds_no_more_than_somebody_can_look_through(
    page: Account, hana: Officer, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "MOST", 2)
    cases = [
        open_case(page, f"Shed number {n}", now + n * HOUR, by=f"n{n}@example.test")
        for n in range(3)
    ]
    assert found(hana, "shed") == cases[:0:-1]
    assert "More than 2 cases" in ask(hana, "shed").content.decode()


@pytest.mark.django_db
def test_words_are_looked_for_by_their_indexes() -> None:
    query = SearchQuery("shed", config="simple", search_type="raw")
    items = Item.objects.filter(stage__in=ARRIVED)
    items = items.annotate(said=words_of_item()).filter(said=query)
    titled = Case.objects.annotate(named=SearchVector("title", config="simple")).filter(named=query)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        assert "item_words" in items.explain()
        assert "case_title_words" in titled.explain()
