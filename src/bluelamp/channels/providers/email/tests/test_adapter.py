"""The contract's face of e-mail, against real servers."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from bluelamp.channels.contract import (
    Capability,
    ChannelError,
    Content,
    Envelope,
    InboundKind,
    Outcome,
    OutcomeKind,
    RawInbound,
    ReceiptKind,
)
from bluelamp.channels.providers.email.adapter import UNCHECKED, EmailAdapter
from bluelamp.channels.providers.email.tests.peers import (
    CONTENT,
    DATE,
    QUICK,
    SLOTS,
    read,
    recipients,
)
from bluelamp.channels.registry import adapter as registered
from simulators.smtp_sink import Certificates, Fault, Manners, Sink, make_certificates

ADAPTER = EmailAdapter(clock=lambda: DATE)
TOKEN = "0123456789abcdef" * 3
ENVELOPE = Envelope(
    to="member@example.test",
    content=Content("Your code", "123456", "", {"X-Kind": "code"}),
    sender_name="Brackenshire Police",
    sender_address="alerts@brackenshire.example.test",
    message_id=f"{TOKEN}@brackenshire.example.test",
    return_path=f"notice-{TOKEN}@brackenshire.example.test",
)


@contextmanager
def running(sink: Sink) -> Iterator[Sink]:
    """A sink in a loop and thread of its own, for callers that block."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    asyncio.run_coroutine_threadsafe(sink.start(), loop).result()
    try:
        yield sink
    finally:
        asyncio.run_coroutine_threadsafe(sink.stop(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def account(port: int, /, **changes: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": port,
        "security": "none",
        "sender_name": "Brackenshire Police",
        "sender_address": "alerts@brackenshire.example.test",
        "timeouts": QUICK.model_dump(),
        "reconnects": 0,
    }
    return given | changes


def test_it_is_what_the_registry_hands_out() -> None:
    made = registered("email")
    assert isinstance(made, EmailAdapter)
    assert Capability.BULK in made.capabilities


# --- one mail


def test_one_mail_is_sent() -> None:
    with running(Sink()) as sink:
        assert ADAPTER.send(ENVELOPE, account(sink.port)).kind is OutcomeKind.ACCEPTED
        (got,) = sink.messages
        assert got.mail_from == ENVELOPE.return_path
        message = read(got.data)
        assert message["From"] == "Brackenshire Police <alerts@brackenshire.example.test>"
        assert message["Message-ID"] == f"<{ENVELOPE.message_id}>"
        assert message["Date"].datetime == DATE
        assert message["X-Kind"] == "code"
        assert message["Auto-Submitted"] == "auto-generated"
        assert message.get_content() == "123456\r\n"


def test_one_mail_reaches_another_server_whole() -> None:
    got: list[bytes] = []

    class Keep:
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
            got.append(envelope.original_content)
            return "250 Ok"

    wicked = Content("S", ".\n..\nFrom x\n" + "y" * 500, "<p>.</p>\n.\n")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(Keep(), hostname="127.0.0.1", port=port)
    controller.start()
    try:
        envelope = ENVELOPE.__class__(**{**_fields(ENVELOPE), "content": wicked})
        outcome = ADAPTER.send(envelope, account(port))
    finally:
        controller.stop()
    assert outcome.kind is OutcomeKind.ACCEPTED
    plain = next(iter(read(got[0]).iter_parts()))
    assert plain.get_content() == wicked.text.replace("\n", "\r\n")


def _fields(envelope: Envelope) -> dict[str, Any]:
    return {name: getattr(envelope, name) for name in envelope.__slots__}


async def test_one_mail_may_be_sent_where_a_loop_runs() -> None:
    async with Sink() as sink:
        outcome = await asyncio.to_thread(ADAPTER.send, ENVELOPE, account(sink.port))
        assert outcome.kind is OutcomeKind.ACCEPTED
    with running(Sink()) as sink:
        assert ADAPTER.send(ENVELOPE, account(sink.port)).kind is OutcomeKind.ACCEPTED


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("mail:550 5.7.1 No", (OutcomeKind.REFUSED, 550, "5.7.1")),
        ("rcpt:550 5.1.1 No", (OutcomeKind.REFUSED, 550, "5.1.1")),
        ("rcpt:451 4.7.1 Later", (OutcomeKind.DEFERRED, 451, "4.7.1")),
        ("data:421 4.3.2 Bye", (OutcomeKind.DEFERRED, 421, "4.3.2")),
        ("end:554 5.6.0 No", (OutcomeKind.REFUSED, 554, "5.6.0")),
        ("rcpt:drop", (OutcomeKind.DEFERRED, 0, "")),
        ("taken:drop", (OutcomeKind.UNKNOWN, 0, "")),
        ("end:drop", (OutcomeKind.UNKNOWN, 0, "")),
        ("quit:drop", (OutcomeKind.ACCEPTED, 250, "")),
    ],
)
def test_what_becomes_of_one_mail(fault: str, expected: tuple[OutcomeKind, int, str]) -> None:
    with running(Sink(faults=[Fault.parse(fault)])) as sink:
        outcome = ADAPTER.send(ENVELOPE, account(sink.port))
        assert (outcome.kind, outcome.code, outcome.status) == expected


