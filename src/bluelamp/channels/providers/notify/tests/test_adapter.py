"""The contract, spoken with the simulated service over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bluelamp.channels.contract import ChannelError, OutcomeKind
from bluelamp.channels.providers.notify.tests.scene import (
    PHONE,
    SENDER,
    adapter,
    envelope,
    server,
    service,
    settings,
    strict_server,
    utterance,
)
from simulators.notify import Server

__all__ = ["server", "strict_server"]


def test_a_text_reaches_its_phone_as_it_was_counted(server: Server) -> None:
    outcome = adapter().send(
        envelope("07700 900123", "Tŷ  ar dân – stay in …"), settings(server, sms_sender_id=SENDER)
    )
    assert (outcome.kind, outcome.code) == (OutcomeKind.ACCEPTED, 201)
    [sent] = server.service.sent
    assert (sent.phone_number, sent.body) == (PHONE, "Tŷ ar dân - stay in...")


def test_our_message_id_goes_along_and_is_found(server: Server) -> None:
    one = envelope()
    adapter().send(one, settings(server))
    assert server.service.sent[0].reference == one.message_id
    found = adapter().lookup([one.message_id, "another@x.test"], settings(server))
    assert found == {one.message_id}
    assert adapter().lookup([], settings(server)) == frozenset()


@pytest.mark.parametrize(
    ("to", "text", "status"),
    [
        ("0123", "Hello", "5.1.3"),
        ("not a number", "Hello", "5.1.3"),
        (PHONE, "a" * 919, "5.2.3"),
        (PHONE, " \n ", "5.2.3"),
    ],
)
def test_what_cannot_be_sent_is_never_offered(
    server: Server, to: str, text: str, status: str
) -> None:
    outcome = adapter().send(envelope(to, text), settings(server))
    assert (outcome.kind, outcome.code, outcome.status) == (OutcomeKind.REFUSED, 0, status)
    assert outcome.detail
    assert to not in outcome.detail


def test_what_notify_refuses_for_one_is_refused_for_one(server: Server) -> None:
    outcome = adapter().send(envelope("0161 496 0000"), settings(server))
    assert (outcome.kind, outcome.code, outcome.status) == (OutcomeKind.REFUSED, 400, "5.1.3")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"template_id": "f33517ff-2a88-4f6e-b855-c550268ce08a"}, "Template not found"),
        ({"sms_sender_id": "f33517ff-2a88-4f6e-b855-c550268ce08a"}, "sms_sender_id"),
        ({"api_key": "k" + "-f33517ff-2a88-4f6e-b855-c550268ce08a" * 2}, "API key"),
    ],
)
def test_an_account_that_is_not_set_up_says_so_for_good(
    server: Server, change: dict[str, str], words: str
) -> None:
    with pytest.raises(ChannelError, match=words) as refused:
        adapter().send(envelope(), settings(server, **change))
    assert refused.value.permanent


def test_a_wrong_clock_is_named(server: Server) -> None:
    late = datetime.now(UTC) - timedelta(minutes=2)
    with pytest.raises(ChannelError, match="clock") as refused:
        adapter(now=late).send(envelope(), settings(server))
    assert refused.value.permanent


def test_a_service_that_is_not_there_is_temporary() -> None:
    gone = Server(service())
    gone.close()
    with pytest.raises(ChannelError, match="cannot be reached") as refused:
        adapter().send(envelope(), settings(gone))
    assert not refused.value.permanent


def test_too_many_in_a_minute_waits_a_minute(strict_server: Server) -> None:
    for _ in range(3):
        adapter().send(envelope(), settings(strict_server))
    with pytest.raises(ChannelError, match="minute") as refused:
        adapter().send(envelope("07700900124"), settings(strict_server))
    assert (refused.value.permanent, refused.value.retry_after) == (False, timedelta(minutes=1))


def test_one_phone_that_had_enough_holds_up_no_other(strict_server: Server) -> None:
    def send(to: str) -> OutcomeKind:
        return adapter().send(envelope(to, "Same words"), settings(strict_server)).kind

    kinds = [send(PHONE), send(PHONE), send(PHONE)]
    assert kinds == [OutcomeKind.ACCEPTED] * 2 + [OutcomeKind.DEFERRED]


def test_a_full_day_waits_until_midnight() -> None:
    now = datetime(2026, 9, 14, 22, 30, tzinfo=UTC)
    from simulators.notify import Limits

    full = service(limits=Limits(a_day=1), clock=now.timestamp)
    with Server(full) as server:
        adapter(now=now).send(envelope(), settings(server))
        with pytest.raises(ChannelError, match="today") as refused:
            adapter(now=now).send(envelope(), settings(server))
    assert refused.value.retry_after == timedelta(hours=1, minutes=30)


def test_an_answer_goes_to_the_number_once_for_its_key(server: Server) -> None:
    first = adapter().post(utterance("We are coming.", "case-7"), settings(server))
    second = adapter().post(utterance("We are coming.", "case-7"), settings(server))
    assert first.external_id == second.external_id == server.service.sent[0].id
    assert len(server.service.sent) == 1


def test_an_answer_to_nobody_is_refused_for_good(server: Server) -> None:
    with pytest.raises(ChannelError) as refused:
        adapter().post(utterance("Hello", to="60070"), settings(server))
    assert refused.value.permanent


@pytest.mark.parametrize(
    ("text", "front", "parts", "pence"),
    [("a" * 160, "", 1, 2.5), ("a" * 160, "Police", 2, 5.0), ("ŵ" * 71, "", 2, 5.0)],
)
def test_fit_says_parts_and_cost(
    server: Server, text: str, front: str, parts: int, pence: float
) -> None:
    account = settings(server, pence_per_part=2.5, name_in_front=front)
    fit = adapter().fit(utterance(text), account)
    assert (fit.parts, fit.cost_pence, fit.fits) == (parts, pence, True)
    assert (fit.length, fit.limit, fit.unit) == (len(text), 918, "characters")


@pytest.mark.parametrize("text", ["a" * 919, "…" * 307, "  "])
def test_what_does_not_fit_says_why(server: Server, text: str) -> None:
    assert adapter().fit(utterance(text), settings(server)).problem


def test_health_names_the_template(server: Server) -> None:
    assert "Free text" in adapter().health(settings(server))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"template_id": "f33517ff-2a88-4f6e-b855-c550268ce08a"}, "not set up"),
        ({"api_key": "not-a-key"}, "api_key"),
        ({"base_url": "http://notify.example.test"}, "base_url"),
        ({"callback_token": "short"}, "callback_token"),
        ({"service_id": "f33517ff-2a88-4f6e-b855-c550268ce08a"}, "another service"),
    ],
)
def test_health_says_what_is_wrong(server: Server, change: dict[str, str], words: str) -> None:
    with pytest.raises(ChannelError, match=words) as refused:
        adapter().health(settings(server, **change))
    assert refused.value.permanent
    assert server.service.secret not in str(refused.value)
    assert "not-a-key" not in str(refused.value)


def test_health_wants_a_template_that_takes_our_words(server: Server) -> None:
    from simulators.notify import Template

    server.service.template = Template(server.service.template.id, body="Hello ((name))")
    with pytest.raises(ChannelError, match="body"):
        adapter().health(settings(server))
