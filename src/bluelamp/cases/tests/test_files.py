"""What came with a case is opened by whoever may read the case, and by nobody else."""

from __future__ import annotations

import base64
import json
from datetime import datetime
from pathlib import Path

import pytest
from django.test import Client

from bluelamp.audit.actions import acting
from bluelamp.audit.models import Act
from bluelamp.audit.values import SYSTEM
from bluelamp.cases.models import Case
from bluelamp.cases.route import route
from bluelamp.cases.tests.helpers import open_case
from bluelamp.files.check import check
from bluelamp.files.tests.samples import photo
from bluelamp.inbound import ingest
from bluelamp.inbound.models import Item, ItemFile
from bluelamp.inbound.tests.helpers import carry, make_page
from bluelamp.inbound.understand import understand
from bluelamp.inbound.values import Stage
from bluelamp.kit.config import config
from bluelamp.org import permit
from bluelamp.org.models import Force, Officer, Unit
from bluelamp.org.values import Acts, Role
from conftest import make_officer, make_unit

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config(), "files", tmp_path)


@pytest.fixture
def hana(team: Unit) -> Officer:
    """Hana Reed: handles the cases of one team, and may not read the force's inbox."""
    made = make_officer(team, "1101", "Hana Reed", Role.HANDLER)
    assert not permit.may(made, Acts.INBOUND_READ, made.force)
    return made


@pytest.fixture
def link(force: Force, team: Unit, now: datetime) -> ItemFile:
    """A photo that came with a case of the team."""
    body = {"text": "Our shed", "sender": "ann@example.test", "attachments": [
        {"name": "shed.jpg", "content": base64.b64encode(photo()).decode()}]}  # fmt: skip
    ingest.store(ingest.web_account(force, now=now), "one", json.dumps(body).encode(), {}, now)
    understand(now=now)
    check(now=now)
    carry(Item.objects.get(), Stage.TRIAGED, severity=1)
    route(now=now)
    give_to(team)
    return ItemFile.objects.get()


def give_to(unit: Unit) -> None:
    with acting(SYSTEM, "test.setup"):
        Case.objects.update(unit=unit)


def addresses(link: ItemFile) -> list[str]:
    case = Case.objects.get(items__item=link.item)
    root = f"/console/cases/{case.reference}/files/{link.pk}/"
    return [root, f"{root}preview/"]


def test_an_officer_of_the_team_opens_it_and_that_is_recorded(
    client: Client, hana: Officer, link: ItemFile
) -> None:
    client.force_login(hana, BACKEND)
    original, preview = addresses(link)
    page = client.get(original.partition("files/")[0]).content.decode()
    assert f'href="{original}"' in page
    assert f'src="{preview}"' in page
    assert client.get(original).content == photo()
    assert client.get(preview)["Content-Type"] == "image/jpeg"
    assert Act.objects.filter(act="inbound.attachment").count() == 2
    assert client.get(f"/console/inbox/files/{link.pk}").status_code == 404


def test_nobody_else_does(client: Client, force: Force, mallory: Officer, link: ItemFile) -> None:
    other = make_unit(force, "NW2", "Another team")
    neighbour = make_officer(other, "1103", "Ola Nye", Role.HANDLER)
    for officer in (neighbour, mallory):
        client.force_login(officer, BACKEND)
        got = [client.get(url).status_code for url in addresses(link)]
        assert set(got) <= {403, 404}, (officer, got)
    assert not Act.objects.filter(act="inbound.attachment").exists()


def test_a_case_opens_only_what_came_with_it(
    client: Client, hana: Officer, link: ItemFile, now: datetime
) -> None:
    case = open_case(make_page(hana.force, now), "Another", now, by="bea@example.test")
    give_to(hana.unit)
    client.force_login(hana, BACKEND)
    assert client.get(f"/console/cases/{case.reference}/files/{link.pk}/").status_code == 404