def test_an_address_that_is_none_is_refused_without_a_connection() -> None:
    envelope = ENVELOPE.__class__(**{**_fields(ENVELOPE), "to": "nobody"})
    outcome = ADAPTER.send(envelope, account(1))
    assert (outcome.kind, outcome.code, outcome.status) == (OutcomeKind.REFUSED, 0, "5.1.3")


# --- the way there, for one mail, for many and for the check alike

PASSWORD = "correct horse"


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("certificates"))


def one(settings: dict[str, Any]) -> Any:
    return ADAPTER.send(ENVELOPE, settings)


def many(settings: dict[str, Any]) -> Any:
    async def run() -> list[Outcome]:
        session = await ADAPTER.open_bulk(CONTENT, SLOTS, settings)
        outcomes = await session.send_window(recipients(3))
        await session.close()
        return outcomes

    return asyncio.run(run())


def checked(settings: dict[str, Any]) -> Any:
    return ADAPTER.health(settings)


EVERY_WAY = pytest.mark.parametrize("way", [one, many, checked])


@EVERY_WAY
@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_encrypted_and_signed_in(way: Any, security: str, certificates: Certificates) -> None:
    manners = Manners(starttls=security == "starttls", auth=f"relay:{PASSWORD}")
    sink = Sink(manners, certificates=certificates, implicit_tls=security == "tls")
    known = {"security": security, "ca_file": str(certificates.ca), "username": "relay"}
    with running(sink):
        assert way(account(sink.port, password=PASSWORD, **known))
        assert sink.encrypted >= 1
        with pytest.raises(ChannelError) as caught:
            way(account(sink.port, password="hunter2", **known))
        assert caught.value.permanent
        assert "hunter2" not in str(caught.value)
        with pytest.raises(ChannelError, match="not trusted") as caught:
            way(account(sink.port, security=security))
        assert caught.value.permanent


@EVERY_WAY
def test_encryption_is_required_not_tried(way: Any) -> None:
    with (
        running(Sink()) as sink,
        pytest.raises(ChannelError, match="does not offer STARTTLS") as caught,
    ):
        way(account(sink.port, security="starttls"))
    assert caught.value.permanent


@EVERY_WAY
def test_a_password_goes_in_clear_only_where_allowed(way: Any) -> None:
    with running(Sink(Manners(auth=f"relay:{PASSWORD}"))) as sink:
        given = account(sink.port, username="relay", password=PASSWORD)
        with pytest.raises(ChannelError, match="unencrypted") as caught:
            way(given)
        assert PASSWORD not in str(caught.value)
        assert way({**given, "allow_clear_password": True})


def test_a_host_that_only_claims_to_be_here_gets_no_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    where = "bluelamp.channels.providers.email"
    with running(Sink(Manners(auth=f"relay:{PASSWORD}"))) as sink:
        given = account(sink.port, username="relay", password=PASSWORD, allow_clear_password=True)
        monkeypatch.setattr(f"{where}.single.is_loopback", lambda host: False)
        monkeypatch.setattr(f"{where}.greeting._peer_is_here", lambda wire: False)
        for way in (one, many, checked):
            with pytest.raises(ChannelError, match="not sent without encryption"):
                way(given)
        assert not sink.accepted


@EVERY_WAY
@pytest.mark.parametrize(
    ("fault", "permanent"),
    [
        ("connect:421 4.3.2 Busy", False),
        ("connect:554 5.7.1 No", True),
        ("ehlo:drop", False),
        ("connect:silent", False),
    ],
)
def test_a_relay_that_refuses_us_is_an_error_not_an_outcome(
    way: Any, fault: str, permanent: bool
) -> None:
    quick = QUICK.model_copy(update={"greeting": 0.2, "connect": 0.2}).model_dump()
    with running(Sink(faults=[Fault.parse(fault)])) as sink:
        with pytest.raises(ChannelError) as caught:
            way(account(sink.port, timeouts=quick))
        assert caught.value.permanent is permanent


@EVERY_WAY
def test_nobody_there_is_an_error_with_a_place(way: Any) -> None:
    with running(Sink()) as sink:
        port = sink.port
    with pytest.raises(ChannelError, match=f"127.0.0.1:{port} cannot be reached"):
        way(account(port))


