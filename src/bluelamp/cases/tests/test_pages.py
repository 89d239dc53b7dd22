"""The officers' pages of cases, asked for as a browser without script does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from bluelamp.audit.actions import acting
from bluelamp.audit.models import Entry
from bluelamp.audit.values import SYSTEM
from bluelamp.cases.actions import answer as answering
from bluelamp.cases.actions import handover as handing
from bluelamp.cases.actions import own
from bluelamp.cases.models import Assessment, Case, Handover, IncidentGroup, Note, Reply, Target
from bluelamp.cases.queries.approvals import mark_now
from bluelamp.cases.route import route
from bluelamp.cases.tests.helpers import STORE, open_case
from bluelamp.cases.values import CaseState, Joined, MilestoneKind, ReplyState
from bluelamp.channels.models import Account, Act
from bluelamp.inbound import ingest
from bluelamp.inbound.models import Item, Thread
from bluelamp.inbound.tests.helpers import carry, make_page, say
from bluelamp.inbound.understand import understand
from bluelamp.inbound.values import Part, Stage
from bluelamp.kit import clock
from bluelamp.org.models import Force, Officer, Unit
from bluelamp.org.values import Role
from conftest import make_officer

HOUR = timedelta(hours=1)
PUBLIC = {"visibility": "public", "author_id": "did:ann"}


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch, now: datetime) -> Iterator[None]:
    """Let it be the tests' morning wherever a page asks what time it is."""
    monkeypatch.setattr(clock, "now", lambda: now + HOUR)
    STORE.clear()
    yield
    STORE.clear()


@pytest.fixture
def page(force: Force, now: datetime) -> Account:
    with acting(SYSTEM, "test.setup"):
        for severity, hours in ((1, 8), (3, 0.5)):
            Target.objects.create(
                force=force, severity=severity, kind=MilestoneKind.FIRST_RESPONSE,
                within=timedelta(hours=hours),
            )  # fmt: skip
    return make_page(force, now)


@pytest.fixture
def hana(force: Force) -> Officer:
    """Hana Reed: handles cases at headquarters."""
    return make_officer(force.units.get(parent=None), "1101", "Hana Reed", Role.HANDLER)


@pytest.fixture
def sam(force: Force) -> Officer:
    """Sergeant Sam Cole: supervises."""
    return make_officer(force.units.get(parent=None), "1102", "Sam Cole", Role.SUPERVISOR)


@pytest.fixture
def case(page: Account, now: datetime) -> Case:
    return open_case(page, "Our shed was broken into", now, by="ann@example.test")


def as_officer(officer: Officer) -> Client:
    client = Client()
    client.force_login(officer)
    return client


def at(name: str, *arguments: Any) -> str:
    return reverse(f"cases:{name}", args=arguments)


def text(response: Any) -> str:
    return str(response.content.decode())


def readings(case: Case) -> int:
    return Entry.objects.filter(op="R", table="cases_case", row=str(case.pk)).count()


# The queue ----------------------------------------------------------------------


def test_the_most_urgent_stands_first_then_who_waits_longest(
    page: Account, hana: Officer, now: datetime
) -> None:
    open_case(page, "Thank you for the visit", now - HOUR, by="cem@example.test")
    open_case(page, "A dog barks all night", now - 2 * HOUR, by="bea@example.test")
    open_case(page, "He is following me", now, severity=3, by="dot@example.test")
    shown = text(as_officer(hana).get(at("queue")))
    order = [shown.index(words) for words in ("following me", "A dog barks", "Thank you")]
    assert order == sorted(order)
    assert "Urgent" in shown
    assert "bl-overdue" in shown, "the promise of half an hour is over"
    assert "d•••@e•••.test" in shown
    assert "dot@example.test" not in shown


def test_lists_and_filters_hold_what_they_say(
    page: Account, case: Case, hana: Officer, now: datetime
) -> None:
    other = open_case(page, "He is following me", now, severity=3, by="dot@example.test")
    own.take(case, by=hana, now=now)
    client = as_officer(hana)

    def listed(**query: Any) -> set[str]:
        return {row["case"].reference for row in client.get(at("queue"), query).context["rows"]}

    assert listed() == {case.reference, other.reference}
    assert listed(list="mine") == {case.reference}
    assert listed(list="nobody") == {other.reference}
    assert listed(severity="3") == {other.reference}
    assert listed(channel="email") == {case.reference, other.reference}
    assert listed(channel="sms") == listed(list="closed") == listed(list="waiting") == set()
    with acting(SYSTEM, "test.close"):
        Case.objects.filter(pk=case.pk).update(state=CaseState.CLOSED, closed_at=now)
    assert listed(list="closed") == {case.reference}


