"""The stages between reading and routing, over the database."""

from __future__ import annotations

from datetime import datetime

import pytest

from bluelamp.audit.actions import acting
from bluelamp.audit.values import SYSTEM
from bluelamp.channels.models import Account
from bluelamp.inbound.models import Item
from bluelamp.inbound.moderate import moderate
from bluelamp.inbound.tests.helpers import make_page, say
from bluelamp.inbound.thread import thread
from bluelamp.inbound.triage import triage
from bluelamp.inbound.values import Severity, Stage
from bluelamp.language.models import Term, WordList
from bluelamp.org.models import Force
from bluelamp.outbound.tests.helpers import make_areas
from bluelamp.places.models import Postcode


@pytest.fixture
def page(force: Force, now: datetime) -> Account:
    return make_page(force, now)


def flow(item: Item, now: datetime) -> Item:
    for stage in (moderate, thread, triage):
        stage(now=now)
    item.refresh_from_db()
    return item


def words(force: Force, kind: str, now: datetime, text: str, heading: str) -> None:
    with acting(SYSTEM, "test.setup"):
        made = WordList.objects.create(
            force=force, kind=kind, name="Ours", version=text[:16], changed_at=now
        )
        Term.objects.create(word_list=made, line=1, text=text, heading=heading, weight=9.0)


def test_danger_now_is_found_with_the_words_that_say_so(page: Account, now: datetime) -> None:
    item = flow(say(page, "please help he has a knife and he is in the house now", now), now)
    assert (item.stage, item.severity) == (Stage.TRIAGED, Severity.EMERGENCY)
    assert "weapon" in item.findings["emergency"]
    assert any("knife" in words for words in item.findings["signs"])
    assert item.findings["headings"]["threat"]


def test_thanks_are_no_emergency(page: Account, now: datetime) -> None:
    item = flow(say(page, "Thank you for the lovely parade", now), now)
    assert item.severity <= Severity.ROUTINE
    assert item.findings["emergency"] == []


def test_a_force_s_own_words_count_from_the_next_batch_on(
    page: Account, force: Force, now: datetime
) -> None:
    before = flow(say(page, "The brazen lantern is lit outside now", now, by="a"), now)
    words(force, "emergency", now, "brazen lantern", "codeword")
    after = flow(say(page, "The brazen lantern is lit outside now", now, by="b", name="2"), now)
    assert (before.findings["emergency"], after.findings["emergency"]) == ([], ["codeword"])


def test_an_officer_is_warned_before_reading(page: Account, force: Force, now: datetime) -> None:
    words(force, "moderation", now, "rotten scoundrels", "abuse")
    item = flow(say(page, "You are rotten scoundrels", now), now)
    assert item.findings["warned_of"] == {"abuse": ["rotten scoundrels"]}


def test_a_postcode_puts_it_on_the_map_before_a_name_does(
    page: Account, force: Force, now: datetime
) -> None:
    wards = make_areas(force, now)
    Postcode.objects.create(postcode="LU1 2AB", longitude=-0.41, latitude=51.88, cell=1)
    exact = flow(say(page, "Burglary near lu1 2ab in Northwick", now, by="a"), now)
    named = flow(say(page, "Burglary somewhere in Northwick", now, by="b"), now)
    area = wards["Northwick"]
    assert (exact.longitude, exact.latitude) == (-0.41, 51.88)
    assert named.longitude is not None
    assert area.west <= named.longitude <= area.east
    assert exact.findings["postcodes"] == ["LU1 2AB"]


def test_the_language_is_named_where_the_author_did_not(page: Account, now: datetime) -> None:
    welsh = "Mae rhywun wedi torri i mewn i'r tŷ drws nesaf ac mae'r drws ar agor"
    assert flow(say(page, welsh, now), now).language == "cy"