@EVERY_WAY
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"host": ""}, "host"),
        ({"port": 0}, "port"),
        ({"sender_address": "nobody"}, "sender_address"),
        ({"reply_to": "a@b@c"}, "reply_to"),
        ({"reconcile": "relay_log"}, "name its file"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_settings_that_do_not_fit_are_named(way: Any, changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ChannelError, match=words) as caught:
        way(account(25, **changes))
    assert caught.value.permanent


def test_the_check_says_what_it_found(certificates: Certificates) -> None:
    with running(Sink(Manners(size=10_000_000))) as sink:
        assert ADAPTER.health(account(sink.port)) == (
            f"127.0.0.1:{sink.port} takes mail: not encrypted, without signing in, pipelining,"
            f" up to 10 MB a mail. {UNCHECKED}"
        )
        assert not sink.accepted
    with running(
        Sink(Manners(pipelining=False), certificates=certificates, implicit_tls=True)
    ) as s:
        said = ADAPTER.health(account(s.port, security="tls", ca_file=str(certificates.ca)))
        assert "encrypted with TLS 1.3, without signing in, no pipelining" in said


def test_the_settings_pass_through_the_vault_and_back() -> None:
    """Kept as JSON with the secrets apart, they must read the same again."""
    given = account(25, relay_log=["/var/log/mail.log"], reconcile="relay_log", ca_file="/ca.pem")
    model = ADAPTER.settings_model.model_validate(given)
    kept = {k: v for k, v in model.model_dump(mode="json").items() if v not in ("", None)}
    assert ADAPTER.settings_model.model_validate(kept) == model


# --- looking up


def test_looking_up_without_a_log_finds_nothing() -> None:
    assert ADAPTER.lookup(["a@b.test"], account(25)) == frozenset()


def test_looking_up_reads_the_log_of_the_relay(tmp_path: Path) -> None:
    log = tmp_path / "relay.log"
    with running(Sink(log=log, faults=[Fault.parse("end:451 4.3.0 No:at=2")])) as sink:
        outcomes = many(account(sink.port, connections=1))
    known = account(25, relay_log=[str(log)], relay_log_format="simulated", relay_log_settle=0.02)
    ids = {one.contact_point: one.message_id for one in recipients(3)}
    accepted = {ids[o.contact_point] for o in outcomes if o.kind is OutcomeKind.ACCEPTED}
    assert len(accepted) == 2
    assert ADAPTER.lookup([*ids.values(), "other@b.test"], known) == accepted


# --- reading


def raw(mail: str, *recipients: str) -> RawInbound:
    return RawInbound(
        "email",
        "x",
        datetime(2026, 11, 21, tzinfo=UTC),
        mail.replace("\n", "\r\n").encode(),
        {"recipients": " ".join(recipients)},
    )


BOUNCE = """\
From: MAILER-DAEMON@mail.example.test
To: bounce@brackenshire.example.test
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

The mail could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.test

Final-Recipient: rfc822; member@example.test
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 No such user

--b
Content-Type: text/rfc822-headers

Message-ID: <{token}@brackenshire.example.test>
Subject: Shed break-ins

--b--
"""


@pytest.mark.parametrize(
    ("recipient", "quoted", "token"),
    [
        (f"bounce-{TOKEN}@b.test", "ab" * 27, TOKEN),  # the envelope is ours, the report is not
        (f"bounce+{TOKEN.upper()}@b.test", "x", TOKEN),
        ("bounces@b.test", TOKEN, TOKEN),
        ("bounces@b.test", "nothing-of-ours", ""),
    ],
)
def test_a_bounce_is_a_receipt_with_our_token(recipient: str, quoted: str, token: str) -> None:
    item = ADAPTER.parse(raw(BOUNCE.format(token=quoted), recipient))
    assert item.kind is InboundKind.RECEIPT
    (receipt,) = item.receipts
    assert receipt.kind is ReceiptKind.BOUNCED
    assert receipt.token == token
    assert receipt.address == "member@example.test"
    assert (receipt.hard, receipt.status, receipt.reason) == (True, "5.1.1", "userunknown")
    assert receipt.at == datetime(2026, 11, 21, tzinfo=UTC)


HUMAN = f"""\
From: Ann Other <ann@example.test>
To: reply-{TOKEN}@brackenshire.example.test
Subject: Re: Shed break-ins
In-Reply-To: <{TOKEN}@brackenshire.example.test>

I saw a white van.

On Saturday, Brackenshire Police wrote:
> Lock your shed.
"""


def test_what_a_person_writes_is_an_item() -> None:
    item = ADAPTER.parse(raw(HUMAN, f"reply-{TOKEN}@brackenshire.example.test"))
    assert item.kind is InboundKind.HUMAN
    assert (item.sender, item.sender_name) == ("ann@example.test", "Ann Other")
    assert item.text == "I saw a white van."
    assert "Lock your shed" in item.full_text
    assert item.in_reply_to == TOKEN
    assert not item.receipts


def test_what_a_machine_answers_is_told_apart() -> None:
    mail = HUMAN.replace("Subject:", "Auto-Submitted: auto-replied\nSubject:")
    item = ADAPTER.parse(raw(mail))
    assert item.kind is InboundKind.AUTO
    assert item.in_reply_to == TOKEN