def test_a_reference_opens_its_case_however_it_is_written(case: Case, hana: Officer) -> None:
    client = as_officer(hana)
    written = case.reference.replace("-", " ").lower()
    assert client.post(at("find"), {"q": written}).headers["Location"] == at("case", case.reference)
    assert "There is no case 7K3C-9QX2" in text(
        client.post(at("find"), {"q": "7k3c9qx2"}, follow=True)
    )


GIVEN = "7K3F-9Q2M-X04B"


def told(force: Force, now: datetime) -> None:
    """Let somebody write by the contact page, which gave them a reference."""
    story = {"text": "My bicycle is gone", "at": now.isoformat(), "conversation": GIVEN}
    ingest.store(ingest.web_account(force, now=now), "web 1", json.dumps(story).encode(), {}, now)
    understand(now=now)
    Item.objects.update(stage=Stage.TRIAGED)
    route(now=now)


def test_the_reference_that_the_contact_page_gave_opens_the_case(
    force: Force, hana: Officer, mallory: Officer, now: datetime
) -> None:
    told(force, now)
    case, client = Case.objects.get(), as_officer(hana)
    for said in (GIVEN, "7k3f 9q2m xo4b"):
        answer = client.post(at("find"), {"q": said})
        assert answer.headers["Location"] == at("case", case.reference)
    assert "My bicycle is gone" in text(client.get(at("case", GIVEN)))
    other = as_officer(mallory)
    there = {"host": "otherby.test"}
    assert "There is no case" in text(
        other.post(at("find"), {"q": GIVEN}, follow=True, headers=there)
    )
    assert other.get(at("case", GIVEN), headers=there).status_code == 404


def test_a_given_reference_opens_nothing_that_the_officer_may_not_read(
    force: Force, team: Unit, now: datetime
) -> None:
    told(force, now)
    narrow = make_officer(team, "1109", "Nia Hart", Role.HANDLER)
    assert as_officer(narrow).get(at("case", GIVEN)).status_code == 404


def test_a_team_sees_its_own_cases_alone(case: Case, alice: Officer, team: Unit) -> None:
    client = as_officer(alice)
    assert client.get(at("case", case.reference)).status_code == 404
    assert client.get(at("queue")).context["rows"] == []
    with acting(SYSTEM, "test.setup"):
        Case.objects.update(unit=team)
    assert client.get(at("case", case.reference)).status_code == 200
    assert "events?token" not in text(client.get(at("queue"))), "it would tell of other units"


def test_the_page_hears_of_what_came_since(
    page: Account, case: Case, hana: Officer, now: datetime
) -> None:
    client = as_officer(hana)
    news = client.get(at("queue")).context["poll_url"]
    assert client.get(news).json() == {"facts": {"items": 0}}
    open_case(page, "They came back", now + HOUR, by="bea@example.test")
    assert client.get(news).json() == {"facts": {"items": 1}}


# A case -------------------------------------------------------------------------


def test_opening_a_case_is_recorded(case: Case, hana: Officer) -> None:
    assert "Our shed was broken into" in text(as_officer(hana).get(at("case", case.reference)))
    assert readings(case) == 1


def test_near_copies_are_one_line(page: Account, hana: Officer, now: datetime) -> None:
    first = say(page, "@police Tom is missing", now, by="ann", said=PUBLIC)
    made = Thread.objects.create(force=page.force, first=first, began_at=now, last_at=now)
    carry(first, Stage.TRIAGED, thread=made, part=Part.FIRST, severity=2)
    route(now=now)
    for name in ("bea", "cem"):
        share = say(page, "RT Tom is missing", now, by=name, said=PUBLIC | {"author_id": name})
        carry(share, Stage.TRIAGED, thread=made, part=Part.REPOST, severity=2)
    route(now=now)
    case = Case.objects.get()
    shown = text(as_officer(hana).get(at("case", case.reference)))
    assert "and 2 more who passed this on" in shown
    assert shown.count("RT Tom is missing") == 0


def test_what_was_taken_down_says_so_and_a_supervisor_may_hold_it(
    case: Case, hana: Officer, sam: Officer, now: datetime
) -> None:
    Item.objects.update(deleted_at=now)
    assert "Taken down by its author" in text(as_officer(hana).get(at("case", case.reference)))
    hold = at("hold", case.reference, case.items.get().pk)
    assert as_officer(hana).post(hold, {"reason": "Evidence"}).status_code == 403
    assert as_officer(sam).post(hold, {"reason": ""}).status_code == 400
    as_officer(sam).post(hold, {"reason": "Evidence of a threat"})
    assert Item.objects.get().held


