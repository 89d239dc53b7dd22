"""A citizen looks at their own case: by a code that only they get, and nothing internal shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bluelamp.audit.actions import acting
from bluelamp.audit.models import Entry
from bluelamp.audit.values import SYSTEM
from bluelamp.cases.actions import access, assess, notes, own, showing
from bluelamp.cases.actions.answer import answer, draft
from bluelamp.cases.actions.group import answer_all, close_all, gather
from bluelamp.cases.actions.group import told as round_told
from bluelamp.cases.actions.outcome import close_with
from bluelamp.cases.errors import CaseRefusedError
from bluelamp.cases.models import AccessCode, Case, Outcome, Showing, Target
from bluelamp.cases.public import pages
from bluelamp.cases.queries.way import way_to
from bluelamp.cases.route import route
from bluelamp.cases.rules.outcomes import USUAL
from bluelamp.cases.tests.helpers import STORE, open_case
from bluelamp.cases.values import CaseState, MilestoneKind, MilestoneState, Origin, SendBy, Silence
from bluelamp.channels.models import Account, Act
from bluelamp.inbound.models import Item
from bluelamp.inbound.tests.helpers import carry, make_page, say
from bluelamp.inbound.understand import understand
from bluelamp.inbound.values import EXCHANGE, Severity, Stage
from bluelamp.kit import clock
from bluelamp.members.merging import merge
from bluelamp.members.models import ContactPoint
from bluelamp.members.values import Basis
from bluelamp.notices.models import Notice
from bluelamp.org.errors import NotPermittedError
from bluelamp.org.limits import too_many_from
from bluelamp.org.models import Force, Officer
from bluelamp.org.values import Role
from conftest import make_officer

HOUR = timedelta(hours=1)
PRIVATE = {"visibility": "private", "author_id": "did:ann", "conversation": "with-ann"}
PUBLIC = {"visibility": "public", "author_id": "did:ann"}
HIDE, SHOW = {"want": "hide"}, {"want": "show"}


class Hands:
    """The test's clock: moved by hand."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def move(self, by: timedelta) -> datetime:
        self.at += by
        return self.at


@pytest.fixture(autouse=True)
def hands(monkeypatch: pytest.MonkeyPatch, now: datetime) -> Iterator[Hands]:
    moving = Hands(now + HOUR)
    monkeypatch.setattr(clock, "now", lambda: moving.at)
    STORE.clear()
    yield moving
    STORE.clear()


@pytest.fixture
def page(force: Force, now: datetime) -> Account:
    with acting(SYSTEM, "test.setup"):
        for kind, hours in (("first_response", 8), ("resolution", 80)):
            Target.objects.create(
                force=force, severity=1, kind=MilestoneKind(kind), within=timedelta(hours=hours)
            )
    return make_page(force, now)


@pytest.fixture
def hana(force: Force) -> Officer:
    """Hana Reed: handles cases."""
    return make_officer(force.units.get(parent=None), "1101", "Hana Reed", Role.HANDLER)


@pytest.fixture
def sam(force: Force) -> Officer:
    """Sergeant Sam Cole: supervises."""
    return make_officer(force.units.get(parent=None), "1102", "Sam Cole", Role.SUPERVISOR)


@pytest.fixture
def case(page: Account, now: datetime) -> Case:
    return open_case(page, "Our shed was broken into", now, by="ann@example.test", channel="email")


def at(name: str) -> str:
    return reverse(f"cases_public:{name}")


def text(response: Any) -> str:
    return str(response.content.decode())


def ask(client: Client, reference: str, by: str = "email") -> Any:
    made: Any = client.post(at("ask"), {"reference": reference, "by": by})
    access.send(now=clock.now())
    return made


def sent_code() -> str:
    """Return the code of the newest notice."""
    notice = Notice.objects.filter(kind="code").latest("pk")
    found = re.search(r"\b\d{9}\b", notice.text)
    assert found is not None
    return found.group()


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000_000:09d}"


def let_in(client: Client, reference: str, by: str = "email") -> Any:
    ask(client, reference, by)
    answered: Any = client.post(at("code"), {"code": sent_code()}, follow=True)
    return answered


# The code -------------------------------------------------------------------------


def test_who_has_the_code_sees_how_it_stands(case: Case, hana: Officer) -> None:
    client = Client()
    shown = text(let_in(client, case.reference.lower().replace("-", " ")))
    assert "We have your message" in shown
    assert "You will hear from us by 21 November 2026 at 6pm." in shown
    assert Entry.objects.filter(op="R", table="cases_case", row=str(case.pk)).count() == 1
    answer(case, "An officer will call you.", by=hana, now=clock.now(), seen=None)
    shown = text(client.get(at("now")))
    assert "We have answered you" in shown
    assert "An officer will call you." in shown


