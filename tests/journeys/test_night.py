"""Three in the morning: somebody in danger writes, a phone rings until a person has it.

All of it is real but the platforms at its ends: the page, the worker's jobs in the
order in which they were nudged, the text message over HTTP, the mail over SMTP.
"""

from __future__ import annotations

import json
import re
import socket
import threading
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.db import connection
from playwright.sync_api import Browser, expect

from bluelamp.audit.actions import acting
from bluelamp.audit.values import SYSTEM
from bluelamp.cases.models import Case
from bluelamp.cases.rules.wording import EMERGENCY
from bluelamp.cases.tests.helpers import open_case
from bluelamp.channels.actions import add
from bluelamp.channels.models import Act
from bluelamp.inbound.models import Item
from bluelamp.inbound.tests.helpers import make_page, say
from bluelamp.kit import clock
from bluelamp.kit.queue import app
from bluelamp.notices import jobs as notice_jobs
from bluelamp.notices.rules import LADDER
from bluelamp.org.models import Force, Officer, Shift, Unit
from bluelamp.org.values import Role
from conftest import make_officer
from simulators.mailbox import receiver
from simulators.mailbox.store import Store
from simulators.notify import Server, Service, Template
from tests.browser import Reader, reading
from tests.journeys.scene import STORE, elsewhere
from tests.journeys.test_casework import signed_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CRY = "He has a knife and is outside my door. Please hurry."
ANN = "ann@example.test"
HANAS, DESKS = "+447700900123", "+447700900500"
SECRET = "known to both systems only"
SAFE_WORDS = ("call 999", "press 55", "stay on the line", "emergencySMS")
LONDON = ZoneInfo("Europe/London")
OLD_PHONE = {"width": 320, "height": 568}


class Pager(HTTPServer):
    """Another system of the force, which takes what is posted to it."""

    got: list[dict[str, Any]]


