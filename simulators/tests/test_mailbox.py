from __future__ import annotations

import smtplib
import socket
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.lmtp import LMTP

from simulators.mailbox import pages, receiver
from simulators.mailbox.store import Store


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Lmtp(Controller):
    def factory(self) -> LMTP:
        return LMTP(self.handler)


class Inbox:
    def __init__(self) -> None:
        self.got: list[tuple[str, list[str], bytes]] = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.got.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
        return "250 ok"


@pytest.fixture
def inbox() -> Iterator[tuple[Inbox, int]]:
    handler = Inbox()
    controller = Lmtp(handler, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield handler, controller.server.sockets[0].getsockname()[1]
    controller.stop()


@pytest.fixture
def mailbox(tmp_path: Path, inbox: tuple[Inbox, int]) -> Iterator[tuple[Store, int, str]]:
    store = Store(tmp_path / "box.sqlite")
    smtp = receiver.serve(store, "127.0.0.1", free_port())
    server = pages.serve(store, "127.0.0.1", 0, ("127.0.0.1", inbox[1]))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = smtp.server.sockets[0].getsockname()[1]
    yield store, port, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    smtp.stop()


def a_mail() -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = "Brackenshire Police <alerts@brackenshire.example.test>"
    mail["Reply-To"] = "reply+abc@mail.example.test"
    mail["Subject"] = "Burglaries <in> Northwick"
    mail["Message-ID"] = "<token@mail.example.test>"
    mail.set_content("Lock your windows.")
    mail.add_alternative(
        "<html><head></head><body><a href='https://x.test/'>Rate</a></body></html>", "html"
    )
    return mail


def send(port: int, to: str) -> None:
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        smtp.sendmail("bounce+abc@mail.example.test", [to], a_mail().as_bytes())


def get(url: str) -> str:
    with urllib.request.urlopen(url) as answer:
        return str(answer.read().decode())


def post(url: str, **form: str) -> str:
    with urllib.request.urlopen(url, urllib.parse.urlencode(form).encode()) as answer:
        return str(answer.read().decode())


def test_a_mail_is_listed_escaped_and_shown(mailbox: tuple[Store, int, str]) -> None:
    _, port, url = mailbox
    send(port, "ann@example.test")
    assert "Burglaries &lt;in&gt; Northwick" in get(url)
    assert "Lock your windows." in get(f"{url}/mail/1")
    assert '<base target="_blank">' in get(f"{url}/mail/1/html")


@pytest.mark.parametrize(
    ("domain", "code"), [("gone.example.test", 550), ("full.example.test", 452)]
)
def test_some_domains_refuse(mailbox: tuple[Store, int, str], domain: str, code: int) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        send(mailbox[1], f"ann@{domain}")
    assert refused.value.recipients[f"ann@{domain}"][0] == code


def test_greylisting_accepts_the_second_try(mailbox: tuple[Store, int, str]) -> None:
    store, port, _ = mailbox
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        send(port, "ann@slow.example.test")
    send(port, "ann@slow.example.test")
    assert store.count() == 1


@pytest.mark.parametrize(
    ("deed", "to", "sign"),
    [
        ("reply", "reply+abc@mail.example.test", b"I saw a van"),
        ("bounce", "bounce+abc@mail.example.test", b"Status: 5.1.1"),
        ("full", "bounce+abc@mail.example.test", b"Status: 4.2.2"),
        ("complain", "bounce+abc@mail.example.test", b"Feedback-Type: abuse"),
        ("away", "bounce+abc@mail.example.test", b"Auto-Submitted: auto-replied"),
    ],
)
def test_answers_reach_the_force(
    mailbox: tuple[Store, int, str], inbox: tuple[Inbox, int], deed: str, to: str, sign: bytes
) -> None:
    _, port, url = mailbox
    send(port, "ann@example.test")
    assert 'role="status"' in post(f"{url}/mail/1", deed=deed, words="I saw a van")
    ((_, recipients, raw),) = inbox[0].got
    assert recipients == [to]
    assert sign in raw
    assert b"<token@mail.example.test>" in raw


def test_an_unknown_mail_is_not_found(mailbox: tuple[Store, int, str]) -> None:
    with pytest.raises(urllib.error.HTTPError, match="404"):
        get(f"{mailbox[2]}/mail/9")
