"""Joining by code: limits, secrecy, and what is kept at the end."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bluelamp.audit.models import Act, Entry
from bluelamp.members import actions, join, queries
from bluelamp.members.errors import (
    AddressError,
    SuppressedError,
    TooOftenError,
    UnknownPostcodeError,
    WrongCodeError,
)
from bluelamp.members.models import Code, Consent, Contact, ContactPoint, Member, Suppression
from bluelamp.members.tests.people import (
    VISITOR,
    code_in_mail,
    make_member,
    make_postcode,
    start,
)
from bluelamp.members.values import (
    CODE_TRIES,
    CODES_A_SOURCE,
    CODES_AN_ADDRESS,
    Answers,
    CodePurpose,
    MemberState,
    Reach,
)
from bluelamp.notices.models import Notice
from bluelamp.org.models import Force, Officer

ANN = "Ann.Lee@example.org"


def test_a_code_goes_out_and_nothing_is_stored_of_the_person(force: Force, now: datetime) -> None:
    start(force, ANN, now=now)
    assert Notice.objects.get().address == ANN
    kept = Code.objects.get()
    assert code_in_mail(ANN).encode() not in bytes(kept.digest)
    assert not Contact.objects.exists()
    assert not ContactPoint.objects.exists()


def test_the_code_is_accepted_once_in_any_spelling_of_the_address(
    force: Force, now: datetime
) -> None:
    start(force, ANN, now=now)
    code = code_in_mail(ANN)
    join.verify(force, "ann.lee@EXAMPLE.org", f" {code[:3]} {code[3:]}", CodePurpose.JOIN, now=now)
    with pytest.raises(WrongCodeError):
        join.verify(force, ANN, code, CodePurpose.JOIN, now=now)


def test_a_code_expires(force: Force, now: datetime) -> None:
    start(force, ANN, now=now)
    late = now + timedelta(minutes=15)
    with pytest.raises(WrongCodeError):
        join.verify(force, ANN, code_in_mail(ANN), CodePurpose.JOIN, now=late)


def test_five_wrong_tries_spend_a_code(force: Force, now: datetime) -> None:
    start(force, ANN, now=now)
    code = code_in_mail(ANN)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for _try in range(CODE_TRIES):
        with pytest.raises(WrongCodeError):
            join.verify(force, ANN, wrong, CodePurpose.JOIN, now=now)
    with pytest.raises(WrongCodeError):
        join.verify(force, ANN, code, CodePurpose.JOIN, now=now)


def test_a_code_opens_only_what_it_was_made_for(
    force: Force, other_force: Force, now: datetime
) -> None:
    start(force, ANN, now=now)
    code = code_in_mail(ANN)
    for where, address, purpose in (
        (other_force, ANN, CodePurpose.JOIN),
        (force, "other@example.org", CodePurpose.JOIN),
        (force, ANN, CodePurpose.SIGN_IN),
    ):
        with pytest.raises(WrongCodeError):
            join.verify(where, address, code, purpose, now=now)
    join.verify(force, ANN, code, CodePurpose.JOIN, now=now)


def test_an_address_gets_few_codes_an_hour_and_no_word_of_it(force: Force, now: datetime) -> None:
    for n in range(CODES_AN_ADDRESS + 2):
        start(force, ANN, now=now, source=f"192.0.2.{n}")
    assert Notice.objects.count() == CODES_AN_ADDRESS
    start(force, ANN, now=now + timedelta(hours=1, seconds=1))
    assert Notice.objects.count() == CODES_AN_ADDRESS + 1


def test_a_source_asks_only_so_often(force: Force, now: datetime) -> None:
    for n in range(CODES_A_SOURCE):
        start(force, f"p{n}@example.org", now=now)
    with pytest.raises(TooOftenError):
        start(force, "next@example.org", now=now)
    start(force, "next@example.org", now=now, source="192.0.2.99")


def test_a_member_gets_a_kind_mail_and_no_code(force: Force, now: datetime) -> None:
    make_member(force, ANN, now=now)
    start(force, ANN, now=now)
    newest = Notice.objects.latest("pk")
    assert newest.subject == "You are already a member"
    assert "/preferences/" in newest.text


def test_a_stranger_who_signs_in_gets_a_kind_mail(force: Force, now: datetime) -> None:
    join.start(force, ANN, CodePurpose.SIGN_IN, source="192.0.2.1", now=now)
    assert Notice.objects.get().subject == "You are not a member yet"


def test_an_address_put_aside_by_the_force_gets_nothing(
    force: Force, carol: Officer, now: datetime
) -> None:
    actions.suppress_address(force, ANN, by=carol, reason="Abuse of staff", now=now)
    start(force, ANN, now=now)
    assert not Notice.objects.exists()
    make_postcode("BD1 1AA", -0.4, 51.9)
    with pytest.raises(SuppressedError):
        join.complete(force, Answers(ANN, "BD1 1AA", 0, "I agree."), by=VISITOR, now=now)


def test_what_is_no_address_is_refused(force: Force, now: datetime) -> None:
    with pytest.raises(AddressError):
        start(force, "ann at example", now=now)


def test_completing_keeps_everything_with_its_words(force: Force, now: datetime) -> None:
    member = make_member(force, ANN, now=now, topics=5, tracking_words="You may look.")
    assert member.state == MemberState.JOINED
    assert member.reach == Reach.EMAIL | Reach.EMAIL_VERIFIED | Reach.TRACKING
    assert member.email_point == ContactPoint.objects.get()
    consents = Consent.objects.order_by("purpose").values_list("purpose", "wording__text")
    assert list(consents) == [("alerts", "I agree."), ("tracking", "You may look.")]
    assert Notice.objects.latest("pk").subject == "Welcome to messages from Brackenshire Police"
    act = Act.objects.get(act="members.join")
    assert set(Entry.objects.filter(act=act).values_list("table", flat=True)) == {
        "members_contact", "members_contactpoint", "members_member", "members_consent",
        "members_wording",
    }  # fmt: skip


def test_completing_twice_changes_nothing(force: Force, now: datetime) -> None:
    first = make_member(force, ANN, now=now)
    again = make_member(force, "ann.lee@example.org", now=now + timedelta(days=1))
    assert first.pk == again.pk
    assert again.joined_at == now
    assert Consent.objects.count() == 1
    assert Notice.objects.filter(kind="welcome").count() == 1


def test_who_left_can_come_back(force: Force, now: datetime) -> None:
    member = make_member(force, ANN, now=now)
    actions.leave(member, by=VISITOR, now=now + timedelta(days=1))
    later = now + timedelta(days=2)
    start(force, ANN, now=later)
    assert Notice.objects.latest("pk").subject.startswith("Your code is")
    again = make_member(force, ANN, now=later)
    assert (again.pk, again.state, again.left_at) == (member.pk, MemberState.JOINED, None)
    assert again.reach & Reach.EMAIL
    assert not Suppression.objects.filter(lifted_at=None).exists()
    assert queries.consents_of(again.contact).filter(withdrawn_at=None).count() == 1


def test_an_unknown_postcode_is_refused(force: Force, now: datetime) -> None:
    with pytest.raises(UnknownPostcodeError):
        join.complete(force, Answers(ANN, "ZZ1 1ZZ", 0, "I agree."), by=VISITOR, now=now)
    assert not Member.objects.exists()


def test_forces_know_nothing_of_each_other(force: Force, other_force: Force, now: datetime) -> None:
    make_member(force, ANN, now=now)
    start(other_force, ANN, now=now)
    assert Notice.objects.latest("pk").subject.startswith("Your code is")
    assert queries.point_of(other_force, "email", ANN) is None
