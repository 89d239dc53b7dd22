"""An answer to one person's mail, over a real connection."""

from __future__ import annotations

import pytest

from bluelamp.channels.contract import ChannelError, Utterance, Visibility
from bluelamp.channels.providers.email.tests.peers import read
from bluelamp.channels.providers.email.tests.test_adapter import ADAPTER, account, running
from simulators.smtp_sink import Sink

THEIRS = "<abc.123@citizen.example.test> 6f0e" + "0" * 60
CASE = "case-" + "0a" * 27 + "@mail.example.test"


def words(**more: object) -> Utterance:
    given = {
        "text": "An officer will call you.\n", "key": "6f0f4a34-5b0c-4a3e-9c39-0f6a6f3f6a11",
        "answers": THEIRS, "to": "ann@citizen.example.test", "visibility": Visibility.PRIVATE,
        "subject": "Our shed [7K3C-9QX2]", "reply_to": CASE,
    }  # fmt: skip
    return Utterance(**(given | more))  # type: ignore[arg-type]


def test_it_stands_under_theirs_and_comes_back_to_the_case() -> None:
    with running(Sink()) as sink:
        posted = ADAPTER.post(words(), account(sink.port, reply_to="desk@example.test"))
        (got,) = sink.messages
    message = read(got.data)
    assert got.mail_from == CASE, "a bounce belongs to the case as well"
    assert message["In-Reply-To"] == message["References"] == "<abc.123@citizen.example.test>"
    assert message["Reply-To"] == CASE
    assert message["Subject"] == "Re: Our shed [7K3C-9QX2]"
    assert message["Message-ID"] == posted.external_id
    assert message["Auto-Submitted"] == "no", "an officer wrote it"
    assert message.get_content() == "An officer will call you.\r\n"


def test_the_same_key_is_the_same_mail() -> None:
    with running(Sink()) as sink:
        first, second = (ADAPTER.post(words(), account(sink.port)) for _ in range(2))
    assert first.external_id == second.external_id


def test_what_goes_by_itself_says_so_and_cannot_start_a_loop() -> None:
    with running(Sink()) as sink:
        ADAPTER.post(words(automatic=True), account(sink.port))
        (got,) = sink.messages
    assert read(got.data)["Auto-Submitted"] == "auto-replied"
    assert got.mail_from == ""


def test_without_their_message_id_it_is_a_mail_of_its_own() -> None:
    with running(Sink()) as sink:
        ADAPTER.post(words(answers="form 1", subject="Re: Hello"), account(sink.port))
        (got,) = sink.messages
    message = read(got.data)
    assert message["In-Reply-To"] is None
    assert message["Subject"] == "Re: Hello"


def test_a_header_cannot_be_smuggled_in() -> None:
    with running(Sink()) as sink:
        ADAPTER.post(words(subject="Hi\r\nBcc: all@example.test"), account(sink.port))
        (got,) = sink.messages
    message = read(got.data)
    assert message["Bcc"] is None
    assert message["Subject"] == "Re: Hi Bcc: all@example.test"


def test_nobody_to_answer_is_final_and_no_relay_is_not() -> None:
    with pytest.raises(ChannelError) as refused:
        ADAPTER.post(words(to=""), account(1))
    assert refused.value.permanent
    with pytest.raises(ChannelError) as away:
        ADAPTER.post(words(), account(1))
    assert not away.value.permanent
