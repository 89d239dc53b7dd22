"""What a person wrote: their words, all of them and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bluelamp.channels.providers.email.tests import corpora
from bluelamp.channels.providers.email.understand import read_human, reply_text
from bluelamp.channels.providers.email.understand.human import own_words

OWN = corpora.own().mails


def test_the_sender_is_read_with_their_name() -> None:
    human = read_human(OWN["human_reply.eml"])
    assert human.sender == "tess.omara@example.net"
    assert human.sender_name == "Tess O'Mara"
    assert human.subject == "Re: Burglaries in Mill Road"
    assert human.in_reply_to == "7b1c2d.alert@mail.brackenshire.example.test"
    assert human.references == (human.in_reply_to,)


def test_quotes_and_the_telephone_line_go() -> None:
    human = read_human(OWN["human_reply.eml"])
    assert human.text == (
        "My shed was broken into as well, on Friday night.\n"
        "Somebody should look at the lane behind number 12."
    )
    assert "> Lock your shed." in human.full_text


def test_html_is_read_as_it_is_seen() -> None:
    text = reply_text(OWN["human_html_only.eml"])
    assert text == "I saw a white van in Mill Road.\n\nIt had £ signs on it."


CASES = {
    "answer below the quotation": (
        "On 21 Nov 2026, Sgt Hill <a@example.test> wrote:\n> Is it still there?\n\nYes, it is.",
        "Yes, it is.",
    ),
    "answers between quotations": (
        "Hello,\nOn Sat, 21 Nov 2026, A <a@example.test> wrote:\n> One?\nFirst.\n> Two?\nSecond.",
        "Hello,\nFirst.\nSecond.",
    ),
    "attribution without an empty line": (
        "Thank you.\nOn Nov 21, 2026 2:10 PM, Hill <a@example.test> wrote:\n\n> Lock up.",
        "Thank you.",
    ),
    "attribution over three lines": (
        "Fine.\n\nOn Nov 21, 2026, at 2:10 PM, Hill\n<a@example.test>\nwrote:\n\n> Lock up.",
        "Fine.",
    ),
    "German": ("Ja.\n\nAm 21.11.2026 um 10:00 schrieb Hill <a@example.test>:\n> Offen?", "Ja."),
    "Outlook": (
        "I agree.\n\nFrom: Hill <a@example.test>\nSent: Saturday, 21 November 2026 10:00\n"
        "To: Me\nSubject: Alert\n\nLock your shed.",
        "I agree.",
    ),
    "signature": ("See you there.\n\n-- \nJo Field\n07700 900123", "See you there."),
    "sent from a program": ("Fine.\n\nSent from Outlook for iOS", "Fine."),
    "sent from another": ("Fine.\n\nSent from Yahoo Mail on Android", "Fine."),
    "list": ("I saw:\n\n- a van\n- two men", "I saw:\n\n- a van\n- two men"),
    "a colon is no attribution": (
        "I have one question:\n\n> Lock your shed.\n\nWhy?",
        "I have one question:\n\n\nWhy?",
    ),
    "mailing list footer": ("Hello.\n\n________________________\nlist@example.org", "Hello."),
    "nothing but a quotation": ("> Lock your shed.", "> Lock your shed."),
}


@pytest.mark.parametrize("name", CASES)
def test_own_words(name: str) -> None:
    text, expected = CASES[name]
    assert own_words(text) == expected


words = st.from_regex(r"[a-z]{2,9}( [a-z]{2,9}){0,200}\.", fullmatch=True)


@settings(deadline=None)
@given(st.lists(words, min_size=1, max_size=5))
def test_plain_paragraphs_are_kept_whole(paragraphs: list[str]) -> None:
    text = "\n\n".join(f"We saw {paragraph}" for paragraph in paragraphs)
    assert own_words(text) == text


@settings(deadline=None)
@given(words)
def test_long_lines_come_back_as_they_were(line: str) -> None:
    text = f"We saw {line} " * 40
    assert own_words(text) == text.strip()
