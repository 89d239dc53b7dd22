"""What platforms serve comes to the item, or it is said why not; and it goes with the item."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from bluelamp.channels import registry
from bluelamp.channels.contract import Capability
from bluelamp.channels.models import Account
from bluelamp.files.check import check
from bluelamp.files.models import File
from bluelamp.files.remote import Guard
from bluelamp.files.tests.samples import HTML, photo
from bluelamp.inbound import fetch as fetching
from bluelamp.inbound.fetch import CLAIMED_FOR, fetch
from bluelamp.inbound.forget import GRACE, forget
from bluelamp.inbound.models import Item, ItemFile
from bluelamp.inbound.rules.retrying import WAITS
from bluelamp.inbound.tests.helpers import make_page, say
from bluelamp.kit.config import config
from bluelamp.org.models import Force, Officer

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
FILM = b"\0\0\0\x18ftypmp42\0\0\0\0isommp42"


class Platform(BaseHTTPRequestHandler):
    """A platform's media host; what is not there it does not have yet."""

    serves: dict[str, tuple[int, bytes]]
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        status, body = self.serves.get(self.path, (503, b""))
        self.send_response(status)
        if status == 302:
            self.send_header("Location", body.decode())
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config(), "files", tmp_path)


@pytest.fixture
def media() -> Iterator[Any]:
    handler = type("Bound", (Platform,), {"serves": {}, "asked": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    handler.root = f"http://localhost:{server.server_port}"  # type: ignore[attr-defined]
    handler.guard = Guard(  # type: ignore[attr-defined]
        frozenset({"localhost"}), scheme="http", ports=frozenset({server.server_port}),
        may_reach=lambda address: address.is_loopback,
    )  # fmt: skip
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield handler
    server.shutdown()
    server.server_close()


@pytest.fixture
def page(force: Force, now: datetime, monkeypatch: pytest.MonkeyPatch) -> Account:
    """An account of a platform that serves what comes with things."""
    adapter: Any = registry.adapter("memory")
    monkeypatch.setattr(adapter, "capabilities", adapter.capabilities | {Capability.MEDIA})
    monkeypatch.setattr(adapter, "media_hosts", lambda _: frozenset({"cdn.test"}), raising=False)
    return make_page(force, now)


def come(page: Account, url: str, now: datetime, text: str = "Look") -> ItemFile:
    files = [{"name": "a.jpg", "media_type": "image/jpeg", "url": url}]
    item = say(page, text, now, attachments=files)
    return ItemFile.objects.get(item=item)


@pytest.mark.parametrize("content", [photo(), FILM])
def test_it_is_fetched_checked_and_shown(
    page: Account, media: Any, content: bytes, client: Client, carol: Officer, now: datetime
) -> None:
    media.serves["/a"] = (200, content)
    link = come(page, f"{media.root}/a", now)
    assert (link.fetch, media.asked) == ("waiting", []), "the item does not wait for it"
    assert fetch(now=now, guard=media.guard)
    assert not fetch(now=now, guard=media.guard)
    check(now=now)
    link.refresh_from_db()
    assert link.fetch == "done"
    assert link.file is not None
    assert link.file.state == "unscanned"
    client.force_login(carol, BACKEND)
    assert client.get(f"/console/inbox/files/{link.pk}").content == content
    shown = (
        f"/console/inbox/files/{link.pk}/preview" in client.get("/console/inbox/").content.decode()
    )
    assert shown is (content != FILM)


def test_without_a_guard_of_the_tests_nothing_here_is_reached(
    page: Account, media: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    media.serves["/a"] = (200, photo())
    link = come(page, f"{media.root}/a", now)
    assert fetch(now=now)
    link.refresh_from_db()
    assert (link.fetch, link.problem) == ("given_up", "The address is not a plain web address.")
    # a platform that named this machine as its own would be no way in either
    monkeypatch.setattr(registry.adapter("memory"), "media_hosts", lambda _: {"localhost"})
    link = come(page, "https://localhost/a", now, "Look again")
    assert fetch(now=now)
    link.refresh_from_db()
    assert "private network" in link.problem
    assert media.asked == []


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (200, HTML, "no picture"),
        (200, b"words", "no picture"),
        (404, b"", "said 404"),
        (302, b"http://169.254.169.254/latest/meta-data", "not a plain web address"),
        (302, b"http://127.0.0.1:{port}/inner", "not the platform"),
    ],
)
def test_what_will_never_do_is_given_up_and_said(
    page: Account, media: Any, status: int, body: bytes, words: str, client: Client,
    carol: Officer, now: datetime,
) -> None:  # fmt: skip
    body = body.replace(b"{port}", media.root.rpartition(":")[2].encode())
    media.serves["/a"], media.serves["/inner"] = (status, body), (200, photo())
    link = come(page, f"{media.root}/a", now)
    assert fetch(now=now, guard=media.guard)
    assert not fetch(now=now + timedelta(days=1), guard=media.guard)
    link.refresh_from_db()
    assert link.fetch == "given_up"
    assert words in link.problem
    assert (media.asked, File.objects.count()) == (["/a"], 0)
    client.force_login(carol, BACKEND)
    shown = client.get("/console/inbox/").content.decode()
    assert "could not be fetched" in shown
    assert words in shown


def test_what_may_come_later_is_asked_for_again_and_given_up_in_the_end(
    page: Account, media: Any, now: datetime
) -> None:
    link = come(page, f"{media.root}/a", now)
    for wait in WAITS:
        assert fetch(now=now, guard=media.guard)
        link.refresh_from_db()
        assert (link.fetch, link.due_at) == ("waiting", now + wait)
        assert link.problem == "The platform said 503."
        assert not fetch(now=now + wait - timedelta(seconds=1), guard=media.guard)
        now += wait
    assert fetch(now=now, guard=media.guard)
    link.refresh_from_db()
    assert link.fetch == "given_up"
    assert len(media.asked) == len(WAITS) + 1


def test_a_film_that_was_not_ready_comes(page: Account, media: Any, now: datetime) -> None:
    link = come(page, f"{media.root}/a", now)
    assert fetch(now=now, guard=media.guard)
    media.serves["/a"] = (200, FILM)
    assert fetch(now=now + WAITS[0], guard=media.guard)
    link.refresh_from_db()
    assert (link.fetch, link.problem) == ("done", "")


def test_a_thousand_shares_are_one_picture(page: Account, media: Any, now: datetime) -> None:
    media.serves["/a"] = (200, photo())
    links = [come(page, f"{media.root}/a", now, f"Look {n}") for n in range(3)]
    while fetch(now=now, guard=media.guard):
        pass
    assert media.asked == ["/a"]
    files = set(ItemFile.objects.values_list("file", flat=True))
    assert len(files) == 1
    assert None not in files
    assert len(links) == 3


def test_a_dead_workers_fetch_is_made_again(
    page: Account, media: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    media.serves["/a"] = (200, photo())
    link = come(page, f"{media.root}/a", now)
    with monkeypatch.context() as patch:
        patch.setattr(fetching, "fetch_bytes", lambda *_: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            fetch(now=now, guard=media.guard)
    assert not fetch(now=now, guard=media.guard), "it is still claimed"
    assert fetch(now=now + CLAIMED_FOR, guard=media.guard)
    link.refresh_from_db()
    assert link.fetch == "done"


def test_it_goes_with_the_item(page: Account, media: Any, now: datetime) -> None:
    media.serves["/a"] = (200, photo())
    link = come(page, f"{media.root}/a", now)
    fetch(now=now, guard=media.guard)
    assert File.objects.exists()
    Item.objects.filter(pk=link.item_id).update(deleted_at=now - GRACE)
    assert forget(now=now) == 1
    assert not File.objects.exists()


def test_what_was_forgotten_while_it_came_is_not_kept(
    page: Account, media: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    come(page, f"{media.root}/a", now)

    def forgotten(*_: object) -> bytes:
        ItemFile.objects.all().delete()
        return photo()

    monkeypatch.setattr(fetching, "fetch_bytes", forgotten)
    assert fetch(now=now, guard=media.guard)
    assert not File.objects.exists()


def test_what_its_author_took_down_is_not_fetched_any_more(
    page: Account, media: Any, now: datetime
) -> None:
    link = come(page, f"{media.root}/a", now)
    Item.objects.update(deleted_at=now)
    assert fetch(now=now, guard=media.guard)
    link.refresh_from_db()
    assert (link.fetch, media.asked) == ("given_up", [])


def test_only_platforms_with_hosts_of_their_own_are_asked(force: Force, now: datetime) -> None:
    link = come(make_page(force, now), "https://stranger.test/a.jpg", now)
    assert link.fetch == ""
    for name, settings, hosts in (
        ("mastodon", {"instance": "https://social.test", "access_token": "t"},
         {"social.test", ".social.test"}),
        ("bluesky", {}, {"cdn.bsky.app", "video.bsky.app"}),
    ):  # fmt: skip
        adapter = registry.adapter(name)
        assert Capability.MEDIA in adapter.capabilities
        assert adapter.media_hosts(settings) == hosts
