"""Many public answers approved at once: only as they were shown, each by itself."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.audit.actions import acting
from bluelamp.audit.models import Act as Deed
from bluelamp.audit.values import SYSTEM
from bluelamp.cases.actions import answer as answering
from bluelamp.cases.actions import group
from bluelamp.cases.actions.approvals import approve_all
from bluelamp.cases.errors import ChangedMeanwhileError
from bluelamp.cases.models import Case, Reply
from bluelamp.cases.queries.approvals import mark_of, marked, waiting
from bluelamp.cases.rules.approving import Shown, mark
from bluelamp.cases.tests.helpers import open_case
from bluelamp.channels.models import Account, Act
from bluelamp.inbound.models import Item
from bluelamp.inbound.tests.helpers import make_page
from bluelamp.kit import clock
from bluelamp.org.models import Force, Officer, Unit
from bluelamp.org.values import Role
from conftest import make_officer

pytestmark = pytest.mark.usefixtures("platform")
WORDS = "Mill Lane is open again."


@pytest.fixture
def page(force: Force, now: datetime) -> Account:
    return make_page(force, now)


@pytest.fixture
def hana(force: Force) -> Officer:
    return make_officer(force.units.get(parent=None), "1101", "Hana Reed", Role.HANDLER)


@pytest.fixture
def sam(force: Force) -> Officer:
    """Sergeant Sam Cole: says yes to others' answers, and writes some."""
    root = force.units.get(parent=None)
    return make_officer(root, "1102", "Sam Cole", Role.SUPERVISOR, Role.HANDLER)


def asked(page: Account, n: int) -> Case:
    said = {"visibility": "public", "author_id": f"did:{n}"}
    return open_case(page, f"@police is the road open? {n}", clock.now(), by=f"n{n}", said=said)


@pytest.fixture
def cases(page: Account, hana: Officer) -> list[Case]:
    """Three who asked in public, as one incident that Hana answered."""
    found = [asked(page, n) for n in range(3)]
    made = group.gather("Mill Lane", found, unit=found[0].unit, by=hana, now=clock.now())
    group.answer_all(made, WORDS, by=hana, now=clock.now())
    return found


def shown(officer: Officer) -> dict[int, str]:
    return {reply.pk: mark_of(reply) for reply in marked(waiting(officer))}


