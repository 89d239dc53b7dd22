from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from bluelamp.audit import ledger
from bluelamp.audit.actions import acting, erase, erase_reasons, read
from bluelamp.audit.errors import AuditBrokenError, RestoredError
from bluelamp.audit.seal import Restored, seal
from bluelamp.audit.values import SYSTEM, Actor, ActorKind, Finding
from bluelamp.audit.verify import Report, verify
from conftest import Force

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
OFFICER = Actor(ActorKind.OFFICER, "7", "PC Alice Fenn 1001", source="192.0.2.1")

pytestmark = pytest.mark.django_db(transaction=True)


TABLES = ("audit_act", "audit_entry", "audit_seal")
TRIGGERS_ON = [f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in TABLES]


def as_administrator(*statements: str) -> None:
    """What the tables' owner can do, and a superuser no more: triggers off, then anything."""
    with ledger.connect() as direct:
        for table in TABLES:
            direct.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER".encode())
        for statement in (*statements, *TRIGGERS_ON):
            direct.execute(statement.encode())


def scalar(query: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()[0]


@pytest.fixture(autouse=True)
def fresh_record(transactional_db: None) -> Iterator[None]:
    """The record outlives the flush of other tests: begin with none, in a file of none."""
    _forget()
    yield
    _forget()


def _forget() -> None:
    as_administrator("DELETE FROM audit_entry", "DELETE FROM audit_act", "DELETE FROM audit_seal")
    ledger.seals_file().unlink(missing_ok=True)


@pytest.fixture
def history() -> Force:
    """Two seals' worth of acts, then an act that no seal covers yet."""
    with acting(SYSTEM, "test.setup"):
        force = Force.objects.create(slug="b", name="Brackenshire Police", short_name="B")
    with acting(OFFICER, "org.rename", reason="Mrs Example asked"):
        Force.objects.filter(pk=force.pk).update(name="Bracken Police")
    seal(now=NOW)
    read(OFFICER, "members.read", "members_member", [4, 5], reason="case 12")
    with acting(OFFICER, "org.rename"):
        Force.objects.filter(pk=force.pk).update(name="Brackenshire Police")
    seal(now=NOW)
    with acting(OFFICER, "org.rename"):
        Force.objects.filter(pk=force.pk).update(name="The last name")
    return force


def checked() -> tuple[Report, list[Finding]]:
    findings: list[Finding] = []
    return verify(findings.append), findings


def kinds() -> set[str]:
    report, findings = checked()
    assert report.intact == (not findings)
    return {finding.kind for finding in findings}


def test_an_honest_record_is_intact(history: Force) -> None:
    report, findings = checked()
    assert findings == []
    assert (report.seals, report.acts, report.unsealed) == (2, 5, 2)
    assert report.entries == 6


def test_an_empty_record_is_intact() -> None:
    assert kinds() == set()


def test_a_seal_is_published_and_stored_alike(history: Force) -> None:
    with ledger.connect() as direct:
        stored = list(ledger.stored(direct))
    published = [sealed for _, sealed in ledger.published(ledger.seals_file())]
    assert stored == published
    assert [sealed.body.id for sealed in stored] == [1, 2]
    assert stored[0].body.to_xid == stored[1].body.from_xid


def test_nothing_new_makes_no_seal(history: Force) -> None:
    assert len(seal(now=NOW)) == 1
    assert seal(now=NOW) == []


ACT = "(SELECT min(id) + 1 FROM audit_act)"
ENTRY = "(SELECT min(id) + 1 FROM audit_entry)"
LATEST = "(SELECT max(id) FROM audit_entry)"
REDIGEST = (
    "UPDATE audit_entry SET content = '{}', digest = sha256(salt || convert_to('{}', 'UTF8'))"
    f" WHERE id = {ENTRY}"
)
RELEAF = """UPDATE audit_entry SET leaf = sha256(convert_to(jsonb_build_array(
    'entry', id::text, act_id::text, audit_micros(at), xid::text, force_id::text, op,
    table_name, row_id, encode(digest, 'hex'))::text, 'UTF8'))"""
COPY_ENTRY = """INSERT INTO audit_entry OVERRIDING SYSTEM VALUE
    SELECT {id}, {act}, at, {xid}, force_id, op, table_name, '99', salt, content, digest, leaf
      FROM audit_entry WHERE id = {source}"""
COPY_ACT = """INSERT INTO audit_act OVERRIDING SYSTEM VALUE
    SELECT id + 1000, at, {xid}, force_id, actor_kind, actor_id, {label}, source, act,
           {nonce}, key_id, mark, salt, reason, digest, leaf
      FROM audit_act WHERE id = (SELECT max(id) FROM audit_act)"""

FORGED_ACT = (
    "SELECT audit_begin(NULL, 'officer', '1', 'PC Framed', '', 'members.export',"
    " '\\x00112233445566778899aabbccddeeff', 1::smallint, '\\x00', '')"
)
SWAP = (
    "UPDATE audit_entry SET row_id = o.row_id, content = o.content, salt = o.salt,"
    " digest = o.digest, table_name = o.table_name, op = o.op FROM audit_entry o"
    f" WHERE audit_entry.id IN ({ENTRY}, {ENTRY} + 1)"
    f" AND o.id IN ({ENTRY}, {ENTRY} + 1) AND o.id <> audit_entry.id"
)

ATTACKS: dict[str, tuple[list[str], set[str]]] = {
    "edits a name in an act": (
        [f"UPDATE audit_act SET actor_label = 'PC Someone Else' WHERE id = {ACT}"],
        {"leaf", "mark", "rows_changed"},
    ),
    "edits a moment": (
        [f"UPDATE audit_act SET at = at - interval '1 day' WHERE id = {ACT}"],
        {"leaf", "rows_changed"},
    ),
    "sets a moment to infinity": (
        [f"UPDATE audit_act SET at = 'infinity' WHERE id = {ACT}"],
        {"leaf", "rows_changed"},
    ),
    "edits a reason": ([f"UPDATE audit_act SET reason = 'x' WHERE id = {ACT}"], {"digest"}),
    "edits what was changed": (
        [f"UPDATE audit_entry SET content = '{{}}' WHERE id = {ENTRY}"],
        {"digest"},
    ),
    "edits and digests anew": ([REDIGEST], {"leaf", "rows_changed"}),
    "edits, digests and makes the leaf anew": ([REDIGEST, RELEAF], {"rows_changed"}),
    "edits a row that is not sealed yet": (
        [f"UPDATE audit_entry SET content = '{{}}' WHERE id = {LATEST}"],
        {"digest"},
    ),
    "deletes an entry": ([f"DELETE FROM audit_entry WHERE id = {ENTRY}"], {"rows_deleted"}),
    "deletes an act and its entries": (
        [
            f"DELETE FROM audit_entry WHERE act_id = {ACT}",
            f"DELETE FROM audit_act WHERE id = {ACT}",
        ],
        {"rows_deleted"},
    ),
    "deletes an act alone": (
        [f"DELETE FROM audit_act WHERE id = {ACT}"],
        {"rows_deleted", "no_act"},
    ),
    "inserts an entry into a sealed act": (
        [
            COPY_ENTRY.format(id="id + 1000", act="act_id", xid="xid", source=ENTRY),
            RELEAF,
        ],
        {"rows_inserted"},
    ),
    "inserts an entry of today under an old act": (
        [
            COPY_ENTRY.format(
                id="id + 1000", act=ACT, xid="pg_current_xact_id()::text::bigint", source=ENTRY
            ),
            RELEAF,
        ],
        {"no_act"},
    ),
    "copies an act with its nonce": (
        [COPY_ACT.format(xid="xid", label="actor_label", nonce="nonce")],
        {"nonce", "leaf"},
    ),
    "forges an act without the key": (
        [
            *TRIGGERS_ON,
            FORGED_ACT,
        ],
        {"mark"},
    ),
    "swaps two entries": (
        [
            SWAP,
            RELEAF,
        ],
        {"rows_changed"},
    ),
    "empties an entry and records no erasure": (
        [f"UPDATE audit_entry SET salt = NULL, content = NULL WHERE id = {ENTRY}"],
        {"not_erased"},
    ),
    "removes the last seal": (["DELETE FROM audit_seal WHERE id = 2"], {"seal_removed"}),
    "removes the first seal": (["DELETE FROM audit_seal WHERE id = 1"], {"seal_removed"}),
    "edits a seal": (
        ["UPDATE audit_seal SET leaves = leaves - 1 WHERE id = 1"],
        {"seal_differs"},
    ),
    "removes rows and the seal over them": (
        [
            "DELETE FROM audit_entry WHERE xid >= (SELECT from_xid FROM audit_seal WHERE id = 2)",
            "DELETE FROM audit_act WHERE xid >= (SELECT from_xid FROM audit_seal WHERE id = 2)",
            "DELETE FROM audit_seal WHERE id = 2",
        ],
        {"seal_removed", "rows_deleted"},
    ),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_an_administrator_of_the_database_does_is_found(history: Force, attack: str) -> None:
    statements, found = ATTACKS[attack]
    as_administrator(*statements)
    assert kinds() == found


def test_a_finding_names_the_row(history: Force) -> None:
    row = scalar(f"SELECT {ENTRY}")
    as_administrator(f"UPDATE audit_entry SET content = '{{}}' WHERE id = {row}")
    _, findings = checked()
    assert findings[0].text == (
        f"audit_entry {row} was edited: its content does not give its digest."
    )


def _rewrite(change: Any) -> None:
    path = ledger.seals_file()
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    path.write_text("".join(json.dumps(line, sort_keys=True) + "\n" for line in change(lines)))


def test_a_forged_pair_of_seals_is_found_by_its_signature(history: Force) -> None:
    """Even who can write database and file lacks the key."""
    as_administrator("UPDATE audit_seal SET leaves = leaves - 1 WHERE id = 2")
    _rewrite(lambda lines: [lines[0], {**lines[1], "leaves": lines[1]["leaves"] - 1}])
    assert kinds() == {"seal_unsigned", "rows_inserted"}


def test_a_seal_removed_from_both_places_breaks_the_chain(history: Force) -> None:
    as_administrator("DELETE FROM audit_seal WHERE id = 1")
    _rewrite(lambda lines: lines[1:])
    assert "seal_misplaced" in kinds()


def test_a_published_copy_cut_short_is_found(history: Force) -> None:
    _rewrite(lambda lines: lines[:1])
    assert "seal_unpublished" in kinds()


def test_a_line_that_is_no_seal_is_named(history: Force) -> None:
    with ledger.seals_file().open("a") as file:
        file.write("{}\n")
    _, findings = checked()
    assert [finding.text for finding in findings] == [
        "Line 3 of the published seals is not a seal."
    ]


def test_erasing_a_person_leaves_the_record_intact(history: Force) -> None:
    with acting(SYSTEM, "members.erase"):
        assert erase("org_force", [history.pk]) == 4
        acts = scalar("SELECT array_agg(id) FROM audit_act WHERE reason <> ''")
        assert erase_reasons(acts) == 2
    report, findings = checked()
    assert findings == []
    assert report.erased == 6
    seal(now=NOW)
    assert kinds() == set()
    everything = scalar("SELECT string_agg(content, ' ') FROM audit_entry")
    assert "Bracken Police" not in everything
    assert not scalar("SELECT bool_or(reason LIKE '%Example%') FROM audit_act")


def test_a_running_transaction_is_left_for_the_next_seal(history: Force) -> None:
    """What commits late has an old transaction number: it must not slip between two seals."""
    began, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        with acting(SYSTEM, "slow"):
            Force.objects.filter(pk=history.pk).update(name="slow")
            began.set()
            go_on.wait(30)
        connection.close()

    worker = threading.Thread(target=slow)
    worker.start()
    assert began.wait(30)
    seal(now=NOW)
    with acting(SYSTEM, "quick"):
        Force.objects.create(slug="o", name="Otherby", short_name="O")
    before = seal(now=NOW)
    go_on.set()
    worker.join()
    after = seal(now=NOW)
    assert before == []
    assert after[0].body.leaves == 4
    assert kinds() == set()


def test_two_sealers_at_once_make_one_seal(history: Force) -> None:
    made: list[int] = []

    def run() -> None:
        made.append(len(seal(now=NOW)))

    workers = [threading.Thread(target=run) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(made) == 1
    assert kinds() == set()


def test_a_sealer_killed_between_file_and_table_is_healed(
    history: Force, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(ledger, "store", killed)
        with pytest.raises(KeyboardInterrupt):
            seal(now=NOW)
    assert kinds() == {"seal_removed"}
    seal(now=NOW)
    assert kinds() == set()
    assert scalar("SELECT count(*) FROM audit_seal") == 3


def test_a_line_torn_by_a_crash_is_dropped(history: Force) -> None:
    with ledger.seals_file().open("a") as file:
        file.write('{"id": 3, "at": 17')
    seal(now=NOW)
    assert kinds() == set()


def test_sealing_stops_where_the_published_seals_contradict(history: Force) -> None:
    _rewrite(lambda lines: lines[:1])
    with pytest.raises(AuditBrokenError, match="not those that were published"):
        seal(now=NOW)


def _move_counter_ahead() -> None:
    """Make the record look as if an older cluster with a far higher counter had written it."""
    far = 1_000_000_000
    as_administrator(
        f"UPDATE audit_act SET xid = xid + {far}", f"UPDATE audit_entry SET xid = xid + {far}"
    )
    as_administrator(
        """UPDATE audit_act SET leaf = sha256(convert_to(jsonb_build_array(
        'act', id::text, audit_micros(at), xid::text, force_id::text, actor_kind, actor_id,
        actor_label, source, act, encode(nonce, 'hex'), key_id::text, encode(mark, 'hex'),
        encode(digest, 'hex'))::text, 'UTF8'))""",
        RELEAF,
    )


@pytest.fixture
def moved() -> Force:
    """A dump restored into a new cluster: sealed rows, and a last act that was not yet."""
    with acting(OFFICER, "test.setup"):
        force = Force.objects.create(slug="b", name="Brackenshire Police", short_name="B")
    _move_counter_ahead()
    far = 1_000_000_000
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bluelamp.audit.seal._finished_below", lambda _: far * 2)
        seal(now=NOW)
    with acting(OFFICER, "org.rename"):
        Force.objects.filter(pk=force.pk).update(name="not sealed in the old cluster")
    as_administrator(
        f"UPDATE audit_act SET xid = xid + {far * 2} WHERE xid < {far}",
        f"UPDATE audit_entry SET xid = xid + {far * 2} WHERE xid < {far}",
        RELEAF,
    )
    as_administrator(
        """UPDATE audit_act SET leaf = sha256(convert_to(jsonb_build_array(
        'act', id::text, audit_micros(at), xid::text, force_id::text, actor_kind, actor_id,
        actor_label, source, act, encode(nonce, 'hex'), key_id::text, encode(mark, 'hex'),
        encode(digest, 'hex'))::text, 'UTF8'))"""
    )
    with acting(OFFICER, "org.rename"):
        Force.objects.filter(pk=force.pk).update(name="first name in the new cluster")
    return force


def test_a_counter_that_went_back_is_refused_until_somebody_says_why(moved: Force) -> None:
    with pytest.raises(RestoredError, match="--restored"):
        seal(now=NOW)


def test_a_record_moved_to_another_cluster_stays_whole(moved: Force) -> None:
    made = seal(now=NOW, restored=Restored())
    assert [sealed.body.leaves for sealed in made] == [2, 2]
    assert kinds() == set()
    with acting(OFFICER, "org.rename"):
        Force.objects.filter(pk=moved.pk).update(name="second name in the new cluster")
    seal(now=NOW)
    report, findings = checked()
    assert findings == []
    assert (report.seals, report.unsealed) == (4, 0)


def test_old_rows_are_still_guarded_after_the_move(moved: Force) -> None:
    seal(now=NOW, restored=Restored())
    first = "(SELECT min(id) FROM audit_entry)"
    as_administrator(f"DELETE FROM audit_entry WHERE id = {first}")
    assert kinds() == {"rows_deleted"}


def test_a_backup_older_than_the_last_seals_is_declared(history: Force) -> None:
    """What the restore lost stays visible as a note, signed, and the rest is guarded."""
    as_administrator(
        "DELETE FROM audit_entry WHERE xid >= (SELECT from_xid FROM audit_seal WHERE id = 2)",
        "DELETE FROM audit_act WHERE xid >= (SELECT from_xid FROM audit_seal WHERE id = 2)",
        "DELETE FROM audit_seal WHERE id = 2",
    )
    seal(now=NOW, restored=Restored(lost_from=2))
    with acting(OFFICER, "org.rename"):
        Force.objects.filter(pk=history.pk).update(name="after the restore")
    seal(now=NOW)
    report, findings = checked()
    assert findings == []
    assert report.notes == ["Seals 2 to 2 were declared lost by a restore."]
    as_administrator(f"UPDATE audit_act SET reason = 'x' WHERE id = {ACT}")
    assert kinds() == {"digest"}


def test_keys_and_seals_lie_outside_the_database(history: Force) -> None:
    assert ledger.seals_file().is_relative_to(Path(ledger.config().var))
