"""What counts as telling who one is, what two contacts have in common, and how sure that is."""

from __future__ import annotations

import random
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.cases.rules import identities
from bluelamp.cases.rules.identities import Identity, Source, field, signed
from bluelamp.cases.rules.sameness import (
    SHARED_BY,
    Evidence,
    Side,
    basis,
    confidence,
    evidence,
    is_worth_saying,
)
from bluelamp.channels import registry
from bluelamp.members.values import Basis

own = partial(identities.own, platforms=registry.handles())
told = partial(identities.told, platforms=registry.handles())
published = partial(identities.published, platforms=registry.handles())

ANN = Identity("email", "ann@example.test")
NUMBER = Identity("phone", "+447700900123")


@pytest.mark.parametrize(
    ("text", "identity"),
    [
        ("My e-mail is Ann@Example.test.", ANN),
        ("my email address: ann@example.test", ANN),
        ("You can email me at ann@example.test, or write to me.", ANN),
        ("Please call me back on 07700 900 123 after six.", NUMBER),
        ("My new mobile number is +44 7700 900123", NUMBER),
        ("my phone number’s on file but my mobile is (07700) 900123", NUMBER),
        ("I’m also on Mastodon as @ann@far.example!", Identity("mastodon", "ann@far.example")),
        ("I wrote to you on Monday. My e-mail is ann@example.test", ANN),
        ("Message me at @ann.test on Bluesky", Identity("bluesky", "ann.test")),
        ("I am @ann.test on Bluesky", Identity("bluesky", "ann.test")),
        ("My bluesky is @Ann.test", Identity("bluesky", "ann.test")),
    ],
)
def test_own_words(text: str, identity: Identity) -> None:
    assert [one.identity for one in told(f"Hello.\n\n{text}")] == [identity]


@pytest.mark.parametrize(
    "text",
    [
        "My sister's e-mail is ann@example.test",
        "Her number is 07700 900123",
        "Somebody rang from 07700 900123",
        "He said: call me on 07700 900123",
        "I got a text: Hi mum, my new number is 07700 900123",
        "His text was odd. Call me on 07700 900123, and so on.",
        "She told me my e-mail is ann@example.test",
        "On the card stood “my e-mail is ann@example.test”",
        "It reads “my e-mail is ann@example.test”",
        "A man who pretended to be a policeman wrote. My number is 07700 900123, he wrote.",
        "This is not my e-mail: ann@example.test",
        "> my e-mail is ann@example.test",
        "On 21 Nov 2026 at 10:00 Ann wrote:\nMy e-mail is ann@example.test",
        "-----Original Message-----\nmy e-mail is ann@example.test",
        "my e-mail is broken, ask ann@example.test",
        "ann@example.test 07700 900123 @ann.test",
        "call me on 999",
    ],
)
def test_words_about_others_and_words_passed_on(text: str) -> None:
    assert told(text) == []


ADDRESSES = st.from_regex(r"[a-z][a-z0-9]{0,8}@[a-z]{2,8}\.test", fullmatch=True)
PROSE = st.text("abcdefghij KLM.,!?\n", max_size=60)


@given(PROSE, ADDRESSES, PROSE)
def test_an_address_is_theirs_only_where_they_say_so(before: str, name: str, after: str) -> None:
    assert told(f"{before} {name} {after}") == []


@given(st.text(max_size=300))
def test_anything_can_be_read(text: str) -> None:
    for found in (told(text), signed(text), published(text, [text]), field(text)):
        assert all(one.identity.value for one in found)
    own("email", text)
    own("mastodon", text)


@given(ADDRESSES, PROSE)
def test_quoting_somebody_s_words_never_makes_them_one_s_own(name: str, words: str) -> None:
    said = f"{words} My e-mail is {name}"
    quoted = "\n".join(f"> {line}" for line in said.splitlines())
    assert told(quoted) == []
    assert told(f"See below.\n\nOn 21 Nov 2026 Ann wrote:\n{said}") == []


def test_the_end_of_a_mail() -> None:
    end = "Kind regards,\nAnn Lee\n07700 900123\nann@example.test"
    quoted = "On 21 Nov 2026 at 10:00 Police wrote:\n> call 101\n> desk@police.test"
    found = signed(f"He came back at 07700 900999.\n\n{end}\n\n{quoted}")
    assert {one.identity for one in found} == {ANN, NUMBER}
    assert {one.source for one in found} == {Source.SIGNED}
    assert signed("He gave 07700 900999 as his number.") == [], "it has no closing"
    letter = "\n".join(f"and then he rang from 07700 90010{n}" for n in range(9))
    assert signed(f"Thanks,\n{letter}") == [], "what goes on is no end"