def signed_in(officer: Officer) -> Client:
    client = Client()
    client.force_login(officer, "allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_all_are_approved_each_by_a_decision_of_its_own(cases: list[Case], sam: Officer) -> None:
    made = approve_all(shown(sam), by=sam, now=clock.now())
    assert (made.went, made.left, made.others) == (3, {}, 0)
    assert Act.objects.count() == 3
    assert set(Reply.objects.values_list("approved_by", flat=True)) == {sam.pk}
    deeds = Deed.objects.filter(act="cases.approve", actor_id=sam.as_actor().id)
    assert deeds.count() == 3


def test_only_what_was_chosen_goes(cases: list[Case], sam: Officer) -> None:
    first = dict(list(shown(sam).items())[:1])
    approve_all(first, by=sam, now=clock.now())
    assert Act.objects.count() == 1
    assert set(shown(sam)) == set(
        Reply.objects.filter(state="submitted").values_list("pk", flat=True)
    )


def other_words(case: Case, hana: Officer, sam: Officer) -> None:
    (reply,) = case.replies.all()
    answering.send_back(reply, reason="Say when", by=sam, now=clock.now())
    answering.answer(case, "Open since six.", by=hana, now=clock.now(), seen=None)


def more_said(case: Case, hana: Officer, sam: Officer) -> None:
    item = case.items.get().item
    assert item.account is not None
    said = {"visibility": "public", "author_id": item.author_id, "answers": item.external_id}
    new = open_case(item.account, "It is closed again!", clock.now(), by=item.sender, said=said)
    if new != case:
        with acting(SYSTEM, "test.setup"):
            new.items.update(case=case)


def edited(case: Case, hana: Officer, sam: Officer) -> None:
    Item.objects.filter(in_case__case=case).update(text="Who is the chief constable?")


def taken_down(case: Case, hana: Officer, sam: Officer) -> None:
    Item.objects.filter(in_case__case=case).update(text="", deleted_at=clock.now())


def decided(case: Case, hana: Officer, sam: Officer) -> None:
    (reply,) = case.replies.all()
    answering.send_back(reply, reason="No", by=sam, now=clock.now())


def hidden(case: Case, hana: Officer, sam: Officer) -> None:
    with acting(SYSTEM, "test.setup"):
        Case.objects.filter(pk=case.pk).update(shown_to_citizen=False)


CHANGES = [other_words, more_said, edited, taken_down, decided, hidden]


@pytest.mark.parametrize("change", CHANGES)
def test_what_changed_since_it_was_shown_is_left_out_and_said(
    cases: list[Case], hana: Officer, sam: Officer, change: Any
) -> None:
    seen = shown(sam)
    change(cases[1], hana, sam)
    made = approve_all(seen, by=sam, now=clock.now())
    assert made.went == 2
    assert list(made.left) == [cases[1].reference]
    assert Act.objects.count() == 2


def test_one_s_own_answer_is_not_one_s_own_to_approve(
    page: Account, cases: list[Case], sam: Officer
) -> None:
    mine = asked(page, 9)
    answering.answer(mine, "Yes it is.", by=sam, now=clock.now(), seen=None)
    (reply,) = mine.replies.all()
    assert reply.pk not in shown(sam)
    own = {reply.pk: mark_of(marked(Reply.objects.filter(pk=reply.pk)).get())}
    made = approve_all(own, by=sam, now=clock.now())
    assert (made.went, list(made.left)) == (0, [mine.reference])


def test_what_is_not_an_officer_s_to_approve_is_neither_shown_nor_sent(
    cases: list[Case], team: Unit, mallory: Officer, sam: Officer
) -> None:
    tia = make_officer(team, "1104", "Tia Moss", Role.SUPERVISOR)
    for stranger in (tia, mallory):
        assert shown(stranger) == {}
        text = signed_in(stranger).get(reverse("cases:approvals")).content.decode()
        assert cases[0].reference not in text
        made = approve_all(shown(sam), by=stranger, now=clock.now())
        assert (made.went, made.left, made.others) == (0, {}, 3)
    assert Act.objects.count() == 0


def test_the_single_act_can_be_held_to_what_was_read(cases: list[Case], sam: Officer) -> None:
    (reply,) = cases[0].replies.all()
    with pytest.raises(ChangedMeanwhileError):
        answering.approve(reply, by=sam, now=clock.now(), seen="0" * 16)


# On pages -------------------------------------------------------------------------


def test_the_page_of_a_case_approves_only_what_stood_on_it(
    cases: list[Case], hana: Officer, sam: Officer
) -> None:
    case, client = cases[0], signed_in(sam)
    at = reverse("cases:case", args=[case.reference])
    old = re.findall(r'name="seen" value="([0-9a-f]{16})"', client.get(at).content.decode())
    other_words(case, hana, sam)
    address = reverse("cases:approve", args=[case.reference, case.replies.get().pk])
    for sent in ({"seen": old}, {}):
        assert "Read it again" in client.post(address, sent).content.decode()
    assert not Act.objects.exists()
    new = re.findall(r'name="seen" value="([0-9a-f]{16})"', client.get(at).content.decode())
    client.post(address, {"seen": new})
    assert Act.objects.get().utterance["text"] == "Open since six."


def test_the_list_puts_the_same_words_together_and_takes_them_whole(
    page: Account, cases: list[Case], hana: Officer, sam: Officer
) -> None:
    other = asked(page, 5)
    answering.answer(other, "The other road.", by=hana, now=clock.now(), seen=None)
    client, address = signed_in(sam), reverse("cases:approvals")
    text = client.get(address).content.decode()
    assert text.count(WORDS) == 1
    assert "wants to say to 3 people" in text
    first = Reply.objects.filter(text=WORDS).order_by("changed_at", "pk").first()
    assert first is not None
    marks = [f"{pk}:{one}" for pk, one in shown(sam).items() if pk != other.replies.get().pk]
    sent = client.post(
        address, {"all": [first.pk], f"of-{first.pk}": marks}, follow=True
    ).content.decode()
    assert "3 answers are approved and on their way" in sent
    assert "The other road." in sent
    assert Act.objects.count() == 3
    again = client.post(address, {"reply": marks[:1]}, follow=True).content.decode()
    assert "Left out" in again
    assert Act.objects.count() == 3
    assert "Choose the answers" in client.post(address, follow=True).content.decode()


def test_an_incident_s_answers_can_be_read_alone(
    page: Account, cases: list[Case], hana: Officer, sam: Officer
) -> None:
    other = asked(page, 5)
    answering.answer(other, "The other road.", by=hana, now=clock.now(), seen=None)
    client, incident = signed_in(sam), Case.objects.get(pk=cases[0].pk).group_id
    link = f"{reverse('cases:approvals')}?incident={incident}"
    page_ = client.get(reverse("cases:incident", args=[incident])).content.decode()
    assert link in page_
    assert "3 answers wait for your yes" in page_
    text = client.get(link).content.decode()
    assert WORDS in text
    assert "The other road." not in text


def test_the_list_asks_as_often_for_many_as_for_few(
    page: Account, cases: list[Case], hana: Officer, sam: Officer
) -> None:
    counts = []
    for _more in range(2):
        client = signed_in(sam)
        with CaptureQueriesContext(connection) as seen:
            client.get(reverse("cases:approvals"))
        counts.append(len(seen))
        for n in range(10, 14):
            answering.answer(asked(page, n), "Yes", by=hana, now=clock.now(), seen=None)
    assert counts[0] == counts[1]


# The mark -------------------------------------------------------------------------

looks = st.builds(
    Shown, text=st.text(max_size=3), item=st.none() | st.integers(0, 2), said=st.text(max_size=3),
    last_item=st.none() | st.integers(0, 2), last_reply=st.none() | st.integers(0, 2),
    open_to_them=st.booleans(),
)  # fmt: skip


@given(looks, looks)
def test_marks_are_the_same_for_the_same_and_for_nothing_else(one: Shown, other: Shown) -> None:
    assert (mark(one) == mark(other)) == (one == other)
