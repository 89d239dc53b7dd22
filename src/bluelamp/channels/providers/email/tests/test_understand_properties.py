"""Whatever the bytes: findings, and no exception."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from bluelamp.channels.providers.email.tests import corpora
from bluelamp.channels.providers.email.understand import (
    Kind,
    Reason,
    is_automatic,
    read_human,
    reply_text,
    understand,
)
from bluelamp.channels.providers.email.understand.judge import HARD

MAILS = list(corpora.own().mails.values())
LINES = st.sampled_from(sorted({line for mail in MAILS for line in mail.split(b"\n")}))


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A real mail with a piece cut out and other bytes put in."""
    mail = draw(st.sampled_from(MAILS))
    start = draw(st.integers(0, len(mail)))
    end = draw(st.integers(start, len(mail)))
    return mail[:start] + draw(st.binary(max_size=40)) + mail[end:]


anything = st.one_of(
    st.binary(max_size=2000), damaged(), st.lists(LINES, max_size=60).map(b"\n".join)
)


@settings(deadline=None)
@given(anything)
def test_any_bytes_give_findings(raw: bytes) -> None:
    found = understand(raw, "v@example.test")
    assert found
    for finding in found:
        assert finding.kind in Kind
        assert finding.envelope_recipient == "v@example.test"
        assert (finding.hard is None) == (finding.kind is not Kind.BOUNCE)
        assert finding.status == "" or finding.status[1::2][0] == "."
        assert finding.reply_code == 0 or 200 <= finding.reply_code < 600
        assert "<" not in finding.original_message_id


@settings(deadline=None)
@given(anything)
def test_only_final_causes_are_hard(raw: bytes) -> None:
    for finding in understand(raw):
        if finding.hard:
            assert finding.reason in {*HARD, Reason.NOTACCEPT}


@settings(deadline=None)
@given(anything)
def test_any_bytes_can_be_read_as_a_person_wrote_them(raw: bytes) -> None:
    human = read_human(raw)
    assert human.text == reply_text(raw)
    assert len(human.text) <= len(human.full_text)
    human.text.encode("utf-8")
    human.subject.encode("utf-8")


@settings(deadline=None)
@given(anything)
def test_reading_is_the_same_each_time(raw: bytes) -> None:
    assert understand(raw) == understand(raw)


@settings(deadline=None)
@given(st.dictionaries(st.text(max_size=30), st.text(max_size=60), max_size=8))
def test_any_headers_can_be_asked(headers: dict[str, str]) -> None:
    assert is_automatic(headers) in (True, False)
    assert is_automatic(headers | {"Auto-Submitted": "auto-replied"})