class PagerHandler(BaseHTTPRequestHandler):
    server: Pager

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append(json.loads(body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


@dataclass
class Night:
    """The force at night, what its phones and mailboxes got, and the worker."""

    force: Force
    hana: Officer
    texts: Server
    mails: Store
    pager: Pager
    times: pytest.MonkeyPatch
    at: datetime = field(init=False)

    def turn(self, at: datetime) -> None:
        """Let it be this time."""
        self.at = at
        self.times.setattr(clock, "now", lambda: at)

    def pass_by(self, time: timedelta) -> None:
        """Let time go by: the timetable calls, and the worker does what was nudged."""
        self.turn(self.at + time)
        elsewhere(lambda: notice_jobs.tick(timestamp=0))
        self.work()

    def work(self) -> None:
        """Do every job that waits, most urgent first, until none is left."""
        elsewhere(_drain)

    def rings(self) -> list[str]:
        """Return what Hana's phone got, oldest first."""
        return [one.body for one in self.texts.service.sent if one.phone_number == HANAS]

    def mail_to(self, address: str) -> list[str]:
        """Return the words of the mails that an address got, oldest first."""
        mails = [one for one in self.mails.newest(address) if one.recipient == address]
        return [one.part("plain") for one in reversed(mails)]


def _drain() -> None:
    """Stand in for the worker's loop: the jobs themselves and their order are real."""
    with connection.cursor() as cursor:
        while True:
            cursor.execute(
                "DELETE FROM procrastinate_jobs WHERE id = (SELECT id FROM procrastinate_jobs"
                " WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now())"
                " ORDER BY priority DESC, id LIMIT 1) RETURNING task_name, args"
            )
            row = cursor.fetchone()
            if row is None:
                return
            arguments = row[1] if isinstance(row[1], dict) else json.loads(row[1])
            app.tasks[row[0]](**arguments)


@pytest.fixture
def size() -> str:
    return "phone"


@pytest.fixture
def texts() -> Iterator[Server]:
    template = Template(str(uuid.uuid4()))
    with Server(Service(str(uuid.uuid4()), str(uuid.uuid4()), template)) as server:
        yield server


@pytest.fixture
def mails(tmp_path: Path) -> Iterator[tuple[Store, int]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    store = Store(tmp_path / "mailbox.sqlite")
    smtp = receiver.serve(store, "127.0.0.1", port)
    yield store, port
    smtp.stop()


@pytest.fixture
def pager() -> Iterator[Pager]:
    with Pager(("127.0.0.1", 0), PagerHandler) as server:
        server.got = []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def night(
    live_server: Any, force: Force, texts: Server, mails: tuple[Store, int], pager: Pager,
    monkeypatch: pytest.MonkeyPatch,
) -> Night:  # fmt: skip
    cache.clear()
    STORE.clear()
    with acting(SYSTEM, "test.setup"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
        force.hosts = ["localhost"]
        force.save()
        Unit.objects.filter(force=force).update(phone=DESKS)
    hana = make_officer(force.units.get(parent=None), "1101", "Hana Reed", Role.HANDLER)
    made = Night(force, hana, texts, mails[0], pager, monkeypatch)
    three = clock.now().astimezone(LONDON) + timedelta(days=1)
    made.turn(three.replace(hour=3, minute=0, second=0, microsecond=0))
    _accounts(made, mails[1])
    with acting(SYSTEM, "test.setup"):
        Officer.objects.filter(pk=hana.pk).update(phone=HANAS)
        Shift.objects.create(
            force=force, unit=hana.unit, officer=hana, on_call=True,
            starts=made.at - timedelta(hours=5), ends=made.at + timedelta(hours=5),
        )  # fmt: skip
    return made


def _accounts(night: Night, smtp: int) -> None:
    """Give the force what reaches phones, mailboxes and the pager."""
    relay = {
        "host": "127.0.0.1", "port": smtp, "security": "none",
        "sender_name": "Brackenshire Police", "sender_address": "alerts@brackenshire.example.test",
    }  # fmt: skip
    service = night.texts.service
    notify = {
        "api_key": service.key, "template_id": service.template.id, "base_url": night.texts.url,
    }  # fmt: skip
    pager = {"secret": SECRET, "url": f"http://127.0.0.1:{night.pager.server_port}/"}
    for provider, values in (("email", relay), ("notify", notify), ("webhook", pager)):
        add(
            night.force, provider=provider, name=provider, values=values, actor=SYSTEM,
            now=clock.now(),
        )  # fmt: skip


@pytest.fixture
def open_phone(browser: Browser, live_server: Any) -> Iterator[Any]:
    """Give phones that switch themselves off at the end."""
    with ExitStack() as phones:
        yield lambda **options: phones.enter_context(
            reading(browser, live_server.url, "phone", **options)
        )


def write(citizen: Reader, words: str, reach: str = ANN) -> None:
    """Write by the page, as far as one gets with a shaking hand."""
    citizen.goto("/contact")
    citizen.write("What has happened?", words)
    citizen.write("Your e-mail address or phone number", reach)
    citizen.press("Send")
    citizen.heading("Message sent")


def link_in(text: str) -> str:
    """Return the path of the link that a text message ends in."""
    found = re.search(r"https?://\S+$", text)
    assert found is not None, text
    return urlsplit(found[0]).path


def test_somebody_writes_at_three_in_the_morning(night: Night, open_phone: Any) -> None:
    page = make_page(night.force, night.at)
    older = open_case(page, "A dog barks all night", night.at, by="bea@example.test")
    ann, eyes = open_phone(script=False), open_phone()
    ann.page.set_viewport_size(OLD_PHONE)
    write(ann, CRY)
    for path in ("/contact", urlsplit(ann.page.url).path):
        eyes.goto(path)  # axe is a script: it looks at the same pages from another phone
    night.work()

    # a phone rings before a minute is over, and says nothing of anybody
    [first] = night.rings()
    assert "knife" not in first
    assert ANN not in first
    assert night.pager.got == []
    case = Case.objects.exclude(pk=older.pk).get()
    assert (case.severity, case.owner) == (4, None)

    # what she got: safe words, once, which name nothing
    [answer] = night.mail_to(ANN)
    assert all(words in answer for words in SAFE_WORDS), answer
    assert not {"knife", "door"} & set(re.findall(r"\w+", answer))

    # nobody answers: it rings again, by mail and on the pager too
    night.pass_by(LADDER[0][1])
    assert len(night.rings()) == 2
    assert len(night.mail_to(night.hana.email)) == 2
    [posted] = night.pager.got
    assert "knife" not in posted["text"]

    # opening is not answering; the button is
    hana = signed_in(open_phone(), night.hana)
    hana.goto(link_in(night.rings()[-1]))
    hana.heading("Somebody must look now")
    hana.press("I have it")
    hana.heading("You have it")
    night.work()
    for _minute in range(20):
        night.pass_by(timedelta(minutes=1))
    assert len(night.rings()) == 2, "nothing rings any more"

    # the case is hers, and the first of the queue
    hana.press("Sign in and open it")
    hana.heading(case.title)
    expect(hana.page.get_by_text("Hana Reed 1101").first).to_be_visible()
    case.refresh_from_db()
    assert case.owner == night.hana
    hana.goto("/console/cases/?list=mine")
    expect(hana.page.get_by_role("link", name=case.title)).to_be_visible()
    hana.goto("/console/cases/")
    references = re.findall(r"/console/cases/([A-Z0-9-]{6,})/", hana.page.content())
    assert list(dict.fromkeys(references)) == [case.reference, older.reference]

    # she writes again: it rings again, and no second answer goes out by itself
    write(ann, "Please help, he is in my house now and has a knife.")
    night.work()
    assert Case.objects.count() == 2, "it is the same case"
    assert len(night.rings()) == 3
    assert len(night.mail_to(ANN)) == 1
    for reader in (eyes, hana):
        assert len(reader.seen) >= 2, "axe has looked"


def test_a_post_that_was_only_overheard_is_never_answered(night: Night) -> None:
    public = {"visibility": "public", "author_id": "did:somebody"}
    page = make_page(night.force, night.at)
    said = say(page, CRY, night.at, said=public)
    Item.objects.filter(pk=said.pk).update(listened=True)
    night.work()
    assert Item.objects.get().severity == 4
    assert len(night.rings()) == 1, "a person looks all the same"
    assert not Act.objects.exists()
    assert STORE.posts == {}
    # the same words said to us are answered, so it is not for want of a way
    say(page, CRY, night.at, by="bea@example.test", said=public | {"author_id": "did:bea"})
    night.work()
    assert [one.text for one in STORE.posts.values()] == [EMERGENCY]
