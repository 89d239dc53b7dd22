"""Answers: once, by one officer, in public only after another's yes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from bluelamp.audit.actions import acting
from bluelamp.audit.values import SYSTEM
from bluelamp.cases.actions import answer as answering
from bluelamp.cases.actions.answer import answer, approve, draft, send_back
from bluelamp.cases.errors import AnsweredMeanwhileError, CaseRefusedError
from bluelamp.cases.models import Case, Milestone, Note, Reply, Target
from bluelamp.cases.queries.citizen import view_of
from bluelamp.cases.queries.way import way_to
from bluelamp.cases.route import route
from bluelamp.cases.tests.helpers import STORE, open_case
from bluelamp.cases.values import CaseState, Joined, MilestoneKind, MilestoneState, ReplyState
from bluelamp.channels import acts
from bluelamp.channels.models import Account
from bluelamp.inbound import ingest
from bluelamp.inbound.models import Item
from bluelamp.inbound.tests.helpers import carry, make_page, say
from bluelamp.inbound.understand import understand
from bluelamp.inbound.values import Stage
from bluelamp.notices.models import Notice
from bluelamp.org.errors import NotPermittedError
from bluelamp.org.models import Force, Officer, Unit
from bluelamp.org.values import Role
from conftest import make_officer

HOUR = timedelta(hours=1)
PUBLIC = {"visibility": "public", "author_id": "did:ann"}
ROAD = "@police is the road open?"


@pytest.fixture(autouse=True)
def platform() -> Iterator[None]:
    STORE.clear()
    yield
    STORE.clear()


@pytest.fixture
def page(force: Force, now: datetime) -> Account:
    with acting(SYSTEM, "test.setup"):
        for kind in MilestoneKind:
            Target.objects.create(force=force, severity=1, kind=kind, within=4 * HOUR)
    return make_page(force, now)


@pytest.fixture
def hana(force: Force) -> Officer:
    """Hana Reed: handles cases at headquarters."""
    return make_officer(force.units.get(parent=None), "1101", "Hana Reed", Role.HANDLER)


@pytest.fixture
def sam(force: Force) -> Officer:
    """Sergeant Sam Cole: supervises."""
    return make_officer(force.units.get(parent=None), "1102", "Sam Cole", Role.SUPERVISOR)


def test_a_public_answer_may_leave_the_next_word_to_them(
    page: Account, hana: Officer, sam: Officer, now: datetime
) -> None:
    case = open_case(page, "@police is the road open?", now, said=PUBLIC)
    reply = answer(case, "Which road?", by=hana, now=now, seen=None, waiting=True)
    case.refresh_from_db()
    assert case.state == CaseState.OPEN, "nobody was asked anything yet"
    approve(Reply.objects.get(pk=reply.pk), by=sam, now=now + HOUR)
    case.refresh_from_db()
    assert case.state == CaseState.WAITING
    paused = Milestone.objects.get(case=case, kind=MilestoneKind.RESOLUTION)
    assert paused.state == MilestoneState.PAUSED


def called(force: Force, now: datetime, reach: str) -> Case:
    """Let an officer write down who called; return the case."""
    facts = {"text": "Our shed", "sender": reach, "channel": "sms" if "@" not in reach else "email"}
    ingest.store(ingest.desk_account(force, now=now), reach, json.dumps(facts).encode(), {}, now)
    understand(now=now)
    Item.objects.update(stage=Stage.TRIAGED, severity=1)
    route(now=now)
    return Case.objects.get()


NUMBER = "+447700900123"


def test_who_left_a_number_is_answered_by_text_or_it_is_said_that_nobody_can_write(
    force: Force, page: Account, hana: Officer, now: datetime
) -> None:
    case = called(force, now, NUMBER)
    assert way_to(case) is None, "an account for mail is no way to a number"
    with pytest.raises(CaseRefusedError, match=f"only a phone number.*Call \\{NUMBER}"):
        answer(case, "An officer will call.", by=hana, now=now, seen=None)
    with acting(SYSTEM, "test.setup"):
        texts = Account.objects.create(force=force, provider="notify", name="Texts", created_at=now)
    way = way_to(case)
    assert way is not None
    assert (way.account, way.blank.to) == (texts, NUMBER)


def test_what_a_platform_calls_somebody_is_no_address_elsewhere(
    force: Force, page: Account, hana: Officer, now: datetime
) -> None:
    case = open_case(page, "Is the road open?", now, said=PUBLIC | {"visibility": "private"})
    Item.objects.update(channel="mastodon")
    make_page(force, now, name="Another")
    with acting(SYSTEM, "test.setup"):
        Account.objects.filter(pk=page.pk).update(active=False)
    assert way_to(case) is None
    with pytest.raises(CaseRefusedError, match="account that they spoke to is closed"):
        answer(case, "Which road?", by=hana, now=now, seen=None)


def deliver(account: Account, now: datetime) -> None:
    for number, lane in acts.waiting(now):
        while acts.perform(number, lane, now=now):
            pass


def test_a_private_answer_goes_at_once_to_who_spoke(
    page: Account, hana: Officer, now: datetime
) -> None:
    case = open_case(page, "Our shed was broken into", now)
    reply = answer(case, "An officer will call you.", by=hana, now=now + HOUR, seen=None)
    assert reply.state == ReplyState.SENT
    deliver(page, now + HOUR)
    (said,) = STORE.posts.values()
    assert (said.to, said.text) == ("ann@example.test", "An officer will call you.")
    case.refresh_from_db()
    assert (case.owner, case.answered_at) == (hana, now + HOUR)
    states = dict(Milestone.objects.values_list("kind", "state"))
    assert states == {
        MilestoneKind.FIRST_RESPONSE: MilestoneState.MET,
        MilestoneKind.UPDATE: MilestoneState.RUNNING,  # the next word is promised anew
        MilestoneKind.RESOLUTION: MilestoneState.RUNNING,
    }


def test_while_we_wait_for_the_citizen_nothing_is_due_and_their_words_start_it_again(
    page: Account, hana: Officer, now: datetime
) -> None:
    case = open_case(page, "Our shed was broken into", now)
    answer(case, "What colour?", by=hana, now=now + HOUR, seen=None, waiting=True)
    case.refresh_from_db()
    assert case.state == CaseState.WAITING
    assert not case.milestones.filter(state=MilestoneState.RUNNING).exists()
    again = open_case(page, "Red", now + 5 * HOUR)
    assert again == case
    resolution = case.milestones.get(kind=MilestoneKind.RESOLUTION)
    assert (resolution.state, resolution.due_at) == (MilestoneState.RUNNING, now + 8 * HOUR)


def test_what_comes_back_to_the_case_s_address_joins_it_from_any_sender(
    page: Account, hana: Officer, now: datetime
) -> None:
    case = open_case(page, "Our shed was broken into", now)
    answer(case, "What colour?", by=hana, now=now, seen=None)
    deliver(page, now)
    (said,) = STORE.posts.values()
    body = b'{"kind": "human", "sender": "work@example.test", "text": "Red"}'
    ingest.store(page, "again", body, {"recipients": said.reply_to}, now + HOUR)
    understand(now=now + HOUR)
    Item.objects.filter(raw__external_id="again").update(stage=Stage.TRIAGED)
    route(now=now + HOUR)
    assert list(case.items.order_by("at").values_list("why", flat=True)) == [
        Joined.OPENED, Joined.CONVERSATION
    ]  # fmt: skip


def test_two_officers_do_not_answer_twice(
    page: Account, hana: Officer, sam: Officer, now: datetime
) -> None:
    case = open_case(page, "Our shed was broken into", now)
    first = answer(case, "An officer will call you.", by=hana, now=now, seen=None)
    with pytest.raises(AnsweredMeanwhileError, match="Hana Reed"):
        answer(case, "Please call 101.", by=sam, now=now, seen=None)
    assert Reply.objects.get(by=sam).text == "Please call 101.", "what Sam wrote is kept"
    answer(case, "And please call 101.", by=sam, now=now, seen=first.pk)
    deliver(page, now)
    assert len(STORE.posts) == 2


def test_in_public_another_says_yes_first(
    page: Account, hana: Officer, sam: Officer, now: datetime
) -> None:
    case = open_case(page, "@police is the road open?", now, severity=2, said=PUBLIC)
    reply = answer(case, "It is.", by=sam, now=now, seen=None)
    assert (reply.state, STORE.posts) == (ReplyState.SUBMITTED, {})
    case.refresh_from_db()
    assert (case.owner, case.state) == (sam, CaseState.OPEN), "who wrote it has the case"
    with pytest.raises(CaseRefusedError, match="Another officer"):
        approve(reply, by=sam, now=now)
    with pytest.raises(NotPermittedError):
        approve(reply, by=hana, now=now)
    other = make_officer(case.unit, "1103", "Una Gray", Role.SUPERVISOR)
    approve(reply, by=other, now=now)
    deliver(page, now)
    assert [said.text for said in STORE.posts.values()] == ["It is."]
    with pytest.raises(CaseRefusedError):
        approve(reply, by=other, now=now)


def join(case: Case, page: Account, words: str, now: datetime, *, name: str) -> Item:
    """Let somebody else speak below what opened a public case."""
    said = PUBLIC | {"author_id": f"did:{name}"}
    item = carry(say(page, words, now, by=name, said=said, channel="memory"), Stage.TRIAGED,
                 thread=case.thread)  # fmt: skip
    with acting(SYSTEM, "test.setup"):
        case.items.create(item=item, at=now, why=Joined.CONVERSATION)
    return item


def test_an_approved_answer_goes_to_whom_it_was_written_whoever_spoke_since(
    page: Account, hana: Officer, sam: Officer, now: datetime
) -> None:
    case = open_case(page, ROAD, now, said=PUBLIC, by="ann", channel="memory")
    first = case.items.get().item
    reply = answer(case, "It is.", by=hana, now=now, seen=None)
    join(case, page, "And the bridge?", now + HOUR, name="bea")
    approve(reply, by=sam, now=now + HOUR)
    reply.refresh_from_db()
    assert reply.item == first
    assert reply.act is not None
    assert reply.act.utterance["answers"] == first.external_id
    assert [one.text for one in view_of(case, now=now + HOUR).told] == ["It is."]


def test_an_answer_to_what_was_taken_down_is_not_given_to_another(
    page: Account, hana: Officer, sam: Officer, now: datetime
) -> None:
    case = open_case(page, ROAD, now, said=PUBLIC, by="ann", channel="memory")
    reply = answer(case, "It is.", by=hana, now=now, seen=None)
    join(case, page, "And the bridge?", now, name="bea")
    Item.objects.filter(sender="ann").update(deleted_at=now)
    with pytest.raises(CaseRefusedError, match="taken down"):
        approve(reply, by=sam, now=now)
    reply.refresh_from_db()
    assert (reply.state, STORE.posts) == (ReplyState.SUBMITTED, {})


def test_anybody_who_spoke_can_be_answered_and_a_draft_keeps_whom(
    page: Account, hana: Officer, now: datetime
) -> None:
    case = open_case(page, ROAD, now, said=PUBLIC, by="ann", channel="memory")
    first = case.items.get().item
    last = join(case, page, "And the bridge?", now + HOUR, name="bea")
    draft(case, "The road", by=hana, now=now, item=first)
    assert draft(case, "The road is", by=hana, now=now).item == first
    reply = answer(case, "The road is.", by=hana, now=now, seen=None, item=first)
    assert reply.item == first
    assert answer(case, "It is too.", by=hana, now=now, seen=reply.pk).item == last


def test_nobody_of_another_case_is_answered(page: Account, hana: Officer, now: datetime) -> None:
    case = open_case(page, "Our shed was broken into", now)
    other = open_case(page, "A dog barks", now, by="bea@example.test").items.get().item
    with pytest.raises(CaseRefusedError, match="in this case no more"):
        answer(case, "Hello", by=hana, now=now, seen=None, item=other)


def test_what_is_sent_back_says_why_to_its_author(
    page: Account, hana: Officer, sam: Officer, now: datetime
) -> None:
    case = open_case(page, "@police is the road open?", now, said=PUBLIC)
    reply = answer(case, "It is.", by=hana, now=now, seen=None)
    with pytest.raises(CaseRefusedError, match="what should change"):
        send_back(reply, reason=" ", by=sam, now=now)
    send_back(reply, reason="Say which road", by=sam, now=now)
    note = Note.objects.get(case=case)
    assert (note.by, note.text) == (sam, "Sent back: Say which road")
    assert list(note.mentions.all()) == [hana]
    notice = Notice.objects.get(address=hana.email)
    assert "Sam Cole mentioned you" in notice.subject
    assert "which road" not in notice.text
    assert Reply.objects.get().state == ReplyState.DRAFT
    with pytest.raises(CaseRefusedError, match="does not wait"):
        send_back(reply, reason="Again", by=sam, now=now)


def test_what_is_sent_back_takes_no_newer_draft_away(
    page: Account, hana: Officer, sam: Officer, now: datetime
) -> None:
    case = open_case(page, "@police is the road open?", now, said=PUBLIC)
    reply = answer(case, "It is.", by=hana, now=now, seen=None)
    draft(case, "The bridge is, too", by=hana, now=now)
    send_back(reply, reason="Say which road", by=sam, now=now)
    assert dict(Reply.objects.values_list("text", "state")) == {
        "It is.": ReplyState.RETURNED, "The bridge is, too": ReplyState.DRAFT
    }  # fmt: skip


def test_who_left_no_address_cannot_be_answered(
    page: Account, hana: Officer, now: datetime
) -> None:
    case = open_case(page, "Our shed was broken into", now, by="")
    with pytest.raises(CaseRefusedError, match="no way"):
        answer(case, "Hello", by=hana, now=now, seen=None)


def test_another_unit_s_officer_may_not(page: Account, alice: Officer, now: datetime) -> None:
    case = open_case(page, "Our shed was broken into", now)
    with pytest.raises(NotPermittedError):
        draft(case, "Hello", by=alice, now=now)


def test_drafts_are_kept_one_each(
    page: Account, hana: Officer, sam: Officer, now: datetime
) -> None:
    case = open_case(page, "Our shed was broken into", now)
    draft(case, "An off", by=hana, now=now)
    draft(case, "An officer", by=hana, now=now)
    draft(case, "Ple", by=sam, now=now)
    assert sorted(Reply.objects.values_list("text", flat=True)) == ["An officer", "Ple"]
    assert not answering.may_approve(hana, Reply.objects.get(by=sam))
    fresh = Case.objects.get()
    assert fresh.answered_at is None
    assert fresh.changed_at == case.changed_at, "typing is no news"


def test_a_team_answers_its_own(page: Account, team: Unit, alice: Officer, now: datetime) -> None:
    case = open_case(page, "Our shed was broken into", now)
    with acting(SYSTEM, "test.setup"):
        Case.objects.update(unit=team)
    case.refresh_from_db()
    assert answer(case, "On our way", by=alice, now=now, seen=None).state == ReplyState.SENT