def test_an_assessment_wants_a_reason_and_those_before_stay(case: Case, hana: Officer) -> None:
    client = as_officer(hana)
    with acting(SYSTEM, "test.proposed"):
        Assessment.objects.create(
            force=case.force, case=case, at=case.opened_at, severity=2,
            headings={"investigation": ["broken into"]},
        )  # fmt: skip
    assert "broken into</mark>" in text(client.get(at("case", case.reference)))
    bare = client.post(at("assess", case.reference), {"severity": "3"})
    assert bare.status_code == 400
    assert "Say why: the next officer relies on it" in text(bare)
    given = {"severity": "3", "headings": ["threat"], "reason": "They know when she is out"}
    shown = text(client.post(at("assess", case.reference), given, follow=True))
    case.refresh_from_db()
    assert case.severity == 3
    assert shown.index("They know when she is out") < shown.index("What was thought before")


def test_notes_and_tasks(case: Case, hana: Officer, sam: Officer) -> None:
    client = as_officer(hana)
    client.post(at("note", case.reference), {"text": "Rang her", "mentions": [str(sam.pk)]})
    assert list(Note.objects.get().mentions.all()) == [sam]
    client.post(at("task", case.reference), {"words": "Call the council", "officer": ""})
    task = case.tasks.get()
    shown = text(client.get(at("case", case.reference)))
    assert "Note, officers only" in shown
    assert "Call the council" in shown
    client.post(at("task_done", case.reference, task.pk))
    task.refresh_from_db()
    assert task.done_at is not None


def test_take_give_send_and_close(
    case: Case, hana: Officer, sam: Officer, alice: Officer, team: Unit
) -> None:
    client, ref = as_officer(hana), case.reference
    client.post(at("take", ref))
    case.refresh_from_db()
    assert case.owner == hana
    assert "has this case" in text(as_officer(sam).post(at("take", ref)))
    client.post(at("give", ref), {"to": str(sam.pk)})
    case.refresh_from_db()
    assert case.owner == sam
    refused = client.post(at("give", ref), {"to": str(alice.pk)})
    assert refused.status_code == 400, "she works for a team, not for headquarters"
    client.post(at("send", ref), {"unit": str(team.pk), "reason": "It is their street"})
    assert Case.objects.filter(pk=case.pk, unit=team, owner=None).exists()
    client.post(at("close", ref), {"outcome": "nothing", "reason": "The shed was found locked"})
    case.refresh_from_db()
    assert case.state == CaseState.CLOSED
    client.post(at("reopen", ref), {"reason": "They rang again"})
    case.refresh_from_db()
    assert case.state == CaseState.OPEN


def test_a_history_is_shown_on_demand_with_the_reason_recorded(
    page: Account, case: Case, hana: Officer, now: datetime
) -> None:
    with acting(SYSTEM, "test.close"):
        Case.objects.update(state=CaseState.CLOSED, closed_at=now - timedelta(days=60))
    later = open_case(page, "Another thing altogether", now, by="ann@example.test")
    client = as_officer(hana)
    assert "shed" not in text(client.get(at("case", later.reference)))
    assert client.post(at("history", later.reference), {"reason": " "}).status_code == 400
    before = readings(case)
    shown = text(client.post(at("history", later.reference), {"reason": "Is it the same man?"}))
    assert "Our shed was broken into" in shown
    assert readings(case) == before + 1
    last = Entry.objects.filter(op="R", row=str(case.pk)).latest("id")
    assert last.act.reason == "Is it the same man?"


# Answers ------------------------------------------------------------------------


def test_the_box_says_how_and_to_whom_and_who_can_read_it(
    page: Account, case: Case, hana: Officer, now: datetime
) -> None:
    client = as_officer(hana)
    private = text(client.get(at("case", case.reference)))
    assert "Only they read it" in private
    assert "ann@example.test" in private
    loud = open_case(page, "@police is the road open?", now, severity=2, by="bo", said=PUBLIC)
    public = text(client.get(at("case", loud.reference)))
    assert "Another officer says yes before it goes" in public


def test_a_draft_is_kept_counted_and_offered_again(case: Case, hana: Officer) -> None:
    client, ref = as_officer(hana), case.reference
    assert client.post(at("reply_save", ref), {"text": "We are on our"}).status_code == 200
    assert "13" in text(client.post(at("reply_fit", ref), {"text": "We are on our"}))
    assert "We are on our</textarea>" in text(client.get(at("case", ref)))
    client.post(at("reply", ref), {"text": "We are on our way", "then": "save"})
    assert Reply.objects.get().text == "We are on our way"
    assert Reply.objects.get().state == ReplyState.DRAFT


