"""Opening a connection: TLS is checked, passwords are kept, refusals have a sentence."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from bluelamp.channels.contract import OutcomeKind
from bluelamp.channels.providers.email.errors import RelayError
from bluelamp.channels.providers.email.greeting import Abilities, open_wire, tls_context
from bluelamp.channels.providers.email.tests.peers import (
    count,
    open_session,
    recipients,
    settings,
)
from bluelamp.channels.providers.email.values import Security
from bluelamp.channels.providers.email.wire import Wire
from simulators.smtp_sink import Certificates, Fault, Manners, Sink, make_certificates

PASSWORD = "correct horse"
BOTH = pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("certificates"))


def secured(security: Security, certificates: Certificates, **manners: Any) -> Sink:
    return Sink(
        Manners(starttls=security is Security.STARTTLS, **manners),
        certificates=certificates,
        implicit_tls=security is Security.TLS,
    )


async def greet(port: int, **changes: Any) -> tuple[Wire, Abilities]:
    account = settings(port, **changes)
    return await open_wire(account, tls_context(account))


async def refusal(port: int, **changes: Any) -> RelayError:
    with pytest.raises(RelayError) as caught:
        await greet(port, **changes)
    return caught.value


@BOTH
async def test_mail_travels_under_tls(security: Security, certificates: Certificates) -> None:
    async with secured(security, certificates) as sink:
        session = await open_session(sink.port, security=security, ca_file=certificates.ca)
        assert count(await session.send_window(recipients(50)), OutcomeKind.ACCEPTED) == 50
        await session.close()
        assert len(sink.accepted) == 50
        assert sink.encrypted == sink.sessions == 2


@BOTH
async def test_faults_under_tls_lose_nobody(security: Security, certificates: Certificates) -> None:
    plan = ["end:421 4.3.2 Bye:at=5", "data:drop:at=11", "taken:drop:at=15", "rcpt:550 5.1.1:at=3"]
    sink = secured(security, certificates)
    sink.inject(*(Fault.parse(text) for text in plan))
    async with sink:
        session = await open_session(sink.port, security=security, ca_file=certificates.ca)
        outcomes = await session.send_window(recipients(30))
        await session.close()
        assert len(outcomes) == 30
        assert len(sink.accepted) == sum(sink.accepted.values())
        accepted = count(outcomes, OutcomeKind.ACCEPTED)
        assert accepted + count(outcomes, OutcomeKind.UNKNOWN) == len(sink.accepted)


@BOTH
async def test_an_unknown_certificate_is_refused(
    security: Security, certificates: Certificates
) -> None:
    async with secured(security, certificates) as sink:
        error = await refusal(sink.port, security=security)
        assert error.permanent
        assert "is not trusted" in str(error)


@BOTH
@pytest.mark.parametrize("what", ["another name", "expired"])
async def test_a_certificate_must_fit_name_and_time(
    security: Security, what: str, tmp_path: Path
) -> None:
    made = (
        make_certificates(tmp_path, ["relay.example.test"])
        if what == "another name"
        else make_certificates(tmp_path, days=-1)
    )
    async with secured(security, made) as sink:
        error = await refusal(sink.port, security=security, ca_file=made.ca)
        assert error.permanent
        assert "is not trusted" in str(error)


async def test_starttls_is_required_not_tried() -> None:
    async with Sink() as sink:
        error = await refusal(sink.port, security=Security.STARTTLS)
        assert error.permanent
        assert "does not offer STARTTLS" in str(error)


@pytest.mark.parametrize("answer", ["454 4.7.0 TLS not available", "501 5.5.2 No"])
async def test_a_refused_starttls_never_goes_on_in_clear(
    answer: str, certificates: Certificates
) -> None:
    sink = secured(Security.STARTTLS, certificates)
    sink.inject(Fault.parse(f"starttls:{answer}"))
    async with sink:
        error = await refusal(sink.port, security=Security.STARTTLS, ca_file=certificates.ca)
        assert answer[:3] in str(error)
        assert error.permanent is answer.startswith("5")


async def test_words_put_in_before_tls_are_refused(certificates: Certificates) -> None:
    sink = secured(Security.STARTTLS, certificates)
    sink.inject(Fault.parse("starttls:220 Go\r\n250 AUTH PLAIN"))
    async with sink:
        error = await refusal(sink.port, security=Security.STARTTLS, ca_file=certificates.ca)
        assert "spoke before it was asked" in str(error)


@pytest.mark.parametrize("mechanisms", ["PLAIN LOGIN", "LOGIN", "PLAIN", "DIGEST-MD5 LOGIN"])
async def test_signing_in(mechanisms: str, certificates: Certificates) -> None:
    sink = secured(Security.TLS, certificates, auth=f"relay:{PASSWORD}", mechanisms=mechanisms)
    account = {"security": Security.TLS, "ca_file": certificates.ca, "username": "relay"}
    async with sink:
        session = await open_session(sink.port, password=PASSWORD, **account)
        assert count(await session.send_window(recipients(3)), OutcomeKind.ACCEPTED) == 3
        await session.close()
        error = await refusal(sink.port, password="wrong", **account)
        assert error.permanent
        assert "535" in str(error)
        assert "wrong" not in str(error)


async def test_an_unknown_mechanism_is_refused(certificates: Certificates) -> None:
    async with secured(Security.TLS, certificates, auth="a:b", mechanisms="CRAM-MD5") as sink:
        account = {"security": Security.TLS, "ca_file": certificates.ca, "username": "a"}
        assert "neither" in str(await refusal(sink.port, password="b", **account))


async def test_a_password_may_go_in_clear_only_here_and_only_if_allowed() -> None:
    async with Sink(Manners(auth=f"relay:{PASSWORD}")) as sink:
        given = {"username": "relay", "password": PASSWORD}
        with pytest.raises(ValidationError, match="unencrypted"):
            settings(sink.port, **given)
        with pytest.raises(ValidationError, match="unencrypted"):
            settings(sink.port, host="relay.example.test", allow_clear_password=True, **given)
        wire, _ = await greet(sink.port, allow_clear_password=True, **given)
        wire.close()


async def test_a_name_of_this_machine_that_leads_elsewhere_gets_no_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        "bluelamp.channels.providers.email.greeting._peer_is_here", lambda wire: False
    )
    async with Sink(Manners(auth=f"relay:{PASSWORD}")) as sink:
        error = await refusal(
            sink.port, username="relay", password=PASSWORD, allow_clear_password=True
        )
        assert "not sent without encryption" in str(error)


async def test_what_the_relay_offers_is_read() -> None:
    async with Sink(Manners(size=1000, smtputf8=False)) as sink:
        wire, able = await greet(sink.port)
        assert able == Abilities(extended=True, pipelining=True, size=1000)
        wire.close()
    async with Sink(Manners(esmtp=False)) as sink:
        wire, able = await greet(sink.port)
        assert able == Abilities()
        wire.close()


@pytest.mark.parametrize("name", ["", "mta.brackenshire.example.test"])
async def test_we_say_who_we_are(name: str) -> None:
    async with Sink() as sink:
        wire, _ = await greet(sink.port, ehlo_name=name)
        assert sink.names == [name or "[127.0.0.1]"]
        wire.close()


@pytest.mark.parametrize(
    ("fault", "permanent", "words"),
    [
        ("connect:421 4.7.0 Too many connections", False, "refused the greeting: 421 4.7.0 Too"),
        ("connect:554 5.7.1 Go away", True, "refused the greeting: 554 5.7.1 Go away"),
        ("connect:drop", False, "closed the connection at the greeting"),
        ("ehlo:421 4.3.2 Bye", False, "refused EHLO: 421"),
        ("ehlo:drop", False, "closed the connection at EHLO"),
        ("connect:HTTP/1.1 400 Bad Request", False, "does not speak SMTP"),
    ],
)
async def test_a_failed_greeting_has_one_sentence(fault: str, permanent: bool, words: str) -> None:
    async with Sink(faults=[Fault.parse(fault)]) as sink:
        error = await refusal(sink.port)
        assert words in str(error)
        assert error.permanent is permanent


async def test_nobody_there() -> None:
    async with Sink() as sink:
        port = sink.port
    error = await refusal(port)
    assert f"127.0.0.1:{port} cannot be reached" in str(error)
    assert not error.permanent


@pytest.mark.parametrize("stage", ["connect", "ehlo"])
async def test_a_silent_greeting_ends(stage: str) -> None:
    limits = settings(1).timeouts.model_copy(update={"greeting": 0.1, "command": 0.1})
    async with Sink(faults=[Fault.parse(f"{stage}:silent")]) as sink:
        assert "in time" in str(await refusal(sink.port, timeouts=limits))


async def test_tls_to_a_server_that_has_none() -> None:
    async with Sink() as sink:
        assert "TLS with" in str(await refusal(sink.port, security=Security.TLS))


async def test_a_missing_authority_file_is_named(tmp_path: Path) -> None:
    error = await refusal(1, security=Security.TLS, ca_file=tmp_path / "none.pem")
    assert "none.pem" in str(error)
    assert error.permanent


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
async def test_old_tls_is_refused(certificates: Certificates) -> None:
    def old() -> ssl.SSLContext:
        context = certificates.server_context()
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
        context.set_ciphers("ALL:@SECLEVEL=0")
        return context

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 old\r\n")

    server = await asyncio.start_server(talk, "127.0.0.1", 0, ssl=old())
    port = server.sockets[0].getsockname()[1]
    error = await refusal(port, security=Security.TLS, ca_file=certificates.ca)
    assert "TLS with" in str(error) or "closed the connection" in str(error)
    server.close()


@pytest.mark.parametrize("flood", [b"220-x\r\n" * 10_000, b"2" * 100_000])
async def test_an_endless_greeting_is_cut(flood: bytes) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(flood)

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    error = await refusal(server.sockets[0].getsockname()[1])
    assert "without end" in str(error)
    server.close()
