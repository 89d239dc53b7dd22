"""Files of items come in once, row by row, and officers write calls down by the same door."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.channels.models import Account
from bluelamp.inbound import backfill, ingest
from bluelamp.inbound.commands import import_items
from bluelamp.inbound.errors import ImportRefusedError
from bluelamp.inbound.models import Item, RawItem
from bluelamp.inbound.tests.helpers import make_page
from bluelamp.inbound.understand import understand
from bluelamp.org.models import Force, Officer
from bluelamp.org.values import Role
from conftest import make_officer

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
CSV = """id,text,sender,at,reach
t1,"Smoke over the mill,
says a driver",ann@example.test,2026-11-20T08:00:00+00:00,12
t2,,bob@example.test,2026-11-20T09:00:00+00:00,
t3,Also smoke,cat@example.test,yesterday,1
,No id here,,,
t4,Too many cells,a,,1,2,3
"""


@pytest.fixture
def account(force: Force, now: datetime) -> Account:
    return ingest.web_account(force, now=now)


def bring(account: Account, text: str, now: datetime, **options: Any) -> backfill.Report:
    return backfill.bring(account, text.encode(), **{"lines": False, "now": now} | options)


def test_rows_that_fit_come_in_and_others_are_named(account: Account, now: datetime) -> None:
    report = bring(account, CSV, now)
    assert (report.rows, report.new, report.known) == (5, 2, 0)
    assert [(bad.line, bad.problem.split(":")[0]) for bad in report.bad] == [
        (4, "text"), (5, "at"), (7, "It cannot be read as a row."),
    ]  # fmt: skip
    assert "yesterday" not in str(report.bad), "what people wrote is not repeated"
    understand(now=now)
    item = Item.objects.get(external_id="t1")
    assert item.text == "Smoke over the mill,\nsays a driver"
    assert (item.said_at, item.reach) == (datetime(2026, 11, 20, 8, tzinfo=UTC), 12)


def test_a_repeated_import_changes_nothing(account: Account, now: datetime) -> None:
    bring(account, CSV, now)
    again = bring(account, CSV, now)
    assert (again.new, again.known) == (0, 2)
    assert RawItem.objects.count() == 2


def test_a_dry_run_says_the_same_and_stores_nothing(account: Account, now: datetime) -> None:
    dry = bring(account, CSV, now, dry_run=True)
    assert not RawItem.objects.exists()
    wet = bring(account, CSV, now)
    assert dry.facts() | {"dry_run": False} == wet.facts()


def test_lines_of_json_come_in_too(account: Account, now: datetime) -> None:
    lines = '{"text": "One", "id": "a"}\n\n{"text": 5}\n[1]\nnonsense\n{"text": "Two"}'
    report = bring(account, lines, now, lines=True)
    assert (report.rows, report.new) == (5, 2)
    assert [bad.line for bad in report.bad] == [3, 4, 5]


@pytest.mark.parametrize(
    ("text", "words"),
    [("a,b\n1,2", "unknown columns: a, b"), ("id\n1", "no column “text”"), ("", "no column"),
     ('text\n"open', "breaks off")],
)  # fmt: skip
def test_a_file_that_is_none_is_refused_whole(
    account: Account, now: datetime, text: str, words: str
) -> None:
    with pytest.raises(ImportRefusedError, match=words):
        bring(account, text, now)


def test_accounts_of_platforms_take_only_their_own(force: Force, now: datetime) -> None:
    with pytest.raises(ImportRefusedError, match="takes only what its platform sends"):
        bring(make_page(force, now), CSV, now)


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    for rows in (backfill._json_rows, backfill._csv_rows):
        try:
            list(backfill._raws(rows(text), "web", backfill.Report(), datetime.now(UTC)))
        except ImportRefusedError:
            assert rows is backfill._csv_rows


def test_the_command_says_what_became_of_it(account: Account, force: Force, tmp_path: Path) -> None:
    file = tmp_path / "items.csv"
    file.write_text(CSV)
    options = ["--force", force.slug, "--account", account.name]
    run = CliRunner().invoke(import_items, [str(file), *options, "--json"])
    assert json.loads(run.stdout)["new"] == 2
    run = CliRunner().invoke(import_items, [str(file), *options])
    assert "5 rows: 0 stored, 2 were there, 3 left out." in run.stdout
    lost = CliRunner().invoke(import_items, [str(file), "--force", force.slug, "--account", "x"])
    assert isinstance(lost.exception, ImportRefusedError)
    assert account.name in str(lost.exception)


# --- calls and visits ---


def facts(**given: Any) -> dict[str, Any]:
    here = timezone.localtime()
    return {
        "how": "visit", "text": "She saw him at the bus stop.", "where": "Mill Lane",
        "name": "Ann Reed", "reach": "07700 900123", "day_day": here.day, "day_month": here.month,
        "day_year": here.year, "time": "00:00", "once": str(uuid.uuid4()),
    } | given  # fmt: skip


def test_an_officer_writes_down_a_visit_once(client: Client, carol: Officer, now: datetime) -> None:
    client.force_login(carol, BACKEND)
    given = facts()
    assert client.post("/console/inbox/new", given).status_code == 302
    client.post("/console/inbox/new", given)
    understand(now=now)
    item = Item.objects.get()
    assert item.text == "She saw him at the bus stop.\n\nWhere: Mill Lane"
    assert (item.channel, item.sender, item.sender_name) == ("sms", "+447700900123", "Ann Reed")
    assert timezone.localtime(item.said_at).hour == 0
    assert item.raw.meta == {"how": "visit", "officer": str(carol.pk)}
    assert item.account is not None
    assert item.account.force == carol.force


def test_what_is_wrong_is_said(client: Client, carol: Officer) -> None:
    client.force_login(carol, BACKEND)
    tomorrow = {"day_year": 2099}
    for wrong in ({"text": ""}, {"reach": "no idea"}, tomorrow):
        assert client.post("/console/inbox/new", facts(**wrong)).status_code == 400
    assert not RawItem.objects.exists()


def test_who_does_not_work_on_cases_writes_nothing_down(client: Client, force: Force) -> None:
    analyst = make_officer(force.units.get(parent=None), "1009", "Dan Moor", Role.ANALYST)
    client.force_login(analyst, BACKEND)
    assert client.post("/console/inbox/new", facts()).status_code == 403
    assert not RawItem.objects.exists()