def test_what_is_too_long_is_not_sent_and_stays(case: Case, hana: Officer) -> None:
    limit = 10_000
    shown = as_officer(hana).post(at("reply", case.reference), {"text": "x" * (limit + 1)})
    assert shown.status_code == 400
    assert Reply.objects.filter(state=ReplyState.SENT).count() == 0


def test_a_colleague_s_answer_is_shown_and_one_s_own_words_are_kept(
    case: Case, hana: Officer, sam: Officer, now: datetime
) -> None:
    client, ref = as_officer(sam), case.reference
    answering.draft(case, "An officer", by=hana, now=clock.now())
    facts = client.get(at("facts", ref)).json()["facts"]
    assert facts["answering"] == "Hana Reed is answering now."
    answering.answer(case, "An officer will call you.", by=hana, now=clock.now(), seen=None)
    refused = client.post(at("reply", ref), {"text": "Please call 101.", "seen": ""})
    shown = text(refused)
    assert refused.status_code == 400
    assert "answered while you wrote" in shown
    assert "Please call 101.</textarea>" in shown
    seen = Reply.objects.get(by=hana).pk
    assert f'name="seen" value="{seen}"' in shown
    client.post(at("reply", ref), {"text": "Please call 101 too.", "seen": str(seen)})
    assert Reply.objects.filter(state=ReplyState.SENT).count() == 2


def test_public_answers_wait_for_a_yes(
    page: Account, hana: Officer, sam: Officer, now: datetime
) -> None:
    loud = open_case(page, "@police is the road open?", now, severity=2, by="bo", said=PUBLIC)
    ref = loud.reference
    as_officer(hana).post(at("reply", ref), {"text": "It is."})
    reply = Reply.objects.get()
    assert reply.state == ReplyState.SUBMITTED
    assert at("approve", ref, reply.pk) not in text(as_officer(hana).get(at("case", ref)))
    assert as_officer(hana).post(at("approve", ref, reply.pk)).status_code == 403
    client = as_officer(sam)
    client.post(at("send_back", ref, reply.pk), {"reason": "Say which road"})
    reply.refresh_from_db()
    assert reply.state == ReplyState.DRAFT
    assert "Sent back: Say which road" in text(as_officer(hana).get(at("case", ref)))
    as_officer(hana).post(at("reply", ref), {"text": "Mill Lane is."})
    client.post(at("approve", ref, reply.pk), {"seen": mark_now(reply)})
    reply.refresh_from_db()
    assert (reply.state, reply.approved_by) == (ReplyState.SENT, sam)


def test_what_was_answered_by_itself_stands_in_the_conversation(
    page: Account, hana: Officer, now: datetime
) -> None:
    case = open_case(page, "please help he has a knife", now, severity=4)
    act = case.automatic.get().act
    client = as_officer(hana)
    shown = text(client.get(at("case", case.reference)))
    assert 'aria-label="Answered automatically"' in shown
    assert escape(act.utterance["text"]) in shown
    assert "On its way" in shown
    with acting(SYSTEM, "test.sent"):
        Act.objects.update(state="failed", problem="Nobody is there")
    shown = text(client.get(at("case", case.reference)))
    assert "Could not be sent" in shown
    assert "Nobody is there" in shown


def test_whoever_spoke_in_a_thread_can_be_chosen_and_the_draft_keeps_whom(
    page: Account, hana: Officer, now: datetime
) -> None:
    case = open_case(
        page, "@police is the road open?", now, by="@ann", channel="memory", said=PUBLIC
    )
    first = case.items.get().item
    client, ref = as_officer(hana), case.reference
    assert "Answer this" not in text(client.get(at("case", ref))), "there is nobody else"
    below = say(page, "And the bridge?", now + HOUR, by="@bea", channel="memory",
                said=PUBLIC | {"author_id": "did:bea"})  # fmt: skip
    with acting(SYSTEM, "test.setup"):
        case.items.create(item=below, at=now + HOUR, why=Joined.CONVERSATION)
    shown = text(client.get(at("case", ref)))
    assert "Answering <strong>@bea</strong>" in shown
    assert f'href="?answer={first.pk}#answer"' in shown
    chosen = client.get(at("case", ref), {"answer": first.pk})
    assert "Answering <strong>@ann</strong>" in text(chosen)
    assert f'name="item" value="{first.pk}"' in text(chosen)
    client.post(at("reply_save", ref), {"text": "The road is open.", "item": first.pk})
    assert "Answering <strong>@ann</strong>" in text(client.get(at("case", ref)))
    client.post(at("reply", ref), {"text": "The road is open.", "item": first.pk})
    assert Reply.objects.get(state=ReplyState.SUBMITTED).item == first


