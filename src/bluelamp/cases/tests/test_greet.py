"""Three in the morning: a person is rung, and the sender is told what to do, once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from bluelamp.audit.actions import acting
from bluelamp.audit.values import SYSTEM
from bluelamp.cases.greet import FRESH, QUIET, STANDING
from bluelamp.cases.models import CaseItem
from bluelamp.cases.queries.way import Way
from bluelamp.cases.route import route
from bluelamp.cases.rules.greeting import emergency_words, when
from bluelamp.cases.rules.wording import EMERGENCY
from bluelamp.cases.tests.helpers import STORE, open_case
from bluelamp.channels.contract import ChannelError, Fit
from bluelamp.channels.models import Account, Act
from bluelamp.inbound.tests.helpers import carry, make_page, say
from bluelamp.inbound.values import Stage
from bluelamp.notices.models import Page
from bluelamp.org.models import Calendar, Force

KNIFE = "please help he has a knife"
PUBLIC = {"visibility": "public", "author_id": "did:ann"}
OFFICE = [[["09:00", "17:00"]]] * 5 + [[], []]


@pytest.fixture(autouse=True)
def platform() -> Iterator[None]:
    STORE.clear()
    yield
    STORE.clear()


@pytest.fixture
def page(force: Force, now: datetime) -> Account:
    return make_page(force, now)


def opening(force: Force) -> None:
    with acting(SYSTEM, "test.setup"):
        Calendar.objects.create(force=force, name="Front desk", week=OFFICE)


def said() -> list[str]:
    return list(Act.objects.filter(by=STANDING).values_list("utterance__text", flat=True))


def test_an_emergency_rings_and_is_answered_once(page: Account, now: datetime) -> None:
    case = open_case(page, KNIFE, now, severity=4)
    assert Page.objects.get().path == f"/console/cases/{case.reference}/"
    assert "knife" not in Page.objects.get().words
    assert said() == [EMERGENCY]
    open_case(page, "he is still here", now + timedelta(minutes=1), severity=4)
    assert Page.objects.count() == 2, "each cry rings"
    assert len(said()) == 1, "but the words are sent once"
    open_case(page, "he is back", now + QUIET + timedelta(hours=1), severity=4)
    assert len(said()) == 1, "in one case the same words stand already"


def test_what_was_not_said_to_us_rings_but_is_never_answered(page: Account, now: datetime) -> None:
    item = carry(say(page, KNIFE, now, said=PUBLIC), Stage.TRIAGED, severity=4, listened=True)
    route(now=now)
    assert item.in_case.case.severity == 4
    assert Page.objects.count() == 1
    assert said() == []


def test_old_words_that_come_in_late_ring_nobody(page: Account, now: datetime) -> None:
    old = now - FRESH - timedelta(hours=1)
    item = say(page, KNIFE, now, said={"visibility": "private", "at": old.isoformat()})
    carry(item, Stage.TRIAGED, severity=4)
    route(now=now)
    assert Page.objects.count() == 0
    assert said() == [EMERGENCY]


def test_a_machine_is_never_answered(page: Account, now: datetime) -> None:
    open_case(page, KNIFE, now, severity=4, kind="auto")
    assert (said(), Page.objects.count()) == ([], 0)


def test_out_of_hours_says_when_somebody_reads(page: Account, now: datetime) -> None:
    opening(page.force)
    case = open_case(page, "Our shed was broken into", now)  # a Saturday
    assert said() == [
        "Thank you for your message. Somebody will read it on Monday from 9am."
        f" In an emergency call 999. Your reference is {case.reference}."
        " See how it stands: http://localhost:8000/case/"
    ]


def test_who_may_not_be_alone_with_their_phone_is_sent_nothing_that_can_wait(
    page: Account, now: datetime
) -> None:
    opening(page.force)
    item = carry(say(page, "My ex is outside my work", now), Stage.TRIAGED,
                 findings={"unsafe": ["stalking: outside my work"]})  # fmt: skip
    route(now=now)
    case = item.in_case.case
    assert not case.shown_to_citizen
    assert said() == []


def test_a_stranger_who_speaks_in_a_case_is_not_told_how_to_look(
    page: Account, now: datetime
) -> None:
    opening(page.force)
    first = carry(say(page, "Our shed was broken into", now), Stage.TRIAGED)
    route(now=now)
    case = first.in_case.case
    late = now + timedelta(hours=1)
    other = carry(say(page, "And mine", late, by="stranger@example.test"), Stage.TRIAGED)
    with acting(SYSTEM, "test.linked"):
        CaseItem.objects.create(case=case, item=other, at=late, why="by_system")
    route(now=late)
    assert len(said()) == 2
    assert "/case/" in said()[0]
    assert "/case/" not in said()[1]


def test_an_account_that_cannot_be_used_holds_nobody_up(
    page: Account, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_way: Way, _text: str) -> Fit:
        raise ChannelError("The key does not open.", permanent=True)

    monkeypatch.setattr(Way, "fit", broken)
    case = open_case(page, KNIFE, now, severity=4)
    assert Page.objects.get().path == f"/console/cases/{case.reference}/"
    assert said() == []


def test_in_hours_nothing_is_said(page: Account) -> None:
    opening(page.force)
    open_case(page, "Our shed was broken into", datetime(2026, 11, 23, 10, 0, tzinfo=UTC))
    assert said() == []


def test_words_are_the_force_s_and_fit_every_platform() -> None:
    assert emergency_words({"emergency_answer": "Call 999."}) == "Call 999."
    assert len(emergency_words({})) <= 300
    assert when(datetime(2026, 7, 1, 7, 30, tzinfo=UTC)) == "on Wednesday from 8:30am"