def test_the_code_goes_where_the_case_knows_and_says_nothing_of_it(case: Case) -> None:
    ask(Client(), case.reference)
    notice = Notice.objects.get(kind="code")
    assert (notice.channel, notice.address) == ("email", "ann@example.test")
    for told in (notice.subject, notice.text, notice.html):
        assert case.reference not in told
        assert "shed" not in told
        assert "case" not in told.lower().replace("font-case", "").replace("uppercase", "")
    kept = AccessCode.objects.get()
    assert sent_code().encode() not in bytes(kept.digest)
    assert len(bytes(kept.digest)) == 32


def test_a_number_gets_a_text_message(page: Account, now: datetime) -> None:
    case = open_case(page, "A dog barks", now, by="+447700900456", channel="sms")
    ask(Client(), case.reference, "email")
    assert not Notice.objects.exists(), "no e-mail address is known"
    shown = text(let_in(Client(), case.reference, "sms"))
    notice = Notice.objects.get(kind="code")
    assert (notice.channel, notice.address) == ("sms", "+447700900456")
    assert len(notice.text) <= 160
    assert "We have your message" in shown


def test_who_wrote_privately_on_a_platform_gets_it_there_and_in_public_nobody(
    page: Account, now: datetime
) -> None:
    direct = open_case(page, "He follows me", now, by="@ann", said=PRIVATE, channel="memory")
    client = Client()
    ask(client, direct.reference, "direct")
    act = Act.objects.get()
    assert (act.utterance["visibility"], act.utterance["to"]) == ("private", "with-ann")
    code = re.findall(r"\b\d{9}\b", act.utterance["text"])[0]
    assert "We have your message" in text(client.post(at("code"), {"code": code}, follow=True))
    loud = open_case(
        page, "@police is the road open?", now, severity=2, by="@bo", channel="memory",
        said=PUBLIC | {"author_id": "did:bo"},
    )  # fmt: skip
    ask(Client(), loud.reference, "direct")
    assert Act.objects.count() == 1
    assert access.forget(now=clock.now() + timedelta(days=2)) == 2
    act.refresh_from_db()
    assert act.utterance["text"] == ""


def story(words: str, *, reach: str = "ann@example.test", once: str = "11") -> str:
    """Fill in the contact page and let it come in; return the reference that it gave."""
    given = {"text": words, "reach": reach, "website": "",
             "once": f"6f0f4a34-5b0c-4a3e-9c39-0f6a6f3f6a{once}"}  # fmt: skip
    sent: Any = Client().post("/contact", given)
    come_in(clock.now())
    return str(sent.headers["Location"].rsplit("/", 1)[-1])


def test_the_reference_of_the_contact_page_opens_it_too(page: Account, hana: Officer) -> None:
    name = story("Our shed was broken into")
    case = Case.objects.get()
    answer(case, "We look at it.", by=hana, now=clock.now(), seen=None)
    shown = text(let_in(Client(), name))
    assert "We look at it." in shown
    end(case, hana)
    assert ACTED.words in text(let_in(Client(), name))


def test_who_gives_somebody_else_s_number_opens_nothing_of_theirs(case: Case) -> None:
    """He shares her mailbox, and tells the contact page something in her name."""
    name = story("Please ignore me")
    assert Item.objects.get(conversation=name).in_case.case == case, "it joins her case"
    answers = {same(ask(Client(), reference)) for reference in (name, "1111-1111")}
    assert len(answers) == 1
    assert not Notice.objects.filter(kind="code").exists()


def test_who_wrote_first_sees_nothing_of_what_another_says_from_the_same_address(
    page: Account, hana: Officer, hands: Hands
) -> None:
    """He opens a case with her address, and waits for her to speak from it."""
    name = story("Please call me")
    case = Case.objects.get()
    answer(case, "Call you about what?", by=hana, now=clock.now(), seen=None)
    hands.move(HOUR)
    hers = carry(say(page, "He beats me", clock.now(), channel="email"), Stage.TRIAGED)
    route(now=clock.now())
    assert hers.in_case.case == case
    mine = case.replies.get().pk
    answer(case, "Meet me at the library.", by=hana, now=clock.now(), seen=mine)
    close_with(case, ACTED, words="He was seen.", reason="Done", by=hana, now=clock.now())
    shown = text(let_in(Client(), name))
    assert "Call you about what?" in shown
    assert "library" not in shown
    assert "He was seen." not in shown
    whole = text(let_in(Client(), case.reference))
    assert "library" in whole
    assert "He was seen." in whole


