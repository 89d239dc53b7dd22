from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from bluelamp.audit.actions import acting, erase, read
from bluelamp.audit.models import Act, Entry
from bluelamp.audit.values import SYSTEM
from conftest import Force, Unit


def test_a_change_is_recorded_with_its_actor_and_the_changed_columns(force: Force) -> None:
    with acting(SYSTEM, "org.rename", reason="new name") as act:
        Force.objects.filter(pk=force.pk).update(name="Bracken Police")
    entry = Entry.objects.get(act_id=act)
    assert (entry.op, entry.table, entry.row) == ("U", "org_force", str(force.pk))
    assert entry.content == (
        '{"new": {"name": "Bracken Police"}, "old": {"name": "Brackenshire Police"}}'
    )
    assert Act.objects.get(pk=act).reason == "new name"


def test_a_write_without_an_actor_is_refused(force: Force) -> None:
    with pytest.raises(DatabaseError, match="without an actor"), transaction.atomic():
        Force.objects.filter(pk=force.pk).update(name="x")


def test_the_outer_act_answers_again_after_an_inner_one(force: Force) -> None:
    with acting(SYSTEM, "outer") as outer:
        with acting(SYSTEM, "inner") as inner:
            Force.objects.filter(pk=force.pk).update(name="a")
        Force.objects.filter(pk=force.pk).update(name="b")
    assert Entry.objects.filter(act_id=inner).count() == 1
    assert Entry.objects.filter(act_id=outer).count() == 1


def test_an_act_that_raises_leaves_nothing(force: Force) -> None:
    def fail() -> None:
        with acting(SYSTEM, "failing"):
            Force.objects.filter(pk=force.pk).update(name="a")
            raise ValueError

    with pytest.raises(ValueError):
        fail()
    assert not Act.objects.filter(act="failing").exists()


@pytest.mark.parametrize("table", ["audit_act", "audit_entry", "audit_seal"])
@pytest.mark.parametrize("change", ["DELETE FROM {}", "TRUNCATE {}"])
def test_the_record_refuses_deletion(force: Force, table: str, change: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(change.format(table))


def test_the_record_refuses_edits(force: Force) -> None:
    with (
        pytest.raises(DatabaseError, match="append-only"),
        acting(SYSTEM, "tamper"),
    ):
        connection.cursor().execute("UPDATE audit_entry SET row_id = '0'")


def test_a_reading_names_each_row(force: Force) -> None:
    read(SYSTEM, "members.read", "members_member", [4, 5], reason="case 12")
    assert sorted(Entry.objects.filter(op="R").values_list("row", flat=True)) == ["4", "5"]


def test_erasure_empties_content_and_is_itself_recorded(force: Force) -> None:
    unit = force.units.get()
    with acting(SYSTEM, "members.erase"):
        assert erase("org_unit", [unit.pk]) > 0
    entry = Entry.objects.filter(table="org_unit", op="I").get()
    assert (entry.content, entry.salt) == (None, None)
    assert entry.leaf
    assert Entry.objects.filter(op="E", row=str(entry.pk)).exists()


def test_a_bulk_write_makes_one_entry_a_row(force: Force) -> None:
    with acting(SYSTEM, "bulk") as act:
        Unit.objects.bulk_create(
            Unit(force=force, code=f"U{n}", name="u", kind="team", path=f"/{n}/") for n in range(3)
        )
    assert Entry.objects.filter(act_id=act, op="I").count() == 3
