"""The mail receiver, spoken to by the standard library's LMTP client."""

from __future__ import annotations

import asyncio
import os
import signal
import smtplib
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import pytest

from bluelamp.channels.providers.email.lmtp import Handler, listen

MAIL = b"From: a@example.test\r\nSubject: Hello\r\n\r\nThanks\r\n.leading dot\r\n"
Stored = list[tuple[bytes, str, list[str]]]


@asynccontextmanager
async def receiver(
    take: Callable[[bytes, str, Sequence[str]], bool | None],
    domains: Sequence[str] = (),
    size_limit: int = 100_000,
) -> AsyncIterator[int]:
    handler = Handler(take, domains)
    server = await listen(handler, host="127.0.0.1", port=0, size_limit=size_limit)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        handler.close()


async def send(port: int, recipients: Sequence[str], mail: bytes = MAIL) -> dict[str, int]:
    """Deliver as a relay does; return each recipient's code."""

    def run() -> dict[str, int]:
        codes = {}
        with smtplib.LMTP("127.0.0.1", port, local_hostname="relay.test") as client:
            client.ehlo()
            assert client.mail("<>")[0] == 250
            taken = []
            for recipient in recipients:
                codes[recipient] = client.rcpt(recipient)[0]
                if codes[recipient] == 250:
                    taken.append(recipient)
            if taken:
                client.putcmd("data")
                assert client.getreply()[0] == 354
                client.send(smtplib._quote_periods(mail) + b".\r\n")
                for recipient in taken:
                    codes[recipient] = client.getreply()[0]
            assert client.noop()[0] == 250  # answers are still in step
        return codes

    return await asyncio.to_thread(run)


async def test_each_recipient_is_stored_before_they_are_answered() -> None:
    stored: Stored = []

    def take(raw: bytes, sender: str, recipients: Sequence[str]) -> None:
        stored.append((raw, sender, list(recipients)))

    async with receiver(take) as port:
        assert await send(port, ["a@mail.test", "b@mail.test"]) == {
            "a@mail.test": 250,
            "b@mail.test": 250,
        }
    assert stored == [(MAIL, "", ["a@mail.test"]), (MAIL, "", ["b@mail.test"])]


async def test_a_store_that_fails_makes_the_relay_come_back(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def take(raw: bytes, sender: str, recipients: Sequence[str]) -> bool:
        if recipients == ["b@mail.test"]:
            raise RuntimeError("b@mail.test does not fit")
        return recipients != ["c@mail.test"]

    async with receiver(take) as port:
        codes = await send(port, ["a@mail.test", "b@mail.test", "c@mail.test"])
    assert codes == {"a@mail.test": 250, "b@mail.test": 451, "c@mail.test": 550}
    assert "RuntimeError" in caplog.text
    assert "@" not in "".join(record.getMessage() for record in caplog.records
                              if record.name.startswith("bluelamp"))  # fmt: skip


async def test_only_our_domains_are_taken() -> None:
    stored: Stored = []

    def take(raw: bytes, sender: str, recipients: Sequence[str]) -> None:
        stored.append((raw, sender, list(recipients)))

    async with receiver(take, ["Mail.test"]) as port:
        codes = await send(port, ["a@other.test", "b@mail.test", "c@MAIL.TEST"])
    assert codes == {"a@other.test": 550, "b@mail.test": 250, "c@MAIL.TEST": 250}
    assert len(stored) == 2


async def test_a_mail_too_large_is_refused_for_each() -> None:
    async with receiver(lambda *_: True, size_limit=1000) as port:
        codes = await send(port, ["a@mail.test", "b@mail.test"], b"x" * 70 + b"\r\n" * 2000)
        assert codes == {"a@mail.test": 552, "b@mail.test": 552}


async def test_long_lines_are_no_reason_to_lose_a_reply() -> None:
    stored: Stored = []

    def take(raw: bytes, sender: str, recipients: Sequence[str]) -> None:
        stored.append((raw, sender, list(recipients)))

    long = b"Subject: s\r\n\r\n" + b"x" * 50_000 + b"\r\n"
    async with receiver(take) as port:
        assert await send(port, ["a@mail.test"], long) == {"a@mail.test": 250}
    assert stored[0][0] == long


async def test_too_many_recipients_come_back_later() -> None:
    people = [f"m{number}@mail.test" for number in range(102)]
    async with receiver(lambda *_: True) as port:
        codes = await send(port, people)
    assert list(codes.values()) == [250] * 100 + [452] * 2


async def test_a_bare_line_feed_ends_nothing() -> None:
    stored: Stored = []

    def take(raw: bytes, sender: str, recipients: Sequence[str]) -> None:
        stored.append((raw, sender, list(recipients)))

    smuggled = b"Subject: a\r\n\r\nx\n.\nMAIL FROM:<evil@example.test>\r\ny\r\n"
    async with receiver(take) as port:
        assert await send(port, ["a@mail.test"], smuggled) == {"a@mail.test": 250}
    assert len(stored) == 1


def test_it_runs_until_told_to_stop_and_finishes_what_it_has_begun() -> None:
    program = (
        "import socket\n"
        "from bluelamp.channels.providers.email.lmtp import receive\n"
        "s = socket.socket(); s.bind(('127.0.0.1', 0)); port = s.getsockname()[1]; s.close()\n"
        "print(port, flush=True)\n"
        "receive(lambda *a: print('stored', flush=True) or True, host='127.0.0.1', port=port)\n"
        "print('stopped', flush=True)\n"
    )
    paths = os.pathsep.join(path for path in sys.path if path)
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": paths},
    )
    assert process.stdout is not None
    port = int(process.stdout.readline())
    assert asyncio.run(_patiently(port)) == {"a@mail.test": 250}
    process.send_signal(signal.SIGTERM)
    rest, _ = process.communicate(timeout=20)
    assert rest.split() == ["stored", "stopped"]
    assert process.returncode == 0


async def _patiently(port: int) -> dict[str, int]:
    for _ in range(200):
        try:
            return await send(port, ["a@mail.test"])
        except ConnectionRefusedError:
            await asyncio.sleep(0.05)
    raise AssertionError("The receiver did not start.")
