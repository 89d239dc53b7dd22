"""Each triaged item joins a case, opens one, or is kept aside; most urgent first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.audit.actions import acting
from bluelamp.audit.models import Entry
from bluelamp.audit.values import SYSTEM
from bluelamp.cases import milestones
from bluelamp.cases import route as stage
from bluelamp.cases.forget import forget
from bluelamp.cases.models import Assessment, Case, CaseItem, Milestone, RoutingRule, Target
from bluelamp.cases.queries.belonging import REOPEN_WITHIN, about
from bluelamp.cases.route import route
from bluelamp.cases.rules import clocks
from bluelamp.cases.rules.clocks import Clock, ClockEvent
from bluelamp.cases.rules.sorting import TAKEN_DOWN
from bluelamp.cases.values import (
    CaseState,
    ClockEventKind,
    Joined,
    MilestoneKind,
    MilestoneState,
)
from bluelamp.channels.models import Account
from bluelamp.inbound.models import Item, Thread
from bluelamp.inbound.tests.helpers import carry, make_page, say
from bluelamp.inbound.values import Part, Stage
from bluelamp.members.models import ContactLink
from bluelamp.members.values import Basis
from bluelamp.notices.models import Page
from bluelamp.org.models import Force, Officer, Shift, Unit
from bluelamp.org.rules.hours import Hours

HOUR = timedelta(hours=1)
ANN = "ann@example.test"


@pytest.fixture
def page(force: Force, now: datetime) -> Account:
    return make_page(force, now)


def heard(page: Account, text: str, now: datetime, severity: int = 1, **facts: object) -> Item:
    item = say(page, text, now, **facts)  # type: ignore[arg-type]
    return carry(item, Stage.TRIAGED, severity=severity)


def rule(unit: Unit, order: int = 1, **facts: object) -> RoutingRule:
    with acting(SYSTEM, "test.setup"):
        return RoutingRule.objects.create(
            force=unit.force, order=order, name=f"Rule {order}", unit=unit, **facts
        )


def on_shift(officer: Officer, unit: Unit, now: datetime) -> None:
    with acting(SYSTEM, "test.setup"):
        Shift.objects.create(
            force=unit.force, unit=unit, officer=officer, starts=now - HOUR, ends=now + 6 * HOUR
        )


def test_words_of_a_person_open_a_case_that_the_force_owns(page: Account, now: datetime) -> None:
    item = heard(page, "Somebody broke into our shed last night and took both bikes", now)
    assert route(now=now) == 1
    case = Case.objects.get()
    assert case.unit.parent is None
    assert case.title == "Somebody broke into our shed last night and took both bikes"
    assert case.contact_point == item.contact_point
    item.refresh_from_db()
    assert item.stage == Stage.ROUTED
    assert item.in_case.why == Joined.OPENED
    assert route(now=now) == 0


def test_the_same_person_joins_their_open_case_and_wakes_it(page: Account, now: datetime) -> None:
    heard(page, "Our shed was broken into", now)
    route(now=now)
    with acting(SYSTEM, "test.wait"):
        Case.objects.update(state=CaseState.WAITING)
    heard(page, "They came back", now + HOUR, severity=3)
    route(now=now + HOUR)
    case = Case.objects.get()
    assert (case.state, case.severity, case.heard_at) == (CaseState.OPEN, 3, now + HOUR)
    assert case.items.count() == 2


def test_two_messages_in_one_batch_are_one_case(page: Account, now: datetime) -> None:
    heard(page, "Our shed was broken into", now)
    heard(page, "Both bikes are gone", now + timedelta(seconds=1))
    route(now=now + HOUR)
    assert Case.objects.get().items.count() == 2


def test_long_closed_is_closed_and_lately_closed_is_opened_again(
    page: Account, now: datetime
) -> None:
    heard(page, "Our shed was broken into", now)
    route(now=now)
    with acting(SYSTEM, "test.close"):
        Case.objects.update(state=CaseState.CLOSED, closed_at=now)
    heard(page, "One bike is back", now + HOUR)
    route(now=now + HOUR)
    assert Case.objects.get().state == CaseState.OPEN
    with acting(SYSTEM, "test.close"):
        Case.objects.update(state=CaseState.CLOSED, closed_at=now)
    heard(page, "Another thing", now + REOPEN_WITHIN + HOUR)
    route(now=now + REOPEN_WITHIN + HOUR)
    assert Case.objects.count() == 2


def test_a_public_share_joins_the_case_of_what_it_shares_or_goes_aside(
    page: Account, now: datetime
) -> None:
    public = {"visibility": "public", "author_id": "did:ann"}
    first = heard(page, "@police Tom is missing from Northwick", now, 2, by="ann", said=public)
    made = Thread.objects.create(force=page.force, first=first, began_at=now, last_at=now)
    carry(first, Stage.TRIAGED, thread=made, part=Part.FIRST)
    route(now=now)
    share = heard(page, "RT Tom is missing", now, 2, by="bea", said=public | {"author_id": "bea"})
    carry(share, Stage.TRIAGED, thread=made, part=Part.REPOST)
    alone = heard(page, "Lovely parade", now, 1, by="cem", said=public | {"author_id": "cem"})
    carry(alone, Stage.TRIAGED, listened=True)
    route(now=now)
    case = Case.objects.get()
    assert {row.item_id: row.why for row in case.items.all()} == {
        first.pk: Joined.OPENED, share.pk: Joined.REPEATS
    }  # fmt: skip
    alone.refresh_from_db()
    assert alone.stage == Stage.ROUTED
    assert not hasattr(alone, "in_case")


def shared(page: Account, first: Item, now: datetime, by: str, **facts: Any) -> Item:
    """Let somebody share what is in a case already, as the stages before would leave it."""
    made, _new = Thread.objects.get_or_create(
        first=first, defaults={"force": page.force, "began_at": now, "last_at": now}
    )
    Item.objects.filter(pk=first.pk).update(thread=made, part=Part.FIRST)
    share = heard(
        page, "RT Tom is missing", now, by=by, said={"visibility": "public", "author_id": by}
    )
    return carry(share, Stage.TRIAGED, **{"thread": made, "part": Part.REPOST, **facts})


def test_a_case_that_was_opened_before_it_was_shared_gets_the_shares(
    page: Account, now: datetime
) -> None:
    public = {"visibility": "public", "author_id": "did:ann"}
    first = heard(page, "@police Tom is missing from Northwick", now, 2, by="ann", said=public)
    route(now=now)
    for hour, by in enumerate(("bea", "cem"), 1):
        shared(page, first, now + hour * HOUR, by)
        route(now=now + hour * HOUR)
    case = Case.objects.get()
    assert [row.why for row in case.items.order_by("at")] == [
        Joined.OPENED, Joined.REPEATS, Joined.REPEATS
    ]  # fmt: skip
    assert case.thread == Thread.objects.get()


def test_a_share_that_sounds_graver_than_what_it_shares_does_not_go_before_it(
    page: Account, now: datetime
) -> None:
    public = {"visibility": "public", "author_id": "did:ann"}
    first = heard(page, "@police Tom is missing from Northwick", now, 1, by="ann", said=public)
    shared(page, first, now, "bea", severity=3)
    route(now=now)
    whys = CaseItem.objects.order_by("item").values_list("why", flat=True)
    assert list(whys) == [Joined.OPENED, Joined.REPEATS]


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ({}, CaseState.CLOSED),
        ({"part": Part.QUOTE}, CaseState.OPEN),
        ({"severity": 4}, CaseState.OPEN),
    ],
)
def test_a_share_opens_nothing_again_but_own_words_and_an_emergency_do(
    page: Account, now: datetime, facts: dict[str, Any], state: CaseState
) -> None:
    public = {"visibility": "public", "author_id": "did:ann"}
    first = heard(page, "@police Tom is missing from Northwick", now, 2, by="ann", said=public)
    route(now=now)
    with acting(SYSTEM, "test.close"):
        Case.objects.update(state=CaseState.CLOSED, closed_at=now)
    shared(page, first, now + HOUR, "bea", **facts)
    route(now=now + HOUR)
    case = Case.objects.get()
    assert case.state == state
    assert case.items.count() == 2
    assert case.heard_at == (now if state == CaseState.CLOSED else now + HOUR)


@pytest.mark.parametrize(
    ("part", "state"), [(Part.COPY, CaseState.OPEN), (Part.REPOST, CaseState.CLOSED)]
)
def test_who_asks_the_same_again_still_waits(
    page: Account, now: datetime, part: Part, state: CaseState
) -> None:
    public = {"visibility": "public", "author_id": ANN}
    first = heard(page, "@police Tom is missing from Northwick", now, 2, by=ANN, said=public)
    route(now=now)
    with acting(SYSTEM, "test.close"):
        Case.objects.update(state=CaseState.CLOSED, closed_at=now)
    shared(page, first, now + HOUR, ANN, part=part)
    route(now=now + HOUR)
    assert Case.objects.get().state == state


def test_a_rule_sends_a_case_to_a_unit_and_the_person_with_least_to_do(
    page: Account, team: Unit, alice: Officer, bob: Officer, now: datetime
) -> None:
    rule(team, 1, when={"severity_from": 3}, to_person=True)
    rule(team, 2)
    on_shift(alice, team, now)
    on_shift(bob, team, now)
    for number in range(4):
        heard(page, f"He is following me, number {number}", now, 3, by=f"{number}@example.test")
    heard(page, "Thank you all", now, 1, by="z@example.test")
    route(now=now)
    owners = Case.objects.filter(severity=3).values_list("owner", flat=True)
    assert sorted(owners) == sorted([alice.pk, bob.pk] * 2)
    assert Case.objects.get(severity=1).owner is None
    assert Case.objects.filter(unit=team).count() == 5


def test_nobody_who_went_home_is_given_a_case(
    page: Account, team: Unit, alice: Officer, now: datetime
) -> None:
    rule(team, 1, to_person=True)
    with acting(SYSTEM, "test.setup"):
        Shift.objects.create(
            force=team.force, unit=team, officer=alice, starts=now - HOUR,
            ends=now + timedelta(minutes=5),
        )  # fmt: skip
    heard(page, "Our shed was broken into", now)
    route(now=now)
    case = Case.objects.get()
    assert (case.owner, case.unit) == (None, team)


def test_promises_begin_when_the_citizen_spoke(page: Account, force: Force, now: datetime) -> None:
    with acting(SYSTEM, "test.setup"):
        Target.objects.create(
            force=force, severity=3, kind=MilestoneKind.FIRST_RESPONSE, within=HOUR
        )
    heard(page, "He is following me", now, 3)
    route(now=now + timedelta(minutes=10))
    milestone = Milestone.objects.get()
    assert (milestone.state, milestone.due_at) == (MilestoneState.RUNNING, now + HOUR)
    assert milestone.warn_at == now + 0.75 * HOUR


def test_an_emergency_goes_first_whatever_waits_before_it(page: Account, now: datetime) -> None:
    for number in range(3):
        heard(page, f"Thank you {number}", now, 1, by=f"{number}@example.test")
    heard(page, "He has a knife and he is in the house", now, 4, by="help@example.test")
    assert route(now=now, limit=1) == 1
    assert Case.objects.get().severity == 4


@given(minutes=st.integers(0, 600), within=st.integers(0, 300))
def test_a_clock_begun_by_the_thousand_stands_as_one_that_was_told(
    minutes: int, within: int
) -> None:
    heard_at = datetime(2026, 3, 27, 16, 30, tzinfo=UTC)  # a Friday; on Sunday the clocks change
    now = heard_at + timedelta(minutes=minutes)
    hours = Hours.read([[["09:00", "17:00"]]] * 5 + [[], []])
    target = Target(kind=MilestoneKind.RESOLUTION, within=timedelta(minutes=within))
    made = Milestone(**milestones._begun(Case(heard_at=heard_at), target, hours))
    clock = Clock(MilestoneKind.RESOLUTION, target.within, hours)
    told = [ClockEvent(ClockEventKind.STARTED, heard_at)]
    assert made.state == clocks.state(clock, told, heard_at)
    assert made.due_at == clocks.due_at(clock, told, now)
    assert made.warn_at == clocks.warn_at(clock, told, now)
    assert milestones.events_of(made) == tuple(told)


def test_what_is_edited_on_its_platform_is_heard_again_in_its_case(
    page: Account, now: datetime
) -> None:
    item = heard(page, "There is a man in the street", now)
    other = heard(page, "Thank you", now, by="other@example.test")
    route(now=now)
    words = "There is a man in the street and he has a knife"
    carry(item, Stage.TRIAGED, text=words, severity=4, edited_at=now)
    carry(other, Stage.TRIAGED, edited_at=now)
    later = heard(page, "He is at my door", now + HOUR, 4)
    assert route(now=now + HOUR) == 3
    case = Case.objects.get(items__item=item)
    assert case == Case.objects.get(items__item=later), "one object for one case"
    assert (case.severity, case.title, case.heard_at) == (4, words, now + HOUR)
    assert case.items.count() == 2
    assert Page.objects.filter(about=f"item:{item.pk}").exists(), "it rings"


def test_a_title_goes_with_the_words_it_was_made_of(page: Account, now: datetime) -> None:
    item = heard(page, "My name is Ann and I was there", now)
    kept = heard(page, "Thank you", now, by="other@example.test")
    route(now=now)
    with acting(SYSTEM, "test.takedown"):
        Item.objects.filter(pk=item.pk).update(text="", deleted_at=now)
        Item.objects.filter(pk=kept.pk).update(deleted_at=now)
    assert forget(now=now) == 1
    assert Case.objects.get(items__item=item).title == TAKEN_DOWN
    assert Case.objects.get(items__item=kept).title == "Thank you"
    assert forget(now=now) == 0
    assert not Entry.objects.filter(content__contains="My name is Ann").exists()


@pytest.mark.django_db
def test_an_exchange_is_looked_for_by_its_index() -> None:
    many = [Item(account_id=7, conversation=f"c{number}") for number in range(300)]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        plan = Case.objects.filter(about(many)).explain()
    assert "case_conversation" in plan, "the partial index's condition is implied"


def test_a_case_that_becomes_grave_is_promised_more_at_once(page: Account, now: datetime) -> None:
    kind = MilestoneKind.FIRST_RESPONSE
    with acting(SYSTEM, "test.setup"):
        for severity, within in ((1, 48 * HOUR), (4, HOUR / 4)):
            Target.objects.create(force=page.force, severity=severity, kind=kind, within=within)
    heard(page, "Our shed was broken into", now)
    route(now=now)
    item = heard(page, "He is back and has a knife", now + HOUR, 4)
    Item.objects.filter(pk=item.pk).update(findings={"headings": {"threat": ["knife"]}})
    route(now=now + HOUR)
    due = Milestone.objects.get().due_at
    assert due == now + HOUR, "an hour was used already: it is due now"
    last = Assessment.objects.order_by("pk").last()
    assert last is not None
    assert (last.by, last.severity, last.headings) == (None, 4, {"threat": ["knife"]})


def test_thanks_open_a_closed_emergency_as_what_they_are(page: Account, now: datetime) -> None:
    heard(page, "He has a knife", now, 4)
    route(now=now)
    with acting(SYSTEM, "test.close"):
        Case.objects.update(state=CaseState.CLOSED, closed_at=now + HOUR)
    heard(page, "Thank you, I am safe now", now + 2 * HOUR, 1)
    route(now=now + 2 * HOUR)
    case = Case.objects.get()
    assert (case.state, case.severity) == (CaseState.OPEN, 1)


def test_nobody_else_names_the_case_that_they_speak_into(page: Account, now: datetime) -> None:
    heard(page, "My address is a secret", now)
    route(now=now)
    case = Case.objects.get()
    for name in (f"case:{case.pk}", "case:x", "case:" + "9" * 30, "case:-1", "case:١"):
        said = {"conversation": name, "visibility": "private", "author_id": name}
        item = heard(page, f"Let me in {name}", now, by=f"{name}@example.test", said=said)
        assert item.conversation in {"", name}
        assert not item.conversation.startswith("case:")
        assert route(now=now) == 1
    assert case.items.count() == 1
    odd = heard(page, "By a way we do not know", now, by="odd@example.test")
    carry(odd, Stage.TRIAGED, conversation="case:" + "9" * 30)
    assert route(now=now) == 1, "not even then does it hold up others"


def test_what_another_system_put_into_a_case_before_us_is_only_heard(
    page: Account, now: datetime
) -> None:
    heard(page, "First words", now)
    route(now=now)
    case = Case.objects.get()
    item = heard(page, "He has a knife", now + HOUR, 4, by="other@example.test")
    with acting(SYSTEM, "test.linked"):
        CaseItem.objects.create(case=case, item=item, at=now, why=Joined.BY_SYSTEM)
    assert route(now=now + HOUR) == 1
    case.refresh_from_db()
    assert (case.severity, case.items.count()) == (4, 2)
    assert Page.objects.filter(about=f"item:{item.pk}").exists()


def test_what_breaks_a_batch_holds_nothing_else_up_and_rings(
    page: Account, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = heard(page, "He has a knife", now, 4, by="bad@example.test")
    good = [heard(page, f"Words {n}", now, by=f"{n}@example.test") for n in range(3)]
    real = stage._open

    def breaking(batch: Any, item: Item, *rest: Any) -> Case:
        if item.pk == bad.pk:
            raise ValueError("boom")
        return real(batch, item, *rest)

    monkeypatch.setattr(stage, "_open", breaking)
    assert route(now=now) == 4
    assert Case.objects.count() == 3
    assert all(Item.objects.get(pk=item.pk).stage == Stage.ROUTED for item in good)
    bad.refresh_from_db()
    assert (bad.stage, bad.findings["problem"]) == (Stage.STUCK, "ValueError: boom")
    assert Page.objects.filter(about=f"item:{bad.pk}").exists()
    assert route(now=now) == 0


def test_a_person_s_other_address_speaks_in_the_same_case(
    page: Account, now: datetime, carol: Officer
) -> None:
    first = heard(page, "There is noise again", now, by="ann@example.test")
    other = heard(page, "Thank you", now, by="ann.other@example.test")
    route(now=now)
    assert Case.objects.count() == 2
    one, two = (item.contact_point.contact for item in (first, other) if item.contact_point)
    with acting(SYSTEM, "test.close"):
        Case.objects.filter(items__item=other).update(
            state=CaseState.CLOSED, closed_at=now - REOPEN_WITHIN - HOUR
        )
        ContactLink.objects.create(
            force=page.force, one=min(one, two, key=lambda c: c.pk),
            other=max(one, two, key=lambda c: c.pk), basis=Basis.TOLD, reason="said so",
            made_by=carol, made_at=now,
        )  # fmt: skip
    again = heard(page, "It is me, it goes on", now + HOUR, by="ann.other@example.test")
    route(now=now + HOUR)
    assert again.in_case.case == first.in_case.case


def test_one_cry_that_many_share_rings_once(page: Account, now: datetime) -> None:
    public = {"visibility": "public"}
    heard(page, "He has a knife, help", now, 4, said=public | {"author_id": "a"}, by="a@x.test")
    for number in range(5):
        item = heard(
            page, "He has a knife, help", now, 4, by=f"{number}@x.test",
            said=public | {"author_id": f"{number}"},
        )  # fmt: skip
        Item.objects.filter(pk=item.pk).update(part=Part.COPY)
    route(now=now)
    assert Page.objects.count() == 1
