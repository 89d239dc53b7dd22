"""What comes with items: kept, checked, seen by those who may read the item, forgotten with it."""

from __future__ import annotations

import base64
import json
import uuid
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from bluelamp.audit.models import Act
from bluelamp.files import disk
from bluelamp.files.check import check
from bluelamp.files.errors import LostFileError
from bluelamp.files.models import File
from bluelamp.files.tests.samples import HTML, photo
from bluelamp.inbound import ingest
from bluelamp.inbound.forget import GRACE, forget
from bluelamp.inbound.models import Item, ItemFile, RawItem
from bluelamp.inbound.tests.helpers import make_page, say
from bluelamp.inbound.understand import understand
from bluelamp.kit.config import config
from bluelamp.org.models import Force, Officer

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config(), "files", tmp_path)


def upload(client: Client, *files: tuple[str, bytes]) -> int:
    made = [SimpleUploadedFile(name, content) for name, content in files]
    facts = {"text": "Look at this.", "once": str(uuid.uuid4()), "attachments": made}
    return client.post("/contact", facts).status_code


def test_files_of_the_form_come_with_its_item(client: Client, force: Force, now: datetime) -> None:
    assert upload(client, ("door.jpg", photo()), ("note.txt", b"Red car")) == 302
    payload = bytes(RawItem.objects.get().payload)
    assert len(payload) < 2_000, "bytes are in the files, not in the payload"
    understand(now=now)
    check(now=now)
    first, second = ItemFile.objects.select_related("file").order_by("pk")
    assert (first.name, second.name) == ("door.jpg", "note.txt")
    assert first.file is not None
    assert (first.file.state, first.file.has_preview) == ("unscanned", True)


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ([("virus.exe", b"MZ\x90\0\3\0\0\xff")], "virus.exe: The file must be a picture"),
        ([(f"{n}.txt", b"words") for n in range(6)], "Choose no more than 5 files"),
    ],
)
def test_what_is_not_taken_is_said(
    client: Client, force: Force, files: list[tuple[str, bytes]], words: str
) -> None:
    made = [SimpleUploadedFile(name, content) for name, content in files]
    facts = {"text": "Look.", "once": str(uuid.uuid4()), "attachments": made}
    answer = client.post("/contact", facts)
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert not File.objects.exists()


def make_item(force: Force, now: datetime, *, name: str = "a.jpg") -> ItemFile:
    page = make_page(force, now, name=f"Page {name}")
    content = base64.b64encode(photo()).decode()
    body = {"text": "Look", "sender": "ann@example.test",
            "attachments": [{"name": name, "content": content}]}  # fmt: skip
    account = ingest.web_account(force, now=now)
    ingest.store(account, f"{page.pk} {name}", json.dumps(body).encode(), {}, now)
    understand(now=now)
    check(now=now)
    return ItemFile.objects.filter(force=force).latest("pk")


def test_who_may_read_the_item_may_open_its_files_and_it_is_recorded(
    client: Client, force: Force, carol: Officer, alice: Officer, mallory: Officer, now: datetime
) -> None:
    link = make_item(force, now)
    url = f"/console/inbox/files/{link.pk}"
    client.force_login(carol, BACKEND)
    answer = client.get(url)
    assert answer.content == photo()
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert b"Brackenphone" not in client.get(f"{url}/preview").content
    assert Act.objects.filter(act="inbound.attachment").count() == 2
    for other in (alice, mallory):
        client.force_login(other, BACKEND)
        assert client.get(url).status_code == 404
        assert client.get(f"{url}/preview").status_code == 404


def test_the_inbox_shows_what_came_and_how_it_stands(
    client: Client, force: Force, carol: Officer, now: datetime
) -> None:
    link = make_item(force, now)
    ItemFile.objects.create(
        force=force, item=link.item, name="clip", url="https://social.test/clip.mp4"
    )
    client.force_login(carol, BACKEND)
    page = client.get("/console/inbox/").content.decode()
    assert f"/console/inbox/files/{link.pk}/preview" in page
    assert "Not scanned" in page
    assert "https://social.test/clip.mp4" in page
    assert 'src="https://social.test' not in page, "nothing is loaded from a stranger's address"


def test_a_page_by_another_name_is_never_handed_out_as_one(
    client: Client, force: Force, carol: Officer, now: datetime
) -> None:
    upload(client, ("page.html", HTML))
    understand(now=now)
    check(now=now)
    client.force_login(carol, BACKEND)
    for link in ItemFile.objects.all():
        answer = client.get(f"/console/inbox/files/{link.pk}")
        assert not answer["Content-Type"].startswith("text/html")
        assert 'filename="page.txt"' in answer["Content-Disposition"]


def test_what_its_author_took_down_is_gone_from_the_disk_too(force: Force, now: datetime) -> None:
    link = make_item(force, now)
    kept = make_item(force, now, name="b.jpg")
    assert link.file == kept.file, "the same photo"
    Item.objects.filter(pk=link.item_id).update(deleted_at=now - GRACE - timedelta(1))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.db.transaction.on_commit", lambda done, **_: done())
        assert forget(now=now) == 1
        assert kept.file is not None
        assert disk.get(force.pk, kept.file.sha256) == photo()
        Item.objects.filter(pk=kept.item_id).update(deleted_at=now - GRACE, text="")
        assert forget(now=now) == 1
    assert not File.objects.exists()
    with pytest.raises(LostFileError):
        disk.get(force.pk, kept.file.sha256)


def test_where_a_platform_serves_something_is_noted_and_not_fetched(
    force: Force, now: datetime
) -> None:
    files = [{"name": "a.jpg", "media_type": "image/jpeg", "url": "https://social.test/a.jpg"}]
    say(make_page(force, now), "Look", now, attachments=files)
    link = ItemFile.objects.get()
    assert (link.file, link.url) == (None, "https://social.test/a.jpg")
