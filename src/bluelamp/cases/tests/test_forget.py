"""What an author took down leaves the case as well: the title, the signs, the other systems."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.audit.actions import acting
from bluelamp.audit.models import Entry
from bluelamp.audit.values import SYSTEM
from bluelamp.cases import share
from bluelamp.cases.forget import forget
from bluelamp.cases.models import Case, CaseSystem, Link
from bluelamp.cases.route import route
from bluelamp.cases.rules.fieldmap import Fact
from bluelamp.cases.rules.leaving import JOIN, headings_without, reason_without
from bluelamp.cases.rules.sorting import TAKEN_DOWN
from bluelamp.cases.values import LinkState
from bluelamp.channels.models import Account
from bluelamp.inbound.forget import GRACE
from bluelamp.inbound.forget import forget as empty
from bluelamp.inbound.models import Item
from bluelamp.inbound.tests.helpers import carry, make_page, say
from bluelamp.inbound.triage import triage
from bluelamp.inbound.values import Stage
from bluelamp.org.models import Force

HOUR = timedelta(hours=1)
MARK = "husband"
WORDS = f"my {MARK} hits me and my son, he has a knife"


@pytest.fixture
def page(force: Force, now: datetime) -> Account:
    return make_page(force, now)


def heard(page: Account, text: str, now: datetime, **facts: Any) -> Item:
    """Let somebody say something and carry it all the way into its case."""
    item = carry(say(page, text, now, **facts), Stage.THREADED)
    triage(now=now)
    route(now=now)
    item.refresh_from_db()
    return item


def take_down(*items: Item, now: datetime) -> None:
    with acting(SYSTEM, "test.takedown"):
        Item.objects.filter(pk__in=[item.pk for item in items]).update(deleted_at=now)
    empty(now=now + GRACE)


def holding(word: str) -> list[str]:
    """Return the tables of cases of which a row holds a word in any of its columns."""
    found = []
    with connection.cursor() as cursor:
        for model in apps.get_app_config("cases").get_models(include_auto_created=True):
            table = model._meta.db_table
            cursor.execute(
                f"SELECT count(*) FROM {table} t WHERE t::text ILIKE %s",
                [f"%{word}%"],
            )
            if cursor.fetchone()[0]:
                found.append(table)
    return found


def test_no_column_of_any_table_keeps_a_word_of_what_was_taken_down(
    page: Account, now: datetime
) -> None:
    item = heard(page, WORDS, now)
    assert {"cases_case", "cases_assessment", "cases_showing"} <= set(holding(MARK))
    take_down(item, now=now)
    assert forget(now=now + GRACE) == 1
    assert holding(MARK) == []
    assert not Entry.objects.filter(content__contains=MARK).exists()
    case = Case.objects.get()
    (thought,), (hidden,) = case.assessments.all(), case.showings.all()
    assert case.title == TAKEN_DOWN
    assert thought.headings["harm"] == []
    assert hidden.reason.startswith("domestic")
    assert forget(now=now + GRACE) == 0


def test_what_is_held_stays_and_so_does_what_others_said(page: Account, now: datetime) -> None:
    held = heard(page, WORDS, now)
    Item.objects.filter(pk=held.pk).update(held=True)
    gone = heard(page, "he is in my house now, please hurry", now + HOUR)
    case = Case.objects.get(items__item=gone)
    assert case == Case.objects.get(items__item=held)
    take_down(held, gone, now=now + HOUR)
    forget(now=now + HOUR + GRACE)
    case.refresh_from_db()
    assert case.title.startswith(f"my {MARK}")
    assert set(holding(MARK)) == {"cases_case", "cases_assessment", "cases_showing"}
    Item.objects.filter(pk=held.pk).update(held=False)
    empty(now=now + HOUR + GRACE)
    assert forget(now=now + HOUR + GRACE) == 1
    assert holding(MARK) == []


def test_other_systems_are_told_the_title_that_says_nothing(
    force: Force, page: Account, now: datetime
) -> None:
    with acting(SYSTEM, "test.setup"):
        system = CaseSystem.objects.create(force=force, kind="rest", name="Niche", since=now)
    item = heard(page, WORDS, now)
    share.collect(now=now)
    Link.objects.update(state=LinkState.DONE, seen=Case.objects.get().changed_at)
    assert share.Collector().collect(now=now) == 0
    take_down(item, now=now)
    forget(now=now + GRACE)
    share.Collector().collect(now=now + GRACE)
    link = Link.objects.get(system=system)
    assert link.state == LinkState.READY
    assert share.facts(link.case)[Fact.TITLE] == TAKEN_DOWN


SIGNS = st.text(alphabet="ab;: ", max_size=12)


@given(st.lists(SIGNS, max_size=6), st.lists(SIGNS, max_size=3))
def test_of_a_reason_only_kinds_and_what_is_still_there_is_left(
    gone: list[str], there: list[str]
) -> None:
    kinds = {"domestic", "stalking"}
    said = [f"stalking: {words}" for words in gone]
    left = [f"stalking: {words}" for words in there]
    reason = JOIN.join(["domestic", *said, *left])
    known = [{"unsafe": left}] if left else []
    found = reason_without(reason, known, kinds)
    assert found.startswith("domestic")
    assert set(found.split(JOIN)) <= kinds | set(left) | set(reason_parts(left))
    assert reason_without(found, known, kinds) == found


def reason_parts(signs: list[str]) -> list[str]:
    return [part for sign in signs for part in sign.split(JOIN)]


@given(
    st.dictionaries(st.sampled_from(["harm", "risk"]), st.lists(SIGNS, max_size=4)),
    st.dictionaries(st.sampled_from(["harm", "risk"]), st.lists(SIGNS, max_size=4)),
)
def test_headings_keep_their_names_and_only_words_that_are_there(
    headings: dict[str, list[str]], there: dict[str, list[str]]
) -> None:
    left = headings_without(headings, [{"headings": there}, {}])
    assert left.keys() == headings.keys()
    for name, words in left.items():
        assert set(words) == set(headings[name]) & set(there.get(name, ()))