def test_a_code_opens_once_for_a_time_and_after_few_tries(case: Case, hands: Hands) -> None:
    client = Client()
    ask(client, case.reference)
    code = sent_code()
    wrong = other_than(code)
    for _try in range(5):
        assert "wrong or too old" in text(client.post(at("code"), {"code": wrong}))
    assert client.post(at("code"), {"code": code}).status_code == 400, "tried too often"
    ask(client, case.reference)
    code = sent_code()
    hands.move(timedelta(minutes=15))
    assert client.post(at("code"), {"code": code}).status_code == 400, "too old"
    other = Client()
    ask(other, case.reference)
    code = sent_code()
    assert client.post(at("code"), {"code": code}).status_code == 400, "asked for elsewhere"
    assert other.post(at("code"), {"code": code}).status_code == 302
    again = Client()
    again.cookies = other.cookies
    assert again.get(at("now")).status_code == 200
    with pytest.raises(CaseRefusedError):
        access.enter(case.force, AccessCode.objects.latest("pk").pk, code, now=clock.now())


def test_a_visit_ends_by_itself_and_by_leaving(
    case: Case, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Client()
    let_in(client, case.reference)
    for _page in range(5):
        hands.move(timedelta(minutes=10))
        assert client.get(at("now")).status_code == 200
    hands.move(timedelta(minutes=11))
    assert client.get(at("now")).headers["Location"] == at("ask"), "an hour is the longest"
    for way_out, leads_to in (("leave", pages.ELSEWHERE), ("finish", None)):
        again = Client()
        let_in(again, case.reference)
        left = again.get(at(way_out))
        assert left.headers.get("Location") == leads_to
        assert again.get(at("now")).headers["Location"] == at("ask")


def test_who_asks_and_waits_is_told_what_to_do_in_danger(case: Case) -> None:
    client = Client()
    pages_ = [client.get(at("ask"))]
    let_in(client, case.reference)
    pages_ += [client.get(at("now")), client.get(at("stop"))]
    ask(client := Client(), case.reference)
    pages_.append(client.get(at("code")))
    for one in pages_:
        assert "press 55" in text(one), one.request["PATH_INFO"]
    with acting(SYSTEM, "test.setup"):
        case.force.settings |= {"contact_emergency": "Ring the yellow bell."}
        case.force.save()
    assert "Ring the yellow bell." in text(client.get(at("code")))


def test_every_page_is_kept_nowhere(case: Case) -> None:
    client = Client()
    let_in(client, case.reference)
    for name in ("now", "add", "added", "stop", "ask", "code", "stopped", "finish"):
        assert "no-store" in client.get(at(name)).headers["Cache-Control"], name


# Nobody learns which references there are ---------------------------------------------


def same(response: Any) -> str:
    """Return a page without what is drawn anew for everybody."""
    drawn = r'(name="csrfmiddlewaretoken" value|name="once" value|nonce)="[^"]+"'
    return f"{response.status_code} {response.headers.get('Location')} " + re.sub(
        drawn, r"\1", text(response)
    )


def verbs(done: CaptureQueriesContext) -> tuple[str, ...]:
    """Return what kinds of statements were run, in their order."""
    return tuple(one["sql"].split()[0] for one in done.captured_queries)


def test_what_is_not_there_is_answered_the_same(
    case: Case, other_force: Force, now: datetime
) -> None:
    hidden = open_case(case.account, "My ex is outside", now, by="bea@example.test")  # type: ignore[arg-type]
    with acting(SYSTEM, "test.setup"):
        Case.objects.filter(pk=hidden.pk).update(shown_to_citizen=False)
    elsewhere = open_case(make_page(other_force, now), "A shed", now, by="cat@example.test")
    answers, pages_, tries, work = set(), set(), set(), set()
    ask(Client(), "1111-1111")  # the first nudge wakes the worker
    for reference in (case.reference, hidden.reference, elsewhere.reference, "0000-0000"):
        client = Client()
        with CaptureQueriesContext(connection) as count:
            asked: Any = client.post(at("ask"), {"reference": reference, "by": "email"})
        steps = verbs(count)
        answers.add(same(asked))
        pages_.add(same(client.get(at("code"))))
        access.send(now=clock.now())
        with CaptureQueriesContext(connection) as tried:
            tries.add(same(client.post(at("code"), {"code": "000000000"})))
        work.add((steps, verbs(tried)))
    assert [len(one) for one in (answers, pages_, tries)] == [1, 1, 1]
    assert len(work) == 1, work
    assert Notice.objects.filter(kind="code").count() == 1


def test_who_asks_too_often_sees_the_same_page_and_nothing_is_asked(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = {same(ask(Client(), case.reference))}
    for reference in (case.reference, "0000-0001"):
        before = AccessCode.objects.filter(reference=reference).count()
        for _more in range(pages.ASKED_OF_ONE + 1 - before):
            answers.add(same(ask(Client(), reference)))
        assert AccessCode.objects.filter(reference=reference).count() == pages.ASKED_OF_ONE
    monkeypatch.setattr(pages, "IN_A_RUSH", 1)
    too_many_from("127.0.0.1", f"case.rush.{case.force_id}", 1, now=clock.now())
    for limit, most in (("ASKED_HERE", 12), ("ASKED_IN_ALL", 10)):
        monkeypatch.setattr(pages, limit, most)
        answers.add(same(ask(client := Client(), "0000-0002")))
        assert "Enter the code" in text(client.get(at("code")))
        assert "wrong or too old" in text(client.post(at("code"), {"code": "000000000"}))
        monkeypatch.setattr(pages, limit, 99)
    assert len(answers) == 1
    assert not AccessCode.objects.filter(reference="0000-0002").exists()


def test_who_asked_too_often_still_has_the_code_that_came(case: Case) -> None:
    client = Client()
    for _time in range(pages.ASKED_OF_ONE + 1):
        ask(client, case.reference)
    assert client.post(at("code"), {"code": sent_code()}).headers["Location"] == at("now")


# A stranger who knows the reference -----------------------------------------------------


def stranger(number: int) -> Client:
    return Client(REMOTE_ADDR=f"203.0.113.{number}")


def test_a_stranger_who_keeps_asking_neither_locks_the_citizen_out_nor_fills_the_mailbox(
    case: Case, hands: Hands
) -> None:
    minutes = 90
    for minute in range(minutes):
        ask(stranger(minute % 30 + 1), case.reference)
        if minute % 14 == 0:
            mine = Client()
            ask(mine, case.reference)
            hands.move(timedelta(minutes=1))
            ask(stranger(minute % 30 + 1), case.reference)
            opened = mine.post(at("code"), {"code": sent_code()})
            assert opened.headers.get("Location") == at("now"), minute
        hands.move(timedelta(minutes=1))
    assert Notice.objects.filter(kind="code").count() <= minutes / 60 * access.SENT_AT_MOST


def test_no_second_code_goes_while_the_first_is_good(case: Case, hands: Hands) -> None:
    for number in range(20):
        ask(stranger(number), case.reference)
    assert Notice.objects.filter(kind="code").count() == 1
    hands.move(timedelta(minutes=9))
    ask(stranger(21), case.reference)
    assert Notice.objects.filter(kind="code").count() == 1
    hands.move(timedelta(minutes=2))
    mine = Client()
    ask(mine, case.reference)
    assert Notice.objects.filter(kind="code").count() == 2, "it would not last"
    assert mine.post(at("code"), {"code": sent_code()}).status_code == 302


def test_codes_that_went_another_way_keep_nobody_from_one_by_mail(
    case: Case, page: Account, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "SENT_AT_MOST", 2)
    open_case(page, "My phone", hands.at, by="+447700900456", channel="sms")
    with acting(SYSTEM, "test.setup"):
        ContactPoint.objects.filter(channel="sms").update(contact=case.contact)
    for number in range(2):
        ask(stranger(number), case.reference, "sms")
        hands.move(timedelta(minutes=11))
    assert Notice.objects.filter(kind="code", channel="sms").count() == 2
    assert "We have your message" in text(let_in(Client(), case.reference))


def test_a_shared_code_opens_once(case: Case) -> None:
    first, second = Client(), stranger(1)
    ask(first, case.reference)
    ask(second, case.reference)
    code = sent_code()
    assert first.post(at("code"), {"code": code}).status_code == 302
    assert second.post(at("code"), {"code": code}).status_code == 400
    assert second.get(at("now")).headers["Location"] == at("ask")
    ask(second, case.reference)
    assert sent_code() != code, "a used one is not sent again"


def test_a_shared_code_ends_when_it_was_sent_to_end(case: Case, hands: Hands) -> None:
    ask(stranger(1), case.reference)
    hands.move(timedelta(minutes=9))
    mine = Client()
    ask(mine, case.reference)
    hands.move(timedelta(minutes=6))
    assert mine.post(at("code"), {"code": sent_code()}).status_code == 400


def test_the_newest_code_opens_too_where_a_stranger_had_it_sent(case: Case, hands: Hands) -> None:
    mine = Client()
    ask(mine, case.reference)
    hands.move(timedelta(minutes=11))
    ask(stranger(1), case.reference)
    assert Notice.objects.filter(kind="code").count() == 2
    assert mine.post(at("code"), {"code": sent_code()}).status_code == 302


def test_a_crowd_of_strangers_uses_up_nobody_s_code(case: Case) -> None:
    ask(Client(), case.reference)
    code = sent_code()
    for number in range(30):
        ask(other := stranger(number), case.reference)
        for _try in range(6):
            other.post(at("code"), {"code": other_than(code)})
    assert sum(AccessCode.objects.values_list("attempts", flat=True)) == 30 * 5, "five each"
    ask(mine := stranger(99), case.reference)
    assert sent_code() == code, "it is good still"
    assert mine.post(at("code"), {"code": code}).status_code == 302


def test_a_crowd_that_asks_for_everything_keeps_nobody_from_asking(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "ASKED_IN_ALL", 8)
    for number in range(10):
        for _time in range(4):
            ask(stranger(number), f"0000-00{number:02}")
    crowd = AccessCode.objects.count()
    assert crowd == 8 + 8 * pages.IN_A_RUSH, "four from two, then two from each of the others"
    assert "We have your message" in text(let_in(stranger(99), case.reference))


def test_no_more_codes_go_in_an_hour_however_often_they_are_used_up(case: Case) -> None:
    for _asked in range(access.SENT_AT_MOST + 2):
        access.ask(case.force, case.reference, SendBy.EMAIL, now=clock.now())
        access.send(now=clock.now())
        AccessCode.objects.update(used_at=clock.now())
    assert Notice.objects.filter(kind="code").count() == access.SENT_AT_MOST


def test_codes_of_one_batch_are_one(case: Case) -> None:
    for _asked in range(3):
        access.ask(case.force, case.reference, SendBy.EMAIL, now=clock.now())
    access.send(now=clock.now())
    assert Notice.objects.filter(kind="code").count() == 1


def test_codes_are_tried_only_so_often_from_one_place(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "TRIED_HERE", 2)
    client = Client()
    ask(client, case.reference)
    for _try in range(2):
        client.post(at("code"), {"code": "000000000"})
    refused = client.post(at("code"), {"code": sent_code()})
    assert "Too many codes were tried" in text(refused)


# Nothing internal shows ---------------------------------------------------------------


INSIDE = (
    "OFFICER|NUMBER|UNIT|WORDS|TITLE|SENDER|NOTE|TASK|REASON|HEADING|INCIDENT|OTHER|THIRD|THEIRS"
    "|DRAFT"
)


def test_nothing_of_the_inside_shows(
    page: Account, force: Force, now: datetime, hana: Officer, sam: Officer, hands: Hands
) -> None:
    with acting(SYSTEM, "test.setup"):
        Officer.objects.filter(pk=hana.pk).update(name="ZQOFFICER Name", number="ZQNUMBER")
        force.units.update(name="ZQUNIT")
    case = open_case(
        page, "ZQWORDS that they said", now, by="ann@example.test", channel="email",
        subject="ZQTITLE", sender_name="ZQSENDER",
    )  # fmt: skip
    hana.refresh_from_db()
    by: dict[str, Any] = {"by": hana, "now": clock.now()}
    own.take(case, **by)
    notes.note(case, "ZQNOTE about them", mentions=[], **by)
    notes.add_task(case, "ZQTASK to do", officer=None, due_at=None, **by)
    assess.assess(
        case, Severity.EMERGENCY, reason="ZQREASON", headings={"threat": ["ZQHEADING"]}, **by
    )
    gather("ZQINCIDENT", [case], unit=case.unit, **by)
    other = say(page, "ZQOTHER said", now, by="bea@example.test", channel="email",
                said=PRIVATE | {"author_id": "bea@example.test"},
                sender_name="ZQTHIRD")  # fmt: skip
    carry(other, Stage.TRIAGED, conversation=f"{EXCHANGE}{case.pk}")
    route(now=now)
    assert other.in_case.case == case
    answer(case, "ZQTHEIRS only", by=hana, now=clock.now(), seen=None)  # goes to the other one
    draft(case, "ZQDRAFT", by=hana, now=clock.now())
    client = Client()
    everything = text(let_in(client, case.reference))
    for name in ("add", "added", "stop", "ask"):
        everything += text(client.get(at(name)))
    assert case.reference in everything
    # whole words: two letters alone stand in a form's token by chance
    assert re.findall(rf"ZQ(?:{INSIDE})", everything) == []
    for word in ("Emergency", "Severity", "Threat", "urgent"):
        assert word not in text(client.get(at("now"))), word


# The switch -------------------------------------------------------------------------


def test_signs_of_danger_hide_a_case_by_themselves(page: Account, now: datetime) -> None:
    for number, findings in enumerate(({"emergency": ["domestic"]}, {"unsafe": ["stalking: x"]})):
        item = carry(say(page, f"Number {number}", now, by=f"n{number}@example.test"),
                     Stage.TRIAGED, findings=findings)  # fmt: skip
        route(now=now)
        case = item.in_case.case
        assert not case.shown_to_citizen
        assert case.showings.get().origin == Origin.FOUND
        ask(Client(), case.reference)
    assert not Notice.objects.filter(kind="code").exists()


def test_later_words_hide_a_case_and_end_an_open_visit(
    page: Account, case: Case, now: datetime, hana: Officer
) -> None:
    client = Client()
    let_in(client, case.reference)
    item = say(page, "He reads my phone", now, by="ann@example.test", channel="email")
    carry(item, Stage.TRIAGED, findings={"unsafe": ["coercive control: reads my phone"]})
    route(now=now)
    case.refresh_from_db()
    assert not case.shown_to_citizen
    assert client.get(at("now")).headers["Location"] == at("ask")
    way = way_to(case)
    assert way is not None
    assert way.blank.subject == "Your message", "a list of mail says nothing of it"


def test_anybody_at_work_hides_it_and_a_supervisor_shows_it(
    case: Case, hana: Officer, sam: Officer, mallory: Officer
) -> None:
    by_hana: dict[str, Any] = {"by": hana, "now": clock.now()}
    with pytest.raises(CaseRefusedError):
        showing.hide(case, reason=" ", **by_hana)
    showing.hide(case, reason="She shares the tablet", **by_hana)
    assert not case.shown_to_citizen
    with pytest.raises(NotPermittedError):
        showing.show(case, reason="It is fine", **by_hana)
    with pytest.raises(NotPermittedError):
        showing.show(case, reason="It is fine", by=mallory, now=clock.now())
    showing.show(case, reason="She has a phone of her own", by=sam, now=clock.now())
    case.refresh_from_db()
    assert list(case.showings.order_by("pk").values_list("shown", "by", "reason")) == [
        (False, hana.pk, "She shares the tablet"), (True, sam.pk, "She has a phone of her own"),
    ]  # fmt: skip
    reasons = Entry.objects.filter(table="cases_showing").values_list("act__reason", flat=True)
    assert set(reasons) == {"She shares the tablet", "She has a phone of her own"}


def test_the_officer_s_page_says_why_it_is_off_and_who_may_change_it(
    case: Case, hana: Officer, sam: Officer
) -> None:
    client, boss = Client(), Client()
    client.force_login(hana, "allauth.account.auth_backends.AuthenticationBackend")
    boss.force_login(sam, "allauth.account.auth_backends.AuthenticationBackend")
    decide = reverse("cases:showing", args=[case.reference])
    shown = reverse("cases:case", args=[case.reference])
    assert 'name="want" value="hide"' in text(client.get(shown))
    assert client.post(decide, HIDE | {"reason": ""}).status_code == 400
    client.post(decide, HIDE | {"reason": "Her husband reads her mail"})
    told = text(client.get(shown))
    assert "Her husband reads her mail" in told
    assert "A supervisor may let them see it again." in told
    assert "Write in neutral words" in told
    assert client.post(decide, SHOW | {"reason": "Fine"}).status_code == 403
    offered = text(boss.get(shown))
    assert "Let them see it" in offered
    assert 'name="want" value="show"' in offered
    boss.post(decide, SHOW | {"reason": "She has a phone of her own"})
    case.refresh_from_db()
    assert case.shown_to_citizen


def test_a_form_that_is_sent_twice_or_late_shows_nobody_a_hidden_case(
    case: Case, sam: Officer
) -> None:
    boss = Client()
    boss.force_login(sam, "allauth.account.auth_backends.AuthenticationBackend")
    decide = reverse("cases:showing", args=[case.reference])
    for _press in range(2):
        boss.post(decide, HIDE | {"reason": "Her husband reads her mail"})
        case.refresh_from_db()
        assert not case.shown_to_citizen
    assert case.showings.count() == 1
    assert boss.post(decide, {"reason": "A page of yesterday"}).status_code == 400
    case.refresh_from_db()
    assert not case.shown_to_citizen


# What the citizen does ----------------------------------------------------------------


def come_in(now: datetime) -> None:
    """Do what the river does."""
    understand(now=now)
    Item.objects.filter(stage=Stage.UNDERSTOOD).update(stage=Stage.TRIAGED)
    route(now=now)


def test_what_is_added_joins_the_case_once_and_starts_its_clock(case: Case, hana: Officer) -> None:
    answer(case, "Which colour was it?", by=hana, now=clock.now(), seen=None, waiting=True)
    client = Client()
    assert "We are waiting for you" in text(let_in(client, case.reference))
    once = "6f0f4a34-5b0c-4a3e-9c39-0f6a6f3f6a11"
    assert client.post(at("add"), {"text": " ", "once": once}).status_code == 400
    for _press in range(2):
        sent: Any = client.post(at("add"), {"text": "It was blue", "once": once}, follow=True)
        assert "It was blue" not in text(sent)
    come_in(clock.now())
    case.refresh_from_db()
    item = Item.objects.get(text="It was blue")
    assert item.in_case.case == case
    assert item.contact_point == case.contact_point
    assert case.state == CaseState.OPEN
    resolution = case.milestones.get(kind=MilestoneKind.RESOLUTION)
    assert resolution.state == MilestoneState.RUNNING
    way = way_to(case)
    assert way is not None
    assert way.blank.to == "ann@example.test"


def test_somebody_of_a_platform_who_adds_by_the_page_is_answered_there(
    page: Account, now: datetime
) -> None:
    case = open_case(page, "He follows me", now, by="@ann", said=PRIVATE, channel="memory")
    showing.add(case, "He is back", once=case.force.accounts.get().public_id, now=clock.now())
    come_in(clock.now())
    assert case.items.count() == 2
    way = way_to(case)
    assert way is not None
    assert (way.account, way.blank.to) == (page, "with-ann")


def test_who_says_that_it_is_not_safe_is_left_alone(
    case: Case, hana: Officer, hands: Hands
) -> None:
    client = Client()
    let_in(client, case.reference)
    once = "6f0f4a34-5b0c-4a3e-9c39-0f6a6f3f6a11"
    done: Any = client.post(at("stop"), {"once": once}, follow=True)
    assert "Done" in text(done)
    assert client.get(at("now")).headers["Location"] == at("ask")
    case.refresh_from_db()
    assert not case.shown_to_citizen
    assert case.showings.get().origin == Origin.CITIZEN
    before = Act.objects.count()
    come_in(clock.now())
    assert case.items.count() == 2, "an officer finds it among what was said"
    assert Act.objects.count() == before, "and nothing goes out by itself"
    come_again = Client()
    notices = Notice.objects.count()
    ask(come_again, case.reference)
    assert Notice.objects.count() == notices


# What came of it ----------------------------------------------------------------------

ACTED = USUAL[1]


def end(case: Case, by: Officer, words: str = "") -> Outcome:
    made = close_with(case, ACTED, words=words, reason="Done", by=by, now=clock.now())
    assert made is not None
    return made


def test_a_citizen_is_told_what_came_of_it_and_finds_it_on_the_page(
    case: Case, hana: Officer
) -> None:
    made = end(case, hana)
    assert made.silence == ""
    [act] = Act.objects.all()
    assert act.utterance["text"] == ACTED.words
    assert act.utterance["to"] == "ann@example.test"
    case.refresh_from_db()
    assert case.state == CaseState.CLOSED
    shown = text(let_in(Client(), case.reference))
    assert "It is closed" in shown
    assert ACTED.words in shown
    assert "Done" not in shown


def speak_up(page: Account, case: Case) -> Item:
    """Let a stranger write into a case, to the address in an answer that they have seen."""
    item = say(page, "I am her husband", clock.now(), by="him@example.test", channel="email")
    carry(item, Stage.TRIAGED, conversation=f"{EXCHANGE}{case.pk}", visibility="private")
    route(now=clock.now())
    item.refresh_from_db()
    assert item.in_case.case == case
    way = way_to(case)
    assert way is not None
    assert way.blank.to == "him@example.test", "an officer who sees him may answer him"
    return item


def test_a_stranger_who_writes_into_a_case_is_told_nothing_by_itself(
    page: Account, case: Case, hana: Officer
) -> None:
    gathered = gather("Burglaries", [case], unit=case.unit, by=hana, now=clock.now())
    speak_up(page, case)
    answer_all(gathered, "We look at them all.", by=hana, now=clock.now())
    assert end(case, hana).silence == ""
    assert [act.utterance["to"] for act in Act.objects.all()] == ["ann@example.test"] * 2


def test_what_goes_by_itself_follows_one_person_to_another_address(
    page: Account, case: Case, hana: Officer, sam: Officer
) -> None:
    there = speak_up(page, case).contact_point
    assert case.contact is not None
    assert there is not None
    merge(case.contact, there.contact, basis=Basis.TOLD, reason="Her second address",
          by=sam, now=clock.now())  # fmt: skip
    end(case, hana)
    assert Act.objects.get().utterance["to"] == "him@example.test"


def test_where_only_a_stranger_is_left_nothing_goes(
    page: Account, case: Case, hana: Officer
) -> None:
    gathered = gather("Burglaries", [case], unit=case.unit, by=hana, now=clock.now())
    speak_up(page, case)
    Item.objects.filter(in_case__why="opened").update(deleted_at=clock.now())
    told = round_told(answer_all(gathered, "Soon.", by=hana, now=clock.now()), to=hana)
    assert list(told.refused) == [case.reference]
    assert end(case, hana).silence == Silence.NO_WAY
    assert not Act.objects.exists()


@pytest.mark.parametrize("why", [Silence.UNSAFE, Silence.NOT_TO_US, Silence.NO_WAY])
def test_nobody_is_told_where_it_must_not_be(case: Case, hana: Officer, why: Silence) -> None:
    if why is Silence.UNSAFE:
        showing.hide(case, reason="She shares the tablet", by=hana, now=clock.now())
    elif why is Silence.NOT_TO_US:
        Item.objects.update(listened=True)
    else:
        Item.objects.update(contact_point=None)
    made = end(case, hana)
    assert made.silence == why
    assert not Act.objects.exists()
    case.refresh_from_db()
    assert case.state == CaseState.CLOSED


def test_in_public_another_officer_says_yes_first(
    page: Account, now: datetime, hana: Officer
) -> None:
    loud = open_case(page, "@police the road?", now, severity=2, by="bo", said=PUBLIC)
    made = end(loud, hana, "The road is open again.")
    assert made.reply is not None
    assert (made.reply.state, made.reply.text) == ("submitted", "The road is open again.")
    assert not Act.objects.exists()


def test_the_officer_chooses_from_the_force_s_list(case: Case, hana: Officer) -> None:
    with acting(SYSTEM, "test.setup"):
        case.force.settings |= {"outcomes": [
            {"key": "visit", "name": "A visit", "words": "An officer will call on you."}
        ]}  # fmt: skip
        case.force.save()
    client = Client()
    client.force_login(hana, "allauth.account.auth_backends.AuthenticationBackend")
    close = reverse("cases:close", args=[case.reference])
    bare = client.post(close, {"reason": "Seen"})
    assert bare.status_code == 400
    assert "Choose what they are told" in text(bare)
    assert "An officer will call on you." in text(bare)
    ended = client.post(close, {"reason": "Seen", "outcome": "visit"}, follow=True)
    assert Outcome.objects.get().name == "A visit"
    assert "<strong>A visit</strong> (PC Hana Reed 1101" in text(ended)
    assert Act.objects.get().utterance["text"] == "An officer will call on you."


def test_an_incident_tells_everybody_it_may(page: Account, now: datetime, hana: Officer) -> None:
    found = [open_case(page, f"No power {n}", now, by=f"n{n}@example.test") for n in range(3)]
    showing.hide(found[2], reason="She shares the tablet", by=hana, now=clock.now())
    group = gather("Power cut", found, unit=found[0].unit, by=hana, now=clock.now())
    made = answer_all(group, "They work on it.", by=hana, now=clock.now())
    told = round_told(made, to=hana)
    assert told.sent == 2
    assert list(told.refused) == [found[2].reference]
    ended = close_all(group, ACTED, reason="It is back", by=hana, now=clock.now())
    assert ended == (3, [found[2].reference], 0, [])
    assert sorted(Act.objects.values_list("utterance__to", flat=True)) == [
        f"n{n}@example.test" for n in (0, 0, 1, 1)
    ]
    assert set(Case.objects.values_list("state", flat=True)) == {CaseState.CLOSED}
    assert Showing.objects.count() == 1