def test_nothing_is_sent_to_another_where_what_was_answered_is_gone(
    page: Account, case: Case, hana: Officer, now: datetime
) -> None:
    first = case.items.get().item
    open_case(page, "They came back", now + HOUR, by="ann@example.test")
    client, ref = as_officer(hana), case.reference
    Item.objects.filter(pk=first.pk).update(deleted_at=now)
    refused = client.post(at("reply", ref), {"text": "We are on our way", "item": first.pk})
    assert refused.status_code == 400
    assert "was taken down" in text(refused)
    assert not Reply.objects.filter(state=ReplyState.SENT).exists()
    other = open_case(page, "A dog barks", now, by="bea@example.test").items.get().item
    stray = client.post(at("reply", ref), {"text": "We are on our way", "item": other.pk})
    assert stray.status_code == 404


# Incidents ----------------------------------------------------------------------


WORDS = {"text": "They are working on it."}


def test_many_cases_become_one_incident_and_are_answered_and_closed(
    page: Account, hana: Officer, now: datetime
) -> None:
    found = [
        open_case(page, f"The power is out, number {n}", now, by=f"n{n}@example.test")
        for n in range(3)
    ]
    found.append(open_case(page, "@police power?", now, severity=2, by="bo", said=PUBLIC))
    client, refs = as_officer(hana), [case.reference for case in found]
    assert "The power is out, number 2" in text(client.get(at("gather"), {"case": refs}))
    assert client.post(at("gather"), {"case": refs, "title": ""}).status_code == 400
    client.post(at("gather"), {"case": refs, "title": "Power cut"})
    group = IncidentGroup.objects.get()
    assert group.cases.count() == 4
    shown = text(client.post(at("answer_all", group.pk), WORDS, follow=True))
    assert "3 are on their way" in shown
    assert "1 waits for approval" in shown
    assert Reply.objects.filter(state=ReplyState.SENT).count() == 3
    client.post(at("leave", group.pk), {"case": refs[0]})
    assert group.cases.count() == 3
    told = {"outcome": "nothing", "reason": "The power is back"}
    client.post(at("close_all", group.pk), told)
    assert set(group.cases.values_list("state", flat=True)) == {CaseState.CLOSED}


def test_who_cannot_be_answered_is_named(page: Account, hana: Officer, now: datetime) -> None:
    lost = open_case(page, "The power is out", now, by="ann@example.test")
    Item.objects.update(contact_point=None)
    client = as_officer(hana)
    client.post(at("gather"), {"case": [lost.reference], "title": "Power cut"})
    group = IncidentGroup.objects.get()
    shown = text(client.post(at("answer_all", group.pk), WORDS, follow=True))
    assert "1 could not be answered" in shown
    assert "they left no address" in shown


def test_gathering_nothing_leads_back(hana: Officer) -> None:
    assert as_officer(hana).get(at("gather")).headers["Location"] == at("queue")


# Handover -----------------------------------------------------------------------


def test_a_shift_is_handed_over_case_by_case(
    page: Account, hana: Officer, sam: Officer, now: datetime
) -> None:
    calm = open_case(page, "A dog barks", now, by="bea@example.test")
    grave = open_case(page, "He is following me", now, severity=3, by="dot@example.test")
    for one in (calm, grave):
        own.take(one, by=hana, now=now)
    client = as_officer(hana)
    desk = text(client.get(at("handovers")))
    assert desk.index("He is following me") < desk.index("A dog barks")
    given = {"unit": str(hana.unit_id), "to": str(sam.pk), "words": "Quiet but for one",
             f"words-{grave.reference}": "She is frightened"}  # fmt: skip
    client.post(at("handovers"), given)
    made = Handover.objects.get()
    incoming = as_officer(sam)
    shown = text(incoming.get(at("handover", made.pk)))
    assert "She is frightened" in shown
    incoming.post(at("accept", made.pk), {"case": grave.reference})
    grave.refresh_from_db()
    assert grave.owner == sam
    client.post(at("finish", made.pk))
    calm.refresh_from_db()
    assert (calm.owner, calm.unit) == (None, hana.unit)


def test_a_second_handover_says_why_not(case: Case, hana: Officer, now: datetime) -> None:
    own.take(case, by=hana, now=now)
    handing.begin(hana.unit, by=hana, now=now)
    answer = as_officer(hana).post(at("handovers"), {"unit": str(hana.unit_id)})
    assert answer.status_code == 400
    assert "not finished" in text(answer)