def test_a_profile() -> None:
    profile = "Brackenshire born.\nSite: https://bsky.app/profile/ann.test\nann@example.test"
    found = published(profile, ["https://far.example/@ann", "https://ann.example/about"])
    assert {(one.source, one.identity) for one in found} == {
        (Source.LINKED, Identity("mastodon", "ann@far.example")),
        (Source.PUBLISHED, Identity("bluesky", "ann.test")),
        (Source.PUBLISHED, ANN),
    }


@pytest.mark.parametrize(
    ("channel", "sender", "identity"),
    [
        ("email", "Ann@Example.test", ANN),
        ("sms", "07700 900123", NUMBER),
        ("mastodon", "@Ann@far.example", Identity("mastodon", "ann@far.example")),
        ("mastodon", "@ann", None),
        ("bluesky", "@ann.test", Identity("bluesky", "ann.test")),
        ("sms", "60006", None),
        ("email", "nobody", None),
    ],
)
def test_who_a_sender_is(channel: str, sender: str, identity: Identity | None) -> None:
    assert own(channel, sender) == identity


# Sameness -----------------------------------------------------------------------

SIDES = st.builds(Side, st.integers(1, 6), st.sampled_from(Source), st.booleans())
KEYS = st.binary(min_size=4, max_size=4)


@st.composite
def found(draw: st.DrawFn) -> list[Evidence]:
    """Evidence between the contacts 1 and 2."""
    sides = st.tuples(st.sampled_from(Source), st.sampled_from(Source), st.booleans())
    rows = draw(st.dictionaries(KEYS, sides, min_size=1, max_size=5))
    return [Evidence(key, Side(1, a, proven), Side(2, b)) for key, (a, b, proven) in rows.items()]


@given(found(), st.randoms(use_true_random=False))
def test_confidence_asks_for_no_order_and_repeats_add_nothing(
    known: list[Evidence], order: random.Random
) -> None:
    sure = confidence(known)
    mixed = known * 2
    order.shuffle(mixed)
    assert confidence(mixed) == sure
    assert 0 < sure < 1


@given(found(), found())
def test_more_evidence_never_makes_less_sure(some: list[Evidence], more: list[Evidence]) -> None:
    assert confidence(some + more) >= confidence(some) - 1e-12


@given(KEYS, st.lists(SIDES, max_size=8), st.randoms(use_true_random=False))
def test_evidence_is_the_same_in_any_order_and_never_of_one_with_itself(
    key: bytes, sides: list[Side], order: random.Random
) -> None:
    made = evidence(key, sides)
    mixed = list(sides)
    order.shuffle(mixed)
    assert {one.mark for one in evidence(key, mixed)} == {one.mark for one in made}
    assert all(one.one.contact < one.other.contact for one in made)
    people = {side.contact for side in sides}
    assert len(made) == (1 if len(people) == 2 else 0)
    assert SHARED_BY == 3


@given(found())
def test_what_was_refused_comes_again_with_something_new_alone(known: list[Evidence]) -> None:
    marks = [one.mark for one in known]
    assert not is_worth_saying(known, marks)
    assert not is_worth_saying(known[:1], marks), "less than was known is nothing new"
    new = Evidence(b"another", Side(1, Source.OWN, proven=True), Side(2, Source.TOLD))
    assert is_worth_saying([*known, new], marks)
    assert not is_worth_saying([])


def test_an_address_counts_once_at_its_strongest() -> None:
    strong = Evidence(b"k", Side(1, Source.OWN, proven=True), Side(2, Source.LINKED))
    weak = Evidence(b"k", Side(1, Source.SIGNED), Side(2, Source.SIGNED))
    assert confidence([strong, weak]) == confidence([weak, strong]) == confidence([strong])


def test_a_merge_stands_on_the_weakest_word() -> None:
    own_, linked, said = (
        Evidence(b"k", Side(1, Source.OWN), Side(2, source))
        for source in (Source.OWN, Source.LINKED, Source.TOLD)
    )
    assert basis([own_]) == Basis.SAME_POINT
    assert basis([own_, linked]) == Basis.PUBLISHED
    assert basis([own_, linked, said]) == Basis.TOLD
