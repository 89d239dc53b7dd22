"""What the record stores: acts (who, why), entries (what), seals.

The tables are made by SQL in the first migration: entries are partitioned by
month, all three refuse UPDATE and DELETE, and digests are computed by the
database in the statement that writes them.
"""

from __future__ import annotations

from django.db import models


class Act(models.Model):
    """Who did something, when, from where and why; one row per act."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    xid = models.BigIntegerField()
    force_id: int | None = models.BigIntegerField(null=True)  # type: ignore[assignment]
    actor_kind = models.TextField()
    actor_id = models.TextField()
    actor_label = models.TextField()
    source = models.TextField()
    act = models.TextField()
    nonce = models.BinaryField()
    key_id = models.SmallIntegerField()
    mark = models.BinaryField()
    salt = models.BinaryField(null=True)
    reason = models.TextField(null=True)
    digest = models.BinaryField()
    leaf = models.BinaryField()

    class Meta:
        managed = False
        db_table = "audit_act"

    def __str__(self) -> str:
        return f"{self.act} by {self.actor_label}"


class Entry(models.Model):
    """What one act did to one row, or what of it was read."""

    id = models.BigAutoField(primary_key=True)
    act = models.ForeignKey(Act, on_delete=models.DO_NOTHING, db_constraint=False)
    at = models.DateTimeField()
    xid = models.BigIntegerField()
    force_id: int | None = models.BigIntegerField(null=True)  # type: ignore[assignment]
    op = models.CharField(max_length=1)
    table = models.TextField(db_column="table_name")
    row = models.TextField(db_column="row_id")
    salt = models.BinaryField(null=True)
    content = models.TextField(null=True)
    digest = models.BinaryField()
    leaf = models.BinaryField()

    class Meta:
        managed = False
        db_table = "audit_entry"

    def __str__(self) -> str:
        return f"{self.op} {self.table} {self.row}"


class Seal(models.Model):
    """A signed Merkle root over every act and entry of finished transactions."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    from_xid = models.BigIntegerField()
    to_xid = models.BigIntegerField()
    after_act = models.BigIntegerField(default=0)
    after_entry = models.BigIntegerField(default=0)
    through_act = models.BigIntegerField(default=0)
    through_entry = models.BigIntegerField(default=0)
    lost_from = models.BigIntegerField(default=0)
    leaves = models.BigIntegerField()
    root = models.BinaryField()
    previous = models.BinaryField()
    key_id = models.SmallIntegerField()
    signature = models.BinaryField()

    class Meta:
        managed = False
        db_table = "audit_seal"

    def __str__(self) -> str:
        return f"seal {self.id}"
