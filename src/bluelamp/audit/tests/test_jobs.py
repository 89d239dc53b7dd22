from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from click.testing import CliRunner
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from bluelamp.audit import ledger
from bluelamp.audit.actions import acting, keep_partitions
from bluelamp.audit.commands import audit
from bluelamp.audit.jobs import make_partitions, seal_record
from bluelamp.audit.values import SYSTEM
from conftest import Force


def partitions() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits"
            " WHERE inhparent = 'audit_entry'::regclass"
        )
        return {row[0] for row in cursor.fetchall()}


def test_the_months_to_come_get_their_partitions(db: None) -> None:
    assert keep_partitions(date(2031, 11, 30)) == 4
    assert {f"audit_entry_{month}" for month in (203111, 203112, 203201, 203202)} <= partitions()
    assert keep_partitions(date(2031, 11, 1)) == 0


def test_a_partition_refuses_deletion_itself(force: Force) -> None:
    for name in partitions():
        for change in (f"TRUNCATE {name}", f"DELETE FROM {name}"):
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT count(*) FROM {name}")
                if change.startswith("DELETE") and not cursor.fetchone()[0]:
                    continue
                with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
                    cursor.execute(change)


def test_the_timetable_knows_both_jobs() -> None:
    from bluelamp.kit.queue import app

    crons = {task.task.name: task.cron for task in app.periodic_registry.periodic_tasks.values()}
    assert crons["audit.seal"] == "* * * * *"
    assert "audit.partitions" in crons


@pytest.mark.django_db(transaction=True)
def test_jobs_and_commands_seal_and_verify(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bluelamp.kit.cli.prepare", [])
    _forget()
    try:
        with acting(SYSTEM, "test.setup"):
            Force.objects.create(slug="x", name="X", short_name="X")
        seal_record(timestamp=0)
        make_partitions(timestamp=0)
        assert run("seal", "--json") == []
        (report,) = run("verify", "--json")
        assert (report["intact"], report["seals"], report["unsealed"]) == (True, 1, 0)
        assert report["findings"] == []
        with ledger.connect() as direct:
            direct.execute("ALTER TABLE audit_act DISABLE TRIGGER USER")
            direct.execute("UPDATE audit_act SET actor_label = 'x'")
            direct.execute("ALTER TABLE audit_act ENABLE TRIGGER USER")
        (report,) = run("verify", "--json", code=1)
        assert {finding["kind"] for finding in report["findings"]} == {
            "leaf", "mark", "rows_changed",
        }  # fmt: skip
        told = CliRunner().invoke(audit, ["verify"])
        assert told.exit_code == 1
        assert "was edited: its columns do not give its leaf." in told.output
        assert told.output.rstrip().endswith("THE RECORD IS BROKEN.")
    finally:
        _forget()


def run(*arguments: str, code: int = 0) -> list[dict[str, Any]]:
    result = CliRunner().invoke(audit, list(arguments))
    assert result.exit_code == code, result.output
    return [json.loads(line) for line in result.stdout.splitlines() if line.startswith("{")]


def _forget() -> None:
    with ledger.connect() as direct:
        for table in ("audit_act", "audit_entry", "audit_seal"):
            direct.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER".encode())
            direct.execute(f"DELETE FROM {table}".encode())
            direct.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER".encode())
    ledger.seals_file().unlink(missing_ok=True)


NOT_RECORDED = {
    "places.AreaCell": "derived from the boundary in the same transaction",
    "places.Postcode": "national reference data, millions of rows, nobody's",
    "members.Code": "lives for minutes, holds digests alone",
    "notices.Notice": "codes and pages to officers: each is a record itself",
    "outbound.MessageArea": "follows from the message's recorded audience",
    "outbound.DeliveryChunk": "the engine's own state; deliveries are records themselves",
    "outbound.Delivery": "a record itself, millions of rows, written by COPY",
    "outbound.DeliveryRetry": "the engine's own state",
    "outbound.DeliveryEvent": "a record itself, millions of rows",
    "inbound.RawItem": "a record itself: stored as received, never changed",
    "inbound.Item": "what was understood of a raw item; made again from it at will",
    "inbound.ItemFile": "which files came with an item; made again from it at will",
    "inbound.Thread": "counted from items; made again from them at will",
    "inbound.Cursor": "how far a poll has come: the door's own state",
    "files.File": "stored as it came, named by its digest; each reading of it is recorded",
    "org.Knock": "who knocked how often: an HMAC, for an hour",
    "cases.AccessCode": "lives for minutes, holds digests alone",
    "cases.CaseItem": "a record itself: when and why an item came into its case",
    "cases.Claim": "read in an item, with it gone; made again from it at will",
    "cases.Judged": "a record itself: what came of a promise, never changed",
    "cases.Milestone": "its clock's events are a record themselves",
    "cases.Link": "the connector's own state; the case is recorded",
}
"""Every table that no trigger watches, and why."""


def test_every_table_is_recorded_or_says_why_not() -> None:
    watched, others = set(), set()
    for model in apps.get_models():
        if model.__module__.startswith("bluelamp.") and model._meta.managed:
            names = {trigger.name for trigger in getattr(model._meta, "triggers", [])}
            whole = {"recorded_insert", "recorded_update", "recorded_delete"} <= names
            (watched if whole else others).add(model._meta.label)
    assert others - set(NOT_RECORDED) == set()
    assert not watched & set(NOT_RECORDED)


def test_the_triggers_are_really_in_the_database(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, count(*) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE t.tgname LIKE 'pgtrigger_recorded_%' AND t.tgenabled = 'O' GROUP BY 1"
        )
        there = dict(cursor.fetchall())
    wanted = {
        model._meta.db_table: 3
        for model in apps.get_models()
        if getattr(model._meta, "triggers", None)
    }
    assert there == wanted
