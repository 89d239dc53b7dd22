"""The receiver itself, spoken to by the standard library's client."""

from __future__ import annotations

import asyncio
import json
import signal
import smtplib
import ssl
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from simulators.smtp_sink import Certificates, Fault, Manners, Sink, make_certificates
from simulators.smtp_sink.faults import Stage

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("certificates"))


def mail(number: int) -> bytes:
    return b"Message-ID: <m%d@b.test>\r\nSubject: s\r\n\r\nHello\r\n.\r\n..\r\n" % number


def send(client: smtplib.SMTP, number: int) -> None:
    client.sendmail("a@example.test", [f"m{number}@example.test"], mail(number))


async def spoken(port: int, talk: Callable[[smtplib.SMTP], Any], **how: Any) -> Any:
    def run() -> Any:
        with smtplib.SMTP("127.0.0.1", port, timeout=10, **how) as client:
            client.ehlo()
            return talk(client)

    return await asyncio.to_thread(run)


async def test_it_counts_by_message_id_and_keeps_the_octets() -> None:
    async with Sink() as sink:

        def talk(client: smtplib.SMTP) -> None:
            for number in (1, 2, 2):
                send(client, number)

        await spoken(sink.port, talk)
        assert sink.accepted == {"m1@b.test": 1, "m2@b.test": 2}
        assert sink.messages[0].data == smtplib._quote_periods(mail(1))
        assert sink.messages[0].rcpt_to == "m1@example.test"


@pytest.mark.parametrize("implicit", [True, False])
async def test_it_speaks_tls(certificates: Certificates, implicit: bool) -> None:
    context = ssl.create_default_context(cafile=certificates.ca)
    sink = Sink(
        Manners(starttls=not implicit, auth="u:p"), certificates=certificates, implicit_tls=implicit
    )
    async with sink:

        def talk() -> None:
            kind: Any = smtplib.SMTP_SSL if implicit else smtplib.SMTP
            how = {"context": context} if implicit else {}
            with kind("127.0.0.1", sink.port, timeout=10, **how) as client:
                if not implicit:
                    client.starttls(context=context)
                with pytest.raises(smtplib.SMTPSenderRefused):
                    send(client, 1)
                client.login("u", "p")
                send(client, 2)

        await asyncio.to_thread(talk)
        assert list(sink.accepted) == ["m2@b.test"]


async def test_it_is_strict_about_order() -> None:
    async with Sink() as sink:

        def talk(client: smtplib.SMTP) -> list[int]:
            return [
                client.docmd(line)[0]
                for line in (
                    "RCPT TO:<a@b.test>", "DATA", "MAIL FROM:<a@b.test>", "DATA",
                    "MAIL FROM:<a@b.test>", "RSET", "MAIL FROM:<>", "RCPT TO:<a@b.test>", "WHAT",
                )
            ]  # fmt: skip

        assert await spoken(sink.port, talk) == [503, 503, 250, 503, 503, 250, 250, 250, 500]


async def test_only_crlf_dot_crlf_ends_a_message() -> None:
    async with Sink() as sink:

        def talk(client: smtplib.SMTP) -> int:
            for line in ("MAIL FROM:<a@b.test>", "RCPT TO:<a@b.test>", "DATA"):
                client.docmd(line)
            client.send(b"Message-ID: <x@b.test>\r\n\r\na\n.\nb\n.\r\nc\r.\r\n\r\n.\r\n")
            return client.getreply()[0]

        assert await spoken(sink.port, talk) == 250
        assert len(sink.messages) == 1


@pytest.mark.parametrize(
    ("fault", "codes"),
    [
        ("rcpt:450 4.2.1 No:at=2", [250, 450, 250, 250]),
        ("rcpt:450 4.2.1 No:every=2", [250, 450, 250, 450]),
        ("rcpt:450 4.2.1 No:first=2", [450, 450, 250, 250]),
        ("rcpt:450 4.2.1 No:about=m3@", [250, 250, 450, 250]),
    ],
)
async def test_faults_strike_when_ordered(fault: str, codes: list[int]) -> None:
    async with Sink(faults=[Fault.parse(fault)]) as sink:

        def talk(client: smtplib.SMTP) -> list[int]:
            client.docmd("MAIL FROM:<a@b.test>")
            return [client.docmd(f"RCPT TO:<m{number}@b.test>")[0] for number in range(1, 5)]

        assert await spoken(sink.port, talk) == codes


@pytest.mark.parametrize(
    ("stage", "action", "taken"),
    [("end", "drop", 0), ("taken", "drop", 1), ("end", "421 4.3.2 Bye", 0), ("body", "drop", 0)],
)
async def test_what_is_taken_when_the_connection_is_lost(
    stage: str, action: str, taken: int
) -> None:
    async with Sink(faults=[Fault(Stage(stage), action)]) as sink:
        with pytest.raises(smtplib.SMTPException):
            await spoken(sink.port, lambda client: send(client, 1))
        assert sink.accepted.total() == taken


async def test_the_log_is_written_before_the_answer(tmp_path: Path) -> None:
    log = tmp_path / "log"
    async with Sink(log=log) as sink:

        def talk(client: smtplib.SMTP) -> str:
            send(client, 1)
            return log.read_text()

        begin, accept = (await spoken(sink.port, talk)).splitlines()
        assert begin.split()[0] == "begin"
        assert accept.split() == ["accept", begin.split()[1], "m1@b.test"]


@pytest.mark.parametrize("text", ["nowhere:drop", "rcpt:drop:when=2", "rcpt:drop:at=x"])
def test_a_fault_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Fault.parse(text)


def test_as_a_process_it_says_where_it_is_and_what_it_got(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "simulators.smtp_sink", "--starttls",
         "--certificates", str(tmp_path), "--fault", "rcpt:550 5.1.1 No:at=2"],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    ready = json.loads(process.stdout.readline())
    with smtplib.SMTP(ready["host"], ready["port"], timeout=10) as client:
        client.starttls(context=ssl.create_default_context(cafile=ready["ca_file"]))
        send(client, 1)
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            send(client, 2)
        send(client, 1)
    process.send_signal(signal.SIGTERM)
    rest, _ = process.communicate(timeout=20)
    assert json.loads(rest) == {"accepted": 2, "distinct": 1, "doubled": 1}
