"""Replies are cut out of any stream alike and say what they mean."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.channels.contract import OutcomeKind
from bluelamp.channels.providers.email.errors import RelayError
from bluelamp.channels.providers.email.replies import Reply, ReplyParser, outcome_of

words = st.text(st.characters(codec="ascii", exclude_categories=("Cc",)), max_size=40)
reply = st.tuples(st.integers(200, 599), st.lists(words, min_size=1, max_size=4))


def spoken(code: int, rows: list[str], end: str) -> bytes:
    last = len(rows) - 1
    return "".join(
        f"{code}{' ' if i == last else '-'}{row}{end}" for i, row in enumerate(rows)
    ).encode()


@given(replies=st.lists(reply, max_size=12), cuts=st.lists(st.integers(0, 500)), lf=st.booleans())
def test_however_the_stream_is_cut_the_replies_are_the_same(
    replies: list[tuple[int, list[str]]], cuts: list[int], lf: bool
) -> None:
    stream = b"".join(spoken(code, rows, "\n" if lf else "\r\n") for code, rows in replies)
    places = sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})
    parser, got = ReplyParser(), []
    for start, end in itertools.pairwise(places):
        got.extend(parser.feed(stream[start:end]))
    assert got == [Reply(code, "\n".join(rows).encode()) for code, rows in replies]
    assert not parser.pending


def test_a_beginning_is_pending() -> None:
    parser = ReplyParser()
    assert parser.feed(b"250-one\r\n") == []
    assert parser.pending
    assert parser.feed(b"250 two\r\n") == [Reply(250, b"one\ntwo")]
    assert not parser.pending


@pytest.mark.parametrize("line", [b"hello", b"25 x", b"150 x", b"2500 x", b"650 x", b"", b"250x"])
def test_what_is_no_reply_is_refused(line: bytes) -> None:
    with pytest.raises(RelayError, match="does not speak SMTP"):
        ReplyParser().feed(line + b"\r\n")


@pytest.mark.parametrize(
    ("code", "text", "kind", "status", "detail"),
    [
        (250, b"2.1.5 Ok", OutcomeKind.ACCEPTED, "", ""),
        (252, b"Cannot verify", OutcomeKind.ACCEPTED, "", ""),
        (450, b"4.2.2 Mailbox full", OutcomeKind.DEFERRED, "4.2.2", "Mailbox full"),
        (550, b"5.1.1 <a@b.test>: unknown", OutcomeKind.REFUSED, "5.1.1", "<…>: unknown"),
        (550, b"4.1.1 odd", OutcomeKind.REFUSED, "", "odd"),
        (550, b"5.7.1 one\n5.7.1 two", OutcomeKind.REFUSED, "5.7.1", "one two"),
        (550, b"see a@b.test, c@d.test", OutcomeKind.REFUSED, "", "see …, …"),
        (554, b"5.7.1234 x", OutcomeKind.REFUSED, "", "5.7.1234 x"),
        (550, b"\xff\xfe", OutcomeKind.REFUSED, "", "��"),
        (451, b"x" * 500, OutcomeKind.DEFERRED, "", "x" * 200),
    ],
)
def test_what_a_reply_means(
    code: int, text: bytes, kind: OutcomeKind, status: str, detail: str
) -> None:
    outcome = outcome_of(7, Reply(code, text))
    assert outcome == (7, kind, code, status, detail)
